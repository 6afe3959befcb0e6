"""The terminal view of one execution: live and coloured on a terminal, one plain line a step anywhere else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

from infra.local.cli.steps import lines
from infra.local.cli.summary import summarize
from infra.local.cli.text import encodable, one_line

Clock = Callable[[], float]


class View(Protocol):
    """Used as a context manager around the stream; `summary` comes after it."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def event(self, kind: str, data: Mapping[str, Any]) -> None:
        """Shows one event of GET /execute/{id}/stream."""
        ...

    def summary(self, body: Mapping[str, Any], files_dir: str | None = None) -> None:
        """Shows what the body of GET /execute/{id} comes to, and where the files are."""
        ...


def open_view(stream: TextIO, quiet: bool = False, clock: Clock = time.monotonic) -> View:
    """The view that fits `stream`; `quiet` shows the summary only. rich is imported for a terminal alone."""
    if not live(stream):
        return PlainView(stream, quiet)
    from infra.local.cli.live import RichView, terminal

    return RichView(terminal(stream), quiet, clock)


def live(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `stream` is a terminal that can move its cursor."""
    return stream.isatty() and environment.get("TERM", "") not in ("dumb", "unknown")


class PlainView:
    """Plain lines: no colour, no control characters, nothing redrawn. Tokens are not shown, what they become is."""

    def __init__(self, stream: TextIO, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._writing: tuple[Any, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.flush()

    def event(self, kind: str, data: Mapping[str, Any]) -> None:
        if self._quiet:
            return
        if kind == "delta":
            self._begun(data)
        for line in lines(kind, data):
            self._line(line.text)

    def summary(self, body: Mapping[str, Any], files_dir: str | None = None) -> None:
        found = summarize(body, files_dir)
        self._line(found.headline)
        if found.meaning:
            self._line(found.meaning)
        for row in found.rows:
            known = f" ({row.origin})" if row.origin else ""
            message = f": {row.message}" if row.message else ""
            self._line(f"  {row.shown_outcome}: {row.name}{known}{message}")
        for name, value in found.facts:
            self._line(f"{name}: {value}")
        self._stream.flush()

    def _begun(self, data: Mapping[str, Any]) -> None:
        """One line for the first token of each answer, so that a log shows what is being waited for."""
        now = (data.get("attempt"), data.get("purpose"))
        if now != self._writing:
            self._writing = now
            purpose = one_line(data.get("purpose") or "answer", 40)
            self._line(f"attempt {one_line(data.get('attempt') or 1, 5)}: the model answers ({purpose})")

    def _line(self, text: str) -> None:
        self._stream.write(encodable(text, self._stream.encoding) + "\n")
        self._stream.flush()
