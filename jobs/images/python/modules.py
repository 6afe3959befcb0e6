"""The code's modules as the tests import them: they are in the other process, and no file of theirs is in this one."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .proxied import Client

_ASKED = ("__all__", "__version__", "__author__", "__doc__", "__annotations__")


class ModuleOfCode(types.ModuleType):
    """Every name is asked for when it is used, since the code may change it."""

    def __getattr__(self, name: str) -> Any:
        client = self.__dict__.get("_assay_client")
        if client is None or (name.startswith("__") and name not in _ASKED):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name == "__all__":
            return self._public(client)
        value = client.request("get", self, name)
        if isinstance(value, type) and issubclass(value, BaseException) and value.__name__ != name:
            client.tally.doubtful = True  # `MyError = Exception` would make every error the expected one
        return value

    def _public(self, client: Client) -> list[str]:
        try:
            return list(client.request("get", self, "__all__"))
        except AttributeError:
            return [name for name in dir(self) if not name.startswith("_")]

    def file(self) -> str:
        """The path of the code's file, as the person knows it."""
        return self.__name__.replace(".", "/") + ("/__init__.py" if "__path__" in self.__dict__ else ".py")

    def __setattr__(self, name: str, value: Any) -> None:
        client = self.__dict__.get("_assay_client")
        if client is None or name.startswith("__") or isinstance(value, ModuleOfCode):
            super().__setattr__(name, value)
        else:
            client.request("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        self.__dict__["_assay_client"].request("del", self, name)

    def __dir__(self) -> list[str]:
        return list(self.__dict__["_assay_client"].request("dir", self))


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of `names` (dotted), and the packages above them, in the code's process."""

    def __init__(self, client: Client, names: Sequence[str]) -> None:
        self._client = client
        parts = [name.split(".") for name in names]
        self._packages = {".".join(p[:n]) for p in parts for n in range(1, len(p))}
        self._names = {*names, *self._packages}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._names:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=fullname in self._packages)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return ModuleOfCode(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        assert isinstance(module, ModuleOfCode)
        again = "_assay_number" in module.__dict__
        number = self._client.import_module(module.__name__, again)
        module.__dict__.update({"_assay_number": number, "_assay_client": self._client})
        self._client.modules[module.__name__] = module

    def install(self) -> None:
        """Comes first: whatever else has such a name, the tests mean the code's."""
        sys.meta_path.insert(0, self)
