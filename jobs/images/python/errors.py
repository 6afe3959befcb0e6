"""Exceptions of the code as the tests see them: real classes with the same bases, args, attributes and text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .kept import Kept
from .plain import Garbled, look_up
from .weighing import is_plain

if TYPE_CHECKING:
    from .handing import Handing
    from .proxied import Client

_OURS = ("_assay_lent", "_assay_client")
_KEPT_AWAY = ("args", "add_note", "with_traceback")
_NEVER = frozenset(["_pytest", "pytest", "unittest", "hypothesis", "pluggy", __name__.partition(".")[0]])
"""These end or skip a test, or are our own."""
_OTHER_BASES: tuple[type, ...] = (
    *(SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, BaseExceptionGroup),
)


class ErrorOfCode(type):
    """An exception class of the code."""

    _assay_lent: int
    _assay_client: Client

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_assay_lent" not in cls.__dict__:
            return super().__call__(*args, **kwargs)  # a class that the tests derive
        return cls._assay_client.request("new", cls, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name in _OURS or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return cls._assay_client.request("get", cls, name)


def library_error(name: Any) -> type[BaseException] | None:
    """The exception class of a library under [module, name], where it may be raised among the tests."""
    module, qualified = name
    found = look_up(str(module), str(qualified))
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return None
    if found.__module__.partition(".")[0] in _NEVER:
        return None
    return found if issubclass(found, (Exception, *_OTHER_BASES)) else None


def make_error_class(client: Client, number: int, told: dict[str, Any]) -> Any:
    bases = tuple(b for b in client.values(told["bases"]) if isinstance(b, type) and issubclass(b, BaseException))
    body = {"__module__": str(told["module"]), "__doc__": told["doc"], "__str__": _text}
    body["__getattr__"] = _attribute(client)
    try:
        made: Any = ErrorOfCode(str(told["name"]), bases or (Exception,), body)
    except TypeError:
        made = ErrorOfCode(str(told["name"]), (Exception,), body)
    made._assay_lent = number
    made._assay_client = client
    client.fix(number, made)
    return made


def _text(self: BaseException) -> str:
    said = self.__dict__.get("_assay_text")
    return said if isinstance(said, str) else Exception.__str__(self)


def rebuild(data: dict[str, Any], client: Client, depth: int = 0) -> BaseException:
    """The exception to raise among the tests. Raises Garbled."""
    if "b" in data:
        own = client.own_error(data["b"])
        _tell_frames(own, data)
        return own
    if depth > 5 or not isinstance(data.get("s"), str):
        raise Garbled("an exception without a text")
    kind: Any = client.value(data["c"]) if "c" in data else None
    if kind is None:
        known = (library_error(name) for name in data["mro"])
        kind = next((k for k in known if k is not None), Exception)
    if not isinstance(kind, type) or not issubclass(kind, BaseException):
        raise Garbled("an exception that is none")
    args = [client.value(value) for value in data["a"]]
    error = _make(kind, args, data, client)
    for name, value in data["d"]:
        if isinstance(name, str) and name.isidentifier() and not name.startswith("__") and name not in _KEPT_AWAY:
            error.__dict__[name] = client.value(value)
    for name in ("__cause__", "__context__"):
        if name in data:
            setattr(error, name, rebuild(data[name], client, depth + 1))
    for note in data.get("no", ()):
        error.add_note(str(note))
    _tell_frames(error, data)
    if "n" in data:
        client.lent_error(data["n"], error)
    return error


def _tell_frames(error: BaseException, data: dict[str, Any]) -> None:
    error.__dict__["_assay_frames"] = [str(line)[:300] for line in data.get("fr", [])][:5]


def _make(kind: type[BaseException], args: list[Any], data: dict[str, Any], client: Client) -> BaseException:
    """An instance with these args and this text, by no constructor but those of the builtins."""
    if "errors" in data:
        return _validation_error(kind, data, client)
    text = data["s"]
    if isinstance(kind, ErrorOfCode):
        made = kind.__new__(kind, *args)
        made.__dict__["_assay_text"] = text
    else:
        made = _library(kind, args, text)
    made.args = tuple(args)
    return made


def _library(kind: type[BaseException], args: list[Any], text: str) -> BaseException:
    """Of exactly this class where it then has this text, else of one derived from it that says it."""
    try:
        made = kind(*args) if kind.__module__ == "builtins" else kind.__new__(kind, *args)
        made.args = tuple(args)
        if str(made) == text:
            return made
    except Exception:  # a class that wants other arguments than it keeps
        made = None
    body = {"__str__": lambda self: text, "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    try:
        shown: Any = type(kind.__name__, (kind,), body)
        return shown.__new__(shown, *args)  # type: ignore[no-any-return]
    except TypeError:
        return Exception(text)


def _attribute(client: Client) -> Any:
    def attribute(self: Any, name: str) -> Any:
        number = client.error_number(self)
        if number is None or name.startswith("__") or name.startswith("_assay"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return client.request("get", self, name)

    return attribute


def _validation_error(kind: type[BaseException], data: dict[str, Any], client: Client) -> BaseException:
    from pydantic_core import PydanticCustomError, ValidationError

    if kind is not ValidationError:
        raise Garbled("a validation error of another class")
    told = []
    for line in data["errors"]:
        text = str(line["msg"]).replace("{", "(").replace("}", ")")
        reason = PydanticCustomError(str(line["type"]), text)
        told.append({"type": reason, "loc": tuple(client.value(line["loc"])), "input": None})
    return ValidationError.from_exception_data(str(data["title"]), told)  # type: ignore[arg-type]


def encode(error: BaseException, client: Handing) -> dict[str, Any]:
    """An exception on its way to the code: `H`: the code's own; else ours, with what its process may know."""
    number = client.error_number(error)
    if number is not None:
        return {"H": number}
    kind = type(error)
    mro = [[c.__module__, c.__qualname__] for c in kind.__mro__[:-1]]
    own = client.lent.number(kind)[0] if client.lendable.is_tests(kind) else None
    told: dict[str, Any] = {"n": client.lent.number(error)[0], "mro": mro, "c": own, "name": kind.__name__}
    told["a"] = []
    for value in error.args:
        told["a"].append(client.coder.encode(value if is_plain(value) else str(value)[:2000], Kept(), 1))
    return {**told, "s": str(error)[:2000]}
