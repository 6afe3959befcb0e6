"""Replies in another shape than Markdown: JSON, YAML or XML around the files. Each reader gives blocks, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from functions.agent.parsing.blocks import MAX_FILES, Block
from functions.agent.parsing.names import plain_name

_PATH_KEYS = ("path", "filename", "file_name", "filepath", "file_path", "name", "file", "title")
_TEXT_KEYS = (
    "content",
    "contents",
    "code",
    "text",
    "file_text",
    "source",
    "body",
    "solution",
    "answer",
    "test",
    "tests",
)
_LIST_KEYS = ("files", "artifacts", "actions", "calls", "tool_calls", "blocks", "outputs")
_CALL_KEYS = (
    "arguments",
    "parameters",
    "params",
    "input",
    "args",
    "function",
    "action",
    "result",
    "response",
    "output",
)
_MAX_DEPTH = 8
_MAX_TIDY = 128 * 1024


def from_json(text: str) -> tuple[Block, ...]:
    """The files of a JSON reply: a mapping of names to texts, a list of files, one text, or tool calls with them.

    Read with patience: trailing text, comments, trailing commas and raw line feeds in strings are no obstacle.
    """
    start = re.match(r"\s*(?:[A-Za-z_][\w.]{0,60}\(\s*)?(?=[{\[])", text)
    if start is None:
        return ()
    value = _loads(text[start.end() :])
    return tuple(_blocks(value, 0))[: MAX_FILES + 1]


def _loads(text: str) -> Any:
    decoder = json.JSONDecoder(strict=False)
    for times in range(3):
        try:
            return decoder.raw_decode(text)[0]
        except RecursionError:
            return None
        except ValueError:
            # Twice, since a comment can hide a trailing comma.
            text = _tidy(text) if times < 2 and len(text) <= _MAX_TIDY else ""
    return None


_JSON_PIECE = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|(?P<single>'(?:[^'\\]|\\.)*')|(?P<comment>//[^\n]*|/\*.{0,200}?\*/)|(?P<comma>,)(?=\s*[}\]])"
    r"|(?P<word>\b(?:True|False|None)\b)|[^\"'/,TFN]+|.",
    re.DOTALL,
)
_WORDS = {"True": "true", "False": "false", "None": "null"}


def _tidy(text: str) -> str:
    """`text` as JSON where it has comments, trailing commas, single quotes or Python's words outside strings."""
    return "".join(map(_tidied, _JSON_PIECE.finditer(text)))


def _tidied(piece: re.Match[str]) -> str:
    if single := piece["single"]:
        return '"' + single[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    if word := piece["word"]:
        return _WORDS[word]
    return "" if piece["comment"] or piece["comma"] else piece[0]


def _blocks(value: Any, depth: int) -> Iterator[Block]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        value = _loads(value.strip())
    if isinstance(value, list):
        for item in value:
            yield from _blocks(item, depth + 1)
    elif isinstance(value, dict):
        yield from _of_mapping({str(key).lower(): (key, item) for key, item in value.items()}, depth)


def _of_mapping(entries: dict[str, tuple[Any, Any]], depth: int) -> Iterator[Block]:
    path = next((text for key in _PATH_KEYS if isinstance(text := entries.get(key, ("", None))[1], str)), "")
    text = next((text for key in _TEXT_KEYS if (text := _text(entries.get(key, ("", None))[1])) is not None), None)
    named = [
        (str(key), text) for key, item in entries.values() if plain_name(str(key)) and (text := _text(item)) is not None
    ]
    nested = [item for key in (*_LIST_KEYS, *_CALL_KEYS) if (item := entries.get(key, ("", None))[1]) is not None]
    if named:
        for key, content in named:
            yield Block("", content, path=plain_name(key))
    elif text is not None and not nested:
        yield Block("", text, path=plain_name(path))
    else:
        for item in nested:
            yield from _blocks(item, depth + 1)


def _text(value: Any) -> str | None:
    """A text, which some models send as a list of its lines or pieces."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(piece, str) for piece in value):
        return ("" if any(piece.endswith("\n") for piece in value) else "\n").join(value)
    return None


_YAML_KEY = re.compile(r"(?P<indent>\s*(?:- +)?)(?P<key>[\w./-]{1,200}):(?:\s+(?P<value>.{0,300}))?$")


def from_yaml(lines: Sequence[str]) -> tuple[Block, ...]:
    """The files of a YAML reply: texts under `content`, `code` or a file name, with or without their block scalar."""
    blocks: list[Block] = []
    path = ""
    i = 0
    while i < len(lines):
        match = _YAML_KEY.match(lines[i][:520])
        i += 1
        if match is None:
            continue
        key, value = match["key"], (match["value"] or "").strip()
        if key.lower() in _PATH_KEYS and plain_name(value.strip("\"'")):
            path = plain_name(value.strip("\"'"))
        elif re.fullmatch(r"(?:[|>][+-]?\d?)?", value) and (key.lower() in _TEXT_KEYS or plain_name(key)):
            text, i = _indented(lines, i, len(match["indent"]))
            if text.strip():
                blocks.append(Block("", text, path=plain_name(key) or path))
                path = ""
    return tuple(blocks)


def _indented(lines: Sequence[str], start: int, indent: int) -> tuple[str, int]:
    """The lines from `start` that are deeper than `indent`, without their common indentation, and where they end."""
    end = start
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
        end += 1
    body = lines[start:end]
    depth = min((_indent(line) for line in body if line.strip()), default=0)
    return "\n".join(line[depth:] for line in body), end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_OPENING = re.compile(
    r"^[ \t]*<\s?(?P<tag>[A-Za-z][\w:.-]{0,40})(?:=(?P<equals>[\w.-]{1,60}))?(?P<attributes>[^<>\n]{0,400})>",
    re.MULTILINE,
)
_ATTRIBUTE = re.compile(r"\b(?:path|file_?path|file_?name|name|file)\s*=\s*[\"']([^\"'\n]{1,255})[\"']", re.IGNORECASE)
_MAX_TAGS = 2000
_FILE_TAGS = frozenset(
    ["file", "code", "solution", "answer", "source", "test", "tests", "python", "parameter", "content"]
)


def from_xml(text: str) -> tuple[Block, ...]:
    """The files of a reply in tags: <file path="a.py">, <boltAction filePath=…>, <code>, <parameter=content>.

    A tag may hold a space or a typo and may lack its end: then it goes on to the next file or to the end of the reply.
    """
    openings = [opening for opening in islice(_OPENING.finditer(text), _MAX_TAGS) if _opens_file(opening)]
    if any(_names_file(opening) for opening in openings):
        # Tags without a name are then text of the files, such as <code> in a page.
        openings = [opening for opening in openings if _names_file(opening)]
    blocks: list[Block] = []
    path = ""
    for i, opening in enumerate(openings):
        limit = openings[i + 1].start() if i + 1 < len(openings) else len(text)
        content, closed = _content(text, opening, limit)
        attribute = _ATTRIBUTE.search(opening["attributes"])
        if opening["equals"] and opening["equals"].lower() in _PATH_KEYS:
            path = plain_name(content.strip())
        elif content.strip():
            blocks.append(Block("", content, path=plain_name(attribute[1]) if attribute else path, closed=closed))
            path = ""
    return tuple(blocks)


def _names_file(opening: re.Match[str]) -> bool:
    return bool(opening["equals"]) or _ATTRIBUTE.search(opening["attributes"]) is not None


def _opens_file(opening: re.Match[str]) -> bool:
    if opening["equals"]:
        return opening["tag"].lower() == "parameter" and opening["equals"].lower() in (*_PATH_KEYS, *_TEXT_KEYS)
    attribute = _ATTRIBUTE.search(opening["attributes"])
    if attribute is not None:
        return bool(plain_name(attribute[1]))
    return opening["tag"].lower() in _FILE_TAGS and not opening["attributes"].strip(" /")


_ANY_CLOSING = re.compile(r"(?:</\s?[A-Za-z][\w:.-]{0,40}\s?>\s*){1,4}\Z")


def _content(text: str, opening: re.Match[str], limit: int) -> tuple[str, bool]:
    """What the tag holds up to `limit`, and whether its end was there."""
    # The end is known by the first letters of the tag, so that </boltActionn> ends <boltAction>.
    closing = re.compile(rf"</\s?{re.escape(opening['tag'][:10])}[\w:.-]{{0,20}}\s?>", re.IGNORECASE)
    ends = [end.start() for end in closing.finditer(text, opening.end(), limit)]
    if ends:
        return text[opening.end() : ends[-1]], True
    content = text[opening.end() : limit].rstrip()
    return content[:-200] + _ANY_CLOSING.sub("", content[-200:]), False
