"""Whether a Python call can be made at all, by the signature: `f(3, 1, 2)` says nothing of an `f(numbers)`."""

from __future__ import annotations

import ast

from functions.agent import python_source


def fits(call: str, interface: str) -> bool:
    """False only for a call of a function of `interface` (stubs, one a line) with arguments that it can't take.

    What can't be read, is not in the interface, or unpacks its arguments is not judged."""
    tree = python_source.tree(call)
    node = tree.body[0].value if tree is not None and tree.body and isinstance(tree.body[0], ast.Expr) else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return True
    if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        return True
    wanted = _signature(interface, node.func.id)
    return wanted is None or _binds(wanted, len(node.args), [str(k.arg) for k in node.keywords])


def _signature(interface: str, name: str) -> ast.arguments | None:
    for line in interface.splitlines():
        tree = python_source.tree(line)
        first = tree.body[0] if tree is not None and tree.body else None
        if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef)) and first.name == name:
            return first.args
    return None


def _binds(wanted: ast.arguments, positional: int, keywords: list[str]) -> bool:
    places = [a.arg for a in (*wanted.posonlyargs, *wanted.args)]
    if positional > len(places) and wanted.vararg is None:
        return False
    by_name = {a.arg for a in (*wanted.args, *wanted.kwonlyargs)}
    if any(k not in by_name for k in keywords) and wanted.kwarg is None:
        return False
    given = {*places[:positional], *keywords}
    required = places[: len(places) - len(wanted.defaults)]
    required += [a.arg for a, default in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True) if default is None]
    return given.issuperset(required) and not set(places[:positional]) & set(keywords)
