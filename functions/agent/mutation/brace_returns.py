"""What else a function of a language with braces could return: `returned`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.agent.mutation.brace_facts import bare
from functions.agent.mutation.brace_places import Place, said
from functions.agent.mutation.forms import Form

if TYPE_CHECKING:
    from tree_sitter import Node

_LITERAL = re.compile(r"[\d.]+\w?|true|false|null|nil|undefined|\"[^\"]*\"|'[^']*'|\[\]|\{\}|default(\(.*\))?")
_TRUTH = ("boolean", "bool")
_COMPARING = re.compile(r"[<>]=?|[!=]==?|&&|\|\|")
_EMPTY = ("[]", "any[]")


def returned(node: Node, place: Place, form: Form) -> Iterator[tuple[Node, str]]:
    """(value, other value) of a `return`; nothing where no other one surely compiles."""
    function = place.function
    values = [child for child in node.named_children if child.type != "comment"]
    if function is None or len(values) != 1 or "lambda" in function.type or "anonymous" in function.type:
        return
    value = values[0]
    if value.type == "expression_list":  # Go
        yield from _several(value, function, form)
        return
    if _LITERAL.fullmatch(said(value)) or (place.guarded and form.otherwise == "null"):
        return  # a `try` may not be without what throws
    if not form.returns:
        if not _is_truth(value):
            yield value, form.otherwise
        return
    written = function.child_by_field_name(form.returns) or function.child_by_field_name("type")
    type = (written.text or b"").decode().lstrip(": ") if written is not None else ""
    modifiers = {said(child) for child in function.children if child.type == "modifier" or not child.is_named}
    if type and "async" not in modifiers and "*" not in modifiers:
        yield from _other(value, type, form)


def _several(values: Node, function: Node, form: Form) -> Iterator[tuple[Node, str]]:
    result = function.child_by_field_name("result")
    if result is None or not values.named_child_count:
        return
    value = values.named_children[0]
    types = [result]
    if result.type == "parameter_list":
        types = [t for part in result.named_children if (t := part.child_by_field_name("type")) is not None]
    if len(types) == values.named_child_count and not _LITERAL.fullmatch(said(value)):
        yield from _other(value, said(types[0], 200), form)


def _other(value: Node, type: str, form: Form) -> Iterator[tuple[Node, str]]:
    if type in _TRUTH:
        if not _is_truth(value):
            yield value, f"!({(value.text or b'').decode()})"
    elif type in form.zeros:
        yield value, form.zeros[type]
    elif form.unused:  # Go: only these have a zero that can be written without their name
        if re.match(r"\[\]|\*|map\[|func\(|chan|interface\{\}", type):
            yield value, "nil"
    elif form.narrows:
        if type.endswith("[]") and said(value) not in _EMPTY:
            yield value, form.otherwise
    elif type != "void":
        yield value, f"default({type})" if form.otherwise == "default" else form.otherwise


def _is_truth(value: Node) -> bool:
    """Comparisons and conditions have operators of their own to change."""
    inner = bare(value)
    if "unary" in inner.type:
        return said(inner).startswith("!")
    operator = inner.child_by_field_name("operator")
    return inner.type == "binary_expression" and _COMPARING.fullmatch(said(operator)) is not None
