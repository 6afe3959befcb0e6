"""Where the names of a file are used and declared: `Uses`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.agent.mutation.brace_facts import descendants
from functions.agent.mutation.brace_places import said

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES = ("identifier", "package_identifier")
_GIVING = ("short_var_declaration", "range_clause", "var_spec", "assignment_statement")


class Uses:
    """Where the names of a file are used and declared, for a language in which a name without a use is a mistake."""

    def __init__(self, root: Node) -> None:
        self._uses: dict[str, list[int]] = {}
        self._declared: dict[str, list[int]] = {}
        stack = [(root, False)]
        while stack:
            node, given = stack.pop()
            if node.type in _NAMES:
                (self._declared if given else self._uses).setdefault(said(node), []).append(node.start_byte)
            plain = node.type in _GIVING
            for at, child in enumerate(node.children):
                name = node.field_name_for_child(at)
                target = plain and name in ("left", "name") and said(node.child_by_field_name("operator")) in ("", "=")
                stack.append((child, target or (given and node.type == "expression_list")))

    def needed(self, node: Node) -> bool:
        """Whether a name would be without a use if `node` were not there."""
        names = {said(part) for part in (node, *descendants(node)) if part.type in _NAMES}
        return any(self._lost(name, node) for name in names)

    def _lost(self, name: str, node: Node) -> bool:
        if not any(node.start_byte <= at < node.end_byte for at in self._uses.get(name, ())):
            return False
        area: Node = node
        while area.parent is not None:
            area = area.parent
            if any(area.start_byte <= at < node.start_byte for at in self._declared.get(name, ())):
                break
        others = (at for at in self._uses[name] if not node.start_byte <= at < node.end_byte)
        return not any(area.start_byte <= at < area.end_byte for at in others)
