"""What a statement or an argument is: a function, its name, its body."""

from __future__ import annotations

import itertools

from functions.agent.clike.statements import Statement
from functions.agent.clike.tokens import Tokens, closes


def is_function(statement: Statement) -> bool:
    """`const twice = (f) => …`: a function under a name."""
    value = statement.value
    if not value:
        return False
    if value[0].text in ("function", "async", "class"):
        return True
    end = closes(value, 0) if value[0].text == "(" else 0
    return end is not None and end + 1 < len(value) and value[end + 1].text == "=>"


def function_body(tokens: Tokens) -> Tokens | None:
    """What is in the braces of `() => {…}` or `function () {…}`; an expression after the arrow is a body, too."""
    arrow = next((i for i, t in enumerate(tokens) if t.text == "=>"), None)
    if arrow is None and (not tokens or tokens[0].text not in ("function", "async")):
        return None
    rest = tokens[arrow + 1 :] if arrow is not None else tokens
    brace = next((i for i, t in enumerate(rest) if t.text == "{"), None)
    if arrow is not None and rest and rest[0].text != "{":
        return rest
    if brace is None or closes(rest, brace) != len(rest) - 1:
        return None
    return rest[brace + 1 : -1]


def helper_name(helper: Statement) -> str:
    """What a function or class is called; empty when it has no name."""
    if helper.declares:
        return helper.declares[0]
    tokens = helper.tokens
    words = [t for t in tokens if t.kind == "word" or t.text == "("]
    if tokens and tokens[0].text == "func" and len(tokens) > 2 and tokens[1].text == "(":  # a method with its receiver
        end = closes(tokens, 1)
        return tokens[end + 1].text if end is not None and end + 1 < len(tokens) else ""
    for first, second in itertools.pairwise(words):
        if first.text in ("function", "class", "func", "interface", "struct", "record", "enum", "type"):
            return second.text if second.kind == "word" else ""
        if second.text == "(":
            return first.text
    return ""


def body_brace(tokens: Tokens) -> int | None:
    """The index of the brace that the last token closes."""
    for i, token in enumerate(tokens):
        if token.text == "{" and closes(tokens, i) == len(tokens) - 1:
            return i
    return None
