"""Where code with braces may be changed: every node of its tree, with what is around it, but for what no test could
notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions.agent.mutation.forms import Form, words

if TYPE_CHECKING:
    from tree_sitter import Node

LOOPS = words(
    """for_statement while_statement do_statement for_in_statement enhanced_for_statement foreach_statement"""
)
_SWITCHES = words(
    """switch_statement switch_expression expression_switch_statement type_switch_statement select_statement"""
)
CALLS = words("""call_expression method_invocation invocation_expression new_expression object_creation_expression""")
_ENDS = words("return_statement break_statement continue_statement throw_statement")
_BLOCKS = words("block statement_block statement_list constructor_body")
MAX_CALLED = 60


@dataclass(frozen=True)
class Place:
    """What is around a node: the name of its function; whether texts there say something to the program (and not only
    to people); the innermost function, loop, and what a `break` leaves; the functions around it by their node ids,
    innermost first; whether it is in a `try`, and in the condition of a loop."""

    scope: str = ""
    texts: bool = True
    function: Node | None = None
    loop: Node | None = None
    left: Node | None = None
    chain: tuple[int, ...] = ()
    guarded: bool = False
    condition: bool = False

    @property
    def inside(self) -> bool:
        return self.function is not None


def places(root: Node, form: Form) -> Iterator[tuple[Node, Place]]:
    """Every node with a name of its grammar that may be changed, in the order of the text."""
    stack = [(root, Place())]
    while stack:
        node, place = stack.pop()
        yield node, place
        stack += reversed(list(_below(node, place, form)))


def _below(node: Node, place: Place, form: Form) -> Iterator[tuple[Node, Place]]:
    inner = _entered(node, place, form)
    for at, child in enumerate(node.children):
        name = node.field_name_for_child(at) or ""
        if not child.is_named or child.type in form.never or (node.type, name) in form.hidden:
            continue
        if node.type == "variable_declarator" and said(node.child_by_field_name("name")) == "serialVersionUID":
            continue
        if node.type == "program" and child.type in ("expression_statement", "if_statement"):
            continue  # what a script does by itself: no test asks for it again
        yield child, replace(inner, condition=True) if name == "condition" and node.type in LOOPS else inner
        if node.type in _BLOCKS and child.type in _ENDS:
            return


def _entered(node: Node, place: Place, form: Form) -> Place:
    """The place of a node's children."""
    if node.type in form.functions:
        scope = place.scope if place.inside else name_of(node) or place.scope
        return replace(
            place, scope=scope, function=node, loop=None, left=None, chain=(node.id, *place.chain), condition=False
        )
    if node.type in LOOPS:
        return replace(place, loop=node, left=node, condition=False)
    if node.type in _SWITCHES:
        return replace(place, left=node)
    if node.type == "try_statement":
        return replace(place, guarded=True)
    if node.type in CALLS and form.says.fullmatch(called(node)):
        return replace(place, texts=False)
    return place


def name_of(function: Node) -> str:
    """Its name, or that of the variable that it is given to; empty without any."""
    named = function.child_by_field_name("name")
    if named is None and function.parent is not None and function.parent.type in ("variable_declarator", "pair"):
        named = function.parent.child_by_field_name("name") or function.parent.child_by_field_name("key")
    return said(named)


def called(call: Node) -> str:
    """What a call names, as it stands there: `fmt.Println`, or the type after `new`; empty where it is long."""
    callee = next(
        (
            part
            for field in ("function", "constructor", "type")
            if (part := call.child_by_field_name(field)) is not None
        ),
        None,
    )
    if callee is not None:
        return said(callee)
    owner, name = call.child_by_field_name("object"), call.child_by_field_name("name")
    return f"{said(owner)}.{said(name)}" if owner is not None else said(name)


def said(node: Node | None, most: int = MAX_CALLED) -> str:
    """The text of a short node without blanks; empty for a long one or none."""
    if node is None or node.text is None or node.end_byte - node.start_byte > most:
        return ""
    return "".join(node.text.decode().split())
