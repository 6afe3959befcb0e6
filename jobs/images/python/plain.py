"""Plain data to JSON and back: exact builtin values, containers with their identities; `Foreign` makes the rest.

A subclass of a builtin becomes the builtin itself, so an object that equals everything cannot cross as data.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any, Protocol

from .kept import Kept
from .values import BASES, DECODERS, ENCODERS, from_numpy, to_numpy

DEPTH = 60
_BIG = 1 << 63
_NONE = type(None)
_SCALARS = frozenset({_NONE, bool, str, float})
_MUTABLE = frozenset({list, dict, set, bytearray, deque, Counter, OrderedDict, defaultdict})
_DICTS: tuple[type, ...] = (Counter, OrderedDict, defaultdict, dict)
_SEQUENCES: tuple[Any, ...] = (list, tuple, set, frozenset, deque, bytearray)
_VIEWS: dict[type, str] = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


class TooDeep(ValueError):
    """Nested deeper than DEPTH."""


class Garbled(Exception):
    """Not a value that the other side may send."""


class Foreign(Protocol):
    """What is not plain data: each side lends its own objects and knows those it was lent."""

    def lend(self, value: Any, kept: Kept, depth: int) -> Any:
        """The tagged form of `value`, or None where it should be reduced to its builtin base, if it has one."""

    def take(self, data: dict[str, Any], kept: Kept, depth: int) -> Any:
        """The object of a tagged form. Raises Garbled."""


class Coder:
    def __init__(self, foreign: Foreign) -> None:
        self._foreign = foreign

    def encode(self, value: Any, kept: Kept, depth: int = 0) -> Any:
        """JSON for `value`. Raises TooDeep, and what lending raises."""
        kind = type(value)
        if kind in _SCALARS or (kind is int and -_BIG < value < _BIG):
            return value
        if depth > DEPTH:
            raise TooDeep(f"a value nested deeper than {DEPTH} levels")
        if kind in _MUTABLE:
            number = kept.number(value)
            if number is not None:
                return {"t": "@", "k": number}
            kept.add(value)
            return {"t": "=", "v": self.body(value, kept, depth)}
        if kind in ENCODERS:
            tag, function = ENCODERS[kind]
            return {"t": tag, "v": function(value)}
        if kind is tuple or kind is frozenset:
            return {"t": "tu" if kind is tuple else "z", "v": self._items(value, kept, depth)}
        if kind is slice:
            return {"t": "sl", "v": self._items([value.start, value.stop, value.step], kept, depth)}
        if kind in _VIEWS:
            return {"t": "v", "n": _VIEWS[kind], "v": self._items(list(value), kept, depth)}
        if kind.__module__ == "numpy":
            found = from_numpy(value)
            if found is not value:
                return found if isinstance(found, dict) else self.encode(found, kept, depth)
        lent = self._foreign.lend(value, kept, depth)
        return self.reduced(value, kept, depth) if lent is None else lent

    def reduced(self, value: Any, kept: Kept, depth: int) -> Any:
        """The builtin value in an object of a builtin's subclass."""
        kind = type(value)
        for base, exact in BASES:
            if issubclass(kind, base):
                return self.encode(exact(value), kept, depth)
        for base in _DICTS:
            if issubclass(kind, base):
                plain: Any = defaultdict(value.default_factory) if base is defaultdict else base()
                for key, item in dict.items(value):
                    plain[key] = item
                return self.encode(plain, kept, depth)
        for sequence in _SEQUENCES:
            if issubclass(kind, sequence):
                return self.encode(sequence(sequence.__iter__(value)), kept, depth)
        raise TypeError(f"{kind.__name__} is not plain data")

    def body(self, value: Any, kept: Kept, depth: int) -> Any:
        """What a mutable container holds."""
        kind = type(value)
        if kind is list:
            return self._items(value, kept, depth)
        if kind is set:
            return {"c": "set", "v": self._items(list(value), kept, depth)}
        if kind is bytearray:
            return {"c": "bytearray", "v": value.hex()}
        if kind is deque:
            return {"c": "deque", "m": value.maxlen, "v": self._items(list(value), kept, depth)}
        items = [[self.encode(k, kept, depth + 1), self.encode(v, kept, depth + 1)] for k, v in value.items()]
        if kind is defaultdict:
            return {"c": "defaultdict", "f": self.encode(value.default_factory, kept, depth + 1), "v": items}
        return {"c": kind.__name__, "v": items}

    def _items(self, values: Any, kept: Kept, depth: int) -> list[Any]:
        kinds = set(map(type, values))
        if kinds <= _SCALARS or (kinds == {int} and min(values) > -_BIG and max(values) < _BIG):
            return list(values)
        return [self.encode(value, kept, depth + 1) for value in values]

    def decode(self, data: Any, kept: Kept, depth: int = 0) -> Any:
        """The value of JSON that `encode` made on the other side. Raises Garbled."""
        if not isinstance(data, dict):
            if isinstance(data, list):
                raise Garbled("a bare list")
            return data
        if depth > DEPTH + 2:
            raise Garbled("nested too deeply")
        tag, value = data.get("t"), data.get("v")
        try:
            if tag == "=":
                container = self._empty(value, kept, depth)
                kept.add(container)
                self.fill(container, value, kept, depth)
                return container
            if tag == "@":
                return kept.items[data["k"]]
            if tag in DECODERS:
                return DECODERS[tag](value)
            if tag in ("tu", "z"):
                items = self._values(value, kept, depth)
                return tuple(items) if tag == "tu" else frozenset(items)
            if tag == "sl":
                return slice(*self._values(value, kept, depth))
            if tag == "v":
                return _view(data["n"], self._values(value, kept, depth))
            if tag == "np":
                return to_numpy(value)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, ImportError) as error:
            raise Garbled(f"{tag}: {error}") from error
        return self._foreign.take(data, kept, depth)

    def _empty(self, body: Any, kept: Kept, depth: int) -> Any:
        if isinstance(body, list):
            return []
        kind = body["c"]
        if kind == "deque":
            return deque(maxlen=body["m"])
        if kind == "defaultdict":
            return defaultdict(self.decode(body["f"], kept, depth + 1))
        plain = {c.__name__: c for c in (dict, set, bytearray, Counter, OrderedDict)}
        return plain[kind]()

    def fill(self, container: Any, body: Any, kept: Kept, depth: int = 0) -> None:
        """Makes `container` hold what `body` says instead of what it holds. Raises Garbled."""
        kind = "list" if isinstance(body, list) else body["c"]
        if type(container).__name__ != kind:
            raise Garbled("another kind of container")
        if isinstance(container, bytearray):
            container[:] = bytes.fromhex(body["v"])
            return
        if isinstance(container, dict):
            pairs = [(self.decode(k, kept, depth + 1), self.decode(v, kept, depth + 1)) for k, v in body["v"]]
            container.clear()
            for key, item in pairs:
                container[key] = item
            return
        items = self._values(body if kind == "list" else body["v"], kept, depth)
        container.clear()
        (container.update if kind == "set" else container.extend)(items)

    def _values(self, data: Any, kept: Kept, depth: int) -> list[Any]:
        if not isinstance(data, list):
            raise Garbled("not a list")
        if not {dict, list} & set(map(type, data)):
            return list(data)
        return [self.decode(item, kept, depth + 1) for item in data]


def is_reducible(kind: type) -> bool:
    """True for a class that derives from a builtin whose value crosses as data."""
    return issubclass(kind, (*(base for base, _ in BASES), *_DICTS, *_SEQUENCES))


def _view(name: str, items: list[Any]) -> Any:
    if name == "keys":
        return dict.fromkeys(items).keys()
    return dict(items).items() if name == "items" else dict(enumerate(items)).values()


def named(value: Any) -> list[str] | None:
    """[module, qualified name] under which a class or function of a library can be found again, else None."""
    if isinstance(value, type):
        module, name = value.__module__, value.__qualname__
    else:
        owner = getattr(value, "__objclass__", None)
        module = owner.__module__ if isinstance(owner, type) else getattr(value, "__module__", None) or ""
        name = getattr(value, "__qualname__", "")
    return [module, name] if name and look_up(module, name) is value else None


def look_up(module: str, name: str) -> Any:
    """What a loaded module has under a dotted name, None when there is no such thing."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None) if found is not None else None
    return found
