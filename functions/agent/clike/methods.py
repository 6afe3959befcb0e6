"""Tests that are methods of classes, known by their annotations."""

from __future__ import annotations

from typing import Any

from functions.agent.clike.found import Body, Finder
from functions.agent.clike.members import is_type, member, statement_end, type_name
from functions.agent.clike.statements import Statement, statements
from functions.agent.clike.tokens import Tokens, parts

MAX_NESTED = 6


def members(tokens: Tokens, finder: Finder, inside: bool, nested: int = 0) -> None:
    """Tests that are methods with an annotation, in classes at any depth; loose lines outside of all classes."""
    at = 0
    before: list[Statement] = []
    found: list[Body] = []
    fields: list[Statement] = []
    while at < len(tokens):
        read = member(tokens, at, finder.syntax)
        if read is None:
            end = statement_end(tokens, at)
            line = Statement(tuple(tokens[at:end]))
            if line.tokens and line.tokens[0].text in finder.style.imports:
                finder.imports.append(line)
            elif line.tokens:
                fields.append(line)
            at = max(end + 1, at + 1)
            continue
        marks, head, body, end = read
        kinds = {m for m, _ in marks}
        if is_type(head):
            if nested < MAX_NESTED:
                name = type_name(head)
                if (finder.style.prefix and finder.style.prefix.lower() in name.lower()) or any(
                    t.text in finder.style.marks | finder.style.rows for t in body
                ):
                    members(body, finder, True, nested + 1)
                else:
                    finder.helpers.append(Statement(tuple(tokens[at:end]), True))
        elif kinds & finder.style.before:
            before += statements(body, finder.syntax)
        elif kinds & (finder.style.marks | finder.style.rows):
            found += _method(marks, head, body, finder)
        elif head and head[-1].text == ")":
            finder.helpers.append(Statement(tuple(tokens[at:end]), True))
        else:
            fields.append(Statement(tuple(tokens[at:end]), True))
        at = end
    if inside:
        shared = (*(f for f in map(_field, fields) if f is not None), *before)
        finder.bodies += [Body(b.name, b.statements, (*shared, *b.shared), b.why) for b in found]
    else:
        finder.bodies.append(Body("", tuple(fields), loose=True))
        finder.bodies += found


_MODIFIERS = {"private", "public", "protected", "internal", "static", "final", "readonly", "const", "volatile"}


def _field(statement: Statement) -> Statement | None:
    """A field of the class as a local variable; None for one that is only declared, whose value comes later."""
    tokens = statement.tokens
    while tokens and tokens[0].text in _MODIFIERS:
        tokens = tokens[1:]
    return Statement(tokens, statement.block) if tokens else None


def _method(marks: list[tuple[str, Tokens]], head: Tokens, body: Tokens, finder: Finder) -> list[Body]:
    """The runs of one test method: one, or one for each row of arguments."""
    style = finder.style
    opening = next(i for i, t in enumerate(head) if t.text == "(")
    name = head[opening - 1].text if opening else ""
    inside = tuple(statements(body, finder.syntax))
    parameters = [p for p in parts(head[opening + 1 : -1], names=True) if p]
    skipped = next((m for m, _ in marks if m in style.skips), "")
    if skipped:
        return [Body(name, (), why=f"is marked `{skipped}`")]
    rows = [parts(arguments) for mark, arguments in marks if mark in style.rows]
    if not parameters:
        return [Body(name, inside)]
    found = []
    for row in rows:
        if len(row) != len(parameters) or any(t.text == "=" for cell in row for t in cell[1:2]):
            found.append(Body(name, (), why="its parameters can't be read"))
            continue
        given = tuple(
            Statement((*_as_type(p), _op("=", p[-1]), *cell)) for p, cell in zip(parameters, row, strict=True)
        )
        found.append(Body(name, inside, given))
    return found or [Body(name, (), why="needs parameters")]


def _as_type(parameter: Tokens) -> Tokens:
    return tuple(t for t in parameter if t.text not in ("final", "in"))


def _op(text: str, like: Any) -> Any:
    return type(like)("op", text, like.end, like.end, False)
