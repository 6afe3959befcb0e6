"""Classes, methods and blocks of languages where everything is in a class (Java, C#)."""

from __future__ import annotations

from functions.agent.clike.scanner import Syntax
from functions.agent.clike.tokens import Tokens, closes, parts

_TYPES = {"class", "interface", "enum", "record", "struct", "namespace"}


def member(tokens: Tokens, at: int, syntax: Syntax) -> tuple[list[tuple[str, Tokens]], Tokens, Tokens, int] | None:
    """(annotations with their arguments, head, what is in the braces, end) of the class, method or block at `at`."""
    found, i = marks(tokens, at)
    first = i
    while i < len(tokens):
        token = tokens[i]
        if token.text == "{":
            end = closes(tokens, i)
            if end is None:
                return None
            head = tokens[first:i]
            method = bool(head) and (is_type(head) or (_has_parameters(head) and not _starts_call(head, syntax)))
            if not method:
                return None
            return found, _without_clauses(head), tokens[i + 1 : end], end + 1
        if token.text in (";", "=", "=>") or token.kind == "bad":
            return None
        if token.kind == "open":
            end = closes(tokens, i)
            if end is None:
                return None
            i = end
        i += 1
    return None


def marks(tokens: Tokens, at: int) -> tuple[list[tuple[str, Tokens]], int]:
    found: list[tuple[str, Tokens]] = []
    while at + 1 < len(tokens):
        if tokens[at].text == "@" and tokens[at + 1].kind == "word" and tokens[at + 1].text != "interface":
            name, at = tokens[at + 1].text, at + 2
            while at + 1 < len(tokens) and tokens[at].text == ".":
                name, at = tokens[at + 1].text, at + 2
            end = closes(tokens, at) if at < len(tokens) and tokens[at].text == "(" else None
            found.append((name, tokens[at + 1 : end] if end is not None else ()))
            at = end + 1 if end is not None else at
        elif tokens[at].text == "[" and tokens[at + 1].kind == "word" and (end := closes(tokens, at)) is not None:
            for part in parts(tokens[at + 1 : end]):
                inner = part[2:-1] if len(part) > 2 and part[1].text == "(" else ()
                if part:
                    found.append((part[0].text, inner))
            at = end + 1
        else:
            break
    return found, at


def is_type(head: Tokens) -> bool:
    return any(t.text in _TYPES and t.kind == "word" for t in head[:6])


def type_name(head: Tokens) -> str:
    return next((head[i + 1].text for i, t in enumerate(head[:-1]) if t.text in _TYPES), "")


def _has_parameters(head: Tokens) -> bool:
    return any(t.text == "(" for t in head) and any(t.kind == "word" for t in head[:1])


def _starts_call(head: Tokens, syntax: Syntax) -> bool:
    """`if (…)`, `for (…)`, `new Runnable()`, `f(…)`: not the head of a method, which has a type before its name."""
    opening = next(i for i, t in enumerate(head) if t.text == "(")
    return opening < 1 or head[0].text in syntax.blocks or any(t.text in ("new", "return", ".") for t in head[:opening])


def _without_clauses(head: Tokens) -> Tokens:
    for i, token in enumerate(head):
        if token.text == "(" and (end := closes(head, i)) is not None and not is_type(head):
            return head[: end + 1]
    return head


def statement_end(tokens: Tokens, at: int) -> int:
    """The index of the semicolon, or of the closing brace of a block, that ends the statement at `at`."""
    i = at
    while i < len(tokens):
        token = tokens[i]
        if token.text == ";":
            return i
        if token.kind == "bad" or token.kind == "close":
            return i
        if token.kind == "open":
            end = closes(tokens, i)
            if end is None:
                return len(tokens)
            i = end
        i += 1
    return i
