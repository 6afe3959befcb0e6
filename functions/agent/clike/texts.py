"""What a literal of text says: its quotes taken off, its escapes resolved."""

from __future__ import annotations

import re

from functions.agent.clike.plain import NotPlain
from functions.agent.clike.scanner import Syntax

_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "0": "\0", "\n": "", "s": " "}
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{2,3})|([\s\S]))"
)


def plain(literal: str, syntax: Syntax) -> str:
    """The text. Raises NotPlain where it has holes, is no text at all, or would not survive as UTF-8."""
    opening = next((q for q in sorted(syntax.quotes, key=len, reverse=True) if literal.startswith(q)), "")
    if not opening or (len(opening) > 1 and opening.strip("@") != '"'):
        raise NotPlain("a kind of text that is not read")
    kind, closing, escapes, _ = syntax.quotes[opening]
    if len(literal) < len(opening) + len(closing) or not literal.endswith(closing):
        raise NotPlain("text without an end")
    body = literal[len(opening) : -len(closing)]
    if kind == "template" and "${" in body:
        raise NotPlain("text with holes")
    if escapes:
        body = _ESCAPE.sub(_resolved, body)
    elif closing == '"':
        body = body.replace('""', '"')
    try:
        # Two halves of one character come together; half a one can't be sent.
        return body.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise NotPlain("half a character") from error


def _resolved(match: re.Match[str]) -> str:
    braces, short, long, byte, octal, other = match.groups()
    if octal:
        return chr(int(octal, 8))
    if code := braces or short or long or byte:
        number = int(code, 16)
        if number > 0x10FFFF or (byte and number > 0x7F):
            raise NotPlain("no character")
        return chr(number)
    return _SIMPLE.get(other, other)


def quoted(text: str) -> str:
    """The text as a literal in double quotes that all of these languages read alike."""
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    parts = []
    for char in text:
        if char in named:
            parts.append(named[char])
        elif ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or char in "\u2028\u2029\ufeff":
            parts.append(f"\\u{ord(char):04x}")
        else:
            parts.append(char)
    return '"' + "".join(parts) + '"'
