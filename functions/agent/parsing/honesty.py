"""Signs that Python code plays against its tests, or that a test depends on the world."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from functions.agent.parsing.python_source import Function, dotted, tree_of

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
    """Sentences on Python code that could play against its tests: exits, test files read, frames looked at."""
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
            [
                "time.time",
                "time.monotonic",
                "time.perf_counter",
                "time.time_ns",
                "datetime.now",
                "datetime.utcnow",
                "datetime.today",
                "date.today",
                "datetime.datetime.now",
                "datetime.datetime.utcnow",
                "datetime.datetime.today",
                "datetime.date.today",
                "time.localtime",
            ]
        ),
    ),
    ("a pause", frozenset(["time.sleep", "sleep", "asyncio.sleep"])),
    ("keyboard input", frozenset(["input", "sys.stdin.read", "sys.stdin.readline", "builtins.input"])),
    ("the locale", frozenset(["locale.setlocale", "locale.getlocale", "locale.getdefaultlocale"])),
)
_NETWORK = frozenset(["requests", "httpx", "aiohttp", "urllib", "socket", "http", "ftplib", "smtplib", "websockets"])
_CHANCE = frozenset(["random", "secrets"])


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
