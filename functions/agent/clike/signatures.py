"""What the code of a language with braces offers, as stubs for whoever writes its tests."""

from __future__ import annotations

from collections.abc import Iterator

from functions.agent.clike.members import is_type, member, statement_end
from functions.agent.clike.scanner import scan
from functions.agent.clike.shapes import helper_name, is_function
from functions.agent.clike.statements import Statement, statements
from functions.agent.clike.tokens import Token, Tokens, closes
from functions.agent.clike.writing import Writing, writing

MAX_SHOWN = 300
"""Characters of a type that is shown as a whole."""
_HIDDEN = {"private", "#", "protected"}
_SHAPES = ("interface", "type", "enum")


def signatures(source: str, language: str) -> tuple[str, ...]:
    """Public functions and classes, one stub each; a class has its public methods in indented lines."""
    rules = writing(language)
    tokens = scan(source, rules.syntax)
    return tuple(_classes(source, tokens, rules) if rules.style.annotation else _functions(source, tokens, rules))


def named_in(interface: str, stated: tuple[str, ...], language: str) -> tuple[str, ...]:
    """The names that tests call: those of `stated` that the interface has, else all of them; and all of its classes."""
    rules = writing(language)
    top = tuple(dict.fromkeys(rules.declared.findall(interface)))
    members = tuple(dict.fromkeys(rules.members.findall(interface))) if rules.members else ()
    if not members:
        return tuple(n for n in stated if n in top) or top or stated
    return (*top, *(tuple(n for n in stated if n in members and n not in top) or members))


def _functions(source: str, tokens: list[Token], rules: Writing) -> Iterator[str]:
    found = [s for s in statements(_opened(tokens), rules.syntax) if s.tokens]
    exported = [
        s for s in found if s.tokens[0].text == "export" or (rules.style.prefix and helper_name(s)[:1].isupper())
    ]
    for statement in exported or found:
        yield from _function(source, statement, rules)


def _opened(tokens: list[Token]) -> list[Token]:
    return [t for t in tokens if t.kind != "bad"]


def _function(source: str, statement: Statement, rules: Writing) -> Iterator[str]:
    tokens = statement.tokens
    plain = [t for t in tokens if t.text not in ("export", "default", "async", "declare", "abstract")]
    first = plain[0].text if plain else ""
    brace = _body(tokens)
    if first in ("function", "func"):
        name = helper_name(Statement(tuple(plain)))
        if brace is not None and name and not name.startswith("_"):
            yield _line(source, tokens[:brace])
    elif first == "class" and brace is not None:
        methods = list(_methods(source, tokens[brace + 1 : -1]))
        yield "\n".join([_line(source, tokens[:brace]), *(f"    {m}" for m in methods)])
    elif first in _SHAPES or (first == "type" and rules.style.prefix):
        text = source[tokens[0].at : tokens[-1].end]
        yield text if len(text) <= MAX_SHOWN else _line(source, tokens[: brace or 2])
    else:
        inner = Statement(tuple(t for t in tokens if t.text not in ("export", "default")))
        if is_function(inner):
            arrow = next((i for i, t in enumerate(tokens) if t.text == "=>"), brace or len(tokens))
            yield _line(source, tokens[:arrow])


def _body(tokens: Tokens) -> int | None:
    for i, token in enumerate(tokens):
        if token.text == "{" and closes(tokens, i) == len(tokens) - 1:
            return i
    return None


def _line(source: str, tokens: Tokens) -> str:
    return " ".join(source[tokens[0].at : tokens[-1].end].split()) if tokens else ""


def _methods(source: str, tokens: Tokens) -> Iterator[str]:
    """Heads of the public methods in a class's braces."""
    first = at = 0
    while at < len(tokens):
        token = tokens[at]
        end = closes(tokens, at) if token.kind == "open" else None
        if token.kind == "open" and end is None:
            return
        if token.text == "{" and end is not None:
            head = tokens[first:at]
            shown = head and head[0].text not in _HIDDEN and not head[0].text.startswith(("_", "#"))
            if shown and any(t.text == "(" for t in head) and not any(t.text == "=" for t in head[:3]):
                yield _line(source, head)
            first = end + 1
        elif token.text == ";":
            first = at + 1
        elif token.line and at > first and tokens[at - 1].kind in ("word", "number", "text") and token.kind == "word":
            first = at
        at = end + 1 if end is not None else at + 1


def _classes(source: str, tokens: Tokens, rules: Writing) -> Iterator[str]:
    """Types at the top of a file, with what each offers."""
    at = 0
    while at < len(tokens):
        read = member(tokens, at, rules.syntax)
        if read is None:
            at = max(statement_end(tokens, at) + 1, at + 1)
            continue
        _, head, body, end = read
        if is_type(head) and any(t.text == "namespace" for t in head):
            yield from _classes(source, body, rules)
        elif is_type(head):
            inside = list(_offered(source, body, rules))
            yield "\n".join([_line(source, head), *(f"    {line}" for line in inside)])
        at = end


def _offered(source: str, tokens: Tokens, rules: Writing) -> Iterator[str]:
    """Heads of the methods, constructors and expression-bodied members that are not private."""
    at = 0
    while at < len(tokens):
        read = member(tokens, at, rules.syntax)
        if read is None:
            end = statement_end(tokens, at)
            arrow = next((i for i in range(at, min(end, len(tokens))) if tokens[i].text == "=>"), None)
            head = tokens[at:arrow] if arrow is not None else tokens[at:end]
            bodiless = arrow is not None or (head and head[-1].text == ")")
            if head and bodiless and any(t.text == "(" for t in head) and _offers(head, rules) and not _assigns(head):
                yield _line(source, head)
            at = max(end + 1, at + 1)
            continue
        _, head, _, end = read
        if head and _offers(head, rules) and (is_type(head) or head[-1].text == ")"):
            yield _line(source, head)
        at = end


def _offers(head: Tokens, rules: Writing) -> bool:
    words = {t.text for t in head}
    return not words & _HIDDEN and (not rules.visible or bool(words & rules.visible))


def _assigns(head: Tokens) -> bool:
    opening = next((i for i, t in enumerate(head) if t.text == "("), len(head))
    return any(t.text == "=" for t in head[:opening])
