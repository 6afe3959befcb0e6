"""What the rules of the languages with braces work with: a file, and an edit of one of its nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.agent.mutation.brace_places import Place, said
from functions.agent.mutation.brace_types import Types
from functions.agent.mutation.brace_uses import Uses
from functions.agent.mutation.edits import Edit
from functions.agent.mutation.forms import Form

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_NODE = 2_000  # bytes of what is changed as a whole: many nested ones must not fill the memory


@dataclass(frozen=True)
class File:
    """One file as the rules see it."""

    form: Form
    types: Types
    uses: Uses | None

    def lost(self, node: Node) -> bool:
        """Whether the compiler would miss a use when `node` goes."""
        return self.uses is not None and self.uses.needed(node)


def edit(node: Node, now: str, kind: str, place: Place, shown: tuple[str, str] | None = None) -> Edit:
    """The whole node becomes `now`; `shown` says it otherwise than by the two texts."""
    return Edit(
        *(node.start_byte, node.end_byte, now, kind),
        *(place.scope, node.start_point[0] + 1),
        *(shown or (text(node), now)),
    )


def text(node: Node) -> str:
    return (node.text or b"").decode()


def operator(node: Node) -> Node | None:
    """The sign of an operation."""
    found = node.child_by_field_name("operator")
    return found or next((child for child in node.children if not child.is_named), None)


def opposed(node: Node) -> bool:
    """Whether its operator has an opposite, which says the same as `!`."""
    return node.type == "binary_expression" and said(operator(node)) in ("==", "!=", "===", "!==")
