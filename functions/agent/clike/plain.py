"""Plain data of the literals of a language: the rules of its data, and what its makers of collections give."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.agent.clike.scanner import Syntax

Wire = Any


class NotPlain(ValueError):
    """The text is no literal of plain data."""


@dataclass(frozen=True)
class Rules:
    """How a language writes plain data, from its data.

    `constants` and `calls` go by dotted names; `classes` are made with `new`; a kind is list, set, map, pair, entries
    (a map of pairs), same (its one argument), null, int, float, or inf and nan. `numbers`: one sort of number for all
    (JavaScript). `char`: text or code. `brackets`, `objects`, `tuples`, `casts`, `composites`: whether `[…]`, `{k: v}`,
    `(a, b)`, `(long) x`, `[]int{…}` are literals. `opaque`: element types that no value can stand for."""

    syntax: Syntax
    constants: Mapping[str, Wire]
    calls: Mapping[str, str]
    classes: Mapping[str, str]
    suffixes: Mapping[str, str]
    numbers: bool
    char: str
    features: frozenset[str]
    opaque: frozenset[str]

    @classmethod
    def of(cls, raw: Mapping[str, Any], syntax: Syntax) -> Rules:
        return cls(
            syntax,
            raw["constants"],
            raw.get("calls", {}),
            raw.get("classes", {}),
            raw.get("suffixes", {}),
            bool(raw.get("numbers")),
            raw.get("char", "text"),
            frozenset(raw.get("features", ())),
            frozenset(raw.get("opaque", ())),
        )


def number(value: float) -> Wire:
    """A float in the exact JSON."""
    if math.isnan(value):
        return {"t": "f", "v": "NaN"}
    if math.isinf(value):
        return {"t": "f", "v": "Infinity" if value > 0 else "-Infinity"}
    return {"t": "f", "v": repr(value)}


def built(kind: str, arguments: Sequence[Wire], rules: Rules) -> Wire:
    sole = arguments[0] if len(arguments) == 1 else None
    if kind in ("same", "int", "float"):
        if len(arguments) != 1:
            raise NotPlain("not one value")
        return converted(sole, kind, rules)
    if kind == "digits" and isinstance(sole, str) and re.fullmatch(r"-?\d{1,400}", sole):
        return int(sole)
    if kind == "null" and not arguments:
        return None
    if kind == "nan" and not arguments:
        return number(math.nan)
    if kind == "inf" and isinstance(sole, int):
        return number(math.inf if sole >= 0 else -math.inf)
    if kind == "pair" and len(arguments) == 2:
        return list(arguments)
    if kind == "list_of":
        return list(arguments)
    if kind == "set_of":
        return {"t": "s", "v": list(arguments)}
    if kind == "map_of" and len(arguments) % 2 == 0:
        return {"t": "d", "v": [list(arguments[i : i + 2]) for i in range(0, len(arguments), 2)]}
    if kind == "entries":
        return _map(list(arguments))
    return _copied(kind, arguments, rules)


def _copied(kind: str, arguments: Sequence[Wire], rules: Rules) -> Wire:
    """A collection made from another one, or from nothing."""
    if len(arguments) > 1 or (arguments and isinstance(arguments[0], int)):
        raise NotPlain("what it is made from")
    given = arguments[0] if arguments else []
    if kind == "map":
        return given if isinstance(given, Mapping) and given.get("t") == "d" else _map(given)
    if isinstance(given, Mapping) and given.get("t") == "s":
        given = given["v"]
    if isinstance(given, str) and kind == "set" and "iterable" in rules.features:
        given = list(given)
    if not isinstance(given, list):
        raise NotPlain("what it is made from")
    if kind == "list":
        return given
    if kind == "set":
        return {"t": "s", "v": [v for i, v in enumerate(given) if v not in given[:i]]}
    raise NotPlain(kind)


def converted(value: Wire, kind: str, rules: Rules) -> Wire:
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return value if rules.numbers else number(float(value))
    if kind == "int" and (not isinstance(value, int) or isinstance(value, bool)):
        raise NotPlain("not a whole number")
    return value


def _map(pairs: Any) -> Wire:
    if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        raise NotPlain("not a map")
    return {"t": "d", "v": pairs}
