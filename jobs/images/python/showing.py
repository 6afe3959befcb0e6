"""What crosses from the code's process (S): plain data as it is, everything else by a number and a description."""

from __future__ import annotations

import enum
import importlib
import inspect
import types
from typing import Any

from .borrowed import Borrowed
from .describe import Users, describe, describe_signature
from .kept import Kept
from .looping import Loops
from .peer import Peer
from .plain import TooDeep, is_reducible, named
from .raised import encode_error, rebuild_error
from .wire import TooLarge

_CONTAINERS: tuple[Any, ...] = ([], (), set(), {}, {}.values(), {}.items(), "", b"", range(0), bytearray())
_ITERATORS = frozenset(type(iter(container)) for container in _CONTAINERS)
"""What they still have to give can be sent at once."""


class Showing(Peer):
    """`root`: the folder of the code under test."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.users = Users(root)
        self.borrowed = Borrowed(self)
        self.loops = Loops()
        self._told: set[int] = set()

    def lend(self, value: Any, kept: Kept, depth: int) -> Any:
        kind = type(value)
        number = self.borrowed.number(value)
        if number is not None:
            return {"t": "H", "n": number}
        if isinstance(value, type):
            return self.lend_class(value)
        if isinstance(value, enum.Enum) and self.users.made(kind):
            member = value.name if value.name in kind.__members__ else None
            return {"t": "e", "c": self.lend_class(kind), "n": member, "v": None if member else value.value}
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            items = [self.coder.encode(item, kept, depth + 1) for item in tuple.__iter__(value)]
            return {"t": "n", "c": self.lend_class(kind), "v": items}
        if isinstance(value, BaseException):
            return {"t": "x", "v": encode_error(value, self, depth)}
        if kind in _ITERATORS:
            return {"t": "it", "v": [self.coder.encode(item, kept, depth + 1) for item in value]}
        if not self.lent.knows(value) and is_reducible(kind):
            return None
        return self._lend_object(value)

    def lend_class(self, kind: type) -> dict[str, Any]:
        """A class of a library also has its name, for T to take its own where it trusts it."""
        data = self._described(kind)
        found = None if self.users.made(kind) else named(kind)
        return {**data, "ty": found} if found else data

    def _described(self, kind: type) -> dict[str, Any]:
        """The class with its description, the first time; lent for ever."""
        number, _ = self.lent.number(kind)
        data: dict[str, Any] = {"t": "h", "k": "c", "n": number}
        if number not in self._told:
            self._told.add(number)
            data["d"] = self.describe(kind)
        return data

    def describe(self, kind: type) -> dict[str, Any]:
        return describe(kind, lambda value: self.coder.encode(value, Kept(), 1), self.users)

    def _lend_object(self, value: Any) -> dict[str, Any]:
        number, _ = self.lent.number(value)
        data: dict[str, Any] = {"t": "h", "n": number}
        if isinstance(value, types.FunctionType) and set(value.__dict__) <= {"__wrapped__"}:
            later = inspect.iscoroutinefunction(value)
            told = {"name": value.__name__, "qual": value.__qualname__, "doc": value.__doc__, "later": later}
            return {**data, "k": "f", **told, "sig": self._signature(value)}
        if isinstance(value, types.ModuleType):
            return data | {"k": "m", "name": value.__name__}
        if isinstance(value, types.GeneratorType):
            return data | {"k": "g", "name": value.__qualname__}
        if isinstance(value, types.CoroutineType):
            return data | {"k": "w", "name": value.__qualname__}
        return data | {"k": "o", "c": self.lend_class(type(value))}

    def take(self, data: dict[str, Any], kept: Kept, depth: int) -> Any:
        tag = data["t"]
        if tag == "H":
            return self.lent.get(data["n"])
        if tag == "e":
            kind = self.coder.decode(data["c"], kept)
            return kind[data["n"]] if data["n"] is not None else kind(data["v"])
        if tag == "n":
            kind = self.coder.decode(data["c"], kept)
            return tuple.__new__(kind, [self.coder.decode(item, kept, depth + 1) for item in data["v"]])
        if tag == "ty":
            found: Any = importlib.import_module(data["m"])
            for part in data["q"].split("."):
                found = getattr(found, part)
            return found
        if tag == "x":
            return rebuild_error(data["v"], self)
        return self.borrowed.take(data)

    def put_result(self, value: Any, kept: Kept) -> dict[str, Any]:
        """What is nested too deeply, or too large, crosses as an object: so the code cannot evade its judgement."""
        self.local.value = value
        size = len(kept.items)
        try:
            return super().put_result(value, kept)
        except TooDeep:
            kept.forget(size)
            return {"r": self._lend_object(value)}

    def put_large(self, error: TooLarge) -> dict[str, Any]:
        return {"r": self._lend_object(self.local.value)}

    def put_error(self, error: BaseException) -> dict[str, Any]:
        return encode_error(error, self, 0)

    def get_error(self, data: dict[str, Any]) -> BaseException:
        return rebuild_error(data, self)

    def _signature(self, function: Any) -> Any:
        try:
            return describe_signature(function, lambda value: self.coder.encode(value, Kept(), 1))
        except Exception:  # annotations and defaults are the user's
            return None
