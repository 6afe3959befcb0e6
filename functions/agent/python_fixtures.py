"""pytest's fixtures as plain functions: `stack` of `def test(stack)` becomes `stack = made_stack()` in the test."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
MAX_NESTED = 5


def without_fixtures(module: ast.Module) -> ast.Module:
    """The module with its own simple fixtures turned into functions; tests that need others stay as they are."""
    fixtures = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef) and _is_fixture(n)}
    usable = {name: node for name, node in fixtures.items() if _simple(node)}
    usable = {name: node for name, node in usable.items() if _reachable(node, usable, MAX_NESTED)}
    always = [name for name, node in usable.items() if _everywhere(node)]
    body: list[ast.stmt] = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name in usable:
            body += [] if _value(node) else [_made(node, usable)]
        elif isinstance(node, ast.ClassDef):
            inner = [_with(n, usable, always) if isinstance(n, ast.FunctionDef) else n for n in node.body]
            body.append(_class(node, inner))
        elif isinstance(node, ast.FunctionDef):
            body.append(_with(node, usable, always))
        elif not (isinstance(node, _Function) and node.name in fixtures):
            body.append(node)
    return ast.Module(body, [])


def _class(node: ast.ClassDef, body: list[ast.stmt]) -> ast.ClassDef:
    made = ast.parse("class C: pass").body[0]
    assert isinstance(made, ast.ClassDef)
    made.name, made.bases, made.keywords, made.decorator_list = (
        node.name,
        node.bases,
        node.keywords,
        node.decorator_list,
    )
    made.body = body
    return made


def _is_fixture(node: ast.FunctionDef) -> bool:
    return any(_decorator(d).rsplit(".", 1)[-1] == "fixture" for d in node.decorator_list)


def _decorator(node: ast.expr) -> str:
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def _everywhere(node: ast.FunctionDef) -> bool:
    return any(
        k.arg == "autouse" and isinstance(k.value, ast.Constant) and k.value.value is True
        for d in node.decorator_list
        if isinstance(d, ast.Call)
        for k in d.keywords
    )


def _simple(node: ast.FunctionDef) -> bool:
    """Whether it can be called as it stands: one decorator, one value at its end, no parameters from pytest."""
    keywords = {k.arg for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords}
    if len(node.decorator_list) != 1 or keywords - {"scope", "autouse"}:
        return False
    yields = [n for n in ast.walk(node) if isinstance(n, (ast.Yield, ast.YieldFrom))]
    return not yields or (len(yields) == 1 and any(_yields(s) for s in node.body))


def _yields(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield)


def _reachable(node: ast.FunctionDef, usable: Mapping[str, ast.FunctionDef], depth: int) -> bool:
    return depth > 0 and all(a.arg in usable and _reachable(usable[a.arg], usable, depth - 1) for a in node.args.args)


def _made(node: ast.FunctionDef, usable: Mapping[str, ast.FunctionDef]) -> ast.FunctionDef:
    """The function behind a fixture; what stands after its `yield` only cleans up."""
    body: list[ast.stmt] = _calls([a.arg for a in node.args.args], usable)
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield):
            body.append(ast.Return(statement.value.value))
            break
        body.append(statement)
    return _function(f"made_{node.name}", body, [], [])


def _with(node: ast.FunctionDef, usable: Mapping[str, ast.FunctionDef], always: list[str]) -> ast.FunctionDef:
    """A test with the fixtures that it takes made at its beginning."""
    if not node.name.startswith("test"):
        return node
    wanted = [a.arg for a in node.args.args if a.arg in usable]
    before = _calls([*(n for n in always if n not in wanted), *wanted], usable)
    rest = [a for a in node.args.args if a.arg not in usable]
    return _function(node.name, [*before, *node.body], rest, node.decorator_list) if before else node


def _calls(names: list[str], usable: Mapping[str, ast.FunctionDef]) -> list[ast.stmt]:
    """`name = …` for each fixture: its value, where that is all it is, else a call of what makes it."""
    found = ((n, _value(usable[n])) for n in names if n in usable)
    return [ast.parse(f"{n} = {ast.unparse(value) if value else f'made_{n}()'}").body[0] for n, value in found]


def _value(node: ast.FunctionDef) -> ast.expr | None:
    """What a fixture of nothing but `return value` gives."""
    told = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    only = told[0] if len(told) == 1 and not node.args.args else None
    return only.value if isinstance(only, ast.Return) else None


def _function(name: str, body: list[ast.stmt], arguments: list[ast.arg], decorators: list[ast.expr]) -> ast.FunctionDef:
    made = ast.parse("def f(): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.name, made.body, made.decorator_list, made.args.args = name, body, decorators, arguments
    return made
