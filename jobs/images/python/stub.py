"""Stand-ins for the code under test, made from its text alone: a test that passes with them proves nothing.

Functions return an object that can be passed on but not asked anything; classes take and answer everything that way;
exceptions are real ones, so that a test can name them.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Collection, Sequence
from typing import Any

from .nothing import Nothing, StubClass


def fill(module: types.ModuleType, source: str) -> None:
    """Gives `module` the public names that `source` would. Raises SyntaxError."""
    _fill(module, ast.parse(source).body)


def _fill(module: types.ModuleType, body: Sequence[ast.stmt]) -> None:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            setattr(module, node.name, _function(node.name, isinstance(node, ast.AsyncFunctionDef)))
        elif isinstance(node, ast.ClassDef):
            setattr(module, node.name, _class(module, node))
        elif isinstance(node, ast.ImportFrom):
            _import_from(module, node)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                setattr(module, alias.asname or alias.name.partition(".")[0], Nothing())
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            _assign(module, node)
        else:
            for part in ("body", "orelse", "finalbody"):
                _fill(module, [n for n in getattr(node, part, ()) if isinstance(n, ast.stmt)])
            for handler in getattr(node, "handlers", ()):
                _fill(module, handler.body)


def _function(name: str, later: bool) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> Any:
        return Nothing()

    async def coroutine(*_: Any, **__: Any) -> Any:
        return Nothing()

    made: Any = coroutine if later else function
    made.__name__ = made.__qualname__ = name
    return made  # type: ignore[no-any-return]


def _class(module: types.ModuleType, node: ast.ClassDef) -> type:
    bases = [_base(module, base) for base in node.bases]
    errors = tuple(dict.fromkeys(b for b in bases if b is not None and issubclass(b, BaseException)))
    if errors:
        return type(node.name, errors, {"__module__": module.__name__})
    own = tuple(dict.fromkeys(b for b in bases if b is not None and issubclass(b, Nothing)))
    return StubClass(node.name, own or (Nothing,), {"__module__": module.__name__})


def _base(module: types.ModuleType, node: ast.expr) -> type | None:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    found = module.__dict__.get(name, getattr(builtins, name, None))
    if isinstance(found, type):
        return found
    return Exception if name.endswith(("Error", "Exception")) else None


def _import_from(module: types.ModuleType, node: ast.ImportFrom) -> None:
    """Names of another stub come from there; a library's are nothing."""
    package = module.__package__ or ""
    name = importlib.util.resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module
    source = importlib.import_module(name) if name and _is_stub(name) else None
    for alias in node.names:
        if alias.name == "*":
            found = vars(source) if source is not None else {}
            module.__dict__.update({n: v for n, v in found.items() if not n.startswith("_")})
            continue
        value = getattr(source, alias.name, None) if source is not None else None
        if value is None and name and _is_stub(f"{name}.{alias.name}"):
            value = importlib.import_module(f"{name}.{alias.name}")
        setattr(module, alias.asname or alias.name, Nothing() if value is None else value)


def _is_stub(name: str) -> bool:
    return any(isinstance(finder, Finder) and finder.has(name) for finder in sys.meta_path)


def _assign(module: types.ModuleType, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for name in ast.walk(target):
            if not isinstance(name, ast.Name) or not isinstance(name.ctx, ast.Store):
                continue
            names = _literal(node.value) if name.id == "__all__" and node.value is not None else None
            if name.id != "__all__":
                setattr(module, name.id, Nothing())
            elif names is not None:
                module.__all__ = names  # type: ignore[attr-defined]


def _literal(node: ast.expr) -> list[str] | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return list(value) if isinstance(value, (list, tuple)) else None


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stub for every module below `root` but the tests' `files`."""

    def __init__(self, root: str, files: Collection[str]) -> None:
        self._sources: dict[str, str] = {}
        self._packages: set[str] = set()
        for folder, folders, names in os.walk(root):
            if folder == root and "tmp" in folders:
                folders.remove("tmp")
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), root)
                if name.endswith(".py") and path not in files:
                    self._add(path.removesuffix(".py").split(os.sep), os.path.join(root, path))

    def _add(self, parts: list[str], path: str) -> None:
        if parts[-1] == "__init__":
            parts = parts[:-1]
            self._packages.add(".".join(parts))
        self._sources[".".join(parts)] = path
        self._packages |= {".".join(parts[:n]) for n in range(1, len(parts))}

    def has(self, name: str) -> bool:
        return name in self._sources or name in self._packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not self.has(fullname):
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=fullname in self._packages)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        path = self._sources.get(module.__name__)
        if path is not None:
            with open(path, encoding="utf-8") as file:
                fill(module, file.read())

    def install(self) -> None:
        """Comes first: nothing of the code under test is ever run."""
        sys.meta_path.insert(0, self)
