"""What text in a language with braces is made of, and how to go through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OPENING = {"(": ")", "[": "]", "{": "}"}

CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Token:
    """`kind`: word, number, text, char, template, regex, op, open, close, or bad (what never ends).

    `line` says that it is the first of its line; `at` and `end` are offsets in the text."""

    kind: str
    text: str
    at: int
    end: int
    line: bool


Tokens = Sequence[Token]


def source(text: str, tokens: Tokens) -> str:
    """The tokens as they were written in `text`, comments left out; those of different places follow each other."""
    out = ""
    for before, token in zip((None, *tokens), tokens, strict=False):
        gap = text[before.end : token.at] if before is not None and before.end <= token.at else ""
        if gap.lstrip().startswith(("//", "/*")):
            gap = "\n" if token.line else " "
        elif gap.strip() or not gap:
            neighbours = before is not None and before.end == token.at
            wordy = before is not None and {before.kind, token.kind} <= {"word", "number"}
            gap = " " if not neighbours and (wordy or (before is not None and before.text == ",")) else ""
        out += gap + token.text
    return out


def closes(tokens: Tokens, at: int) -> int | None:
    """The index of the token that closes the bracket at `at`; None when it never does, or another kind of it does."""
    stack: list[str] = []
    for i in range(at, len(tokens)):
        token = tokens[i]
        if token.kind == "open":
            stack.append(token.text)
        elif token.kind == "close":
            if not stack or stack.pop() != CLOSING[token.text]:
                return None
            if not stack:
                return i
        elif token.kind == "bad":
            return None
    return None


def generic(tokens: Tokens, at: int) -> int | None:
    """The index of the `>` that closes the type arguments opened by `<` at `at`, if that is what they are."""
    depth = 0
    for i in range(at, min(len(tokens), at + 80)):
        token = tokens[i]
        if token.text == "<":
            depth += 1
        elif token.text == ">":
            depth -= 1
            if depth == 0:
                return i
        elif token.kind != "word" and token.text not in (
            ",",
            ".",
            "?",
            "[",
            "]",
            "&",
            "|",
            "{",
            "}",
            ":",
            ";",
            "(",
            ")",
        ):
            return None
    return None


def parts(tokens: Tokens, separator: str = ",", types: bool = True, names: bool = False) -> list[Tokens]:
    """`tokens` cut at each separator that is in no bracket; with `types`, also in no type arguments.

    `names`: they are parameters, so that a name may follow type arguments."""
    found: list[Tokens] = []
    depth, first, i = 0, 0, 0
    while i < len(tokens):
        token = tokens[i]
        end = generic(tokens, i) if types and token.text == "<" and i and tokens[i - 1].kind == "word" else None
        following = tokens[end + 1 : end + 2] if end is not None else ()
        if end is not None and all((names and t.kind == "word") or t.text in ("(", "{", "[", "::") for t in following):
            i = end + 1
            continue
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text == separator and token.kind == "op":
            found.append(tokens[first:i])
            first = i + 1
        i += 1
    if first < len(tokens) or found:
        found.append(tokens[first:])
    return found if not found or found[-1] else found[:-1]
