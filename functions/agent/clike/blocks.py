"""Tests that are calls (`test(…)`, also in `describe(…)`) or functions known by their name (`func TestAdd`)."""

from __future__ import annotations

from functions.agent.clike import tables
from functions.agent.clike.found import Body, Finder
from functions.agent.clike.shapes import body_brace, function_body, is_function
from functions.agent.clike.statements import Statement, statements
from functions.agent.clike.tokens import Tokens, closes, parts

MAX_NESTED = 6


def block(tokens: Tokens, finder: Finder, shared: tuple[Statement, ...], nested: int) -> None:
    """Tests that are calls (`test("…", () => {…})`) or functions by name (`func TestAdd`), at one level of a file."""
    style = finder.style
    loose: list[Statement] = []
    before: list[Statement] = []
    inner: list[tuple[str, Tokens]] = []
    functions: list[Body] = []
    for statement in statements(tokens, finder.syntax):
        first = statement.tokens[0].text
        if first in style.imports:
            finder.imports.append(statement)
        elif (call := _test_call(statement.tokens)) and call[0].split(".")[
            0
        ] in style.calls | style.groups | style.before:
            name, arguments = call
            body = function_body(arguments[-1]) if arguments else None
            base = name.split(".")[0]
            if any(word in style.skips for word in name.split(".")[1:]):
                functions.append(Body(name, (), why="is skipped or depends on what came before"))
            elif body is None:
                functions.append(Body(name, (), why="has no body"))
            elif base in style.before:
                before += statements(body, finder.syntax)
            elif base in style.groups:
                inner.append((base, body))
            else:
                title = arguments[0][0].text if arguments[0] else name
                functions.append(Body(title, tuple(statements(body, finder.syntax))))
        elif style.prefix and first == "func":
            _go_function(statement, finder, functions)
        elif statement.block or is_function(statement):
            finder.helpers.append(statement)
        else:
            loose.append(statement)
    run_before = (*shared, *(s for s in loose if s.declares), *before)
    if (not functions and not inner) or any(not s.declares for s in loose):
        finder.bodies.append(Body("", tuple(loose), shared, loose=True))
    finder.bodies += [Body(b.name, b.statements, run_before, b.why) for b in functions]
    if nested < MAX_NESTED:
        for _, body in inner:
            block(body, finder, run_before, nested + 1)


def _test_call(tokens: Tokens) -> tuple[str, list[Tokens]] | None:
    """(dotted name, arguments) of a statement that is one call."""
    tokens = tokens[1:] if tokens[0].text == "await" else tokens
    at, name = 0, ""
    while at < len(tokens) and (tokens[at].kind == "word" or tokens[at].text == "."):
        name, at = name + tokens[at].text, at + 1
    if not name or at >= len(tokens) or tokens[at].text != "(" or closes(tokens, at) != len(tokens) - 1:
        return None
    return name, parts(tokens[at + 1 : -1])


def _go_function(statement: Statement, finder: Finder, functions: list[Body]) -> None:
    tokens = statement.tokens
    name = tokens[1].text if len(tokens) > 2 else ""
    brace = body_brace(tokens)
    if not name.startswith(finder.style.prefix) or brace is None:
        finder.helpers.append(statement)
        return
    body = tuple(statements(tokens[brace + 1 : -1], finder.syntax))
    functions += [Body(name, row) for row in tables.rows(body, finder.syntax) or [body]]
