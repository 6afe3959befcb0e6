"""Data classes, named tuples and enumerations of the code: what they hold is compared here, not by the code.

A data class that is nothing but its fields is made here too, and told to the code only when the code needs it. So the
code never sees an expected value before its own answer is known.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import types
from typing import TYPE_CHECKING, Any

from .handles import FORWARD, new

if TYPE_CHECKING:
    from .proxied import Client

_FACTORIES: dict[str, Any] = {"list": list, "dict": dict, "set": set, "tuple": tuple, "str": str, "int": int}


def _generated() -> Any:
    """`==` of a handle that looks as if `dataclass` had made it: for such pytest shows which fields differ."""
    forward: Any = FORWARD["__eq__"]
    code = forward.__code__.replace(co_filename="<string>")
    return types.FunctionType(code, forward.__globals__, "__eq__", None, forward.__closure__)


_GENERATED = _generated()


class Record:
    """The fields of a data class. `pure`: an instance is its arguments and nothing else."""

    def __init__(self, client: Client, told: dict[str, Any]) -> None:
        self._client = client
        self.pure = told["pure"] is True
        self.equal = told["equal"] is True
        self.order = told["order"] is True
        self._fields = [str(f["name"]) for f in told["fields"]]
        self._compared = [i for i, f in enumerate(told["fields"]) if f["compare"] is True]
        self._hashed = [i for i, f in enumerate(told["fields"]) if f["hash"] is True]
        fields = [(str(f["name"]), Any, self._field(f)) for f in told["fields"]]
        frozen = told["frozen"] is True
        self.local = dataclasses.make_dataclass(str(told["name"]), fields, frozen=frozen, order=self.order)

    def _field(self, told: dict[str, Any]) -> Any:
        options: dict[str, Any] = {"init": told["init"] is True, "kw_only": told["keyword"] is True}
        kind, *rest = told["default"]
        if kind == "value":
            value = self._client.value(rest[0])
            return dataclasses.field(default_factory=lambda: value, **options)
        if kind == "factory":
            return dataclasses.field(default_factory=_FACTORIES.get(rest[0], list), **options)
        return dataclasses.field(**options)

    def body(self) -> dict[str, Any]:
        """What makes the proxy class a data class to those who look."""
        names = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
        return {**{name: getattr(self.local, name) for name in names}, **({"__eq__": _GENERATED} if self.equal else {})}

    def construct(self, kind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An instance that the code does not know of yet. Raises TypeError as the class would."""
        made = self.local(*args, **kwargs)
        handle = new(kind, self._client, 0)
        handle._assay_made = made
        return handle

    def settle(self, handle: Any) -> None:
        """Has the code construct what has only been made here."""
        made, handle._assay_made = handle._assay_made, None
        arguments = {name: getattr(made, name) for name in self._fields}
        self._client.adopt(handle, self._client.request("new", type(handle), **arguments))

    def values(self, handle: Any) -> list[Any]:
        if handle._assay_made is not None:
            return [getattr(handle._assay_made, name) for name in self._fields]
        found = self._client.request("fields", handle)
        if not isinstance(found, list) or len(found) != len(self._fields):
            raise self._client.end("it garbled the fields of an object")
        return found

    def compare(self, name: str, left: Any, right: Any) -> Any:
        """`==` or an order of two instances, decided here. Weak where the code made both, or leaves fields out."""
        if type(left) is not type(right):
            return NotImplemented
        both = left._assay_made is None and right._assay_made is None
        if both or len(self._compared) < len(self._fields):
            self._client.tally.weak = True
        one, other = ([values[i] for i in self._compared] for values in (self.values(left), self.values(right)))
        return getattr(tuple(one), name)(tuple(other))

    def hash(self, handle: Any) -> int:
        values = self.values(handle)
        return hash(tuple(values[i] for i in self._hashed))


def make_namedtuple(client: Client, number: int, told: dict[str, Any]) -> Any:
    """A named tuple of our own with the same fields; its methods are the code's."""
    fields = [str(f) for f in told["fields"]]
    given = {str(name): client.value(value) for name, value in told["defaults"]}
    defaults = [given[name] for name in fields if name in given]
    base: Any = collections.namedtuple(str(told["name"]), fields, defaults=defaults)  # type: ignore[misc]
    body = {"__slots__": (), **_borrowed(client, told)}
    if told["made"] is True:
        body["__new__"] = lambda kind, *args, **kwargs: client.request("new", kind, *args, **kwargs)
    made = type(str(told["name"]), (base,), body)
    made.__module__ = str(told["module"])
    client.fix(number, made)
    return made


def make_enum(client: Client, number: int, told: dict[str, Any]) -> Any:
    """An enumeration of our own with the same members, fixed before the first test; its methods are the code's."""
    bases = {c.__name__: c for c in (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)}
    base: Any = bases[told["base"]]
    mixin = {"int": int, "str": str, "float": float, "bytes": bytes}.get(told["mixin"])
    members = [(str(name), client.value(value)) for name, value in told["members"]]
    mixed = {"type": mixin} if mixin is not None and base is enum.Enum else {}
    made = base(str(told["name"]), members, module=str(told["module"]), **mixed)
    for name, value in _borrowed(client, told).items():
        setattr(made, name, value)
    if not issubclass(base, enum.Flag):
        client.tally.doubtful |= len(made) < len(members)  # two names of one member
        made._missing_ = classmethod(lambda kind, value: client.request("call", kind, value))
    client.fix(number, made)
    return made


def _borrowed(client: Client, told: dict[str, Any]) -> dict[str, Any]:
    """Methods, properties and special methods that the code's class defines."""
    body: dict[str, Any] = {}
    for name in told["special"]:
        if name in FORWARD and name not in ("__hash__", "__eq__", "__ne__", "__repr__"):
            body[name] = _special(client, name)
    for name in told["methods"]:
        if not str(name).startswith("_"):
            body[str(name)] = _method(client, str(name))
    for name in told.get("properties", ()):
        body[str(name)] = _property(client, str(name))
    return body


def _special(client: Client, name: str) -> Any:
    def special(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        client.weigh(name)
        return client.request("special", self, name, *args, **kwargs)

    return special


def _method(client: Client, name: str) -> Any:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return client.request("method", self, name, *args, **kwargs)

    method.__name__ = name
    return method


class _property:
    """Of the class as well as of an instance: a property, a static or a class method."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._name = client, name

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self._client.request("get", owner if instance is None else instance, self._name)
