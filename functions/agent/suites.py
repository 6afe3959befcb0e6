"""From a file of tests to cases of one assertion each. A bad case is dropped alone, never the whole file.

Python for now; the other languages keep their test functions whole once their images arrive.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from functions.agent import python_source
from functions.agent.records import Case, Suite
from functions.agent.words import Origin

MAX_CASES = 12
"""Of one suite; small models repeat themselves beyond that."""


@dataclass(frozen=True)
class Split:
    """A suite and why some of its tests were left out."""

    suite: Suite
    dropped: tuple[str, ...] = ()


def split(source: str, suite_id: str, origin: Origin, targets: Collection[str], seen: Collection[str] = ()) -> Split:
    """Cases of `source` that call one of `targets` (any call when there are none) and assert something, each once.

    `seen` holds bodies of cases that exist already (of the same suite's origin); they are not taken twice."""
    module = python_source.tree(source)
    if module is None:
        return Split(Suite(suite_id, origin, ()), ("the test file does not parse",))
    cases: list[Case] = []
    dropped: list[str] = []
    bodies = set(seen)
    for setup, check in _checks(module):
        why = _objection(setup, check, targets)
        body = "\n".join(ast.unparse(s) for s in (*setup, check))
        if why or body in bodies:
            dropped.append(why or f"repeated: {_short(check)}")
            continue
        bodies.add(body)
        if len(cases) < MAX_CASES:
            cases.append(_case(suite_id, len(cases) + 1, body, check))
    return Split(Suite(suite_id, origin, tuple(cases), _preamble(module, targets)), tuple(dropped))


def body_of(case: Case) -> str:
    """The statements of a case, without the function around them."""
    return "\n".join(line[4:] for line in case.source.splitlines()[1:])


def render(suite: Suite, module: str, targets: Sequence[str]) -> str:
    """The test file: imports, helpers, then one function a case."""
    imports = ["import pytest", f"from {module} import {', '.join(targets)}"] if targets else ["import pytest"]
    parts = ["\n".join(imports), suite.preamble, *(c.source for c in suite.cases)]
    return "\n\n\n".join(p for p in parts if p) + "\n"


def _case(suite_id: str, number: int, body: str, check: ast.stmt) -> Case:
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    call, expected = python_source.claim(check)
    return Case(f"{suite_id}-{number}", _short(check), f"def test_{number}():\n{indented}", call, expected)


def _checks(module: ast.Module) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """(statements before it, the one that asserts), of the top level and of each test function and method."""
    shared = [s for s in module.body if isinstance(s, (ast.Assign, ast.AnnAssign))]
    yield from _straight([s for s in module.body if isinstance(s, ast.Assert) or _raises(s)], shared)
    for node in _functions(module):
        yield from _straight(node.body, [])


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test") and not node.args.args:
            yield node
        elif isinstance(node, ast.ClassDef):
            methods = (n for n in node.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test"))
            yield from (m for m in methods if not any("self" in ast.unparse(s) for s in m.body))


def _straight(body: Sequence[ast.stmt], shared: Sequence[ast.stmt]) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    setup: list[ast.stmt] = list(shared)
    for statement in body:
        if isinstance(statement, ast.Assert) or _raises(statement):
            yield _needed(setup, statement), statement
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            setup.append(statement)


def _needed(setup: Sequence[ast.stmt], check: ast.stmt) -> list[ast.stmt]:
    """The statements of `setup` that define a name which the check, or a later needed statement, reads."""
    wanted = _reads(check)
    kept: list[ast.stmt] = []
    for statement in reversed(setup):
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or _writes(statement) & wanted:
            kept.insert(0, statement)
            wanted |= _reads(statement)
    return kept


def _reads(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _writes(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _raises(node: ast.stmt) -> bool:
    return isinstance(node, ast.With) and any("raises(" in ast.unparse(i.context_expr) for i in node.items)


def _objection(setup: Sequence[ast.stmt], check: ast.stmt, targets: Collection[str]) -> str:
    calls = {n for s in (*setup, check) for n in python_source.called(s)}
    reads = {n for s in (*setup, check) for n in _reads(s)}
    if targets and not (set(targets) & (calls | reads)):
        return f"never calls the code: {_short(check)}"
    if isinstance(check, ast.Assert) and isinstance(check.test, ast.Constant):
        return f"asserts nothing: {_short(check)}"
    if any(isinstance(s, (ast.Try, ast.FunctionDef, ast.ClassDef)) for s in setup):
        return f"does more than set up and assert: {_short(check)}"
    return ""


def _short(check: ast.stmt) -> str:
    text = " ".join(ast.unparse(check).split()).removeprefix("assert ").removeprefix("with ")
    return text if len(text) <= 100 else text[:99] + "…"


def _preamble(module: ast.Module, targets: Collection[str]) -> str:
    """Imports of the standard library and helper functions; what imports or redefines the code under test stays out."""
    kept = []
    for node in module.body:
        if isinstance(node, ast.Import):
            known = [a for a in node.names if a.name.split(".")[0] in sys.stdlib_module_names]
            kept += [ast.unparse(ast.Import(names=known))] if known else []
        elif (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in sys.stdlib_module_names) or (
            isinstance(node, ast.FunctionDef) and not node.name.startswith("test") and node.name not in targets
        ):
            kept.append(ast.unparse(node))
    return "\n".join(kept)
