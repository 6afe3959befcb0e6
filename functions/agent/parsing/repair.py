"""One file's text made usable: double wraps, stop tokens, entities and typographic characters, where they break it."""

from __future__ import annotations

import ast
import re

from functions.agent.languages import by_file_name
from functions.agent.parsing.cleaning import normal_text, trimmed, without_stop_tokens
from functions.agent.parsing.python_source import tree_of

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34);")
_ENTITIES = {
    "lt": "<",
    "gt": ">",
    "amp": "&",
    "quot": '"',
    "#34": '"',
    "apos": "'",
    "#39": "'",
    "#x27": "'",
    "nbsp": " ",
}
_RAW = re.compile(r"[<>]|&(?!(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34);)")
_PLAIN = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "\xa0": " ",
        "\u202f": " ",
        "\u3000": " ",
        "\ufeff": None,
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "−": "-",
    }
)
_TYPOGRAPHY = re.compile("[“”„‘’\xa0\u202f\u3000\ufeff\u200b\u200c\u200d\u2060−]")
# Wraps and tokens can lie around each other; deeper than this it is no file.
_LAYERS = 6
_DOUBLE, _SINGLE = '"“”„', "'‘’"


def repaired(path: str, text: str) -> tuple[str, tuple[str, ...]]:
    """The text that goes into the file `path`, ending in one line feed, and a warning for each repair of its code."""
    before = text
    warnings: tuple[str, ...] = ()
    for _ in range(_LAYERS):
        text, what = _once(path, before)
        if text == before:
            break
        before = text
        warnings = (*warnings, *([f"{path}: {what} replaced."] if what else []))
    return text, warnings


def _once(path: str, text: str) -> tuple[str, str]:
    language = by_file_name(path)
    text = without_stop_tokens(normal_text(text), code=language is not None)
    if not path.lower().endswith((".md", ".mdx", ".rst", ".txt")):
        text = unwrapped(text)
    text = trimmed(text)
    if language is None or not (_ENTITY.search(text) or _TYPOGRAPHY.search(text)):
        return text, ""
    fixed, what = _python(text) if language == "python" else _other(text, path)
    return trimmed(fixed), what if fixed != text else ""


def unwrapped(text: str) -> str:
    """`text` without fences around the whole of it, however many."""
    lines = trimmed(text).split("\n")[:-1]
    first, last = 0, len(lines)
    while (
        last - first >= 2
        and re.match(r"\s*(```|~~~)", lines[first])
        and lines[last - 1].strip() in ("```", "~~~", "````")
    ):
        first, last = first + 1, last - 1
        while first < last and not lines[first].strip():
            first += 1
        while first < last and not lines[last - 1].strip():
            last -= 1
    return text if first == 0 else "\n".join(lines[first:last])


def _python(text: str) -> tuple[str, str]:
    """The first repair that makes Python of it; without one the text stays as it is."""
    tree = tree_of(text)
    if tree is not None and not _has_entity(tree):
        return text, ""
    quotes = outside_strings(text)
    for fixed, what in (
        (quotes, "typographic characters"),
        (text.translate(_PLAIN), "typographic characters"),
        (_unescaped(text), "HTML entities"),
        (outside_strings(_unescaped(text)), "HTML entities and typographic characters"),
    ):
        mended = tree_of(fixed) if fixed != text else None
        if mended is not None and not _has_entity(mended):
            return fixed, what
    return text, ""


def _has_entity(tree: ast.Module) -> bool:
    """Whether Python reads an entity as an operation by accident: `a &lt; b` is `a & lt` and then `b`."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.BitAnd)
        and isinstance(node.right, ast.Name)
        and node.right.id in _ENTITIES
        for node in ast.walk(tree)
    )


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0][1:-1]], text)


def _other(text: str, path: str) -> tuple[str, str]:
    """Entities go if the file has no such character of its own, typography goes outside strings; not in markup."""
    if path.lower().endswith((".tsx", ".jsx")):
        return text, ""
    fixed = text
    if _ENTITY.search(text) and not _RAW.search(text):
        unescaped = _unescaped(text)
        if _RAW.search(unescaped):
            fixed = unescaped
    return outside_strings(fixed), "HTML entities or typographic characters"


def outside_strings(text: str) -> str:
    """`text` with typographic quotes, spaces and zero-width characters made plain, but not within straight quotes."""
    if not _TYPOGRAPHY.search(text):
        return text
    return "\n".join(_plain_line(line) if _TYPOGRAPHY.search(line) else line for line in text.split("\n"))


def _plain_line(line: str) -> str:
    made: list[str] = []
    closers = ""
    escaped = False
    for char in line:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif closers:
            if char in closers:
                char, closers = closers[0], ""
        elif char in _DOUBLE:
            closers = '"' if char == '"' else _DOUBLE
            char = '"'
        elif char in _SINGLE:
            closers = "'" if char == "'" else _SINGLE
            char = "'"
        elif char == "`":
            closers = "`"
        else:
            char = char.translate(_PLAIN)
        made.append(char)
    return "".join(made)
