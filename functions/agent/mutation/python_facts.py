"""What is easy to know of a function before it is changed: `Facts`."""

from __future__ import annotations

import ast
from collections.abc import Set

from functions.agent.mutation.python_knowledge import is_length

_MAX_NODES = 50
_NOTHING: frozenset[str] = frozenset()


class Facts:
    """What one walk over a function finds.

    `ties`: comparisons where it makes no difference to take both sides as equal, as in `if x > most: most = x`.
    `endless`: the True of each `while True`. `idle`: each `break` out of such a loop, which would not end without, and
    each after nothing but flags were set, since to set them again is the same. `moves`: statements, and their right
    sides, that move a variable of their loop's condition on from its own value; without, the loop would not end, which
    every test notices after a long time. `counters`: names that surely hold whole numbers."""

    def __init__(self, function: ast.AST) -> None:
        self.ties: set[ast.AST] = set()
        self.endless: set[ast.AST] = set()
        self.idle: set[ast.AST] = set()
        self.moves: set[ast.AST] = set()
        self.counters: set[str] = set()
        stack: list[tuple[ast.AST, ast.AST | None, frozenset[str]]] = [(function, None, _NOTHING)]
        while stack:
            node, loop, awaited = stack.pop()
            self._see(node, loop, awaited)
            if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
                loop = node
                awaited = _names(node.test) if isinstance(node, ast.While) else _NOTHING
            stack += ((below, loop, awaited) for below in ast.iter_child_nodes(node))

    def _see(self, node: ast.AST, loop: ast.AST | None, awaited: frozenset[str]) -> None:
        if isinstance(node, (ast.If, ast.IfExp)) and _tie(node):
            self.ties.add(node.test)
        if isinstance(node, ast.If):
            self._flags(node.body, loop)
        elif isinstance(node, ast.While) and _constant(node.test):
            self.endless.add(node.test)
        elif isinstance(node, ast.Break) and isinstance(loop, ast.While) and _constant(loop.test):
            self.idle.add(node)
        elif isinstance(node, (ast.For, ast.comprehension)):
            self.counters |= _counted(node)
        elif isinstance(node, ast.Assign) and _whole(node.value):
            self.counters |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if awaited & _moved(node):
            self.moves.add(node)
            if isinstance(node, ast.Assign):
                self.moves.add(node.value)

    def _flags(self, body: list[ast.stmt], loop: ast.AST | None) -> None:
        *before, last = body
        set_only = all(isinstance(s, ast.Assign) and _constant(s.value) for s in before)
        if before and set_only and isinstance(last, ast.Break) and not getattr(loop, "orelse", None):
            self.idle.add(last)


def _constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _names(node: ast.expr) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _moved(node: ast.AST) -> Set[str]:
    """The variables that a statement gives a value from their own."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return names & {side.id for side in (node.value.left, node.value.right) if isinstance(side, ast.Name)}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        owner = node.value.func.value
        taken = node.value.func.attr in ("pop", "popleft", "remove", "discard", "clear")
        return {owner.id} if taken and isinstance(owner, ast.Name) else _NOTHING
    return _NOTHING


def _whole(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return type(value.value) is int
    return is_length(value) or (isinstance(value, ast.BinOp) and isinstance(value.op, ast.FloorDiv))


def _counted(loop: ast.For | ast.comprehension) -> set[str]:
    called = loop.iter.func if isinstance(loop.iter, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else ""
    target = loop.target
    if name == "enumerate" and isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[0]
    return {target.id} if name in ("range", "enumerate") and isinstance(target, ast.Name) else set()


def _tie(node: ast.If | ast.IfExp) -> bool:
    """`if a < b: a = b`, `a if a > b else b`, `if x < 0: x = -x`, `-x if x < 0 else x`."""
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    if isinstance(node, ast.IfExp):
        one, other = node.body, node.orelse
    else:
        given = node.body[0]
        if node.orelse or len(node.body) != 1 or not isinstance(given, ast.Assign) or len(given.targets) != 1:
            return False
        one, other = given.targets[0], given.value
    sides = sorted((_shape(test.left), _shape(test.comparators[0])))
    pair = (_shape(one), _shape(other))
    return sorted(pair) == sides or ("0" in sides and any(f"-{p}" in pair for p in pair if p in sides))


def _shape(node: ast.expr) -> str:
    """The code written in one way; a text unlike all others where it is long."""
    parts = sum(1 for _, _ in zip(ast.walk(node), range(_MAX_NODES), strict=False))
    return ast.unparse(node) if parts < _MAX_NODES else f"{id(node)}"
