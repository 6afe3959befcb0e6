"""Mutation operators for the languages with braces, over a tree of tree-sitter: `edits`. `parses` says whether a text
has no mistake that the grammar sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from functions.agent.mutation import brace_operators as operators
from functions.agent.mutation import brace_steps as steps
from functions.agent.mutation import grammars
from functions.agent.mutation.brace_constants import TRUTHS, constant
from functions.agent.mutation.brace_file import MAX_NODE, File, edit, text
from functions.agent.mutation.brace_places import Place, places
from functions.agent.mutation.brace_returns import returned
from functions.agent.mutation.brace_types import Types
from functions.agent.mutation.brace_uses import Uses
from functions.agent.mutation.edits import MAX_LOOKED, Edit
from functions.agent.mutation.forms import FORMS

if TYPE_CHECKING:
    from tree_sitter import Node


def parses(source: bytes, language: str, name: str) -> bool:
    """Whether the text has no mistake that the grammar sees."""
    return grammars.parse(source, language, name) is not None


def edits(source: bytes, language: str, name: str) -> Iterator[Edit]:
    """Every single change that could be a mistake, in the order of the text; none of what does not parse."""
    root = grammars.parse(source, language, name)
    if root is None:
        return
    form = FORMS[language]
    file = File(form, Types(root, form), Uses(root) if form.unused else None)
    asked = {*_RULES, *_OPERATORS, *steps.STATEMENTS, *TRUTHS, *form.numbers, *form.texts, *form.chars}
    looked = ((node, place) for node, place in places(root, form) if node.type in asked)
    for node, place in islice(looked, MAX_LOOKED):
        if node.end_byte - node.start_byte <= MAX_NODE or node.type in _OPERATORS:
            yield from constant(node, place, file)
            if place.inside:
                yield from _inside(node, place, file)


def _inside(node: Node, place: Place, file: File) -> Iterator[Edit]:
    rule = _OPERATORS.get(node.type) or _RULES.get(node.type)
    if rule is not None:
        yield from rule(node, place, file)
    if node.type in steps.STATEMENTS:
        yield from steps.removed(node, place, file)


def _returned(node: Node, place: Place, file: File) -> Iterator[Edit]:
    for value, other in returned(node, place, file.form):
        if not file.lost(value):
            yield edit(value, other, "return", place, (f"return {text(value)}", f"return {other}"))


Rule = Callable[["Node", Place, File], Iterator[Edit]]
_OPERATORS: dict[str, Rule] = {"binary_expression": operators.binary}
_RULES: dict[str, Rule] = {
    **dict.fromkeys(
        ("assignment_expression", "augmented_assignment_expression", "assignment_statement"), operators.assigned
    ),
    **dict.fromkeys(("unary_expression", "prefix_unary_expression", "postfix_unary_expression"), operators.unary),
    **dict.fromkeys(("update_expression", "inc_statement", "dec_statement"), operators.unary),
    **dict.fromkeys(("if_statement", "while_statement", "do_statement"), operators.negated),
    **dict.fromkeys(("ternary_expression", "conditional_expression"), operators.negated),
    **dict.fromkeys(("break_statement", "continue_statement"), steps.left),
    **dict.fromkeys(steps.INDEXED, steps.index),
    **dict.fromkeys(steps.CALLING, steps.call),
    "return_statement": _returned,
    "slice_expression": steps.sliced,
}
