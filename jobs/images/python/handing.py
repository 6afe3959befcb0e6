"""What the tests hand to the code: plain data as it is, the code's own objects by their number, ours if lent."""

from __future__ import annotations

import sys
import types
import weakref
from typing import Any

from . import errors, lending, proxies
from .answering import Answering
from .handles import Handle
from .kept import Kept
from .modules import ModuleOfCode
from .plain import Garbled, named

_REDUCED = (int, float, str, bytes, list, tuple, dict, set, frozenset)
_VALUES = frozenset(["decimal", "fractions", "datetime", "uuid", "collections", "numpy"])


class Handing(Answering):
    """Knows under which number the code lent us what."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._numbers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._behind: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self._errors: dict[int, tuple[BaseException, int]] = {}

    def lend(self, value: Any, kept: Kept, depth: int) -> Any:
        kind = type(value)
        number = self._number(value)
        if number is not None:
            return {"t": "H", "n": number}
        if kind in self._numbers:  # an enumeration's member or a named tuple of the code's
            own = {"t": "H", "n": self._numbers[kind]}
            if issubclass(kind, tuple):
                return {"t": "n", "c": own, "v": [self.coder.encode(v, kept, depth + 1) for v in value]}
            return {"t": "e", "c": own, "n": value.name if value.name in kind.__members__ else None, "v": value._value_}
        if isinstance(value, BaseException):
            return {"t": "x", "v": errors.encode(value, self)}
        if isinstance(value, type) and issubclass(value, BaseException) and self.lendable.is_tests(value):
            mro = [[c.__module__, c.__qualname__] for c in value.__mro__[1:-1]]
            return {"t": "h", "k": "xc", "n": self.lent.number(value)[0], "name": value.__name__, "mro": mro}
        if isinstance(value, (type, *lending.FUNCTIONS)) and not self._of_tests(value) and (found := named(value)):
            return {"t": "ty", "m": found[0], "q": found[1]}
        how = self.lendable.kind(value)
        if isinstance(value, _REDUCED) or (how is None and kind.__module__ in _VALUES):
            return None
        if how is None:
            raise self.tally.not_apart(f"the test hands {kind.__module__}.{kind.__name__} to the code")
        data = {"t": "h", "n": self.lent.number(value)[0], **lending.describe(value, how)}
        if how == "o":
            data["c"] = self.lent.number(kind)[0]
        self.listen()
        return data

    def _of_tests(self, value: Any) -> bool:
        module = sys.modules.get(getattr(value, "__module__", None) or "")
        return self.lendable.is_below(getattr(module, "__file__", None))

    def is_function(self, value: Any) -> bool:
        """True for a function of the code."""
        return isinstance(value, types.FunctionType) and value in self._numbers

    def _number(self, value: Any) -> int | None:
        """The number under which the code lent this object to us."""
        if isinstance(value, Handle):
            return self._settled(value)
        if isinstance(value, (proxies.ClassOfCode, errors.ErrorOfCode)):
            return value.__dict__.get("_assay_lent")
        if id(value) in self._errors and self._errors[id(value)][0] is value:
            return self._errors[id(value)][1]
        if isinstance(value, (types.GeneratorType, types.CoroutineType)):
            behind = self._behind.get(value)
            return None if behind is None else self._settled(behind)
        if isinstance(value, ModuleOfCode):
            return value.__dict__.get("_assay_number")
        return self._numbers.get(value) if isinstance(value, (type, types.FunctionType)) else None

    def _settled(self, handle: Any) -> int:
        if handle._assay_made is not None:
            type(handle)._assay_record.settle(handle)
        return int(handle._assay_number)

    def put_error(self, error: BaseException) -> dict[str, Any]:
        return errors.encode(error, self)

    def own_error(self, number: int) -> BaseException:
        """The tests' own exception that comes back."""
        found = self.lent.get(number)
        if not isinstance(found, BaseException):
            raise Garbled("an exception that is none")
        return found

    def lent_error(self, number: int, error: BaseException) -> None:
        self._errors[id(error)] = (error, number)

    def error_number(self, error: BaseException) -> int | None:
        found = self._errors.get(id(error))
        return found[1] if found is not None and found[0] is error else None
