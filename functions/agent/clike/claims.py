"""What an assertion states: the call and its value as text that is the same however it was written, and as a vector."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from functions.agent.clike import literals, texts
from functions.agent.clike.forms import Assertion
from functions.agent.clike.plain import NotPlain, Rules, Wire
from functions.agent.clike.statements import Statement
from functions.agent.clike.tokens import Token, Tokens, closes, parts

MAX_INLINED = 400
"""Tokens of a call after its variables were replaced."""
_KINDS = {"panic": "panic", "panicking": "panic", "failure": "error"}
_NAME = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)?")
"""Of a function that the sandbox can call."""
_STATES = {"equal", "near", "null", "undefined"}


def inlined(tokens: Tokens, setup: Sequence[Statement]) -> tuple[Token, ...] | None:
    """`tokens` with the variables of `setup` replaced by what they were given; None when that can't be told."""
    values: dict[str, tuple[Token, ...]] = {}
    for statement in setup:
        given = statement.gives
        if (
            not given
            or len(given) != len(statement.declares or statement.assigns)
            or given.keys() & values.keys() & set(statement.declares)
        ):
            return None
        for name, tokens_given in given.items():
            value = _replaced(tokens_given, values)
            if value is None:
                return None
            values[name] = value
    return _replaced(tokens, values)


def _replaced(tokens: Tokens, values: Mapping[str, tuple[Token, ...]]) -> tuple[Token, ...] | None:
    found: list[Token] = []
    for i, token in enumerate(tokens):
        before = tokens[i - 1].text if i else ""
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        free = token.kind == "word" and before not in (".", "?.") and not (after == ":" and before in ("{", ","))
        if free and token.text in values:
            value = values[token.text]
            plain = len(tokens) == 1 or after != "." or len(value) == 1
            found += value if plain else [_bracket("("), *value, _bracket(")")]
        else:
            found.append(token)
        if len(found) > MAX_INLINED:
            return None
    return tuple(found)


def _bracket(text: str) -> Token:
    return Token("open" if text == "(" else "close", text, 0, 0, False)


def normal(tokens: Tokens, rules: Rules) -> str:
    """The tokens with spaces where we put them and every text in double quotes."""
    out = ""
    for i, token in enumerate(tokens):
        text = token.text
        if token.kind in ("text", "template"):
            try:
                text = texts.quoted(texts.plain(text, rules.syntax))
            except ValueError:
                text = token.text
        before = tokens[i - 1] if i else None
        wordy = before is not None and before.kind in ("word", "number") and token.kind in ("word", "number", "text")
        if (
            wordy
            or (before is not None and before.text in (",", ":"))
            or (before is not None and token.kind == "op" and len(text) > 1 and text not in ("++", "--", "?.", "::"))
            or (
                before is not None
                and before.kind == "op"
                and len(before.text) > 1
                and before.text not in ("++", "--", "?.", "::", "...")
            )
        ):
            out += " "
        out += text
    return out


def shown(value: Wire) -> str:
    """A plain value as text for people, the same for equal values."""
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    match value.get("t"), value.get("v"):
        case "d", list(pairs):
            return "{" + ", ".join(sorted(f"{shown(k)}: {shown(v)}" for k, v in pairs)) + "}"
        case "s", list(values):
            return "{" + ", ".join(sorted(map(shown, values))) + "}"
        case "f", str(text):
            return text
        case "u", _:
            return "undefined"
    return json.dumps(value)


def claim(
    found: Assertion, setup: Sequence[Statement], rules: Rules, targets: Collection[str], home: str
) -> tuple[str, str]:
    """(call, expected) of an assertion that states a value for a call of the code; else two empty strings.

    A call of plain data is written the same way whatever the data was made with, and without its class `home`."""
    if found.kind not in _STATES:
        return "", ""
    actual, expected = inlined(found.actual, setup), inlined(found.expected, setup)
    if actual is None or expected is None:
        return "", ""
    actual = unwrapped(actual)
    if not any(t.kind == "word" and t.text in targets for t in actual):
        return "", ""
    try:
        value = shown(_expected(found, expected, rules))
    except ValueError:
        value = normal(expected, rules)
    called = _call(actual, rules, targets)
    if called is None:
        return normal(actual, rules), value
    return f"{called[0].removeprefix(home + '.')}({', '.join(map(shown, called[1]))})", value


def vector(
    found: Assertion, setup: Sequence[Statement], rules: Rules, targets: Collection[str], truthy: bool
) -> dict[str, Any] | None:
    """The assertion as {call, args, expect} of plain data; None when it is more than one call, or not plain."""
    actual, expected = inlined(found.actual, setup), inlined(found.expected, setup)
    if actual is None or expected is None:
        return None
    called = _call(unwrapped(actual), rules, targets)
    if called is None:
        return None
    try:
        expect = _expectation(found, expected, rules, truthy)
    except ValueError:
        return None
    return None if expect is None else {"call": called[0], "args": called[1], "expect": expect}


def _expectation(found: Assertion, expected: Tokens, rules: Rules, truthy: bool) -> dict[str, Any] | None:
    if found.block or found.kind in _KINDS:
        return {"error": _KINDS.get(found.kind) or error_name(found.error)}
    if found.kind in ("true", "false"):
        return {"truthy": found.kind == "true"} if truthy else {"value": found.kind == "true"}
    if found.kind not in _STATES:
        return None
    expect: dict[str, Any] = {"value": _expected(found, expected, rules)}
    if expect["value"] is None and "composites" in rules.features:
        return None  # an empty slice is as good as none there, but it is not sent as one
    if found.kind == "near":
        within = float(found.within.replace("_", "").rstrip("fFdDmM"))
        if not math.isfinite(within) or within < 0:
            return None
        expect["within"] = within
    return expect


def _expected(found: Assertion, expected: Tokens, rules: Rules) -> Wire:
    if found.kind == "null":
        return None
    if found.kind == "undefined":
        return {"t": "u"}
    return literals.read(expected, rules)


def error_name(tokens: Tokens) -> str:
    """`RangeError`, `IllegalArgumentException.class`; empty for a pattern, an object, or no name."""
    plain = tokens[:-2] if [t.text for t in tokens[-2:]] == [".", "class"] else tokens
    named = plain and all(t.kind == "word" or t.text == "." for t in plain)
    return plain[-1].text if named and plain[-1].text[:1].isupper() else ""


def unwrapped(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without an `await` before it and brackets around all of it."""
    while tokens and tokens[0].text == "await":
        tokens = tokens[1:]
    while len(tokens) > 2 and tokens[0].text == "(" and closes(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _call(tokens: Tokens, rules: Rules, targets: Collection[str]) -> tuple[str, list[Wire]] | None:
    """(name, arguments) of one call of the code with plain data."""
    at = 0
    while at + 2 < len(tokens) and tokens[at].kind == "word" and tokens[at + 1].text == ".":
        at += 2
    if at > 2 or at + 1 >= len(tokens) or tokens[at].kind != "word" or tokens[at].text in rules.syntax.keywords:
        return None
    if tokens[0].text not in targets or tokens[at + 1].text != "(" or closes(tokens, at + 1) != len(tokens) - 1:
        return None
    try:
        arguments = [literals.read(a, rules, argument=True) for a in parts(tokens[at + 2 : -1])]
    except NotPlain:
        return None
    name = "".join(t.text for t in tokens[: at + 1])
    return (name, arguments) if _NAME.fullmatch(name) else None
