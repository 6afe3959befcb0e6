"""A user's file of Python tests as one that stands alone: the module under test is the code asked for, fixtures are
plain functions, what `setUp` puts on `self` are variables."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from functions.agent import python_source
from functions.agent.python_fixtures import without_fixtures
from functions.agent.python_source import bound
from functions.agent.python_suites import IMPORTABLE
from functions.agent.under_test import choose
from functions.agent.unittest_style import without_self

MAX_TARGETS = 40


@dataclass(frozen=True)
class Given:
    """`source` has the tests, `targets` the names that they take from the code; `why` says why there are none."""

    source: str = ""
    targets: tuple[str, ...] = ()
    why: str = ""


def read(text: str, stem: str, prompt: str, named: Collection[str]) -> Given:
    """The tests of a file, ready for `suites.split`. Names of constants and private ones are no targets: the cases
    that need them are left out there."""
    module = python_source.tree(text)
    if module is None:
        return Given(why="it does not parse")
    taken = _taken(module)
    chosen, why = choose(taken, stem, prompt, named)
    if not chosen:
        return Given(why=why)
    renamed, aliases = _names(module, chosen)
    if clash := sorted(set(renamed.values()) & (bound([s for s in module.body if not _imports(s)]) - set(renamed))):
        return Given(why=f"it has its own `{clash[0]}`")
    try:
        mapping = _Mapped(renamed, aliases)
        module = mapping.visit(module)
        targets = _targets(module, renamed, tuple(mapping.members), {*aliases, chosen})
        module = without_self(without_fixtures(module))
        return Given(ast.unparse(ast.fix_missing_locations(module)), targets)
    except (RecursionError, ValueError):
        return Given(why="it is nested too deeply")


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _sources(module: ast.Module) -> Iterator[tuple[str, str, str, bool]]:
    """(module, name in it or empty, name here, whether the name may be a module) of each foreign import."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] not in IMPORTABLE:
                    yield alias.name.rsplit(".", 1)[-1], "", alias.asname or alias.name, True
        elif isinstance(node, ast.ImportFrom):
            if not node.level and (node.module or "").split(".")[0] in IMPORTABLE:
                continue
            for alias in node.names:
                if node.module is None:  # from . import mymodule
                    yield alias.name, "", alias.asname or alias.name, True
                else:
                    yield node.module.rsplit(".", 1)[-1], alias.name, alias.asname or alias.name, False


def _taken(module: ast.Module) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for source, name, here, _ in _sources(module):
        names = found.setdefault(source, set())
        if name:
            names.add(name)
        else:
            names.update(_attributes(module, here))
    return found


def _names(module: ast.Module, chosen: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """(name here → name in the code, names here of the module itself) of what comes from the chosen module."""
    renamed, aliases = dict[str, str](), set[str]()
    for source, name, here, _ in _sources(module):
        if source == chosen and name:
            renamed[here] = name
        elif source == chosen:
            aliases.add(here)
    for source, name, here, _ in _sources(module):  # from package import chosen
        if source != chosen and name == chosen:
            aliases.add(here)
    return renamed, frozenset(aliases)


def _attributes(module: ast.AST, dotted: str) -> set[str]:
    return {n.attr for n in ast.walk(module) if isinstance(n, ast.Attribute) and _dotted(n.value) == dotted}


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    inner = _dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, ast.Attribute) else ""


def _targets(
    module: ast.Module, renamed: Mapping[str, str], members: Sequence[str], modules: Collection[str]
) -> tuple[str, ...]:
    """Functions and classes that the tests take from the code."""
    names = [*(n for n in renamed.values() if n != "*"), *members]
    names += sorted(python_source.free(module.body)) if "*" in renamed.values() else []
    plain = (n for n in dict.fromkeys(names) if not n.startswith("_") and not re.fullmatch(r"[A-Z][A-Z\d_]+", n))
    return tuple(n for n in plain if n not in modules)[:MAX_TARGETS]


class _Mapped(ast.NodeTransformer):
    """Names as the code has them: `m.f` and `g` (of `import f as g`) become `f`."""

    def __init__(self, renamed: Mapping[str, str], aliases: Collection[str]) -> None:
        self._renamed, self._aliases = renamed, aliases
        self.members: dict[str, None] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = self._renamed.get(node.id, node.id)
        return ast.copy_location(ast.Name(name, node.ctx), node) if name not in (node.id, "*") else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if _dotted(node.value) in self._aliases:
            self.members[node.attr] = None
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        self.generic_visit(node)
        return node
