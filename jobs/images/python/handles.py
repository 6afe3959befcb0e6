"""Objects of the other side: a handle is a number, and every operation on it is carried out where the object lives."""

from __future__ import annotations

import copyreg
import types
from collections.abc import Callable, Iterable
from typing import Any, Protocol

WEAK = frozenset(
    ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__len__", "__contains__", "__hash__"]
)
"""Answers to these are the code's own word about whether it is right."""
_OPERATORS = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "divmod",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
]
SPECIAL: tuple[str, ...] = (
    *sorted(WEAK),
    *(f"__{side}{name}__" for name in _OPERATORS for side in ("", "r", "i") if (side, name) != ("i", "divmod")),
    *("__neg__", "__pos__", "__abs__", "__invert__", "__round__", "__trunc__", "__floor__", "__ceil__"),
    *(
        "__int__",
        "__float__",
        "__complex__",
        "__index__",
        "__bytes__",
        "__fspath__",
        "__format__",
        "__str__",
        "__repr__",
    ),
    *("__getitem__", "__setitem__", "__delitem__", "__iter__", "__next__", "__reversed__", "__length_hint__"),
    *("__call__", "__enter__", "__exit__", "__await__", "__aiter__", "__anext__", "__aenter__", "__aexit__"),
)
ALWAYS = ("__eq__", "__ne__", "__str__", "__repr__", "__format__", "__hash__")
_FIELDS = ("_assay_number", "_assay_side", "_assay_times", "_assay_made", "__weakref__")


class Side(Protocol):
    """What a handle asks of the process it lives in."""

    def request(self, operation: str, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Carries out an operation on the other side."""

    def special(self, handle: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """A special method of the object behind a handle."""

    def attribute(self, handle: Any, name: str) -> Any:
        """An attribute of the object behind a handle."""

    def let_go(self, number: int, times: int) -> None:
        """Nobody here holds the object any longer."""

    def duplicate(self, handle: Any, deep: bool) -> Any:
        """A copy of the object, made where it lives."""


class Handle:
    """`_assay_times`: how often the other side has sent this number; `_assay_made`: see records.py."""

    __slots__ = _FIELDS
    _assay_number: int
    _assay_side: Side
    _assay_times: int
    _assay_made: Any

    def __getattr__(self, name: str) -> Any:
        return self._assay_side.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIELDS:
            object.__setattr__(self, name, value)
        else:
            self._assay_side.request("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._assay_side.request("del", self, name)

    def __dir__(self) -> Iterable[str]:
        return list(self._assay_side.request("dir", self))

    def __copy__(self) -> Any:
        return self._assay_side.duplicate(self, False)

    def __deepcopy__(self, memo: Any) -> Any:
        return self._assay_side.duplicate(self, True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise copyreg.Error("an object of the other process cannot be pickled")  # type: ignore[attr-defined]

    def __del__(self) -> None:
        number = getattr_static(self, "_assay_number")
        if number:
            self._assay_side.let_go(number, self._assay_times)


def getattr_static(handle: Handle, name: str) -> Any:
    """A handle's own field, None where it is not set, without asking the other side."""
    try:
        return object.__getattribute__(handle, name)
    except AttributeError:
        return None


def bound_method(side: Side, target: Any, name: str, owner: str) -> Any:
    """The method of an object or class of the other side, without asking whether it is there."""

    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return side.request("method", self, name, *args, **kwargs)

    method.__name__ = name
    method.__qualname__ = f"{owner}.{name}"
    return types.MethodType(method, target)


def _forward(name: str) -> Callable[..., Any]:
    def special(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._assay_side.special(self, name, *args, **kwargs)

    special.__name__ = name
    return special


FORWARD: dict[str, Callable[..., Any]] = {name: _forward(name) for name in SPECIAL}


def namespace(told: Iterable[str], hashable: bool) -> dict[str, Any]:
    """The special methods of a class of handles, for those of `told` that can be forwarded."""
    made: dict[str, Any] = {name: FORWARD[name] for name in told if name in FORWARD}
    if not hashable:
        made["__hash__"] = None
    elif "__hash__" not in made:
        made["__hash__"] = object.__hash__
    return {"__slots__": (), **made}


def new(kind: type[Any], side: Side, number: int) -> Any:
    """A handle of `kind` for the object lent under `number`."""
    handle = object.__new__(kind)
    handle._assay_number = number
    handle._assay_side = side
    handle._assay_times = 1
    handle._assay_made = None
    return handle
