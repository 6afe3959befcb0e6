"""What the tests see instead of the code's classes, functions, generators and coroutines."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from .handles import Handle, bound_method, namespace

if TYPE_CHECKING:
    from .proxied import Client

_Of = inspect.Parameter
_KINDS = (_Of.POSITIONAL_ONLY, _Of.POSITIONAL_OR_KEYWORD, _Of.VAR_POSITIONAL, _Of.KEYWORD_ONLY, _Of.VAR_KEYWORD)
_DATA = (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)
_OURS = (
    *("_assay_lent", "_assay_client", "_assay_methods", "_assay_class_methods", "_assay_special", "_assay_record"),
)


class ClassOfCode(type):
    """A class of the code: constructing, class attributes and methods are asked of the other process."""

    _assay_lent: int
    _assay_client: Client
    _assay_methods: frozenset[str]
    _assay_class_methods: frozenset[str]
    _assay_special: frozenset[str]
    _assay_record: Any

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any], client: Any = None) -> ClassOfCode:
        if client is None:
            owner = next(base for base in bases if isinstance(base, ClassOfCode))
            raise owner._assay_client.tally.not_apart(f"the test derives a class from {owner.__name__}")
        return super().__new__(mcs, name, bases, body)

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], client: Any = None) -> None:
        super().__init__(name, bases, body)
        cls._assay_client = client

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls._assay_record is not None and cls._assay_record.pure:
            return cls._assay_record.construct(cls, args, kwargs)
        return cls._assay_client.request("new", cls, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name in _OURS or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        if name in cls._assay_class_methods:
            return bound_method(cls._assay_client, cls, name, cls.__name__)
        return cls._assay_client.request("get", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if name in _OURS or name.startswith("__"):
            super().__setattr__(name, value)
        else:
            cls._assay_client.request("set", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        cls._assay_client.request("del", cls, name)

    def __dir__(cls) -> list[str]:
        return list(cls._assay_client.request("dir", cls))

    def __instancecheck__(cls, instance: Any) -> bool:
        cls._assay_client.tally.weak = True
        return isinstance(type(instance), ClassOfCode) and cls in type(instance).__mro__

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


def make_class(client: Client, number: int, told: dict[str, Any], record: Any) -> ClassOfCode:
    """The class that a description tells of. `record`: see records.py, None for an ordinary class."""
    bases = tuple(b for b in client.values(told["bases"]) if isinstance(b, ClassOfCode)) or (Handle,)
    body = namespace(told["special"], told.get("hash", True))
    if record is not None:
        body |= record.body()
    else:
        body["__class_getitem__"] = classmethod(lambda cls, item: cls)
    if "__bool__" not in body:
        body["__bool__"] = lambda self: client.truth(self)
    body |= {"__module__": str(told["module"]), "__qualname__": str(told["name"]), "__doc__": told["doc"]}
    library = client.library_class(told.get("ty"))
    if library is not None and not issubclass(library, _DATA):
        body["__class__"] = property(lambda self: library)
    try:
        made = ClassOfCode(str(told["name"]), bases, body, client)
    except TypeError:  # an order of bases that only their own process can have
        made = ClassOfCode(str(told["name"]), (Handle,), body, client)
    made._assay_lent = number
    made._assay_methods = frozenset(map(str, told["methods"]))
    made._assay_class_methods = frozenset(map(str, told["class_methods"]))
    made._assay_special = frozenset(map(str, told["special"]))
    made._assay_record = record
    return made


def make_function(client: Client, data: dict[str, Any]) -> Callable[..., Any]:
    """A real function that has the code's function called.

    `data`: name, qual(ified name), doc, later (a coroutine function), sig."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return client.request("call", function, *args, **kwargs)

    async def later(*args: Any, **kwargs: Any) -> Any:
        return await client.request("call", later, *args, **kwargs)

    made: Any = later if data["later"] else function
    made.__name__, made.__qualname__ = str(data["name"]), str(data["qual"])
    made.__doc__ = data["doc"] if isinstance(data["doc"], str) else None
    if data["sig"] is not None:
        made.__signature__, made.__annotations__ = _signature(client, data["sig"])
    return made  # type: ignore[no-any-return]


def _signature(client: Client, told: Sequence[Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    parameters, notes = [], {}
    for name, kind, has_default, default, note in told:
        annotation = _annotation(note)
        if annotation is not inspect.Parameter.empty:
            notes[name] = annotation
        if kind >= 0:
            value = client.value(default) if has_default else inspect.Parameter.empty
            parameters.append(inspect.Parameter(name, _KINDS[kind], default=value, annotation=annotation))
    empty = inspect.Signature.empty
    return inspect.Signature(parameters, return_annotation=notes.get("return", empty)), notes


def _annotation(note: Any) -> Any:
    if isinstance(note, dict):
        found = {c.__name__: c for c in (int, str, float, bool, bytes, list, dict, set, tuple, object, complex)}
        return found.get(note.get("type", ""), note.get("type"))
    return inspect.Parameter.empty if note is None else note


def make_generator(handle: Any) -> Generator[Any, Any, Any]:
    """A real generator that has the code's one run."""
    step: Callable[[], Any] = lambda: handle.__next__()  # noqa: E731
    while True:
        try:
            value = step()
        except StopIteration as end:
            return end.value
        try:
            sent = yield value
        except GeneratorExit:
            with handle._assay_side.tally.seen.paused():
                handle.close()
            raise
        except BaseException as error:
            step = _bound(handle.throw, error)
        else:
            step = _bound(handle.__next__) if sent is None else _bound(handle.send, sent)


def _bound(function: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    return lambda: function(*args)
