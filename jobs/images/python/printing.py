"""What the code prints and warns of: it goes where it would go anyway, and along with the next answer to the tests."""

from __future__ import annotations

import io
import sys
import threading
import time
import warnings
from typing import Any, TextIO

from .plain import named

KEPT = 1 << 20
_EVERY_S = 0.01


class _Tee(io.BufferedIOBase):
    def __init__(self, stream: TextIO, number: int, printed: Printed) -> None:
        self._stream = stream  # it would close what is below it when it goes
        self._real, self._number, self._printed = stream.buffer, number, printed

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._printed.add(self._number, bytes(data))
        written = self._real.write(data)
        if data[-1:] == b"\n" and self._printed.is_due():
            self._real.flush()
        return written

    def flush(self) -> None:
        self._real.flush()

    def fileno(self) -> int:
        return self._real.fileno()


class Printed:
    """Text of both streams and warnings since they were last taken; at most KEPT bytes of text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: list[tuple[int, bytes]] = []
        self._size = 0
        self._warnings: list[list[Any]] = []
        self._due = 0.0

    def is_due(self) -> bool:
        """Whether to flush, so that what is printed before an endless loop is known: first at once, then seldom."""
        now = time.monotonic()
        if now < self._due:
            return False
        self._due = now + _EVERY_S
        return True

    def install(self) -> None:
        """Takes the place of sys.stdout, sys.stderr and of what shows warnings."""
        for number, name in ((1, "stdout"), (2, "stderr")):
            tee = _Tee(getattr(sys, name), number, self)
            made = io.TextIOWrapper(tee, "utf-8", "backslashreplace", write_through=True)  # type: ignore[type-var]
            setattr(sys, name, made)
        warnings.showwarning = self._show

    def add(self, number: int, data: bytes) -> None:
        with self._lock:
            if self._size + len(data) <= KEPT:
                self._size += len(data)
                self._parts.append((number, data))

    def _show(
        self, message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        found = named(category) or ["builtins", "UserWarning"]
        with self._lock:
            if len(self._warnings) < 100:
                self._warnings.append([*found, str(message)[:2000], lineno])

    def take(self) -> dict[str, Any]:
        """`out`: [stream, text] in order; `warn`: [module, class, message, line]; nothing where there is nothing."""
        if not self._parts and not self._warnings:
            return {}
        with self._lock:
            parts, warned = self._parts, self._warnings
            self._parts, self._warnings, self._size, self._due = [], [], 0, 0.0
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        taken: dict[str, Any] = {}
        if parts:
            taken["out"] = [[number, data.decode("utf-8", "replace")] for number, data in parts]
        if warned:
            taken["warn"] = warned
        return taken
