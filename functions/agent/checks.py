"""From the syntax tree of a test file to single checks, each with the statements that it needs before it.

Only straight lines are taken apart: a loop with assertions stays one check, and what asserts only under a condition,
needs a fixture or hides its own failure is left out with a reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from functions.agent import unittest_style
from functions.agent.python_source import bound

_HARMLESS = {
    *("abs", "bool", "callable", "float", "getattr", "hasattr", "id", "int", "isinstance", "issubclass", "len"),
    *("repr", "round", "str", "type"),
}
"""Builtins that leave their arguments as they were."""
_STOPS = ("skip", "skipif", "xfail", "usefixtures")
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Check:
    """One statement that can fail and what must come before it; `why` says why it can't be a case."""

    statement: ast.stmt
    setup: tuple[ast.stmt, ...] = ()
    why: str = ""


def collect(module: ast.Module) -> Iterator[Check]:
    """All checks, of the top level first, then of each test function and method in order."""
    skipped = (*_Function, ast.ClassDef, ast.Import, ast.ImportFrom)
    yield from _straight([unittest_style.plain(s) for s in module.body if not isinstance(s, skipped)])
    shared = [s for s in module.body if isinstance(s, (ast.Assign, ast.AnnAssign))]
    for node in module.body:
        if isinstance(node, _Function) and node.name.startswith("test"):
            yield from _of_function(node, shared, method=False)
        elif isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, _Function) and n.name.startswith("test")]
            for method in methods:
                yield from _of_function(method, shared, method=True)


def _of_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, shared: Sequence[ast.stmt], method: bool
) -> Iterator[Check]:
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    if method and arguments[:1] == ["self"]:
        del arguments[0]
    rows, why = _rows(node, arguments, shared)
    body = [unittest_style.plain(s) for s in node.body]
    found = [c for row in rows for c in _straight(body, (*shared, *row))]
    if why or not found:
        yield Check(node, why=why or "asserts nothing")
        return
    for check in found:
        own = any(
            isinstance(n, ast.Name) and n.id == "self" for s in (*check.setup, check.statement) for n in ast.walk(s)
        )
        yield replace(check, why=check.why or "needs `self`") if own else check


def _rows(
    node: ast.FunctionDef | ast.AsyncFunctionDef, arguments: Sequence[str], shared: Sequence[ast.stmt]
) -> tuple[list[list[ast.stmt]], str]:
    """The arguments' values, as assignments, of each run of the function; or why they are not known."""
    rows: list[list[ast.stmt]] | None = None
    for decorator in node.decorator_list:
        name = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name.endswith("mark.parametrize") and isinstance(decorator, ast.Call) and rows is None:
            rows = _parametrized(decorator, arguments, shared)
            if rows is None:
                return [], "its parameters can't be read"
        elif name.rsplit(".", 1)[-1] in _STOPS or not (name.startswith("pytest.mark.") or name == "staticmethod"):
            return [], f"is decorated by `{name}`"
        elif name.endswith("mark.parametrize"):
            return [], "has two lists of parameters"
    if rows is None and arguments:
        return [], f"needs the fixture `{arguments[0]}`"
    return ([[]] if rows is None else rows), ""


def _parametrized(
    decorator: ast.Call, arguments: Sequence[str], shared: Sequence[ast.stmt]
) -> list[list[ast.stmt]] | None:
    if len(decorator.args) != 2:
        return None
    names, table = decorator.args
    if isinstance(table, ast.Name):
        table = next((s.value for s in shared if isinstance(s, ast.Assign) and table.id in bound([s])), table)
    if isinstance(names, ast.Constant) and isinstance(names.value, str):
        wanted = [n.strip() for n in names.value.split(",") if n.strip()]
    elif isinstance(names, (ast.List, ast.Tuple)):
        wanted = [str(n.value) for n in names.elts if isinstance(n, ast.Constant)]
    else:
        return None
    if sorted(wanted) != sorted(arguments) or not isinstance(table, (ast.List, ast.Tuple)):
        return None
    rows: list[list[ast.stmt]] = []
    for row in table.elts:
        values = [row] if len(wanted) == 1 else list(row.elts) if isinstance(row, (ast.List, ast.Tuple)) else []
        if isinstance(row, ast.Call):  # pytest.param: without marks it is the row and a name for it
            values = [] if any(k.arg == "marks" for k in row.keywords) else list(row.args)
        if len(values) != len(wanted):
            return None
        rows.append([ast.Assign([ast.Name(n, ast.Store())], v, lineno=0) for n, v in zip(wanted, values, strict=True)])
    return rows


def _straight(body: Sequence[ast.stmt], shared: Sequence[ast.stmt] = ()) -> Iterator[Check]:
    setup: list[ast.stmt] = list(shared)
    echoes: set[int] = set()
    for statement in body:
        if not asserts(statement):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                setup.append(statement)
            continue
        yield Check(statement, tuple(_needed(setup, echoes, statement)), _hidden(statement))
        # What the check did to the variables is part of the story of the next one; its verdict is not.
        echo = ast.Expr(statement.test) if isinstance(statement, ast.Assert) else statement
        if not isinstance(statement, ast.Assert) or _acts(statement.test):
            setup.append(echo)
            echoes.add(id(echo))


def asserts(statement: ast.stmt) -> bool:
    """Whether the statement is an assertion, expects an exception, or has one of those inside."""
    return not isinstance(statement, (*_Function, ast.ClassDef)) and any(
        isinstance(n, ast.Assert) or (isinstance(n, (ast.With, ast.AsyncWith)) and raises(n))
        for n in ast.walk(statement)
    )


def raises(node: ast.With | ast.AsyncWith) -> bool:
    """Whether the block expects an exception."""
    calls = [i.context_expr.func for i in node.items if isinstance(i.context_expr, ast.Call)]
    return any(ast.unparse(f).rsplit(".", 1)[-1] == "raises" for f in calls)


def _hidden(statement: ast.stmt) -> str:
    for node in ast.walk(statement):
        if isinstance(node, (ast.If, ast.While, ast.Try, ast.Match)):
            return "asserts only under a condition"
    return ""


def _acts(test: ast.expr) -> bool:
    """Whether evaluating `test` may change a variable."""
    calls = [n.func for n in ast.walk(test) if isinstance(n, ast.Call)]
    return any(not isinstance(f, ast.Name) or f.id not in _HARMLESS for f in calls)


def _needed(setup: Sequence[ast.stmt], echoes: set[int], check: ast.stmt) -> list[ast.stmt]:
    """The statements of `setup` that the check, or a later needed statement, depends on, in their order."""
    changeable = {n for s in setup for n in _writes(s) if not _fixed(s)}
    wanted = _reads(check)
    kept: list[ast.stmt] = []
    for statement in reversed(setup):
        if id(statement) in echoes:
            needed = bool((_reads(statement) & changeable | _writes(statement)) & wanted)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            needed = bool(_writes(statement) & wanted)
        else:
            needed = True
        if needed:
            kept.insert(0, statement)
            wanted |= _reads(statement)
    return kept


def _fixed(statement: ast.stmt) -> bool:
    """Whether the statement gives a variable a value that no call can change."""
    return isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(
        statement.value, (ast.Constant, ast.UnaryOp)
    )


def _reads(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if isinstance(node, ast.AugAssign):
        names |= _writes(node)
    return names


def _writes(node: ast.AST) -> set[str]:
    """Names that the statement binds or whose parts it changes (`d["a"] = 1`, `point.x = 2`)."""
    names = bound([node])
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return names
