"""What is easy to know of one expression: that a change of it changes nothing, or only crashes."""

from __future__ import annotations

import ast

_MAX_TERMS = 8


def neutral(op: ast.operator, right: ast.expr) -> bool:
    """`x + 0` and `x * 1` are `x` with the other sign, too."""
    if not isinstance(right, ast.Constant) or isinstance(right.value, bool):
        return False
    zero = isinstance(op, (ast.Add, ast.Sub, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift))
    return bool(right.value == 0 if zero else right.value == 1)


def texts(op: ast.operator, left: ast.expr, right: ast.expr) -> bool:
    """Whether it joins, repeats or formats texts or lists: another operator would only be a TypeError."""
    if not isinstance(op, (ast.Add, ast.Mult, ast.Mod)):
        return False
    return any(_is_text(side) for side in (left, right))


def _is_text(node: ast.expr) -> bool:
    for _ in range(_MAX_TERMS):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            break
        if _is_text(node.right):
            return True
        node = node.left
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("str", "list", "repr", "chr", "sorted")
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (str, bytes))
    return isinstance(node, (ast.JoinedStr, ast.List, ast.ListComp, ast.Tuple))


def is_length(node: ast.expr) -> bool:
    """`len(…)` as a bound: one more is the same slice."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
