"""Setup on the terminal: what is being made ready, and the bar of a download."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from infra.local.cli.text import clean, encodable, one_line, size
from infra.local.cli.view import Clock, live

if TYPE_CHECKING:
    from rich.console import Console

SAY_EVERY_S = 5.0


class Progress(Protocol):
    """May be called from another thread than the one that made it, one at a time."""

    def setup(self, text: str) -> None:
        """One line, such as `making the sandbox's copy of Python`."""
        ...

    def download(self, done: int, total: int, source: str) -> None:
        """`done` of `total` bytes are there; `source` is a word or two. Called as often as the caller likes."""
        ...

    def close(self) -> None: ...


def open_progress(stream: TextIO, quiet: bool = False, clock: Clock = time.monotonic) -> Progress:
    """The progress that fits `stream`; `quiet` says nothing at all."""
    if quiet:
        return Silent()
    if not live(stream):
        return PlainProgress(stream, clock)
    from infra.local.cli.live import terminal

    return RichProgress(terminal(stream))


class Silent:
    def setup(self, text: str) -> None:
        """Says nothing."""

    def download(self, done: int, total: int, source: str) -> None:
        """Says nothing."""

    def close(self) -> None:
        """Has nothing open."""


class PlainProgress:
    """One line when a download begins or changes its source, every few seconds, and when it ends."""

    def __init__(self, stream: TextIO, clock: Clock = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._began: tuple[float, int] | None = None
        self._source = ""
        self._said_at = 0.0

    def setup(self, text: str) -> None:
        self._line(one_line(text))

    def download(self, done: int, total: int, source: str) -> None:
        now = self._clock()
        first = self._began is None or source != self._source
        if self._began is None or first:
            self._began, self._source = (now, done), source
        if not first and done < total and now - self._said_at < SAY_EVERY_S:
            return
        self._said_at = now
        began_at, began_with = self._began
        rate = (done - began_with) / (now - began_at) if now > began_at else 0.0
        share = f" ({100 * done // total} %)" if total > 0 else ""
        speed = f", {size(rate)}/s" if rate > 0 else ""
        self._line(f"downloading the model: {size(done)} of {size(total)}{share}{speed} ({one_line(source, 60)})")
        if done >= total:
            self._began = None

    def close(self) -> None:
        self._stream.flush()

    def _line(self, text: str) -> None:
        self._stream.write(encodable(text, self._stream.encoding) + "\n")
        self._stream.flush()


class RichProgress:
    """A bar with bytes, rate and source. rich's own thread draws it, from the first `download` to `close`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._update: Callable[[int, int, str], None] | None = None
        self._stop: Callable[[], None] | None = None

    def setup(self, text: str) -> None:
        from rich.text import Text

        self._console.print(Text(one_line(text), style="dim"))

    def download(self, done: int, total: int, source: str) -> None:
        if self._update is None:
            self._open(total)
        if self._update is not None:
            self._update(done, total, clean(source)[:60])
        if done >= total:
            self.close()

    def close(self) -> None:
        if self._stop is not None:
            self._stop()
        self._update = self._stop = None

    def _open(self, total: int) -> None:
        from rich import progress as rich

        bar = rich.Progress(
            rich.TextColumn("downloading the model", markup=False),
            rich.BarColumn(),
            rich.DownloadColumn(binary_units=True),
            rich.TransferSpeedColumn(),
            rich.TimeRemainingColumn(),
            rich.TextColumn("({task.fields[source]})", markup=False),
            console=self._console,
        )
        task = bar.add_task("model", total=total, source="")
        bar.start()
        self._update = lambda done, of, source: bar.update(task, completed=done, total=of, source=source)
        self._stop = bar.stop
