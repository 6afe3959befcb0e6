"""The view for a terminal, drawn by rich: steps scroll up, tokens stream dimmed, one live line says what goes on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from infra.local.cli.steps import lines, tone_of
from infra.local.cli.summary import Row, Summary, summarize
from infra.local.cli.text import clean, counted, duration, money, one_line
from infra.local.cli.view import Clock

STYLES = {"plain": "", "good": "green", "bad": "red", "warning": "yellow", "dim": "dim"}
OUTCOMES = {"passed": "green", "failed": "red", "error": "red"}


def terminal(stream: TextIO, force: bool | None = None, width: int | None = None) -> Console:
    """A console that takes every text as it is: no markup, no emoji names, no guessed highlighting."""
    return Console(
        file=stream, force_terminal=force, width=width, markup=False, emoji=False, highlight=False, soft_wrap=False
    )


class RichView:
    """Foreign text enters as `Text` after `clean`, so it can neither style nor steer the terminal."""

    def __init__(self, console: Console, quiet: bool = False, clock: Clock = time.monotonic) -> None:
        self._console = console
        self._quiet = quiet
        self._clock = clock
        self._began = clock()
        self._doing = "starting"
        self._used = ""
        self._partial = ""
        self._reply: tuple[Any, Any] = (None, None)
        self._spinner = Spinner("dots")
        self._live = Live(
            get_renderable=self._status, console=console, refresh_per_second=8, transient=True, redirect_stdout=False,
            redirect_stderr=False,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._began = self._clock()
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()
        self._live.stop()

    def event(self, kind: str, data: Mapping[str, Any]) -> None:
        if kind == "usage":
            tokens, usd = int(data.get("tokens") or 0), float(data.get("usd") or 0)
            self._used = f", {counted(tokens, 'token')}, {money(usd)}"
        if kind == "phase":
            self._doing = _doing(data)
        if self._quiet:
            return
        if kind == "delta":
            if data.get("sample", 1) == 1:  # samples come together; two texts in one place can't be read
                self._stream(str(data.get("text", "")), (data.get("attempt"), data.get("purpose")))
            return
        found = lines(kind, data)
        if found:
            self._flush()
        for line in found:
            self._console.print(Text(line.text, style=STYLES[line.tone]))

    def summary(self, body: Mapping[str, Any], files_dir: str | None = None) -> None:
        found = summarize(body, files_dir)
        self._console.print()
        self._console.print(Text(found.headline, style=f"bold {STYLES[tone_of(found.status)]}"))
        if found.meaning:
            self._console.print(Text(found.meaning))
        if found.rows:
            self._console.print(_table(found.rows))
        self._console.print(_facts(found))

    def _stream(self, text: str, reply: tuple[Any, Any]) -> None:
        """Whole lines scroll up; the last, unfinished one stays in the live region. Another reply begins a line."""
        if reply != self._reply:
            self._flush()
            self._reply = reply
        *whole, self._partial = (self._partial + text).split("\n")
        for line in whole:
            self._console.print(Text(clean(line), style="dim"))

    def _flush(self) -> None:
        if self._partial.strip():
            self._console.print(Text(clean(self._partial), style="dim"))
        self._partial = ""

    def _status(self) -> RenderableType:
        elapsed = duration((self._clock() - self._began) * 1000) if self._clock() > self._began else "0 s"
        self._spinner.update(text=Text(f"{self._doing} ({elapsed}{self._used})"))
        if not self._partial.strip():
            return self._spinner
        width = max(self._console.width - 1, 10)
        return Group(Text(one_line(self._partial[-1000:], 1000)[-width:], style="dim", no_wrap=True), self._spinner)


def _doing(data: Mapping[str, Any]) -> str:
    phase = one_line(data.get("phase") or "working", 20)
    attempt, most = data.get("attempt"), data.get("max")
    if phase in ("writing", "testing") and isinstance(attempt, int) and isinstance(most, int):
        return f"attempt {attempt} of {most}: {phase}"
    return phase


def _table(rows: tuple[Row, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("case", "origin", "outcome", "message"):
        table.add_column(name, overflow="fold", no_wrap=name in ("origin", "outcome"))
    for row in rows:
        style = "dim" if row.state == "quarantined" else OUTCOMES.get(row.outcome, "yellow")
        table.add_row(Text(row.name), Text(row.origin), Text(row.shown_outcome, style=style), Text(row.message))
    return table


def _facts(found: Summary) -> Table:
    grid = Table.grid(padding=(0, 2))
    for name, value in found.facts:
        grid.add_row(Text(name, style="dim"), Text(value, overflow="fold"))
    return grid
