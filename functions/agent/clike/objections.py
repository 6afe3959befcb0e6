"""Why a check can be no case: it proves nothing, does not stand alone, or would break its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from functions.agent.clike.checks import Check
from functions.agent.clike.statements import Statement, names
from functions.agent.clike.tokens import Tokens, closes
from functions.agent.clike.writing import Writing

MAX_SETUP = 40
"""Statements before one assertion; longer tests are stories, not checks."""


def objection(check: Check, rules: Writing, targets: Collection[str], helpers: Collection[str]) -> str:
    """Why the check is no case; empty when it is one. `helpers` are functions of the reply that call the code."""
    found = check.assertion
    checked = (
        check.statement if found is None else Statement((*found.actual, *found.expected, *found.block, *found.error))
    )
    whole = [*check.setup, checked]
    words = {w for s in whole for w in names(s.tokens)}
    declared = {d for s in check.setup for d in s.declares}
    if set(targets) and not words & ({*targets, *helpers}):
        return "never calls the code"
    if taken := sorted(declared & set(targets)):
        return f"redefines `{taken[0]}`"
    if foreign := sorted(words & rules.foreign):
        return f"needs `{foreign[0]}`, which is not there"
    if len(check.setup) > MAX_SETUP:
        return "does more than set up and assert"
    for statement in check.setup:
        first = statement.tokens[0].text if statement.tokens else ""
        if first in ("return", "throw", "panic", "break", "continue", "yield"):
            return "may end before it asserts"
        if first in ("try", "if", "switch", "class", "describe"):
            return "does more than set up and assert"
    if found is not None and found.kind in ("equal", "near", "differ") and _same(found.actual, found.expected):
        return "asserts nothing"
    if (
        found is not None
        and found.kind == "true"
        and not any(t.kind == "word" and t.text != "true" for t in found.actual)
    ):
        return "asserts nothing"
    known = {*declared, *targets, *helpers, *rules.known, *rules.syntax.keywords}
    if not check.statement.block and (unknown := _unknown(whole, known, rules)):
        return f"reads `{unknown}`, which is not defined"
    return ""


def _unknown(whole: Sequence[Statement], known: Collection[str], rules: Writing) -> str:
    """A variable that nothing declares. Types, and functions that are called, can't be told: they may be there."""
    for statement in whole:
        inner = set(_bound(statement.tokens))
        for i, token in enumerate(statement.tokens):
            before = statement.tokens[i - 1].text if i else ""
            after = statement.tokens[i + 1].text if i + 1 < len(statement.tokens) else ""
            variable = token.kind == "word" and token.text[:1].islower() and before not in (".", "?.", "@", "::", "#")
            if (
                not variable
                or token.text in known
                or token.text in inner
                or (after == ":" and before in ("{", ",", "("))
            ):
                continue
            if (
                after == "("
                or (after == "." and _is_package(token.text, rules))
                or (after == "=" and before in ("{", ","))
            ):
                continue
            return token.text
    return ""


def _is_package(word: str, rules: Writing) -> bool:
    return word in rules.packages or word in ("java", "javax")


def _same(left: Tokens, right: Tokens) -> bool:
    plain = not any(t.kind == "word" for t in (*left, *right))
    return plain or [t.text for t in left] == [t.text for t in right]


def _bound(tokens: Tokens) -> Iterator[str]:
    """Parameters of functions and variables of loops inside a statement."""
    for i, token in enumerate(tokens):
        if token.text in ("=>", "->") and i:
            if tokens[i - 1].kind == "word":
                yield tokens[i - 1].text
            elif tokens[i - 1].text == ")":
                yield from _within(tokens, i - 1)
        elif token.text in ("function", "func", "delegate"):
            opening = next((j for j in range(i, min(i + 4, len(tokens))) if tokens[j].text == "("), None)
            end = closes(tokens, opening) if opening is not None else None
            if opening is not None and end is not None:
                yield from (t.text for t in tokens[opening:end] if t.kind == "word")
        elif token.text in ("const", "let", "var", ":=", "int", "of", "in", "range") and i + 1 < len(tokens):
            if token.text == ":=":
                yield from (t.text for t in tokens[max(0, i - 4) : i] if t.kind == "word")
            else:
                yield from (t.text for t in tokens[i + 1 : i + 6] if t.kind == "word")
        elif (
            token.kind == "word"
            and i + 1 < len(tokens)
            and tokens[i + 1].text == "="
            and i
            and tokens[i - 1].kind == "word"
        ):
            yield token.text


def _within(tokens: Tokens, closing: int) -> Iterator[str]:
    depth = 0
    for i in range(closing, -1, -1):
        depth += (tokens[i].kind == "close") - (tokens[i].kind == "open")
        if tokens[i].kind == "word":
            yield tokens[i].text
        if depth == 0:
            return
