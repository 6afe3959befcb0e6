"""What the tests' process lends to the code, and what the code may do with it. The code is not trusted with more.

A function can be called, nothing else: its globals would lead to the tests themselves. A stand-in of the tests' own
shows its public attributes; a mock hides what a test will ask it later. Everything else stays at home.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import io
import queue
import sys
import threading
import types
import unittest.mock
from collections.abc import Iterator
from typing import Any

from .handles import SPECIAL

FUNCTIONS = (
    *(types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType),
    *(types.MethodDescriptorType, types.WrapperDescriptorType, functools.partial),
)
_TOOLS = (
    *(io.StringIO, io.BytesIO, types.SimpleNamespace, object, queue.Queue, queue.LifoQueue, queue.PriorityQueue),
    *(threading.Event, threading.Condition, threading.Barrier, threading.Semaphore, type(threading.Lock())),
    *(type(threading.RLock()), asyncio.Event, asyncio.Queue, asyncio.Lock, asyncio.Semaphore),
)
_MOCK_NAMES = frozenset(dir(unittest.mock.MagicMock())) | frozenset(dir(unittest.mock.AsyncMock()))
_MOCK_OPEN = frozenset(["return_value", "side_effect", "__call__"])


class Lendable:
    """`root`: the folder of the tests' files."""

    def __init__(self, root: str) -> None:
        self._root = root + "/"

    def is_tests(self, kind: type) -> bool:
        """True for a class that a file of the tests defines."""
        return self.is_below(getattr(sys.modules.get(kind.__module__), "__file__", None))

    def is_below(self, path: Any) -> bool:
        """True for the path of a file of the tests."""
        return isinstance(path, str) and path.startswith(self._root)

    def kind(self, value: Any) -> str | None:
        """`f`: can be called; `w`: can be awaited; `o`: an object with methods; None: it must not cross."""
        kind = type(value)
        if isinstance(value, FUNCTIONS) or (isinstance(value, type) and self.is_tests(value)):
            return "f"
        if isinstance(value, types.CoroutineType):
            return "w"
        if kind in _TOOLS or isinstance(value, (Iterator, unittest.mock.NonCallableMock)) or self.is_tests(kind):
            return "o"
        return None

    def check(self, operation: str, value: Any, name: str) -> None:
        """Raises AttributeError or TypeError for what the code may not do."""
        kind = self.kind(value)
        if operation == "call" and kind == "f":
            return
        if operation == "copy" and kind == "o":
            return
        if kind != "o" or operation not in ("get", "set", "del", "method", "special"):
            raise TypeError(f"{type(value).__name__} of the tests cannot be used like this")
        if operation == "special":
            if name in SPECIAL:
                return
        elif not name.startswith("_"):
            if not isinstance(value, unittest.mock.NonCallableMock):
                return
            if name not in _MOCK_NAMES or (operation != "set" and name in _MOCK_OPEN):
                return
        raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")


def describe(value: Any, kind: str) -> dict[str, Any]:
    """What the code is told of it."""
    if kind == "f":
        later = inspect.iscoroutinefunction(value)
        name = getattr(value, "__name__", type(value).__name__)
        return {"k": "f", "name": str(name), "doc": getattr(value, "__doc__", None), "later": later}
    if kind == "w":
        return {"k": "w"}
    own = type(value)
    special = [n for n in SPECIAL if getattr(own, n, None) is not getattr(object, n, None)]
    return {"k": "o", "name": own.__name__, "special": special, "hash": own.__hash__ is not None}
