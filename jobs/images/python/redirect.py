"""What a test changes around the code under test is changed in the code's process: patches, seeds, sources.

A patch of a library's module (`time.sleep`, `builtins.input`) is meant for the code, so it goes there and only there.
"""

from __future__ import annotations

import inspect
import random
import sys
import threading
import types
import unittest.mock
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.compat import NOTSET
from _pytest.monkeypatch import derive_importpath

from .handles import Handle
from .modules import ModuleOfCode
from .proxies import ClassOfCode

if TYPE_CHECKING:
    from .proxied import Client

_MONKEY_SET, _MONKEY_DEL = pytest.MonkeyPatch.setattr, pytest.MonkeyPatch.delattr
_MOCK_ENTER: Callable[[Any], Any] = unittest.mock._patch.__enter__
_FIND_SOURCE = inspect.findsource
_SEED = random.seed
_START = threading.Thread.start


def _there(client: Client, target: Any) -> Any:
    """The same target in the code's process, where it is a module or class of a library."""
    if isinstance(target, (Handle, ModuleOfCode, ClassOfCode)) or client.lendable.is_tests(type(target)):
        return target
    if isinstance(target, types.ModuleType):
        path = getattr(target, "__file__", None) or ""
        return target if client.lendable.is_below(path) else client.module_there(target.__name__)
    if isinstance(target, type) and not client.lendable.is_tests(target):
        module = client.module_there(target.__module__)
        for part in target.__qualname__.split("."):
            module = client.request("get", module, part)
        return module
    return target


def install(client: Client) -> None:
    """From now on, until the process ends."""

    def set_attribute(self: Any, target: Any, name: Any, value: Any = NOTSET, raising: bool = True) -> None:
        if isinstance(target, str) and value is NOTSET:
            value = name
            name, target = derive_importpath(target, raising)
        _MONKEY_SET(self, _there(client, target), name, value, raising)

    def delete_attribute(self: Any, target: Any, name: Any = NOTSET, raising: bool = True) -> None:
        if isinstance(target, str) and name is NOTSET:
            name, target = derive_importpath(target, raising)
        _MONKEY_DEL(self, _there(client, target), name, raising)

    def enter(self: Any) -> Any:
        getter = self.getter
        self.getter = lambda: _there(client, getter())
        try:
            return _MOCK_ENTER(self)
        finally:
            self.getter = getter

    def find_source(value: Any) -> Any:
        if isinstance(value, (Handle, ModuleOfCode, ClassOfCode)) or client.is_function(value):
            raise client.tally.not_apart("the test reads the source of the code")
        return _FIND_SOURCE(value)

    def seed(value: Any = None, *rest: Any) -> None:
        _SEED(value, *rest)
        if isinstance(value, (int, float, str, bytes, type(None))) and value is not None:
            client.quietly("seed", "random", value)

    def start(self: Any) -> None:
        client.open_door()
        _START(self)

    threading.Thread.start = start  # type: ignore[method-assign]
    pytest.MonkeyPatch.setattr = set_attribute  # type: ignore[method-assign]
    pytest.MonkeyPatch.delattr = delete_attribute  # type: ignore[method-assign]
    unittest.mock._patch.__enter__ = enter  # type: ignore[method-assign]
    inspect.findsource = find_source  # type: ignore[assignment]
    random.seed = seed  # type: ignore[assignment]
    if numbers := sys.modules.get("numpy.random"):  # loading it here would cost more than all the rest
        real = numbers.seed

        def seed_numpy(value: Any = None) -> None:
            real(value)
            client.quietly("seed", "numpy", value)

        numbers.seed = seed_numpy  # type: ignore[attr-defined]
