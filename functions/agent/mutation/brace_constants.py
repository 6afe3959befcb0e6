"""Another constant of the same kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.agent.mutation.brace_file import File, edit
from functions.agent.mutation.brace_places import Place, said
from functions.agent.mutation.brace_types import TEXTS
from functions.agent.mutation.edits import Edit

if TYPE_CHECKING:
    from tree_sitter import Node


TRUTHS = ("true", "false", "boolean_literal")


def constant(node: Node, place: Place, file: File) -> Iterator[Edit]:
    """Numbers, texts, characters and truth values."""
    text, now = said(node), ""
    if node.type in file.form.numbers:
        now = _next_number(text)
    elif node.type in file.form.texts:
        beside = node.parent
        alone = beside is not None and beside.type == "expression_statement"
        if place.texts and not alone and not (beside and file.form.narrows and said(beside).startswith("typeof")):
            now = '""' if len((node.text or b"").strip(b"@\"'`")) else '"x"'
    elif node.type in file.form.chars:
        now = f"'{chr(ord(text[1]) + 1)}'" if re.fullmatch(r"'[a-yA-Y0-8]'", text) else ""
    elif node.type in TRUTHS and not place.condition:
        now = "false" if text == "true" else "true"
    if now and not _fixed(node, now, place, file):
        yield edit(node, now, "constant", place)


def _fixed(node: Node, now: str, place: Place, file: File) -> bool:
    """Whether the compiler may know that another value is none: of a type that lists its values, of a fixed index."""
    whole = node.parent
    if said(node).strip("'\"") in file.types.literals:
        return True
    if whole is None or whole.type not in ("index_expression", "subscript_expression"):
        return False
    over = file.types.of(whole.named_child(0), place.chain)
    if file.form.narrows:
        return not (over.endswith("[]") or over in TEXTS)
    length = re.match(r"\[(\d{1,9})\]", over)
    return length is not None and now.isdigit() and int(now) >= int(length[1])


def _next_number(text: str) -> str:
    """One more in the same kind of number; empty where that may not fit its type."""
    found = re.fullmatch(r"(0|[1-9]\d{0,8})(\.\d+)?([a-zA-Z]?)", text)
    if found is None or found[1] in ("127", "255", "32767", "65535") or found[3] in ("e", "E"):
        return ""
    return f"{int(found[1]) + 1}{found[2] or ''}{found[3]}"
