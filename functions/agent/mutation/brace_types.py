"""What is known of the types in code with braces: enough to tell numbers from texts where `+` could be either.

A type is its text without blanks, such as `int` or `List<String>`; empty where it is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.agent.mutation.brace_places import called, said
from functions.agent.mutation.forms import Form, words

if TYPE_CHECKING:
    from tree_sitter import Node

WHOLE = words(
    """int long short sbyte uint ulong ushort Integer Long Short int8 int16 int32 int64 uint8 uint16 uint32
    uint64 uintptr nint number"""
)
NUMBERS = WHOLE | words("byte char rune double float decimal float32 float64 Double Float Character Byte bigint")
TEXTS = words("string String str")
_LENGTHS = words(
    """len cap length Length size Count count indexOf IndexOf lastIndexOf LastIndexOf compareTo CompareTo
    intValue ordinal MAX_VALUE MIN_VALUE MaxValue MinValue charCodeAt codePointAt bitCount parseInt
    nextInt"""
)
_TEXTUAL = words("""toString ToString substring Substring trim Trim toUpperCase toLowerCase join Join Repeat repeat""")
_CONVERSION = re.compile(r"u?int(8|16|32|64)?|float(32|64)|string|byte|rune|Number|String")
_DEPTH = 24
_DECLARING = {
    **{"formal_parameter": "type", "parameter": "type", "required_parameter": "type", "optional_parameter": "type"},
    **{"parameter_declaration": "type", "enhanced_for_statement": "type", "foreach_statement": "type"},
    **{"local_variable_declaration": "type", "field_declaration": "type", "variable_declaration": "type"},
    **{"var_spec": "type", "const_spec": "type", "variable_declarator": "type", "property_declaration": "type"},
    **{"public_field_definition": "type", "short_var_declaration": "", "range_clause": ""},
}
_RETURNING = {"method_declaration": ("type", "returns", "result"), "function_declaration": ("result", "return_type")}
_RETURNING |= {"local_function_statement": ("type",), "method_definition": ("return_type",)}


class Types:
    """The types of a file's names, by the function that declares them (0: none), and of what its functions return.

    `literals`: values that are types themselves, such as `'up'` in `'up' | 'down'`, without their quotes."""

    def __init__(self, root: Node, form: Form) -> None:
        self._form = form
        self._names: dict[tuple[int, str], str] = {}
        self.literals: set[str] = set()
        stack: list[tuple[Node, tuple[int, ...]]] = [(root, ())]
        while stack:
            node, chain = stack.pop()
            if node.type in _RETURNING:
                result = next(
                    (r for f in _RETURNING[node.type] if (r := node.child_by_field_name(f)) is not None), None
                )
                self._note(said(node.child_by_field_name("name")) + "()", _written(result), ())
            elif node.type == "literal_type":
                self.literals.add(said(node).strip("'\""))
            if node.type in form.functions:
                chain = (node.id, *chain)
            if node.type in _DECLARING:
                for name, type in self._declared(node, chain):
                    self._note(name, type, chain)
            stack += ((child, chain) for child in reversed(node.named_children))

    def _note(self, name: str, type: str, chain: tuple[int, ...]) -> None:
        """Two types of one name in one function are none."""
        key = (chain[0] if chain else 0, name)
        self._names[key] = type if self._names.get(key, type) == type else ""

    def _declared(self, node: Node, chain: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        if node.type in ("short_var_declaration", "range_clause"):
            yield from self._given(node, chain)
            return
        type = _written(node.child_by_field_name("type"))
        if type in ("var", "auto", "let"):
            type = ""
        inner = [part for part in node.named_children if part.type == "variable_declarator"]
        if inner and node.type != "variable_declarator":
            for part in inner:
                value = part.child_by_field_name("value") or (
                    part.named_children[-1] if part.named_child_count > 1 else None
                )
                yield said(part.child_by_field_name("name")), type or self.of(value, chain)
            return
        value = node.child_by_field_name("value")
        if node.type in ("enhanced_for_statement", "foreach_statement"):
            type = type or _element(self.of(value or node.child_by_field_name("right"), chain))
        elif value is not None and value.type == "expression_list":
            value = value.named_child(0)
        names = [*node.children_by_field_name("name"), *node.children_by_field_name("pattern")]
        for name in names or node.children_by_field_name("left"):
            yield said(name), type or self.of(value, chain)

    def _given(self, node: Node, chain: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        names = [said(part) for part in left.named_children]
        if node.type == "range_clause":
            over = self.of(right, chain)
            listed = over.startswith("[") or over in TEXTS
            types = ["int" if listed else "", "rune" if over in TEXTS else _element(over)]
        else:
            types = [self.of(part, chain) for part in right.named_children]
        if len(names) <= len(types):
            yield from zip(names, types, strict=False)

    def of(self, node: Node | None, chain: tuple[int, ...], depth: int = _DEPTH) -> str:
        """The type of an expression in the functions of `chain`, innermost first."""
        if node is None or depth == 0:
            return ""
        kind = node.type
        if kind in self._form.numbers:
            return "double" if "float" in kind or "real" in kind else "int"
        if kind in self._form.texts or kind in ("template_string", "interpolated_string_expression"):
            return "string"
        if kind in self._form.chars:
            return "char"
        if kind in ("identifier", "field_identifier"):
            return self._named(said(node), chain)
        if kind in ("binary_expression", "ternary_expression", "conditional_expression"):
            return self._combined(node, chain, depth)
        if kind in ("cast_expression", "object_creation_expression", "array_creation_expression", "composite_literal"):
            return _written(node.child_by_field_name("type"))
        if kind in ("call_expression", "method_invocation", "invocation_expression"):
            return self._called(node, chain, depth)
        if kind in ("array_access", "element_access_expression", "subscript_expression", "index_expression"):
            over = self.of(node.named_child(0), chain, depth - 1)
            return "char" if over in TEXTS else _element(over)
        if kind in ("field_access", "member_access_expression", "member_expression", "selector_expression"):
            last = said(node.named_children[-1]) if node.named_children else ""
            return "int" if last in _LENGTHS else self._named(last, ())
        if "unary" in kind or kind in ("parenthesized_expression", "slice_expression"):
            return self.of(node.named_child(0), chain, depth - 1)
        return ""

    def _named(self, name: str, chain: tuple[int, ...]) -> str:
        return next((self._names[at, name] for at in (*chain, 0) if (at, name) in self._names), "")

    def _combined(self, node: Node, chain: tuple[int, ...], depth: int) -> str:
        fields = ("consequence", "alternative") if "cond" in node.type or "tern" in node.type else ("left", "right")
        one, other = (self.of(node.child_by_field_name(field), chain, depth - 1) for field in fields)
        if one in TEXTS or other in TEXTS:
            return "string"
        if one in NUMBERS and (other in NUMBERS or self._form.unused):  # Go has operands of one type only
            return one if one == other or self._form.unused else "int" if {one, other} <= WHOLE else "double"
        return other if self._form.unused else ""

    def _called(self, node: Node, chain: tuple[int, ...], depth: int) -> str:
        whole = called(node)
        owner, _, name = whole.rpartition(".")
        if name in _LENGTHS:
            return "int"
        if name in _TEXTUAL:
            return "string"
        if owner in ("Math", "math"):
            return "double"
        if not owner and _CONVERSION.fullmatch(name):
            return {"Number": "number", "String": "string"}.get(name, name)
        if name in ("get", "getOrDefault", "charAt"):
            return "char" if name == "charAt" else _element(self._named(owner, chain))
        return self._named(f"{name}()", ())


def _written(node: Node | None) -> str:
    return said(node).lstrip(":")


def _element(type: str) -> str:
    """`int` of `int[]`, `[]int`, `map[string]int` and `List<int>`, `Map<String,int>`."""
    found = re.fullmatch(r"(?:\[\d*\]|map\[\w+\])([\w\[\]]+)|([\w<>,\[\]]+)\[\]|\w+<(?:[\w<>]+,)?([\w\[\]]+)>", type)
    return next(filter(None, found.groups()), "") if found else ""
