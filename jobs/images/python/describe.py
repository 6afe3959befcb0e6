"""What S tells of its functions and classes, so that T can build proxies that look like them. Told once each."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from .handles import SPECIAL

Encode = Callable[[Any], Any]
_FACTORIES: dict[Any, str] = {list: "list", dict: "dict", set: "set", tuple: "tuple", str: "str", int: "int"}
_UNUSUAL = frozenset(["__post_init__", "__new__", "__getattr__", "__getattribute__"])
_MIXINS = (int, str, float, bytes)


class Users:
    """Knows the classes of the code under test, which is what lies below `root`."""

    def __init__(self, root: str) -> None:
        self.root = root + os.sep

    def made(self, kind: type) -> bool:
        path = getattr(sys.modules.get(kind.__module__), "__file__", None)
        return isinstance(path, str) and path.startswith(self.root)


def describe(kind: type, encode: Encode, users: Users) -> dict[str, Any]:
    """`encode` makes JSON of values and of other classes."""
    told: dict[str, Any] = {"name": kind.__name__, "module": str(kind.__module__)}
    told["doc"] = kind.__doc__ if isinstance(kind.__doc__, str) else None
    told["special"] = [n for n in SPECIAL if getattr(kind, n, None) is not getattr(object, n, None)]
    if kind.__hash__ is None:
        told["hash"] = False
    told["methods"] = _methods(kind)
    told["class_methods"] = _class_methods(kind)
    told["bases"] = [encode(base) for base in kind.__bases__ if users.made(base)]
    if issubclass(kind, BaseException):
        told |= {"kind": "exception", "bases": [encode(base) for base in kind.__bases__]}
    elif issubclass(kind, enum.Enum) and users.made(kind):
        told |= {"kind": "enum", **_enum(kind, encode, users)}
    elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
        told |= {"kind": "namedtuple", **_namedtuple(kind, encode, users)}
    elif dataclasses.is_dataclass(kind):
        told |= {"kind": "dataclass", **_dataclass(kind, encode, users)}
    return told


def _methods(kind: type) -> list[str]:
    """Plain methods: they need not be asked for before they are called."""
    found = {}
    for base in reversed(kind.__mro__[:-1]):
        for name, value in vars(base).items():
            found[name] = isinstance(value, types.FunctionType) and not inspect.iscoroutinefunction(value)
    dynamic = isinstance(kind.__getattribute__, types.FunctionType)
    return [] if dynamic else [n for n, plain in found.items() if plain and not n.startswith("__")]


def _class_methods(kind: type) -> list[str]:
    """The same of the class itself."""
    found = {}
    for base in reversed(kind.__mro__[:-1]):
        for name, value in vars(base).items():
            found[name] = isinstance(value, classmethod) and not inspect.iscoroutinefunction(value.__func__)
    return [] if type(kind) is not type else [n for n, plain in found.items() if plain and not n.startswith("__")]


def _own(kind: type, users: Users) -> list[str]:
    """Special methods that the user's own classes define."""
    return [n for n in SPECIAL for base in kind.__mro__ if users.made(base) and n in vars(base)]


def _enum(kind: type[enum.Enum], encode: Encode, users: Users) -> dict[str, Any]:
    base = next(c.__name__ for c in kind.__mro__ if c.__module__ == "enum" and c is not enum.ReprEnum)
    mixin = next((c.__name__ for c in kind.__mro__ if c in _MIXINS), None)
    members = [[name, encode(member.value)] for name, member in kind.__members__.items()]
    inherited = {n for c in kind.__mro__ if not users.made(c) for n in vars(c)}
    properties = [
        n for c in kind.__mro__ if users.made(c) for n, v in vars(c).items()
        if n not in kind.__members__ and n not in inherited and not n.startswith("_") and n not in _methods(kind)
        and isinstance(v, (property, staticmethod, classmethod, types.FunctionType))
    ]  # fmt: skip
    return {"base": base, "mixin": mixin, "members": members, "special": _own(kind, users), "properties": properties}


def _namedtuple(kind: Any, encode: Encode, users: Users) -> dict[str, Any]:
    made = any(users.made(c) and "__new__" in vars(c) and "_fields" not in vars(c) for c in kind.__mro__)
    defaults = [[name, encode(value)] for name, value in kind._field_defaults.items()]
    properties = [n for c in kind.__mro__ if users.made(c) for n, v in vars(c).items() if isinstance(v, property)]
    own = [n for n in _own(kind, users) if made or n not in ("__repr__", "__getnewargs__")]
    told = {"fields": list(kind._fields), "defaults": defaults, "made": made, "special": own}
    return told | {"properties": [n for n in properties if n not in kind._fields]}


def _dataclass(kind: Any, encode: Encode, users: Users) -> dict[str, Any]:
    fields = []
    for field in dataclasses.fields(kind):
        default: Any = ["none"]
        if field.default is not dataclasses.MISSING:
            default = ["value", encode(field.default)]
        elif field.default_factory is not dataclasses.MISSING:
            default = ["factory", _FACTORIES.get(field.default_factory, "")]
        told = {"name": field.name, "init": field.init, "compare": field.compare, "keyword": field.kw_only}
        fields.append(told | {"hash": field.compare if field.hash is None else field.hash, "default": default})
    parameters = kind.__dataclass_params__
    told = {"fields": fields, "pure": _pure(kind, users), "order": parameters.order, "frozen": parameters.frozen}
    return told | {"equal": parameters.eq and _generated(kind, "__eq__")}


def _generated(kind: type, name: str) -> bool:
    code = getattr(getattr(kind, name), "__code__", None)
    return code is not None and code.co_filename == "<string>"


def _pure(kind: Any, users: Users) -> bool:
    """True where an instance is its arguments and nothing else, so that T can compare one without asking S."""
    parameters, fields = kind.__dataclass_params__, dataclasses.fields(kind)
    own = {n for c in kind.__mro__ if users.made(c) for n in vars(c)}
    if type(kind) is not type or own & _UNUSUAL or ("__setattr__" in own and not parameters.frozen):
        return False
    if not (parameters.eq and _generated(kind, "__init__") and _generated(kind, "__eq__")):
        return False
    if len(vars(kind)["__dataclass_fields__"]) != len(fields):  # there are InitVar or ClassVar
        return False
    known = (dataclasses.MISSING, *_FACTORIES)
    return all(
        f.init and f.default_factory in known and not isinstance(getattr(kind, f.name, None), property) for f in fields
    )


def describe_signature(function: Any, encode: Encode) -> list[list[Any]]:
    """[name, kind, has default, default, annotation] of each parameter, then the same with the return annotation."""
    signature = inspect.signature(function)
    empty = inspect.Parameter.empty
    told = [
        [
            p.name,
            int(p.kind),
            p.default is not empty,
            encode(None if p.default is empty else p.default),
            _note(p.annotation),
        ]
        for p in signature.parameters.values()
    ]
    return [*told, ["return", -1, False, None, _note(signature.return_annotation)]]


def _note(annotation: Any) -> Any:
    if annotation is inspect.Parameter.empty:
        return None
    if isinstance(annotation, type) and annotation.__module__ == "builtins":
        return {"type": annotation.__name__}
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
