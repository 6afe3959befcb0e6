"""What is found in a file of tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.agent.clike.scanner import Syntax
from functions.agent.clike.statements import Statement


@dataclass(frozen=True)
class Body:
    """One test. `why` says why it can't be taken; `shared` are statements that run before it."""

    name: str
    statements: tuple[Statement, ...]
    shared: tuple[Statement, ...] = ()
    why: str = ""
    loose: bool = False


@dataclass(frozen=True)
class Found:
    """The tests of a file, its helpers (functions and classes that are no tests) and its import lines."""

    bodies: tuple[Body, ...]
    helpers: tuple[Statement, ...] = ()
    imports: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Style:
    """How tests are marked, from the language's data.

    `calls`: test(…) with a function as last argument; `groups`: describe(…) around them; `marks`: annotations;
    `rows`: annotations that hold the arguments of one run each; `prefix`: names that tests begin with; `before`: what
    runs before each test (functions or annotations); `imports`: first words of an import; `skips`: what keeps it from
    running."""

    calls: frozenset[str]
    groups: frozenset[str]
    marks: frozenset[str]
    rows: frozenset[str]
    prefix: str
    before: frozenset[str]
    imports: frozenset[str]
    skips: frozenset[str]
    annotation: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Style:
        words = {
            k: frozenset(raw.get(k, ())) for k in ("calls", "groups", "marks", "rows", "before", "imports", "skips")
        }
        return cls(prefix=raw.get("prefix", ""), annotation=raw.get("annotation", ""), **words)


@dataclass
class Finder:
    syntax: Syntax
    style: Style
    bodies: list[Body] = field(default_factory=list)
    helpers: list[Statement] = field(default_factory=list)
    imports: list[Statement] = field(default_factory=list)
