"""What the code gave in one test, as far as it crossed: noted by the tests' process, without asking the code anything.

It is the last answer that the test asked for. What pytest asks to explain a failure is not the test's, and an answer
that says nothing about what was computed (an object, `==` between two of them) leaves nothing to be noted.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from .written import Writer, shorten

UNITS = 100_000  # of work for one test
_PRINTED = 1 << 16  # characters
_PASSED_OVER = frozenset(["import", "set", "del", "task"])
_PASSED_OVER_SPECIAL = frozenset(["__exit__", "__aexit__", "__anext__", "__setitem__", "__delitem__"])
_SAY_NOTHING = frozenset(["__eq__", "__ne__", "__hash__"])
_EXPLAINING = ("_pytest.assertion", "_pytest._io", "unittest.util")


class Seen:
    """`root`: the folder of the tests' files, without a slash at its end."""

    def __init__(self, root: str) -> None:
        self._root = root + "/"
        self._thread = threading.get_ident()
        self._paused = 0
        self.begin()

    def begin(self) -> None:
        """For a new test."""
        self._writer = Writer(UNITS)
        self._text = ""
        self._source = ""
        self._parts: dict[int, str] = {}
        self._printed = ""
        self._called_back = False
        self._lost = False
        self._closed = False

    def close(self) -> None:
        """The test is over but for what is torn down."""
        self._closed = True

    def lose(self) -> None:
        """What is given last in this test is a matter of chance."""
        self._lost = True

    def text(self) -> str:
        """What was given, "" where it was not seen."""
        return "" if self._lost else shorten(self._joined() if self._source else self._text)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """What crosses meanwhile is not for the test."""
        self._paused += 1
        try:
            yield
        finally:
            self._paused -= 1

    def printed(self, text: str) -> None:
        """The code wrote to its stdout."""
        self._printed += text[: _PRINTED + 1 - len(self._printed)]

    def called_back(self) -> None:
        """The code used something of the tests': what it did there is not known here."""
        self._called_back = True

    def gave(self, operation: str, args: Sequence[Any], value: Any, changed: Sequence[Any]) -> None:
        """The code answered `value`, and `changed` are the arguments that hold something else now."""
        name = args[0] if operation == "special" else ""
        if self._passes_over(operation, name):
            return
        if name == "__next__":
            self._follow("next")
            self._parts[len(self._parts)] = self._write(value)
        elif operation == "equal" or name in _SAY_NOTHING:
            self._note("")
        else:
            self._note(self._effects(changed) if value is None else self._write(value))

    def raised(self, operation: str, args: Sequence[Any], error: BaseException) -> None:
        """The code raised `error`."""
        name = args[0] if operation == "special" else ""
        if self._passes_over(operation, name):
            return
        if isinstance(error, StopIteration) and name == "__next__":
            self._follow("next")
        else:
            self._note(_raises(error))

    def awaited(self, number: int, value: Any) -> None:
        """A coroutine of the code's, its `number`th, came to `value`, or to this exception."""
        if self._passes_over("", "") or isinstance(value, StopAsyncIteration):
            return
        self._follow("await")
        self._parts[number] = _raises(value) if isinstance(value, BaseException) else self._write(value)

    def _passes_over(self, operation: str, name: str) -> bool:
        if threading.get_ident() != self._thread:
            self._lost = True  # of several threads' answers none is the last one
        out = self._paused or self._closed or self._lost
        return bool(out or operation in _PASSED_OVER or name in _PASSED_OVER_SPECIAL or self._explaining())

    def _explaining(self) -> bool:
        """Whether it is not the test that asks, but what makes the message of its failure."""
        frame = sys._getframe(2)
        while frame is not None and not frame.f_code.co_filename.startswith(self._root):
            if str(frame.f_globals.get("__name__")).startswith(_EXPLAINING):
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False

    def _note(self, text: str) -> None:
        self._text, self._source, self._parts = text, "", {}

    def _follow(self, source: str) -> None:
        """What comes now is one more of what came before, where that was of the same kind."""
        if self._source != source:
            self._note("")
            self._source = source

    def _joined(self) -> str:
        parts = [self._parts[number] for number in sorted(self._parts)]
        if "" in parts:
            return ""
        return parts[0] if self._source == "await" and len(parts) == 1 else f"yields [{', '.join(parts)}]"

    def _effects(self, changed: Sequence[Any]) -> str:
        """Of code that returned nothing: what it left in its arguments, and what the test has made it print."""
        if self._called_back or len(self._printed) > _PRINTED:
            return ""
        told = [self._write(value) for value in changed]
        if "" in told:
            return ""
        left = f", leaves {', '.join(told)}" if told else ""
        return f"None{left}" + (f", prints {self._printed!r}" if self._printed else "")

    def _write(self, value: Any) -> str:
        try:
            return self._writer.write(value)
        except Exception:  # Unwritable, or whatever a library's value does: the test goes on all the same
            return ""


def _raises(error: BaseException) -> str:
    name = "".join(c if c.isprintable() else "?" for c in type(error).__name__)
    return f"raises {name[:100]}"
