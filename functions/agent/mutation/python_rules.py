"""Mutation operators for Python, over its `ast`: `edits`. `parses` says whether a text is Python at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice

from functions.agent.mutation import python_knowledge as known
from functions.agent.mutation.edits import MAX_LOOKED, Edit
from functions.agent.mutation.python_places import Place, places
from functions.agent.mutation.python_text import Text
from functions.agent.python_source import tree

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    **{ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")},
    **{ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: (r"not\s+in", "in")},
    **{ast.Is: ("is", "is not"), ast.IsNot: (r"is\s+not", "is")},
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")},
    **{ast.FloorDiv: ("//", "/"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*")},
    **{ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&")},
    **{ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<")},
}
_ASKED = (
    *(ast.Constant, ast.Compare, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.Subscript, ast.comprehension),
    *(ast.AugAssign, ast.Assign, ast.Expr, ast.If, ast.While, ast.Return, ast.Break, ast.Continue),
)
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_APPENDING = frozenset(
    {
        *("append", "appendleft", "add", "extend", "insert", "update", "heappush", "sort", "reverse"),
        *("remove", "discard", "pop", "popleft", "clear"),
    }
)


def parses(source: bytes) -> bool:
    """Whether it is Python."""
    return tree(source.decode()) is not None


def edits(source: bytes) -> Iterator[Edit]:
    """Every single change that could be a mistake, in the order of the text; none of what is not Python."""
    module = tree(source.decode())
    if module is None:
        return
    text = Text(source)
    looked = ((node, place) for node, place in places(module) if isinstance(node, _ASKED))
    for node, place in islice(looked, MAX_LOOKED):
        if isinstance(node, ast.Constant):
            yield from _constant(node, place, text)
        elif place.inside:
            yield from _inside(node, place, text)


def _inside(node: ast.AST, place: Place, text: Text) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        yield from _compare(node, place, text)
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        yield from _arithmetic(node, place, text)
    elif isinstance(node, ast.BoolOp):
        was, now = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from text.between(left, right, was, now, "logical", place)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and not _opposed(node.operand):
        yield from text.without_not(node, place)
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield from _negated(node.test, place, text)
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield from _negated(condition, place, text)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield from _returned(node.value, place, text)
    elif isinstance(node, ast.Subscript):
        yield from _subscript(node, place, text)
    elif isinstance(node, (ast.Break, ast.Continue)) and place.loop and node not in place.facts.idle:
        was, now = ("break", "continue") if isinstance(node, ast.Break) else ("continue", "break")
        yield from text.edit(node, now, "loop", place, was)
    if _removable(node) and isinstance(node, ast.stmt) and node not in place.facts.moves:
        yield from text.edit(node, "pass", "removed", place, now="")


def _compare(node: ast.Compare, place: Place, text: Text) -> Iterator[Edit]:
    sides = [node.left, *node.comparators]
    for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
        if not (isinstance(op, _ORDER) and node in place.facts.ties):
            yield from text.between(left, right, *COMPARISONS[type(op)], "comparison", place)


def _arithmetic(node: ast.BinOp | ast.AugAssign, place: Place, text: Text) -> Iterator[Edit]:
    left, right = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    if type(node.op) not in ARITHMETIC or known.neutral(node.op, right) or known.texts(node.op, left, right):
        return
    if node in place.facts.moves:
        return
    was, now = ARITHMETIC[type(node.op)]
    suffix = "=" if isinstance(node, ast.AugAssign) else ""
    yield from text.between(left, right, re.escape(was + suffix), now + suffix, "arithmetic", place)


def _negated(test: ast.expr, place: Place, text: Text) -> Iterator[Edit]:
    """`x` becomes `not (x)`, unless another operator says the same."""
    if isinstance(test, ast.Constant) or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        return
    if not _opposed(test):
        yield from text.edit(test, f"not ({text.of(test)})", "negated", place)


def _opposed(test: ast.expr) -> bool:
    """Whether its operator has an opposite, which says the same as `not`."""
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and not isinstance(test.ops[0], _ORDER)


def _returned(value: ast.expr, place: Place, text: Text) -> Iterator[Edit]:
    if isinstance(value, ast.Constant):
        return
    now = "None"
    if isinstance(value, (ast.Compare, ast.BoolOp)):
        if isinstance(value, ast.Compare) and len(value.ops) == 1:
            return
        now = f"not ({text.of(value)})"
    elif isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
        return
    elif isinstance(value, ast.ListComp) or (isinstance(value, ast.List) and value.elts):
        now = "[]"
    elif isinstance(value, ast.DictComp) or (isinstance(value, ast.Dict) and value.keys):
        now = "{}"
    elif isinstance(value, (ast.Set, ast.SetComp)):
        now = "set()"
    elif isinstance(value, ast.JoinedStr):
        now = '""'
    yield from text.edit(value, now, "return", place, f"return {text.of(value)}", f"return {now}")


def _subscript(node: ast.Subscript, place: Place, text: Text) -> Iterator[Edit]:
    """A bound or an index one further."""
    simple = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
    if isinstance(node.slice, ast.Slice):
        for bound in (node.slice.lower, node.slice.upper):
            if isinstance(bound, simple) and not known.is_length(bound):
                yield from text.edit(bound, f"{text.of(bound)} + 1", "slice", place)
    elif isinstance(node.slice, ast.Name) and node.slice.id in place.facts.counters:
        yield from text.edit(
            node.slice, f"{node.slice.id} + 1", "index", place, f"[{node.slice.id}]", f"[{node.slice.id} + 1]"
        )


def _removable(node: ast.AST) -> bool:
    if isinstance(node, ast.AugAssign):
        return True
    if isinstance(node, ast.Assign):
        return len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript)
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in _APPENDING


def _constant(node: ast.Constant, place: Place, text: Text) -> Iterator[Edit]:
    value, now = node.value, ""
    if isinstance(value, bool):
        if node not in place.facts.endless:
            now = str(not value)
    elif isinstance(value, (int, float)):
        if abs(value) < 1e15 and value + 1 != value:
            now = repr(value + 1)
    elif isinstance(value, str):
        if place.texts:
            now = '""' if value else '"x"'
    elif isinstance(value, bytes):
        now = 'b""' if value else 'b"x"'
    if now:
        yield from text.edit(node, now, "constant", place)
