"""Another operator, and the opposite of a condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.agent.mutation import brace_facts as facts
from functions.agent.mutation.brace_file import MAX_NODE, File, edit, operator, opposed, text
from functions.agent.mutation.brace_places import Place, said
from functions.agent.mutation.brace_types import NUMBERS, TEXTS
from functions.agent.mutation.edits import Edit

if TYPE_CHECKING:
    from tree_sitter import Node

COMPARISONS = {
    **{"<": "<=", "<=": "<", ">": ">=", ">=": ">"},
    **{"==": "!=", "!=": "==", "===": "!==", "!==": "==="},
}
ARITHMETIC = {
    **{"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*"},
    **{"&": "|", "|": "&", "^": "&", "<<": ">>", ">>": "<<", ">>>": "<<"},
}
# To be equal to one of these tells a compiler that narrows what it can be afterwards.
_VALUES = re.compile(r"\b(null|undefined|typeof)\b|['\"`]")
_ORDER = ("<", "<=", ">", ">=")
_NEUTRAL = {**dict.fromkeys(["+", "-", "|", "^", "<<", ">>", ">>>"], "0"), **dict.fromkeys(["*", "/", "%", "**"], "1")}


def binary(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """`a < b`, `a && b`, `a + b`."""
    signed = operator(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if signed is None or left is None or right is None:
        return
    sign = said(signed)
    if sign in COMPARISONS:
        same = facts.tie(node) if sign in _ORDER else file.form.narrows and _VALUES.search(said(node, MAX_NODE))
        if not same:
            yield edit(signed, COMPARISONS[sign], "comparison", place)
    elif sign in ("&&", "||"):
        if not facts.narrows(left, file.form):
            yield edit(signed, "||" if sign == "&&" else "&&", "logical", place)
    elif sign in ARITHMETIC and _numeric(sign, left, right, place, file):
        yield edit(signed, ARITHMETIC[sign], "arithmetic", place)


def _numeric(sign: str, left: Node, right: Node, place: Place, file: File) -> bool:
    """Whether the other operator compiles, and is not the same."""
    if _NEUTRAL.get(sign) == said(right) or (sign in "*%" and said(right) in ("0", "0.0")):
        return False
    types = {file.types.of(side, place.chain) for side in (left, right)}
    if sign != "+":
        return not file.form.joins or sign not in "-*/%" or types <= NUMBERS | {""}
    if file.form.unused:
        return bool(types & NUMBERS) and not types & TEXTS
    return types <= NUMBERS if file.form.joins else not types & TEXTS


def assigned(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """`x += y`."""
    signed = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign = said(signed)[:-1]
    if signed is None or left is None or right is None or sign not in ARITHMETIC or facts.moves(node, place):
        return
    if left.type == "expression_list":  # Go
        left, right = left.named_children[0], right.named_children[0]
    types = [file.types.of(side, place.chain) for side in (left, right)]
    known = types[0] in NUMBERS or (file.form.unused and types[1] in NUMBERS)
    if sign == "+" and (not known if file.form.joins else bool(set(types) & TEXTS)):
        return
    if _NEUTRAL.get(sign) != said(right):
        yield edit(signed, ARITHMETIC[sign] + "=", "arithmetic", place)


def unary(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """`!x` becomes `x`, `x++` becomes `x--`."""
    sign = next((child for child in node.children if said(child) in ("!", "++", "--")), None)
    if sign is None or not node.named_child_count:
        return
    if said(sign) != "!":
        if not facts.moves(node, place):
            yield edit(sign, "--" if said(sign) == "++" else "++", "arithmetic", place)
    elif not opposed(facts.bare(node.named_children[-1])) and not facts.narrows(node, file.form):
        rest = text(node.named_children[-1])
        yield edit(sign, "", "negated", place, (text(node), rest))


def negated(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """The condition of `if`, `while` and `? :`, unless another operator says the same."""
    whole = node.child_by_field_name("condition")
    if whole is None or (node.type == "do_statement" and facts.endless(node)):
        return
    tested = facts.bare(whole)
    if said(tested) in ("true", "false") or opposed(tested) or facts.narrows(tested, file.form):
        return
    if "unary" in tested.type and said(tested).startswith("!"):
        return
    yield edit(tested, f"!({text(tested)})", "negated", place)
