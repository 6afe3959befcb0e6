"""Frozen dataclasses to plain JSON values and back, driven by their type hints.

Records outlive a deploy: a record class may carry `UPGRADES`, functions numbered by the schema they upgrade from;
`from_dict` applies them in order before it reads a field. Unknown keys are dropped, absent ones take their default.
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


def to_dict(value: Any) -> Any:
    """Plain JSON values (dict, list, str, int, float, bool, None) of a dataclass, mapping, sequence or enum."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_dict(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): to_dict(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [to_dict(v) for v in value]
    return value


def from_dict(kind: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass `kind` from what `to_dict` made of it, in this schema or an older one."""
    data = _upgraded(kind, dict(data))
    hints = _hints(cast(Any, kind))
    known = {f.name: _read(hints[f.name], data[f.name]) for f in fields(cast(Any, kind)) if f.name in data}
    return kind(**known)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _upgraded(kind: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = getattr(kind, "UPGRADES", {})
    while isinstance(schema := data.get("schema"), int) and schema in upgrades:
        data = {**upgrades[schema](data), "schema": schema + 1}
    return data


def _read(hint: Any, value: Any) -> Any:
    if value is None or hint is Any:
        return value
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _read(next(a for a in arguments if a is not type(None)), value)
    if origin is tuple:
        return tuple(_read(arguments[0], v) for v in value)
    if origin is not None and issubclass(origin, Mapping):
        return {k: _read(arguments[1], v) for k, v in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return from_dict(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return float(value) if hint is float else value
