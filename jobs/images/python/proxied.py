"""What comes from the code into the tests' process: exact values are built here, and stand-ins for everything else."""

from __future__ import annotations

import enum
import sys
from typing import Any

from . import errors, proxies, records
from .handing import Handing
from .handles import Handle, namespace, new
from .kept import Kept
from .modules import ModuleOfCode
from .plain import Garbled, look_up

_TRUSTED = frozenset(
    (int, str, float, bool, bytes, bytearray, complex, list, dict, set, frozenset, tuple, object, type, range)
)
_NEVER = frozenset(["unittest", "gc", "inspect", "ctypes", "operator", "builtins", "types"])


class _Generator(Handle):
    __slots__ = ()
    locals().update({n: f for n, f in namespace(["__next__", "__iter__"], True).items() if n != "__slots__"})


class _Module(Handle):
    """A library's module in the code's process, or a coroutine there."""

    __slots__ = ()


class Client(Handing):
    """The tests' side of the conversation, whole."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.modules: dict[str, ModuleOfCode] = {}
        self._fixed: dict[int, Any] = {}
        self._kinds: dict[int, Any] = {}
        self._kept: list[Any] = []

    def import_module(self, name: str, again: bool) -> int:
        """The number of a module that the code's process imports. Raises what importing it raises."""
        found = self.request("import", name, again)
        if isinstance(found, ModuleOfCode):
            return int(found.__dict__["_assay_number"])
        if not isinstance(found, Handle):
            raise self.end("it gave no module")
        number = int(found._assay_number)
        self._kept.append(found)
        return number

    def take(self, data: dict[str, Any], kept: Kept, depth: int) -> Any:
        try:
            return self._take(data, kept, depth)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise Garbled(f"{data.get('t')}: {error}") from error

    def _take(self, data: dict[str, Any], kept: Kept, depth: int) -> Any:
        tag = data["t"]
        if tag == "H":
            return self.lent.get(data["n"])
        if tag == "e":
            kind = self.coder.decode(data["c"], kept, depth)
            if data["n"] is None and not issubclass(kind, enum.Flag):
                raise Garbled("a member without a name")
            return kind[data["n"]] if data["n"] is not None else kind(data["v"])
        if tag == "n":
            kind = self.coder.decode(data["c"], kept, depth)
            items = [self.coder.decode(item, kept, depth + 1) for item in data["v"]]
            return tuple.__new__(kind, items) if isinstance(kind, type) and issubclass(kind, tuple) else tuple(items)
        if tag == "it":
            return iter([self.coder.decode(item, kept, depth + 1) for item in data["v"]])
        if tag == "x":
            return errors.rebuild(data["v"], self)
        if tag != "h" or type(data["n"]) is not int or data["n"] <= 0:
            raise Garbled("an unknown tag")
        number, how = data["n"], data["k"]
        if how == "c":
            return self._class(data)
        if number in self._fixed:
            return self._fixed[number]
        if how == "f":
            made: Any = proxies.make_function(self, data)
            self._numbers[made] = number
            return self.fix(number, made)
        if how == "m":
            if data["name"] in self.modules:
                return self.modules[data["name"]]
            if (own := self._library(str(data["name"]))) is not None:
                return own
            return self._handle(number, _Module)
        if how == "g":
            return self._stand_for(self._handle(number, _Generator), proxies.make_generator, str(data["name"]))
        if how == "w":
            return self._stand_for(self._handle(number, _Module), self.awaiting.awaited, str(data["name"]))
        return self._handle(number, self._object_class(data["c"]))

    @staticmethod
    def _library(name: str) -> Any:
        """Our own module of the standard library or numpy: a test that reaches it through the code means it."""
        root = name.partition(".")[0]
        ours = (root in sys.stdlib_module_names or root == "numpy") and root not in _NEVER
        return sys.modules.get(name) if ours else None

    def module_there(self, name: str) -> Any:
        """The library's module in the code's process, never our own."""
        return self._handle(int(self.quietly("module", name)), _Module)

    def _handle(self, number: int, kind: Any) -> Any:
        handle = self.handles.get(number)
        if handle is not None:
            handle._assay_times += 1
            return handle
        handle = self.handles[number] = new(kind, self, number)
        return handle

    def _object_class(self, data: dict[str, Any]) -> Any:
        """What handles of a class are made of, also where the class itself is one of our own."""
        kind, number = self._class(data), data["n"]
        if isinstance(kind, proxies.ClassOfCode):
            return kind
        if number not in self._kinds:
            told = {**(data.get("d") or self.quietly("describe", number)), "bases": []}
            self._kinds[number] = proxies.make_class(self, number, told, None)
        return self._kinds[number]

    def _stand_for(self, handle: Any, make: Any, name: str) -> Any:
        made = make(handle)
        made.__name__, made.__qualname__ = name.rpartition(".")[2], name
        self._behind[made] = handle
        return made

    def fix(self, number: int, value: Any) -> Any:
        """Kept under its number for ever."""
        self._fixed[number] = value
        if isinstance(value, type):
            self._numbers[value] = number
        return value

    def _class(self, data: dict[str, Any]) -> Any:
        number = data["n"]
        if number in self._fixed:
            return self._fixed[number]
        # An answer that failed halfway may have taken the description with it.
        told = {**(data.get("d") or self.quietly("describe", number)), "ty": data.get("ty")}
        if "ty" in data:
            library = self.library_class(data["ty"])
            if library in _TRUSTED or (library is not None and errors.library_error(data["ty"]) is library):
                self._fixed[number] = library
                return library
        kind = told.get("kind")
        if kind == "exception":
            return errors.make_error_class(self, number, told)
        if kind == "namedtuple":
            return records.make_namedtuple(self, number, told)
        if kind == "enum":
            return records.make_enum(self, number, told)
        record = records.Record(self, told) if kind == "dataclass" else None
        return self.fix(number, proxies.make_class(self, number, told, record))

    @staticmethod
    def library_class(name: Any) -> type | None:
        """Our own class of a library that the tests have loaded, only to be compared with."""
        found = look_up(str(name[0]), str(name[1])) if name else None
        return found if isinstance(found, type) else None

    def value(self, data: Any) -> Any:
        return self.coder.decode(data, Kept(), 1)

    def values(self, data: Any) -> list[Any]:
        return [self.value(item) for item in data]

    def get_error(self, data: dict[str, Any]) -> BaseException:
        try:
            return errors.rebuild(data, self)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise Garbled(f"an exception: {error}") from error
