"""Reading Python with `ast`: signatures, calls and assertions; all of it empty for text that won't parse."""

from __future__ import annotations

import ast
import builtins
import copy
import warnings
from collections.abc import Collection, Iterator, Sequence
from typing import Any

_CALLABLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def tree(source: str) -> ast.Module | None:
    """The module, or None for text that is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the compiler thinks of somebody else's text is not our news
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def literal(text: str) -> Any:
    """The value of a Python literal. Raises ValueError for anything else, and for one with `...` in it."""
    module = tree(text.strip())
    if module is None or len(module.body) != 1 or not isinstance(module.body[0], ast.Expr):
        raise ValueError("not a literal")
    expression = module.body[0].value
    if any(isinstance(part, ast.Constant) and part.value is ... for part in ast.walk(expression)):
        raise ValueError("not a whole literal")
    try:
        return ast.literal_eval(expression)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError("not a literal") from error


def differ(one: str, other: str) -> bool:
    """Whether two texts are literals of unequal values; what can't be read is not said to differ."""
    try:
        return bool(literal(one) != literal(other))
    except ValueError:
        return False


def signatures(source: str) -> tuple[str, ...]:
    """Public top-level functions and classes as one-line stubs, classes with their public methods."""
    module = tree(source)
    return tuple(s for node in module.body for s in _signature(node)) if module else ()


def names(source: str) -> tuple[str, ...]:
    """Public names a module defines at its top level, functions and classes first."""
    module = tree(source)
    if module is None:
        return ()
    defined = [n.name for n in module.body if isinstance(n, _CALLABLE)]
    assigned = [t.id for n in module.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)]
    return tuple(dict.fromkeys(n for n in defined + assigned if not n.startswith("_")))


def called(node: ast.AST, known: Collection[str] = ()) -> Iterator[str]:
    """Names of plain functions called anywhere inside `node`; builtins only when they are `known` to be redefined."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            name = part.func.id
            if name in known or not hasattr(builtins, name):
                yield name


def free(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that `nodes` read and do not bind, builtins aside."""
    parts = [part for node in nodes for part in ast.walk(node)]
    reads = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Load)}
    return {name for name in reads - bound(nodes) if not hasattr(builtins, name)}


def bound(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that `nodes` bind, anywhere inside them."""
    names: set[str] = set()
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            names.add(part.id)
        elif isinstance(part, ast.arg):
            names.add(part.arg)
        elif isinstance(part, ast.alias):
            names.add((part.asname or part.name).split(".")[0])
        elif isinstance(part, (*_CALLABLE, ast.ExceptHandler, ast.MatchAs)) and part.name:
            names.add(part.name)
    return names


def claim(node: ast.stmt, setup: Sequence[ast.stmt] = ()) -> tuple[str, str]:
    """(call, expected) of `assert call == expected`, written the same way however it was spaced; else empty strings.

    Variables that `setup` gives a value once are put in their place: `x` alone says nothing about the call."""
    if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare):
        return "", ""
    compare = _inlined(node.test, setup)
    if compare is None:
        return "", ""
    if len(compare.ops) != 1 or not isinstance(compare.ops[0], (ast.Eq, ast.Is)):
        return "", ""
    left, right = compare.left, compare.comparators[0]
    if not any(called(left)) and any(called(right)):
        left, right = right, left
    return (ast.unparse(left), ast.unparse(right)) if any(called(left)) else ("", "")


def _inlined(compare: ast.Compare, setup: Sequence[ast.stmt]) -> ast.Compare | None:
    """`compare` with the variables of `setup` replaced by what they were given; None when that can't be told."""
    values: dict[str, ast.expr] = {}
    for statement in setup:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return None
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or target.id in values:
            return None
        values[target.id] = _Inline(values).visit(copy.deepcopy(statement.value))
    inlined = _Inline(values).visit(copy.deepcopy(compare))
    return inlined if isinstance(inlined, ast.Compare) else None


class _Inline(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node)


def _signature(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
        yield _stub(node)
    elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
        methods = [n for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        public = [m for m in methods if m.name == "__init__" or not m.name.startswith("_")]
        yield f"class {node.name}:\n" + ("\n".join(f"    {_stub(m)}" for m in public) or "    ...")


def _stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    prefix = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{prefix} {node.name}({ast.unparse(node.args)}){returns}: ..."
