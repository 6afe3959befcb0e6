"""Bounds and indices one further, statements left out, loops left otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.agent.mutation import brace_facts as facts
from functions.agent.mutation.brace_file import MAX_NODE, File, edit, text
from functions.agent.mutation.brace_places import Place, called, said
from functions.agent.mutation.brace_types import WHOLE
from functions.agent.mutation.edits import Edit
from functions.agent.mutation.forms import words

if TYPE_CHECKING:
    from tree_sitter import Node

_APPENDING = words(
    """append push add put addall addfirst addlast insert enqueue offer unshift remove delete pop shift
    sort reverse clear poll merge writestring writebyte writerune appendline extend removeat addrange
    setcharat"""
)
_CUTTING = words("slice substring substr subSequence subList copyOfRange Substring GetRange")
_SIMPLE = re.compile(r"[A-Za-z_][\w.]*(\([\w.,]*\))?")
_LENGTH = re.compile(r"^len\(|[lL]ength(\(\))?$|size\(\)$|Count$")
STATEMENTS = ("expression_statement", "inc_statement", "dec_statement", "assignment_statement")
INDEXED = ("array_access", "element_access_expression", "subscript_expression", "index_expression")
CALLING = ("call_expression", "method_invocation", "invocation_expression")


def left(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """`break` becomes `continue` and the other way round, where the loop still ends."""
    loop = place.loop
    if loop is None or place.left != loop or node.named_child_count or facts.endless(loop) or facts.idle(node):
        return
    was, now = ("break", "continue") if node.type == "break_statement" else ("continue", "break")
    yield edit(node.children[0], now, "loop", place, (was, now))


def index(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """A whole number as an index, one further."""
    at = node.child_by_field_name("index") or node.child_by_field_name("subscript")
    while at is not None and at.type in ("bracketed_argument_list", "argument") and at.named_child_count == 1:
        at = at.named_children[0]
    if at is not None and at.type == "identifier" and file.types.of(at, place.chain) in WHOLE:
        name = said(at)
        yield edit(at, f"{name} + 1", "index", place, (f"[{name}]", f"[{name} + 1]"))


def sliced(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """Go's `x[a:b]`."""
    for field in ("start", "end"):
        yield from _further(node.child_by_field_name(field), place)


def call(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """The bounds in `x.slice(a, b)` and its like."""
    name = said(node.child_by_field_name("name")) or called(node).rpartition(".")[2]
    arguments = node.child_by_field_name("arguments")
    if name not in _CUTTING or arguments is None:
        return
    for given in arguments.named_children[name == "copyOfRange" :]:
        yield from _further(given.named_child(0) if given.type == "argument" else given, place)


def _further(bound: Node | None, place: Place) -> Iterator[Edit]:
    """A bound one further; not a length, since that is often the same slice."""
    if bound is None or bound.type in ("binary_expression", "unary_expression", "parenthesized_expression"):
        return
    written = said(bound)
    if _SIMPLE.fullmatch(written) and not _LENGTH.search(written):
        yield edit(bound, f"{written} + 1", "slice", place)


def removed(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """A statement left out that changes something and declares nothing."""
    inner = node.named_children[0] if node.type == "expression_statement" and node.named_child_count else node
    if _removable(inner) and not facts.moves(inner, place) and not file.lost(node):
        yield edit(node, file.form.empty, "removed", place, (text(node).rstrip(";"), ""))


def _removable(node: Node) -> bool:
    if node.type in ("inc_statement", "dec_statement", "update_expression", "augmented_assignment_expression"):
        return True
    if node.type == "postfix_unary_expression":
        return True
    if node.type in ("assignment_expression", "assignment_statement"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if said(node.child_by_field_name("operator")) not in ("", "=") or said(right, MAX_NODE).startswith("append("):
            return True
        single = left
        if left is not None and left.type == "expression_list":  # Go
            single = left.named_child(0) if left.named_child_count == 1 else None
        return single is not None and single.type in INDEXED
    name = said(node.child_by_field_name("name")) or called(node).rpartition(".")[2]
    return node.type in CALLING and name.lower() in _APPENDING
