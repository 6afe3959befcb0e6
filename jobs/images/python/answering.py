"""What a handle in the tests' process does: it asks the code, notes what that is worth, or compares by itself."""

from __future__ import annotations

import copy
import weakref
from typing import Any

from . import weighing
from .handles import WEAK, Handle, bound_method
from .talking import Talking

FORWARDED = frozenset(
    ["__dict__", "__name__", "__qualname__", "__wrapped__", "__self__", "__func__", "__annotations__", "__slots__"]
)


class Answering(Talking):
    """The `Side` of every handle."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.handles: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._gone_through: Any = None

    def special(self, handle: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
        record = getattr(type(handle), "_assay_record", None)
        if name in ("__eq__", "__ne__"):
            equal = self._equal(handle, args[0], record)
            return equal if equal is NotImplemented or name == "__eq__" else not equal
        if record is not None and name == "__hash__" and record.equal:
            return record.hash(handle)
        if record is not None and record.order and name in ("__lt__", "__le__", "__gt__", "__ge__"):
            return record.compare(name, handle, args[0])
        if name == "__await__":
            return self.awaiting.awaited(handle).__await__()
        if name in ("__exit__", "__aexit__"):
            args = (*args[:2], None)
        hint = name == "__len__" and self._gone_through is handle  # list(x) asks iter(x), then len(x)
        self._gone_through = handle if name == "__iter__" else None
        if not hint:
            self.weigh(name)
        return self.request("special", handle, name, *args, **kwargs)

    def truth(self, handle: Any) -> bool:
        """Of an object that does not say itself whether it is true."""
        self.tally.weak = True
        return "__len__" not in type(handle)._assay_special or len(handle) > 0

    def weigh(self, name: str) -> None:
        """A test that asks the code whether it is right is weak."""
        if name in WEAK:
            self.tally.weak = True

    def _equal(self, handle: Any, other: Any, record: Any) -> Any:
        if isinstance(other, Handle):
            if record is not None and record.equal:
                return record.compare("__eq__", handle, other)
            self.tally.weak = True
            if handle is other:
                return True
            answer = self.request("special", handle, "__eq__", other)
            return answer if answer is NotImplemented else answer is True
        if not weighing.is_plain(other) or "__eq__" not in type(handle)._assay_special:
            return NotImplemented
        self.tally.weak = True
        return weighing.equals(other, lambda values: list(self.request("equal", handle, copy.deepcopy(values))))

    def attribute(self, handle: Any, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in FORWARDED:
            raise AttributeError(f"{type(handle).__name__!r} object has no attribute {name!r}")
        if name in getattr(type(handle), "_assay_methods", ()):
            return bound_method(self, handle, name, type(handle).__name__)
        return self.request("get", handle, name)

    def duplicate(self, handle: Any, deep: bool) -> Any:
        return self.request("copy", handle, deep)

    def adopt(self, handle: Any, made: Any) -> None:
        """`handle` takes the place of the object that the code has just made."""
        if type(made) is not type(handle) or not made._assay_number:
            raise self.end("it made another object than it was asked for")
        handle._assay_number, made._assay_number = made._assay_number, 0
        handle._assay_times = made._assay_times
        self.handles[handle._assay_number] = handle
