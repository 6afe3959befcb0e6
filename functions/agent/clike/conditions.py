"""Assertions that are statements, and those that are conditions: Go's `if got != want { t.Errorf(…) }`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from functions.agent.clike import assertions
from functions.agent.clike.forms import Assertion
from functions.agent.clike.statements import Statement
from functions.agent.clike.tokens import Tokens, closes, parts
from functions.agent.clike.writing import Writing

_NAMED_ERROR = ("err", "error")
_DEEP = {"reflect.DeepEqual", "slices.Equal", "bytes.Equal", "maps.Equal", "cmp.Equal"}


def parted(statement: Statement, rules: Writing) -> Iterator[tuple[Statement, Assertion | None]]:
    """The statement with the assertion that it is; of a condition also what it declares, as a statement before."""
    found = None if statement.block else assertions.read(statement, rules.forms)
    if found is not None or not rules.fails or not statement.tokens or statement.tokens[0].text != "if":
        yield statement, found
        return
    head, body = _condition(statement.tokens)
    if head is None or not _only_fails(body, rules):
        yield statement, None
        return
    pieces = parts(head, ";", types=False)
    conditions = parts(pieces[-1], "||", types=False)
    read = [_negated(c) for c in conditions]
    # After an error's check the next condition stands for itself; after any other it may need what that one did.
    apart = len(read) == 1 or (read[0] is not None and read[0].kind in ("success", "failure"))
    if None in read or len(pieces) > 2 or not apart:
        yield statement, None
        return
    if len(pieces) == 2:
        yield Statement(tuple(pieces[0])), None
    for condition, found in zip(conditions, read, strict=True):
        yield Statement(tuple(condition)), found


def panicking(body: tuple[Statement, ...], rules: Writing) -> Statement | None:
    """The call that must panic, of a test that defers a look at `recover()` and then makes it; None for any other."""
    if len(body) < 2 or [t.text for t in body[0].tokens[:2]] != ["defer", "func"] or any(s.block for s in body[1:]):
        return None
    looks = "".join(t.text for t in body[0].tokens)
    wanted = re.search(r"\{if(?:\w+:=recover\(\);\w+|recover\(\))==nil\{t\.", looks) and _fails(body[0].tokens, rules)
    return body[-1] if wanted and not any(asserts(s, rules) for s in body[1:]) else None


def asserts(statement: Statement, rules: Writing) -> bool:
    """Whether the statement has an assertion anywhere in it."""
    return assertions.looks_like_one(statement.tokens, rules.forms) or _fails(statement.tokens, rules)


def hides(statement: Statement, rules: Writing) -> bool:
    """Whether the statement asserts only under a condition: then it may assert nothing."""
    if rules.fails:
        return False  # every assertion is under a condition there
    return statement.tokens[0].text in ("if", "try", "switch", "while", "do") and asserts(statement, rules)


def echo(statement: Statement, found: Assertion) -> Statement | None:
    """What the assertion did besides asserting, as a statement; None when it did nothing that can stay."""
    if found.block:
        return None
    actual = found.actual
    if len(actual) < 3 or actual[-1].text != ")" or actual[0].kind != "word":
        return None
    at = 0
    while at < len(actual) and (actual[at].kind == "word" or actual[at].text == "."):
        at += 1
    method = at > 1 and at < len(actual) and actual[at].text == "(" and closes(actual, at) == len(actual) - 1
    return Statement(tuple(actual)) if method else None


def _condition(tokens: Tokens) -> tuple[Tokens | None, Tokens]:
    """(between `if` and its brace, in the braces) of an `if` without `else`."""
    for i, token in enumerate(tokens):
        if token.text == "{" and closes(tokens, i) == len(tokens) - 1:
            return tokens[1:i], tokens[i + 1 : -1]
    return None, ()


def _fails(tokens: Tokens, rules: Writing) -> bool:
    return any(
        "".join(t.text for t in tokens[i : i + 3]) in rules.fails for i, t in enumerate(tokens) if t.kind == "word"
    )


def _only_fails(body: Tokens, rules: Writing) -> bool:
    """Whether all that the body does is to let the test fail."""
    return "".join(t.text for t in body[:3]) in rules.fails and not any(t.text in ("if", "for", "switch") for t in body)


def _negated(condition: Tokens) -> Assertion | None:
    """What must hold where `condition` lets the test fail."""
    depth, signs = 0, []
    for i, token in enumerate(condition):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text in ("&&", "||", "==", "!=", "<", ">", "<=", ">="):
            signs.append(i)
    if len(signs) > 1:
        return None
    if not signs:
        return _of_truth(condition)
    at = signs[0]
    left, sign, right = condition[:at], condition[at].text, condition[at + 1 :]
    if not left or not right:
        return None
    if sign == "!=":
        if right[0].text == "nil" and left[-1].text in _NAMED_ERROR:
            return Assertion("success", left)
        return Assertion("null", left) if right[0].text == "nil" else Assertion("equal", left, right)
    if sign == "==":
        if right[0].text == "nil" and left[-1].text in _NAMED_ERROR:
            return Assertion("failure", left)
        return Assertion("filled", left) if right[0].text == "nil" else Assertion("differ", left, right)
    if sign == ">" and "".join(t.text for t in left[:4]) == "math.Abs(" and closes(left, 3) == len(left) - 1:
        inner = left[4:-1]
        minus = [
            i for i, t in enumerate(inner) if t.text == "-" and i and inner[i - 1].text not in ("(", ",", "-", "+")
        ]
        if len(minus) == 1:
            within = assertions.source_of(right)
            return Assertion("near", inner[: minus[0]], inner[minus[0] + 1 :], within=within)
    return None


def _of_truth(condition: Tokens) -> Assertion | None:
    if condition and condition[0].text == "!":
        positive = condition[1:]
        name = "".join(t.text for t in positive[:3])
        if name in _DEEP and len(positive) > 4 and closes(positive, 3) == len(positive) - 1:
            compared = parts(positive[4:-1])
            return Assertion("equal", compared[0], compared[1]) if len(compared) == 2 else None
        return Assertion("true", positive)
    return Assertion("false", condition) if condition else None
