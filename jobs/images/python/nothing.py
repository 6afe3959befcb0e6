"""What a stub gives instead of a value: it can be passed on, but a test that looks at it fails."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

from .handles import SPECIAL, WEAK

_PASSED_ON = (
    "__str__",
    "__repr__",
    "__format__",
    "__enter__",
    "__exit__",
    "__call__",
    "__await__",
    "__aenter__",
    "__aexit__",
)
_ASKED = WEAK | {
    *("__getitem__", "__iter__", "__next__", "__reversed__", "__int__", "__float__", "__complex__", "__index__"),
    *("__bytes__", "__fspath__", "__aiter__", "__anext__", "__length_hint__"),
}
_COUNT = itertools.count(1)


class Asked(BaseException):
    """A test looked at what the code gave: with a stub there is nothing to see. No `except Exception` swallows it."""


def _refuse(name: str) -> Callable[..., Any]:
    def refuse(self: Any, *_: Any) -> Any:
        raise Asked(f"the test depends on the code: {name} of what it returned")

    return refuse


def _answer(*_: Any, **__: Any) -> Any:
    return Nothing()


async def _answer_later(*_: Any, **__: Any) -> Any:
    return Nothing()


class Nothing:
    """What a stub returns. It has every attribute and every operator, and no value."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.__dict__["_assay_count"] = next(_COUNT)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *_: Any, **__: Any) -> Any:
        return Nothing()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: Any) -> None:
        return None

    def __await__(self) -> Any:
        return _answer_later().__await__()

    def __repr__(self) -> str:
        return f"<nothing {self.__dict__['_assay_count']} of {os.getpid()}>"

    def __format__(self, form: str) -> str:
        return repr(self)

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


for _name in SPECIAL:
    if _name in _ASKED:
        setattr(Nothing, _name, _refuse(_name))
    elif _name not in _PASSED_ON:
        setattr(Nothing, _name, _answer)


class StubClass(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __iter__(cls) -> Iterator[Any]:
        raise Asked("the test depends on the code: it goes through a class")

    def __getitem__(cls, item: Any) -> Any:
        return Nothing()

    def __len__(cls) -> int:
        raise Asked("the test depends on the code: the length of a class")
