"""Reading Python with `ast`: signatures, calls and assertions; all of it empty for text that won't parse."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator

_CALLABLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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


def claim(node: ast.stmt) -> tuple[str, str]:
    """(call, expected) of `assert call == expected`, written the same way however it was spaced; else empty strings."""
    if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare):
        return "", ""
    compare = node.test
    if len(compare.ops) != 1 or not isinstance(compare.ops[0], (ast.Eq, ast.Is)):
        return "", ""
    left, right = compare.left, compare.comparators[0]
    if not any(called(left)) and any(called(right)):
        left, right = right, left
    return (ast.unparse(left), ast.unparse(right)) if any(called(left)) else ("", "")


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
