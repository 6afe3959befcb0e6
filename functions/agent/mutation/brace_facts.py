"""What is easy to know of code with braces before it is changed: that a change changes nothing, never ends, or that the
compiler would refuse it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.agent.mutation.brace_places import CALLS, Place, called, said
from functions.agent.mutation.forms import Form, words

if TYPE_CHECKING:
    from tree_sitter import Node

_BINDS = re.compile(r"\b(instanceof|is|out|typeof|in|null|undefined|isArray)\b")
_PLAIN = words("identifier member_expression subscript_expression non_null_expression call_expression")
_TAKING = words("pop shift poll remove removefirst removelast removeat dequeue delete clear")
_MAX_TESTED = 2_000  # bytes
_MAX_ASKED = 200


def bare(node: Node) -> Node:
    """The expression in brackets."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def narrows(node: Node, form: Form) -> bool:
    """Whether the compiler learns a type or a value from a condition, so that code after it needs it as it is."""
    text = (node.text or b"").decode()
    if len(text) > _MAX_TESTED:
        return True
    if not form.narrows:
        return re.search(r"\b(instanceof|is|out)\b", text) is not None
    return _BINDS.search(text) is not None or any(part.type in _PLAIN for part in _asked(node))


def _asked(condition: Node) -> Iterator[Node]:
    """What is asked for its truth: the sides of `&&` and `||`, without `!` and brackets."""
    stack = [condition]
    while stack:
        part = bare(stack.pop())
        if "unary" in part.type or said(part.child_by_field_name("operator")) in ("&&", "||"):
            stack += part.named_children
        else:
            yield part


def condition_of(loop: Node) -> Node | None:
    """What a loop asks before each round; None for one over the parts of something."""
    if loop.type not in ("for_statement", "while_statement", "do_statement"):
        return None
    found = loop.child_by_field_name("condition")
    if found is None:
        clause = next(iter(loop.named_children), None)
        if clause is not None and clause.type == "for_clause":
            found = clause.child_by_field_name("condition")
        elif clause is not None and clause.type not in ("block", "range_clause"):
            found = clause
    return found


def endless(loop: Node) -> bool:
    """`for (;;)`, `while (true)`, `for {}`."""
    if loop.type in ("for_in_statement", "enhanced_for_statement", "foreach_statement"):
        return False
    if any(child.type == "range_clause" for child in loop.named_children):
        return False
    condition = condition_of(loop)
    return condition is None or said(bare(condition)) in ("true", "1", "", ";")


def moves(node: Node, place: Place) -> bool:
    """Whether a statement moves a variable of its loop's condition on from its own value."""
    condition = condition_of(place.loop) if place.loop is not None else None
    if condition is None or condition.end_byte - condition.start_byte > _MAX_ASKED:
        return False
    if node.type in CALLS:
        return _taken_from(node) in _asked_names(condition)
    target = node.child_by_field_name("left") or (node.named_children[0] if node.named_children else None)
    if target is not None and target.type == "expression_list":
        target = target.named_child(0)
    return said(target) in _asked_names(condition)


def _asked_names(condition: Node) -> set[str]:
    return {said(part) for part in (condition, *descendants(condition)) if part.type == "identifier"}


def _taken_from(call: Node) -> str:
    """`queue` in `queue.poll()`."""
    name = said(call.child_by_field_name("name"))
    owner, _, method = called(call).rpartition(".")
    return owner if (name or method).lower() in _TAKING else ""


def descendants(node: Node) -> Iterator[Node]:
    """All below, in no order, but not `node`."""
    stack = list(node.named_children)
    while stack:
        part = stack.pop()
        yield part
        stack += part.named_children


def idle(node: Node) -> bool:
    """A `break` after nothing but flags were set: to set them again is the same."""
    block = node.parent
    if block is None or block.type not in ("block", "statement_block", "statement_list"):
        return False
    *before, last = block.named_children
    return last == node and bool(before) and all(re.fullmatch(rb"\w+\s*=\s*[\w\"']+;?", b.text or b"") for b in before)


def tie(node: Node) -> bool:
    """`if (a > b) a = b`, `a > b ? a : b`, and `x < 0 ? -x : x`, where `node` is the comparison: it makes no difference
    to take both sides as equal."""
    whole = node.parent
    while whole is not None and whole.type == "parenthesized_expression":
        whole = whole.parent
    condition = whole and whole.child_by_field_name("condition")
    if whole is None or condition is None or bare(condition) != node:
        return False
    then, other = whole.child_by_field_name("consequence"), whole.child_by_field_name("alternative")
    if whole.type == "if_statement":
        one, equals, two = said(then, 200).strip("{};").partition("=")
        if other is not None or not equals or "=" in two or ";" in two:
            return False
    else:
        one, two = said(then), said(other)
    sides = {said(node.child_by_field_name("left")), said(node.child_by_field_name("right"))}
    pair = {one, two}
    return pair == sides or ("0" in sides and any(f"-{p}" in pair for p in pair & sides))
