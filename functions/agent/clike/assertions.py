"""One assertion, in whichever of its language's ways it is written, as what it checks."""

from __future__ import annotations

from dataclasses import replace

from functions.agent.clike.forms import Assertion, Forms
from functions.agent.clike.statements import Statement
from functions.agent.clike.tokens import Tokens, closes, generic, parts


def read(statement: Statement, forms: Forms) -> Assertion | None:
    """The assertion that the statement is, or None: it is none, or one that can't be read with certainty."""
    tokens: Tokens = statement.tokens
    waits = bool(tokens) and tokens[0].text == "await"
    if waits:
        tokens = tokens[1:]
    found = _chained(tokens, forms) if forms.chain else None
    found = found or _called(tokens, forms)
    return None if found is None else replace(_plain(found, forms), waits=waits or found.waits)


def looks_like_one(tokens: Tokens, forms: Forms) -> bool:
    """Whether anything in `tokens` asserts, be it inside a block."""
    for i, token in enumerate(tokens[:-1]):
        if token.kind != "word" or (i and tokens[i - 1].text == "." and tokens[i - 2].text not in forms.owners):
            continue
        call = tokens[i + 1].text in ("(", "<")
        if call and (token.text in forms.names or token.text == forms.chain or token.text in forms.owners):
            return True
    return False


def _called(tokens: Tokens, forms: Forms) -> Assertion | None:
    """`assert.equal(a, b)`, `assertEquals(a, b)`, `Assert.Throws<E>(…)`."""
    at, owner = 0, False
    while at + 1 < len(tokens) and tokens[at].text in forms.owners and tokens[at + 1].text == ".":
        at, owner = at + 2, True
    if at >= len(tokens) or tokens[at].kind != "word":
        return None
    name = tokens[at].text
    if not owner and name in forms.owners and tokens[at + 1 : at + 2] and tokens[at + 1].text == "(":
        name = ""
    kind: Tokens = ()
    at += 1
    if at < len(tokens) and tokens[at].text == "<" and (end := generic(tokens, at)):
        kind, at = tokens[at + 1 : end], end + 1
    arguments = _arguments(tokens, at)
    if arguments is None:
        return None
    if arguments and forms.leads and len(arguments[0]) == 1 and arguments[0][0].text in forms.leads:
        arguments = arguments[1:]
    if name == forms.constraint and name and len(arguments) >= 2:
        return _constrained(arguments[0], arguments[1], forms)
    form = forms.names.get(name)
    return None if form is None else _filled(form, arguments, kind)


def _chained(tokens: Tokens, forms: Forms) -> Assertion | None:
    """`expect(a).toBe(b)`, with `not`, `resolves` or `rejects` between."""
    if len(tokens) < 4 or tokens[0].text != forms.chain or tokens[1].text != "(":
        return None
    end = closes(tokens, 1)
    if end is None:
        return None
    name, at, waits = "", end + 1, False
    while at + 1 < len(tokens) and tokens[at].text == "." and tokens[at + 1].kind == "word":
        word = tokens[at + 1].text
        waits = waits or word in ("resolves", "rejects")
        name += (
            ""
            if word in ("resolves", "to", "be") and tokens[at + 2 : at + 3] and tokens[at + 2].text == "."
            else word + " "
        )
        at += 2
    arguments = _arguments(tokens, at)
    form = forms.matchers.get(name.strip())
    if arguments is None or form is None:
        return None
    found = _filled(form, [tokens[2:end], *arguments], ())
    return None if found is None else replace(found, waits=waits)


def _constrained(actual: Tokens, constraint: Tokens, forms: Forms) -> Assertion | None:
    """`Assert.That(a, Is.EqualTo(b).Within(c))`."""
    name, at = "", 0
    while at < len(constraint) and (constraint[at].kind == "word" or constraint[at].text == "."):
        name, at = name + constraint[at].text, at + 1
    kind: Tokens = ()
    if at < len(constraint) and constraint[at].text == "<" and (end := generic(constraint, at)):
        kind, at = constraint[at + 1 : end], end + 1
    arguments: list[Tokens] = []
    if at < len(constraint):
        end = closes(constraint, at) if constraint[at].text == "(" else None
        if end is None:
            return None
        arguments = parts(constraint[at + 1 : end])
        rest = constraint[end + 1 :]
        if rest:
            within = _arguments(rest, 2) if [t.text for t in rest[:2]] == [".", "Within"] else None
            if not within:
                return None
            arguments += within
    form = forms.constraints.get(name)
    return None if form is None else _filled(form, [actual, *arguments], kind)


def _arguments(tokens: Tokens, at: int) -> list[Tokens] | None:
    """The arguments of the call whose bracket is at `at`, if the call is all that is left."""
    if at >= len(tokens) or tokens[at].text != "(" or closes(tokens, at) != len(tokens) - 1:
        return None
    return parts(tokens[at + 1 : -1])


def _filled(form: str, arguments: list[Tokens], kind: Tokens) -> Assertion | None:
    name, *roles = form.split()
    values: dict[str, Tokens] = {}
    waiting = list(arguments)
    for role in roles:
        if role == "<error>":
            values["error"] = kind
        elif role.startswith("="):
            values["expected"] = ()
        elif waiting and not (role == "delta?" and not _is_number(waiting[0])):
            values[role.rstrip("?")] = waiting.pop(0)
        elif not role.endswith("?"):
            return None
    if "block" in values:
        call = _inner(values["block"])
        error = values.get("error", ())
        if error and error[0].kind in ("text", "template"):  # of a message
            error = ()
        return Assertion(name, call, block=values["block"], error=error)
    within = source_of(values.get("delta", ()))
    if digits := source_of(values.get("digits", ())):
        within = f"{10 ** -int(digits) / 2:g}" if digits.isdecimal() and int(digits) < 16 else ""
    elif name == "close" and not within:
        within = "0.005"
    name = "near" if within else "equal" if name == "close" else name
    return Assertion(name, values.get("actual", ()), values.get("expected", ()), within=within)


def source_of(tokens: Tokens) -> str:
    """The tokens as text, in one line with single spaces where there were any."""
    return "".join((" " if i and t.at > tokens[i - 1].end else "") + t.text for i, t in enumerate(tokens))


def _is_number(tokens: Tokens) -> bool:
    return bool(tokens) and tokens[-1].kind == "number" and len(tokens) <= 2


def _inner(block: Tokens) -> Tokens:
    """The one expression inside `() => f(-1)`, `() => { f(-1); }`, `function () { return f(-1); }`, `delegate {…}`."""
    arrow = next((i for i, t in enumerate(block) if t.text in ("=>", "->")), None)
    body = block[arrow + 1 :] if arrow is not None else block
    if arrow is None:
        brace = next((i for i, t in enumerate(block) if t.text == "{"), None)
        if brace is None or block[0].text not in ("function", "async", "delegate", "func"):
            return ()
        body = block[brace:]
    if body and body[0].text == "{":
        if closes(body, 0) != len(body) - 1:
            return ()
        body = body[1:-1]
        while body and body[-1].text == ";":
            body = body[:-1]
        if any(t.text == ";" for t in body):
            return ()
    skip = {"return", "await", "void"}
    while body and body[0].text in skip:
        body = body[1:]
    return body


def _plain(found: Assertion, forms: Forms) -> Assertion:
    """`assert.ok(a === b)` as the equality that it is."""
    if found.kind != "true" or not forms.equalities:
        return found
    depth, signs = 0, []
    for i, token in enumerate(found.actual):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text in (
            "&&",
            "||",
            "??",
            "?",
            "=>",
            "->",
            "!=",
            "!==",
            "<",
            ">",
            "<=",
            ">=",
            "==",
            "===",
        ):
            signs.append((i, token.text))
    if len(signs) != 1 or signs[0][1] not in forms.equalities:
        return found
    left, right = found.actual[: signs[0][0]], found.actual[signs[0][0] + 1 :]
    return replace(found, kind="equal", actual=left, expected=right) if left and right else found
