"""The text of Python code by the positions that `ast` gives: lines from 1, columns in bytes of UTF-8."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from functions.agent.mutation.edits import Edit
from functions.agent.mutation.python_places import Place

# A form feed or a Unicode line separator ends no line of Python.
_LINE_END = re.compile(rb"\r\n|\r|\n")
MAX_NODE = 2_000  # bytes of what is changed as a whole: many nested ones must not fill the memory
_COMMENT = re.compile(rb"#[^\r\n]*")


class Text:
    """A source whose nodes can be looked up and changed."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(source))]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """(first byte, byte after the last)."""
        last, column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[last - 1] + column

    def of(self, node: ast.expr | ast.stmt) -> str:
        start, end = self.span(node)
        return self.source[start:end].decode()

    def edit(
        self,
        node: ast.expr | ast.stmt,
        text: str,
        kind: str,
        place: Place,
        was: str | None = None,
        now: str | None = None,
    ) -> Iterator[Edit]:
        """The whole node becomes `text`; `was` and `now` say it otherwise than by these two texts."""
        start, end = self.span(node)
        if end - start > MAX_NODE:
            return
        shown = (self.of(node) if was is None else was, text if now is None else now)
        yield Edit(start, end, text, kind, place.scope, node.lineno, *shown)

    def between(
        self, left: ast.expr, right: ast.expr, pattern: str, now: str, kind: str, place: Place
    ) -> Iterator[Edit]:
        """The operator that stands between two operands, with nothing but blanks, brackets and comments beside it."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = _COMMENT.sub(lambda comment: b" " * len(comment[0]), self.source[start:end])
        found = re.search(pattern if "\\" in pattern else re.escape(pattern), gap.decode())
        if found is None or not gap.isascii():
            return
        first, last = start + found.start(), start + found.end()
        line = (left.end_lineno or left.lineno) + len(_LINE_END.findall(self.source[start:first]))
        yield Edit(first, last, now, kind, place.scope, line, " ".join(found[0].split()), now)

    def without_not(self, node: ast.UnaryOp, place: Place) -> Iterator[Edit]:
        """`not x` becomes `x`; a bracket may follow without a blank."""
        start, end = self.span(node)
        gone = re.match(rb"not[ \t]*", self.source[start:end])
        if gone is not None and end - start <= MAX_NODE:
            rest = self.of(node)[len(gone[0]) :]
            yield Edit(start, start + len(gone[0]), "", "negated", place.scope, node.lineno, self.of(node), rest)
