"""Python source as a tree: read without warnings or surprises, and what it defines."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache

from functions.agent.parsing.blocks import MAX_FILE_BYTES

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=4)
def tree_of(source: str) -> ast.Module | None:
    """The tree of `source`, or None where it is no Python or larger than any file may be."""
    if len(source) > MAX_FILE_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def definitions(tree: ast.Module) -> Iterator[Definition]:
    """The functions and classes at the top of a module."""
    return (node for node in tree.body if isinstance(node, Definition))


def defined_names(tree: ast.Module) -> frozenset[str]:
    """Every name that the module binds at its top: functions, classes, imports, assignments."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, Definition):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    return frozenset(names)


def is_test(node: ast.stmt) -> bool:
    """Whether a top-level statement is a test: test_*, Test*, or a unittest.TestCase.

    What takes arguments and returns a value is none, whatever its name: people ask for functions called test_…, too."""
    if isinstance(node, Function):
        return (node.name.startswith("test_") or node.name == "test") and not _answers(node)
    return isinstance(node, ast.ClassDef) and (
        node.name.startswith("Test") or any(dotted(base).endswith("TestCase") for base in node.bases)
    )


def _answers(node: Function) -> bool:
    takes = bool(node.args.posonlyargs or node.args.args)
    return takes and any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node))


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a name or attribute, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def body_of(node: Function) -> list[ast.stmt]:
    """The statements of a function without its docstring."""
    first = node.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return node.body[1:] if documented else node.body


def without(source: str, nodes: Sequence[ast.stmt]) -> str:
    """`source` without the lines of these top-level statements, decorators included."""
    lines = source.split("\n")
    dropped: set[int] = set()
    for node in nodes:
        decorators = node.decorator_list if isinstance(node, Definition) else []
        first = min([node.lineno, *(d.lineno for d in decorators)])
        dropped.update(range(first - 1, node.end_lineno or node.lineno))
    return "\n".join(line for i, line in enumerate(lines) if i not in dropped)
