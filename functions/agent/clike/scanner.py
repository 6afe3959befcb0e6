"""Text of a language with braces as tokens. Knows comments, all kinds of quotes, regular expressions and brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.agent.clike.tokens import OPENING, Token

MAX_DEPTH = 60
"""Of templates in templates; brackets are counted, not descended into."""

_WORD = r"[^\W\d][\w$]*|\$[\w$]*"

_NUMBER = (
    r"(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.(?![\w.])|\.\d[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?)"
    r"[A-Za-z]{0,3}(?!\w)"
)

_OPERATORS = (
    *(">>>=", "...", "===", "!==", "**=", "<<=", ">>=", "&&=", "||=", "??=", "=>", "->", "==", "!=", "<=", ">=", "&&"),
    *("||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", ":=", "<-", "::", "**", "<<"),
)

_ENDS_VALUE = {"number", "text", "char", "template", "regex"}


@dataclass(frozen=True)
class Syntax:
    """`quotes` maps what opens a literal to (kind, what closes it, whether a backslash escapes, whether it may have
    several lines); a quote of kind template holds `${…}`. `regex`: a slash may open a regular expression; `newlines`: a
    line's end may end a statement; `headers`: the head of a block stands without brackets and may hold semicolons."""

    quotes: Mapping[str, tuple[str, str, bool, bool]]
    regex: bool
    newlines: bool
    headers: bool
    keywords: frozenset[str]
    blocks: frozenset[str]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Syntax:
        quotes = {q: (str(r[0]), str(r[1]), bool(r[2]), bool(r[3])) for q, r in raw["quotes"].items()}
        return cls(
            quotes,
            bool(raw.get("regex")),
            bool(raw.get("newlines")),
            bool(raw.get("headers")),
            frozenset(raw["keywords"]),
            frozenset(raw["blocks"]),
        )


@cache
def _pattern(quotes: tuple[str, ...]) -> re.Pattern[str]:
    opening = "|".join(re.escape(q) for q in sorted(quotes, key=len, reverse=True))
    operators = "|".join(re.escape(o) for o in _OPERATORS)
    return re.compile(
        rf"(?P<blank>[\s\ufeff]+)|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<quote>{opening})|(?P<number>{_NUMBER})"
        rf"|(?P<word>{_WORD})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<op>{operators}|.)",
        re.DOTALL,
    )


def scan(text: str, syntax: Syntax) -> list[Token]:
    """The tokens of `text`, comments left out. Never raises: what does not end becomes one token of kind bad."""
    return list(_scan(text, syntax))


def _scan(text: str, syntax: Syntax) -> Iterator[Token]:
    pattern = _pattern(tuple(syntax.quotes))
    at, line = 0, True
    last: Token | None = None
    while at < len(text):
        match = pattern.match(text, at)
        assert match is not None
        kind, end = str(match.lastgroup), match.end()
        if kind in ("blank", "comment"):
            line = line or "\n" in match[0]
            at = end
            continue
        if text.startswith("/*", at):
            kind, end = "bad", len(text)
        elif kind == "quote":
            kind, end = _quoted(text, at, match[0], syntax)
        elif match[0] in ("/", "/=") and syntax.regex and not _ends_value(last, syntax):
            kind, end = _regex(text, at)
        last = Token(kind, text[at:end], at, end, line)
        yield last
        at, line = end, False


def _ends_value(last: Token | None, syntax: Syntax) -> bool:
    if last is None:
        return False
    if last.kind == "word":
        return last.text not in syntax.keywords or last.text in ("this", "super", "null", "true", "false")
    return last.kind in _ENDS_VALUE or last.text in (")", "]", "}")


def _quoted(text: str, at: int, opening: str, syntax: Syntax, depth: int = 0) -> tuple[str, int]:
    """(kind, end) of the literal that begins at `at`."""
    kind, closing, escapes, lines = syntax.quotes[opening]
    here = at + len(opening)
    while here < len(text):
        if escapes and text[here] == "\\":
            here += 2
        elif text.startswith(closing, here):
            if not escapes and closing == '"' and text.startswith('""', here):  # a doubled quote of a verbatim text
                here += 2
                continue
            return kind, here + len(closing)
        elif kind == "template" and text.startswith("${", here):
            here = _hole(text, here + 2, syntax, depth + 1)
        elif text[here] == "\n" and not lines:
            return "bad", here
        else:
            here += 1
    return "bad", len(text)


def _hole(text: str, at: int, syntax: Syntax, nested: int) -> int:
    """The end of `${…}` in a template, after its closing brace."""
    depth = 0
    while at < len(text) and nested < MAX_DEPTH:
        char = text[at]
        if char in syntax.quotes:
            _, at = _quoted(text, at, char, syntax, nested)
            continue
        if char == "}" and depth == 0:
            return at + 1
        depth += (char == "{") - (char == "}")
        at += 1
    return len(text)


def _regex(text: str, at: int) -> tuple[str, int]:
    match = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*").match(text, at)
    return ("regex", match.end()) if match else ("op", at + 1)


def whole(text: str, syntax: Syntax) -> str:
    """A text that was cut off, without its unfinished last line and with the brackets closed that are still open."""
    stack: list[str] = []
    end, closing = 0, ""
    tokens = scan(text, syntax)
    for i, token in enumerate(tokens):
        if token.kind == "open":
            stack.append(OPENING[token.text])
        elif token.kind == "close" and (not stack or stack.pop() != token.text):
            return text  # not cut off, but wrong
        done = token.text in (";", "}") or (syntax.newlines and i + 1 < len(tokens) and tokens[i + 1].line)
        if done and (not stack or stack[-1] == "}"):
            end, closing = token.end, "".join(reversed(stack))
    return f"{text[:end]}\n{closing}" if stack else text
