"""What Python code reaches, from its tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from functions.agent import python_source

_RUNS_TEXT = {"eval", "exec", "compile", "globals", "__import__", "__builtins__", "__loader__", "__subclasses__"}
"""Names and attributes with which anything can be called that the text does not name."""
_RUNS_ANYTHING = {"builtins", "importlib", "runpy", "code", "codeop", "pickle", "marshal", "imp"}
"""Modules that do the same."""


def touched(text: str, table: Mapping[str, Any]) -> set[str]:
    """The kinds of `table` that the code uses, all where that is hidden. What is no Python is searched for words."""
    tree = python_source.tree(text)
    if tree is None:
        return {kind for kind in table if _mentioned(text, table[kind])}
    imported = list(_imported(tree))
    names = {full for _, full in imported} | set(_names(tree, dict(imported)))
    if _hides(tree, names, {name for name, full in imported if full == "os"}):
        return set(table)
    methods = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    return {kind for kind in table if _uses(names, methods, table[kind])}


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(the name in this module, the full name it stands for) of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is None:
                    yield alias.name.split(".")[0], alias.name.split(".")[0]
                yield alias.asname or f"import {alias.name}", alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _names(tree: ast.Module, known: Mapping[str, str]) -> Iterator[str]:
    """Builtins and other plain names in brackets, and the full names of all that begins with an import."""
    for node in ast.walk(tree):
        parts: list[str] = []
        part: ast.AST = node
        while isinstance(part, ast.Attribute):
            parts.append(part.attr)
            part = part.value
        if isinstance(part, ast.Name):
            root = known.get(part.id, f"({part.id})")
            yield ".".join([root, *reversed(parts)])


def _hides(tree: ast.Module, names: set[str], operating: set[str]) -> bool:
    """Whether something may be called that the text does not name. `operating`: what the module `os` is called here."""
    if any(name.split(".")[0] in _RUNS_ANYTHING for name in names) or "sys.modules" in names:
        return True
    under = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _RUNS_TEXT - {"compile", "eval", "exec"}:
            return True
        if isinstance(node, ast.Name) and (node.id in _RUNS_TEXT or (node.id in operating and id(node) not in under)):
            return True
    return False


def _uses(names: set[str], methods: set[str], row: Mapping[str, Any]) -> bool:
    modules = row["modules"].split()
    if any(name == m or name.startswith(m + ".") for name in names for m in modules):
        return True
    for wanted in row["names"].split():
        module, _, name = wanted.rpartition(".")
        if {wanted, f"{module}.*"} & names if module else f"({name})" in names:
            return True
    imported = {name.split(".")[0] for name in names}
    return any(module in imported and methods & set(own.split()) for module, own in row.get("methods", {}).items())


def _mentioned(text: str, row: Mapping[str, Any]) -> bool:
    words = f"{row['modules']} {row['names']}".split()
    return any(re.search(rf"(?<![\w.]){re.escape(word)}\b", text) for word in words)
