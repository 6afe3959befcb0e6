"""Frozen dataclasses to plain JSON values and back, driven by their type hints.

Records outlive a deploy: a record class may carry `UPGRADES`, functions numbered by the schema they upgrade from;
`from_dict` applies them in order before it reads a field. Unknown keys are dropped, absent ones take their default.
What a class needs is worked out once: every step of the loop goes through here several times.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast

T = TypeVar("T")
_Read = Callable[[Any], Any]
_PLAIN = frozenset({str, int, float, bool, type(None)})


def to_dict(value: Any) -> Any:
    """Plain JSON values (dict, list, str, int, float, bool, None) of a dataclass, mapping, sequence or enum."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if names := _field_names(cast(Any, kind)):
        return {name: to_dict(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): to_dict(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [to_dict(v) for v in value]
    return value


def from_dict(kind: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass `kind` from what `to_dict` made of it, in this schema or an older one."""
    data = _upgraded(kind, data)
    readers = _readers(cast(Any, kind))
    return kind(
        **{
            name: value if read is None or value is None else read(value)
            for name, value in data.items()
            if (read := readers.get(name, _UNKNOWN)) is not _UNKNOWN
        }
    )


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


@cache
def _readers(kind: Any) -> dict[str, _Read | None]:
    hints = typing.get_type_hints(kind)
    return {f.name: _reader(hints[f.name]) for f in fields(kind)}


def _upgraded(kind: type[Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = getattr(kind, "UPGRADES", {})
    while isinstance(schema := data.get("schema"), int) and schema in upgrades:
        data = {**upgrades[schema](dict(data)), "schema": schema + 1}
    return data


def _UNKNOWN(value: Any) -> Any:
    raise AssertionError(value)


def _reader(hint: Any) -> _Read | None:
    """What turns a JSON value into `hint`; None where it stays as it is."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _reader(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return _sequence(_reader(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_reader(arguments[1]))
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: from_dict(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return float if hint is float else None


def _sequence(read: _Read | None) -> _Read:
    if read is None:
        return tuple
    return lambda values: tuple([None if v is None else read(v) for v in values])


def _mapping(read: _Read | None) -> _Read:
    if read is None:
        return dict
    return lambda values: {k: None if v is None else read(v) for k, v in values.items()}
