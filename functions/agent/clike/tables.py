"""Go's tests with a table of rows and a loop over them, as one test a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from functions.agent.clike.scanner import Syntax
from functions.agent.clike.statements import Statement, statements
from functions.agent.clike.tokens import Token, Tokens, closes, parts

MAX_ROWS = 24
_ZERO = {"int": "0", "int64": "0", "float64": "0", "string": '""', "bool": "false", "error": "nil"}
_Row = dict[str, Tokens]


def rows(body: Sequence[Statement], syntax: Syntax) -> list[tuple[Statement, ...]] | None:
    """The statements of each row's test; None when the body is no table with a loop over it."""
    table = next((s for s in body if s.value and _fields(s.value) is not None), None)
    loop = next((s for s in body if s.tokens and s.tokens[0].text == "for"), None)
    if table is None or loop is None or any(s not in (table, loop) and not s.declares for s in body):
        return None
    variable, inner = _loop(loop, table.declares[0], syntax)
    listed = _rows(table.value)
    if not variable or listed is None:
        return None
    before = tuple(s for s in body if s not in (table, loop))
    found = []
    for row in listed[:MAX_ROWS]:
        filled = _filled(inner, variable, row)
        if filled is None:
            return None
        found.append((*before, *statements(filled, syntax)))
    return found


def _fields(value: Tokens) -> list[tuple[str, str]] | None:
    """(name, type) of each field of `[]struct{…}{…}`; None for any other value."""
    if [t.text for t in value[:4]] != ["[", "]", "struct", "{"]:
        return None
    end = closes(value, 3)
    if end is None:
        return None
    found: list[tuple[str, str]] = []
    line: list[Token] = []
    for i in range(4, end + 1):
        token = value[i]
        if line and (i == end or token.text == ";" or (token.line and line[-1].text != ",")):
            found += _named(line)
            line = []
        if token.text != ";":
            line.append(token)
    return found


def _named(line: Tokens) -> Iterator[tuple[str, str]]:
    """The fields of `a, b int`."""
    pieces = parts(line, types=False)
    kind = "".join(t.text for t in pieces[-1][1:])
    for piece in pieces:
        yield piece[0].text, kind


def _rows(value: Tokens) -> list[_Row] | None:
    """Field → value of each row."""
    fields, opened = _fields(value), closes(value, 3)
    if fields is None or opened is None or value[opened + 1 : opened + 2] == () or value[opened + 1].text != "{":
        return None
    found: list[_Row] = []
    for row in parts(value[opened + 2 : -1], types=False):
        if len(row) < 2 or row[0].text != "{" or closes(row, 0) != len(row) - 1:
            return None
        cells = parts(row[1:-1], types=False)
        keyed = all(len(c) > 2 and c[0].kind == "word" and c[1].text == ":" for c in cells)
        if keyed:
            given: _Row = {name: _zero(kind, row[0]) for name, kind in fields}
            given.update({c[0].text: c[2:] for c in cells})
        elif len(cells) == len(fields):
            given = {name: cell for (name, _), cell in zip(fields, cells, strict=True)}
        else:
            return None
        found.append(given)
    return found


def _zero(kind: str, like: Token) -> Tokens:
    text = _ZERO.get(kind, "nil")
    token_kind = "text" if text == '""' else "number" if text == "0" else "word"
    return (Token(token_kind, text, like.at, like.at, False),)


def _loop(loop: Statement, table: str, syntax: Syntax) -> tuple[str, Tokens]:
    """(variable, body) of `for _, tt := range tests {…}`, the body without a `t.Run` around it."""
    texts = [t.text for t in loop.tokens[:8]]
    if len(texts) < 8 or texts[1] != "_" or texts[2] != "," or texts[4:8] != [":=", "range", table, "{"]:
        return "", ()
    body: Tokens = loop.tokens[8:-1]
    inside = [s for s in statements(body, syntax) if not (s.declares == (texts[3],) and len(s.tokens) == 3)]
    run = inside[0].tokens if len(inside) == 1 else ()
    if [t.text for t in run[:4]] == ["t", ".", "Run", "("]:
        brace = next((i for i, t in enumerate(run) if t.text == "{"), None)
        end = closes(run, brace) if brace is not None else None
        if brace is None or end is None:
            return "", ()
        body = run[brace + 1 : end]
    return texts[3], body


def _filled(body: Tokens, variable: str, row: _Row) -> Tokens | None:
    """The loop's body with a row's values in place of `tt.field`; None when the row itself is used."""
    found: list[Token] = []
    i = 0
    while i < len(body):
        token = body[i]
        if token.kind == "word" and token.text == variable and (i == 0 or body[i - 1].text != "."):
            field = body[i + 2].text if i + 2 < len(body) and body[i + 1].text == "." else ""
            if field not in row:
                return None
            found += row[field]
            i += 3
            continue
        found.append(token)
        i += 1
    return found
