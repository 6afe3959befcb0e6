"""What plain values look like as text: equal for equal values, whatever order a set or a dict is in. Pure.

Nothing of the code's is asked: a value that is not plain data, or has a part that is not, is Unwritable.
"""

from __future__ import annotations

import copy
import datetime
import decimal
import enum
import fractions
import hashlib
import pathlib
import re
import sys
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

LIMIT = 200  # characters
_HEAD = 128
_DEPTH = 60
_UNIT = 64  # characters that cost as much as a value
_READABLE = 4096  # bits of an integer; longer ones take long in decimal

_EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
_BY_REPR = frozenset(
    (
        *(type(None), bool, float, complex, range, type(Ellipsis), type(NotImplemented), fractions.Fraction),
        *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta, datetime.timezone, zoneinfo.ZoneInfo),
        *(uuid.UUID, pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.PosixPath),
    )
)
_ITERATOR: type = type(iter([]))


class Unwritable(Exception):
    """Not plain data, or too much of it."""


class Writer:
    """Writes values until `units` of work are used up, about one a value: what it costs is bounded."""

    def __init__(self, units: int) -> None:
        self._left = units

    def write(self, value: Any, depth: int = 0) -> str:
        """The whole text. Raises Unwritable."""
        self._spend(1)
        if depth > _DEPTH:
            raise Unwritable("nested too deeply")
        kind = type(value)
        if kind in _BY_REPR:
            return repr(value)
        writer = _WRITERS.get(kind)
        if writer is not None:
            return writer(self, value, depth)
        if issubclass(kind, enum.Enum):
            return self._member(value, kind, depth)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):  # equal to the tuple that it is
            return self.row(list(tuple.__iter__(value)), depth, "(", ")")
        if kind.__module__ == "numpy" and kind is sys.modules["numpy"].ndarray:
            self._spend(int(value.size))
            return f"array({self.write(value.tolist(), depth + 1)})"
        raise Unwritable(kind.__name__)

    def _spend(self, units: int) -> None:
        self._left -= units
        if self._left < 0:
            raise Unwritable("it takes too long")

    def _member(self, value: Any, kind: type, depth: int) -> str:
        """A member of an enumeration; one that is a number or a text is equal to that."""
        if issubclass(kind, (int, str, float, bytes)) or value._name_ is None:
            return self.write(value._value_, depth + 1)
        return f"{kind.__name__}.{value._name_}"

    def text(self, value: Any, depth: int) -> str:
        self._spend(len(value) // _UNIT)
        return repr(value)

    def number(self, value: int, depth: int) -> str:
        self._spend(value.bit_length() // _UNIT)
        return str(value) if value.bit_length() <= _READABLE else hex(value)

    def row(self, items: Iterable[Any], depth: int, begin: str, end: str) -> str:
        parts = [self.write(item, depth + 1) for item in items]
        return f"{begin}{', '.join(parts)}{',' if begin == '(' and len(parts) == 1 else ''}{end}"

    def heap(self, items: Iterable[Any], depth: int) -> str:
        """Of items without an order."""
        return f"{{{', '.join(sorted(self.write(item, depth + 1) for item in items))}}}"

    def pairs(self, value: dict[Any, Any], depth: int) -> str:
        written = [f"{self.write(k, depth + 1)}: {self.write(v, depth + 1)}" for k, v in value.items()]
        return f"{{{', '.join(sorted(written))}}}"


_Write = Callable[[Writer, Any, int], str]
_WRITERS: dict[type, _Write] = {
    int: Writer.number,
    str: Writer.text,
    bytes: Writer.text,
    bytearray: lambda w, v, depth: w.text(bytes(v), depth),
    list: lambda w, v, depth: w.row(v, depth, "[", "]"),
    tuple: lambda w, v, depth: w.row(v, depth, "(", ")"),
    deque: lambda w, v, depth: w.row(v, depth, "deque([", "])"),
    slice: lambda w, v, depth: w.row((v.start, v.stop, v.step), depth, "slice(", ")"),
    set: lambda w, v, depth: w.heap(v, depth) if v else "set()",
    frozenset: lambda w, v, depth: w.heap(v, depth) if v else "set()",
    **dict.fromkeys((dict, Counter, OrderedDict, defaultdict), Writer.pairs),
    type({}.keys()): lambda w, v, depth: f"keys({w.heap(v, depth)})",
    type({}.items()): lambda w, v, depth: f"items({w.heap(v, depth)})",
    type({}.values()): lambda w, v, depth: w.row(v, depth, "values([", "])"),
    _ITERATOR: lambda w, v, depth: w.row(copy.copy(v), depth, "iter([", "])"),
    decimal.Decimal: lambda w, v, depth: repr(v.normalize(_EXACT)),
    re.Pattern: lambda w, v, depth: f"re.compile({w.text(v.pattern, depth)}, {v.flags})",
}


def shorten(text: str) -> str:
    """At most LIMIT characters, every one of them encodable, and still another text for another text."""
    data = text.encode("utf-8", "backslashreplace")
    clean = data.decode()
    return clean if len(clean) <= LIMIT else f"{clean[:_HEAD]}…sha256:{hashlib.sha256(data).hexdigest()}"
