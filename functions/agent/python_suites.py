"""From a file of Python tests to cases of one assertion each."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Collection, Iterator, Sequence

from functions.agent import python_source
from functions.agent.checks import Check, collect
from functions.agent.python_source import bound, free
from functions.agent.records import Case, Suite
from functions.agent.salvage import salvage
from functions.agent.whole_tests import Whole, whole_where_needed

Maker = Callable[[int], tuple[Case | None, str]]
"""Makes the case of a number, or says why there is none."""
IMPORTABLE = sys.stdlib_module_names | {"pytest", "numpy"}
"""Modules that tests can count on."""
_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read(
    source: str, suite_id: str, targets: Collection[str], stated: bool = False
) -> tuple[str, Iterator[Maker], tuple[str, ...]]:
    """(preamble, makers of cases in order, reasons why statements were left out) of a text with tests.

    `stated`: they are the user's, so that a test which can't be taken apart is one case as a whole."""
    module, lost = salvage(source)
    module.body = [s for s in module.body if not isinstance(s, ast.Assign) or not bound([s]) & set(targets)]
    preamble = _preamble(module, targets)
    known = bound(preamble) | set(targets) | {"pytest"}
    doors = {*targets, *(n for s in preamble if _mentions(s) & set(targets) for n in bound([s]))}

    def maker(check: Check) -> Maker:
        def make(number: int) -> tuple[Case | None, str]:
            try:
                return _case(suite_id, number, check, targets, doors, known)
            except (RecursionError, ValueError):  # deeper, or longer in one number, than Python writes out again
                return None, "can't be written out again"

        return make

    checks = whole_where_needed(module, lambda check: maker(check)(0)[1]) if stated else collect(module)
    return "\n".join(ast.unparse(s) for s in preamble), map(maker, checks), tuple(lost)


def body_of(case: Case) -> str:
    """The statements of a case, without the function around them."""
    module = python_source.tree(case.source)
    functions = [n for n in module.body if isinstance(n, ast.FunctionDef)] if module else []
    return "\n".join(ast.unparse(s) for s in functions[0].body) if functions else case.source


def render(suite: Suite, targets: Sequence[str], main_file: str) -> str:
    """The test file: imports, helpers, then one function a case."""
    module = main_file.rsplit(".", 1)[0]
    imports = ["import pytest", f"from {module} import {', '.join(targets)}"] if targets else ["import pytest"]
    parts = ["\n".join(imports), suite.preamble, *(c.source for c in suite.cases)]
    return "\n\n\n".join(p for p in parts if p) + "\n"


def _case(
    suite_id: str,
    number: int,
    check: Check,
    targets: Collection[str],
    doors: Collection[str],
    known: Collection[str],
) -> tuple[Case | None, str]:
    """The case of a check, or None and why there is none."""
    setup = [s for s in (_importing(s, targets) for s in check.setup) if s is not None]
    whole = isinstance(check, Whole)
    name = check.name if isinstance(check, Whole) else _name(check.statement, setup)
    why = check.why or _objection(setup, check.statement, targets, doors, known, whole)
    if why:
        return None, f"{why}: {name}"
    body: list[ast.stmt] = [*setup, check.statement]
    if any(isinstance(n, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for s in body for n in ast.walk(s)):
        body = _awaited(body)
    nothing = ast.arguments([], [], None, [], [], None, [])
    function = ast.FunctionDef(f"test_{number}", nothing, body, [], lineno=0)
    call, expected = ("", "") if whole else python_source.claim(check.statement, setup)
    text = ast.unparse(function)
    values = whole and any(isinstance(n, ast.Assert) for n in ast.walk(function))
    # Code that raises whatever it is given passes those: they prove nothing alone.
    return Case(f"{suite_id}-{number}", name, text, call, expected, error="pytest.raises(" in text and not values), ""


def _awaited(body: list[ast.stmt]) -> list[ast.stmt]:
    """The same as plain code that starts a loop of its own: needs no plugin wherever the tests go."""
    shell = ast.parse("import asyncio\nasync def run(): pass\nasyncio.run(run())").body
    assert isinstance(shell[1], ast.AsyncFunctionDef)
    shell[1].body = body
    return shell


def _objection(
    setup: Sequence[ast.stmt],
    check: ast.stmt,
    targets: Collection[str],
    doors: Collection[str],
    known: Collection[str],
    whole: bool = False,
) -> str:
    """Why the check is no case. `doors` are the targets and the helpers that use them, `known` all defined names.

    `whole`: it is a test as its author wrote it, which may do what it likes before it asserts."""
    everything = [*setup, check]
    reads = {n for s in everything for n in _mentions(s)}
    calls = {n for s in everything for n in python_source.called(s)}
    named = isinstance(check, ast.Assert) and isinstance(check.test, ast.Name)  # how a reply that was cut off ends
    if (targets and not set(doors) & reads) or (named and not calls):
        return "never calls the code"
    if again := sorted(bound(everything) & (set(targets) or calls)):
        return f"redefines `{again[0]}`"
    if not whole and isinstance(check, ast.Assert) and _always_true(check.test):
        return "asserts nothing"
    if not whole and any(isinstance(s, (ast.Try, *_Definition)) for s in setup):
        return "does more than set up and assert"
    if not whole and any(isinstance(n, (ast.Return, ast.Yield, ast.Raise)) for s in setup for n in ast.walk(s)):
        return "may end before it asserts"
    if unknown := sorted(free(everything) - set(known) - (set() if targets else calls)):
        return f"reads `{unknown[0]}`, which is not defined"
    return ""


def _mentions(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _always_true(test: ast.expr) -> bool:
    """A constant, a tuple, a comparison of constants or of a thing with itself: no code under test can fail it."""
    if isinstance(test, ast.Tuple) or not any(isinstance(n, ast.Name) for n in ast.walk(test)):
        return True
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.Is)):
        return ast.dump(test.left) == ast.dump(test.comparators[0])
    return False


def _name(check: ast.stmt, setup: Sequence[ast.stmt]) -> str:
    """One line that says what the check checks."""
    if isinstance(check, _Definition):
        return check.name
    call, expected = python_source.claim(check, setup)
    text = f"{call} == {expected}" if call and setup else ast.unparse(check)
    text = " ".join(text.split()).removeprefix("assert ").removeprefix("with ")
    return text if len(text) <= 100 else text[:99] + "…"


def _preamble(module: ast.Module, targets: Collection[str]) -> list[ast.stmt]:
    """Imports that are there to be had and helpers; what imports or redefines the code under test stays out."""
    kept: list[ast.stmt] = []
    for node in module.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            kept += [n for n in [_importing(node, targets)] if n is not None]
        elif isinstance(node, _Definition) and _helps(node, targets):
            kept.append(node)
    return list(_sound(kept, set(targets) | {"pytest"}))


def _helps(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, targets: Collection[str]) -> bool:
    tests = node.name.lower().startswith("test") or any(
        isinstance(n, ast.FunctionDef) and n.name.startswith("test") for n in node.body
    )
    return not tests and node.name not in targets


def _sound(nodes: Sequence[ast.stmt], known: set[str]) -> Iterator[ast.stmt]:
    """Without the helpers that would fail while they are defined, and every test of the file with them."""
    known = set(known)
    for node in nodes:
        if isinstance(node, _Definition):
            inner = node.body if isinstance(node, ast.ClassDef) else []
            arguments = [] if isinstance(node, ast.ClassDef) else [node.args, *filter(None, [node.returns])]
            bases = node.bases if isinstance(node, ast.ClassDef) else []
            early = [*node.decorator_list, *arguments, *bases, *inner]
            if free(early) - known - {node.name}:
                continue
        known |= bound([node])
        yield node


def _importing(node: ast.stmt, targets: Collection[str]) -> ast.stmt | None:
    """An import without the parts that are not to be had or would hide the code under test; else the node itself."""
    if isinstance(node, ast.Import):
        names = [a for a in node.names if a.name.split(".")[0] in IMPORTABLE and not bound([a]) & set(targets)]
        return ast.Import(names) if names else None
    if isinstance(node, ast.ImportFrom):
        origin = "" if node.level else (node.module or "").split(".")[0]
        names = [a for a in node.names if a.name != "*" and not bound([a]) & set(targets)]
        usable = origin in IMPORTABLE and origin != "__future__" and names
        return ast.ImportFrom(node.module, names, 0) if usable else None
    return node
