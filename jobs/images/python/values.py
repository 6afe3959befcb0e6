"""Value types of the standard library and numpy's arrays as plain data, and back as exactly the type they name. Pure.

Each encoder gives the payload of a tagged value; each decoder raises for a payload that is not of its form.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import fractions
import pathlib
import re
import sys
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

_KINDS = "biufcUSmM"  # of numpy's types: never `O`, which holds objects


def _zone(zone: datetime.tzinfo | None, moment: datetime.datetime | datetime.time) -> Any:
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return zone.key
    offset = zone.utcoffset(moment if isinstance(moment, datetime.datetime) else None)
    return None if offset is None else [offset // datetime.timedelta(microseconds=1)]


def _unzone(data: Any) -> datetime.tzinfo | None:
    if data is None:
        return None
    if isinstance(data, str):
        return zoneinfo.ZoneInfo(data)
    offset = datetime.timedelta(microseconds=data[0])
    return datetime.timezone(offset) if offset else datetime.UTC


def _from_moment(d: datetime.datetime) -> list[Any]:
    return [d.year, d.month, d.day, d.hour, d.minute, d.second, d.microsecond, d.fold, _zone(d.tzinfo, d)]


def _from_time(t: datetime.time) -> list[Any]:
    return [t.hour, t.minute, t.second, t.microsecond, t.fold, _zone(t.tzinfo, t)]


def _from_zone(zone: datetime.timezone) -> list[int]:
    return [zone.utcoffset(None) // datetime.timedelta(microseconds=1)]


ENCODERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    int: ("i", hex),
    complex: ("c", lambda v: [v.real, v.imag]),
    bytes: ("b", lambda v: base64.b64encode(v).decode()),
    range: ("r", lambda v: [v.start, v.stop, v.step]),
    type(Ellipsis): ("...", lambda v: None),
    type(NotImplemented): ("N", lambda v: None),
    decimal.Decimal: ("D", str),
    fractions.Fraction: ("F", lambda v: [hex(v.numerator), hex(v.denominator)]),
    datetime.datetime: ("dt", _from_moment),
    datetime.date: ("da", lambda v: [v.year, v.month, v.day]),
    datetime.time: ("ti", _from_time),
    datetime.timedelta: ("td", lambda v: [v.days, v.seconds, v.microseconds]),
    datetime.timezone: ("tz", _from_zone),
    zoneinfo.ZoneInfo: ("zi", lambda v: v.key),
    uuid.UUID: ("U", lambda v: v.hex),
    pathlib.PurePosixPath: ("pp", str),
    pathlib.PureWindowsPath: ("pw", str),
    pathlib.PosixPath: ("P", str),
    re.Pattern: ("re", lambda v: [v.pattern, v.flags] if isinstance(v.pattern, str) else [v.pattern.hex(), v.flags, 1]),
}


def _to_moment(v: Any) -> datetime.datetime:
    year, month, day, hour, minute, second, micro, fold, zone = v
    return datetime.datetime(year, month, day, hour, minute, second, micro, _unzone(zone), fold=fold)


def _to_time(v: Any) -> datetime.time:
    hour, minute, second, micro, fold, zone = v
    return datetime.time(hour, minute, second, micro, _unzone(zone), fold=fold)


def _to_pattern(v: Any) -> re.Pattern[Any]:
    return re.compile(bytes.fromhex(v[0]) if len(v) == 3 else v[0], v[1])


DECODERS: dict[str, Callable[[Any], Any]] = {
    "i": lambda v: int(v, 16),
    "c": lambda v: complex(*v),
    "b": lambda v: base64.b64decode(v, validate=True),
    "r": lambda v: range(*v),
    "...": lambda v: ...,
    "N": lambda v: NotImplemented,
    "D": decimal.Decimal,
    "F": lambda v: fractions.Fraction(int(v[0], 16), int(v[1], 16)),
    "dt": _to_moment,
    "da": lambda v: datetime.date(*v),
    "ti": _to_time,
    "td": lambda v: datetime.timedelta(*v),
    "tz": _unzone,
    "zi": lambda v: zoneinfo.ZoneInfo(v),
    "U": lambda v: uuid.UUID(hex=v),
    "pp": pathlib.PurePosixPath,
    "pw": pathlib.PureWindowsPath,
    "P": pathlib.PosixPath,
    "re": _to_pattern,
}

BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, lambda v: int.__add__(v, 0)),
    (float, float.__pos__),
    (complex, complex.__pos__),
    (str, str.__str__),
    (bytes, lambda v: bytes(memoryview(v))),
    (decimal.Decimal, decimal.Decimal),
    (fractions.Fraction, lambda v: fractions.Fraction(v.numerator, v.denominator)),
    (datetime.datetime, lambda v: _to_moment(_from_moment(v))),
    (datetime.date, lambda v: datetime.date(v.year, v.month, v.day)),
    (datetime.timedelta, lambda v: datetime.timedelta(v.days, v.seconds, v.microseconds)),
    (uuid.UUID, lambda v: uuid.UUID(hex=v.hex)),
    (pathlib.PurePosixPath, pathlib.PurePosixPath),
)
"""What a subclass of these is reduced to, without asking any method of the subclass where that matters."""


def from_numpy(value: Any) -> Any:
    """A tagged array, a plain scalar, or `value` itself where it is neither."""
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.generic):
        return value.item()
    if type(value) is numpy.ndarray and value.dtype.kind in _KINDS:
        data = base64.b64encode(numpy.ascontiguousarray(value).tobytes()).decode()
        return {"t": "np", "v": [value.dtype.str, list(value.shape), data]}
    return value


def to_numpy(v: Any) -> Any:
    """An array of its own memory. Raises ValueError for a type that could hold objects."""
    import numpy

    kind, shape, data = v
    dtype = numpy.dtype(str(kind))
    if dtype.kind not in _KINDS:
        raise ValueError("an array of this type cannot cross")
    return numpy.frombuffer(base64.b64decode(data, validate=True), dtype).reshape(shape).copy()
