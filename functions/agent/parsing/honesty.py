"""Signs that a test cannot fail, that code plays against its tests, or that a test depends on the world."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from functions.agent.parsing.python_source import Function, body_of, dotted, is_test, tree_of

_SKIPS = frozenset(("skip", "skipif", "skipIf", "skipUnless", "skipTest", "xfail", "expectedFailure", "importorskip"))
_CHECKS = frozenset(("raises", "warns", "fail", "deprecated_call"))
_WIDE = frozenset(("", "Exception", "BaseException", "AssertionError"))


def vacuous(source: str) -> str | None:
    """Why a Python test in `source` can never fail ("test_a has no assertion."), or None.

    No assertion, one that is always true, one whose failure is caught, or a skip. No test at all, or no Python: says so.
    """
    tree = tree_of(source)
    if tree is None:
        return "The tests are not Python."
    tests = list(_tests(tree))
    if not tests:
        return "There is no test."
    helpers = {
        node.name for node in ast.walk(tree) if isinstance(node, Function) and any(map(_is_check, ast.walk(node)))
    }
    return next((f"{test.name} {why}." for test in tests if (why := _why_green(test, helpers))), None)


def _tests(tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, Function) and is_test(node):
            yield node
        elif isinstance(node, ast.ClassDef) and is_test(node):
            yield from (n for n in node.body if isinstance(n, Function) and n.name.startswith("test"))


def _why_green(test: Function, helpers: set[str]) -> str:
    nodes = [node for statement in body_of(test) for node in ast.walk(statement)]
    marks = [d.func if isinstance(d, ast.Call) else d for d in test.decorator_list]
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    if any(dotted(name).rsplit(".", 1)[-1] in _SKIPS for name in (*marks, *calls)):
        return "is skipped"
    checks = [node for node in nodes if _is_check(node)]
    helped = [call for call in calls if dotted(call).rsplit(".", 1)[-1] in helpers - {test.name}]
    if not checks and not helped:
        return "has no assertion"
    if not helped and all(map(_is_always_true, checks)):
        return "asserts what is always true"
    swallowed = {
        id(n) for node in nodes if isinstance(node, ast.Try) and _swallows(node) for s in node.body for n in ast.walk(s)
    }
    if not helped and all(id(check) in swallowed for check in checks):
        return "catches its own failure"
    return ""


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.Raise):
        return (
            node.exc is not None
            and dotted(node.exc.func if isinstance(node.exc, ast.Call) else node.exc) == "AssertionError"
        )
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in _CHECKS or node.func.attr.lower().startswith("assert")


def _is_always_true(check: ast.AST) -> bool:
    if isinstance(check, ast.Assert):
        return _is_true(check.test)
    if isinstance(check, ast.Call) and isinstance(check.func, ast.Attribute) and check.args:
        if check.func.attr == "assertTrue":
            return _is_true(check.args[0])
        return check.func.attr in ("assertEqual", "assertEquals") and len(check.args) > 1 and _same(*check.args[:2])
    return False


def _is_true(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple):
        return bool(test.elts)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(map(_is_true, test.values))
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
        return _same(test.left, test.comparators[0])
    return False


def _same(left: ast.expr, right: ast.expr) -> bool:
    """The same constant or variable twice; the same call twice is a test of its repeatability."""
    plain = not any(isinstance(node, ast.Call) for node in ast.walk(left))
    return plain and ast.dump(left) == ast.dump(right)


def _swallows(node: ast.Try) -> bool:
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {dotted(kind).rsplit(".", 1)[-1] if kind is not None else "" for kind in kinds}
        if names & _WIDE and not any(
            isinstance(n, ast.Raise) or _is_check(n) for s in handler.body for n in ast.walk(s)
        ):
            return True
    return False


_EXITS = frozenset(("os._exit", "os.abort", "os.kill", "sys.exit", "exit", "quit", "_exit", "signal.raise_signal"))
_HARD_EXITS = frozenset(("os._exit", "os.abort", "os.kill", "_exit", "signal.raise_signal"))
_READS = frozenset(("open", "io.open", "os.listdir", "os.scandir", "os.walk", "glob.glob"))
_TEST_FILE = re.compile(r"(?:^|[/\\])test_|_test\.|\.test\.|conftest|\btests?[/\\]")
_INSPECTS = frozenset(
    (
        "inspect.stack",
        "inspect.currentframe",
        "sys._getframe",
        "inspect.getouterframes",
        "sys.settrace",
        "gc.get_objects",
    )
)
_TEST_TOOLS = frozenset(("pytest", "_pytest", "unittest"))


def gaming(source: str) -> tuple[str, ...]:
    """Sentences on Python code that could play against its tests: exits, test files read, frames or the runner touched."""
    tree = tree_of(source)
    if tree is None:
        return ()
    found = [
        f"Line {call.lineno}: {name}() ends the process before the tests can fail."
        for call, name in _calls(tree)
        if name in _HARD_EXITS
    ]
    found += [
        f"Line {call.lineno}: {name}() ends the process when the module is loaded."
        for statement in _run_at_import(tree.body)
        for call, name in _calls(statement)
        if name in _EXITS - _HARD_EXITS
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
            if module.split(".")[0] in _TEST_TOOLS:
                found.append(f"Line {node.lineno}: the code imports {module}, a tool of the tests.")
    for call, name in _calls(tree):
        texts = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        reads = name in _READS or name.rsplit(".", 1)[-1] in ("read_text", "read_bytes", "glob", "rglob")
        if reads and any(map(_TEST_FILE.search, texts)):
            found.append(f"Line {call.lineno}: the code reads the files of its tests.")
        if name in _INSPECTS:
            found.append(f"Line {call.lineno}: {name}() looks at who is calling.")
    return tuple(dict.fromkeys(found))


def _run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        guarded = isinstance(node, ast.If) and any(
            isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)
        )
        if not guarded and not isinstance(node, Function | ast.ClassDef):
            yield node


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name or attribute:
                yield node, name or f".{attribute}"


_DEPENDS = (
    (
        "the time",
        frozenset(
            "time.time time.monotonic time.perf_counter time.time_ns datetime.now datetime.utcnow datetime.today date.today "
            "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today time.localtime".split()
        ),
    ),
    ("a pause", frozenset("time.sleep sleep asyncio.sleep".split())),
    ("keyboard input", frozenset("input sys.stdin.read sys.stdin.readline builtins.input".split())),
    ("the locale", frozenset("locale.setlocale locale.getlocale locale.getdefaultlocale".split())),
)
_NETWORK = frozenset("requests httpx aiohttp urllib socket http ftplib smtplib websockets".split())
_CHANCE = frozenset("random secrets".split())


def unstable(source: str) -> tuple[str, ...]:
    """Sentences on what outside the code a Python test depends on: time, pauses, input, locale, network, chance."""
    tree = tree_of(source)
    if tree is None:
        return ()
    found: list[str] = []
    seeded = False
    chance: list[int] = []
    for call, name in _calls(tree):
        root, last = name.split(".")[0], name.rsplit(".", 1)[-1]
        found += [f"Line {call.lineno}: the test depends on {what}." for what, names in _DEPENDS if name in names]
        if root in _NETWORK and name not in ("urllib.parse.urlparse", "http.HTTPStatus") and "parse" not in name:
            found.append(f"Line {call.lineno}: the test depends on the network.")
        seeded = seeded or last in ("seed", "Random")
        if root in _CHANCE:
            chance.append(call.lineno)
    if chance and not seeded:
        found.append(f"Line {chance[0]}: the test depends on chance.")
    if any(isinstance(node, ast.Global) for node in ast.walk(tree)):
        found.append("The tests share a global, so their order matters.")
    return tuple(dict.fromkeys(found))
