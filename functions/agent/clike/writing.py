"""What a language with braces is to us: its scanner's rules, its ways to assert, its plain data, its file of tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any

from functions.agent.clike.forms import Forms
from functions.agent.clike.found import Style
from functions.agent.clike.plain import Rules
from functions.agent.clike.scanner import Syntax
from functions.agent.languages import LANGUAGES


@dataclass(frozen=True)
class Writing:
    """`fails` are the calls that make a test fail without an assertion (Go's t.Error); `packages` maps a word before a
    dot to the package it needs; `importable` matches import lines of a test that may stay; `home` is the class of
    functions that the request names without one; `unused` marks a variable as used where the compiler insists; `known`
    names are there without a declaration, `foreign` ones never are; `visible` are modifiers of what tests can reach,
    where it takes one."""

    syntax: Syntax
    forms: Forms
    style: Style
    rules: Rules
    truthy: bool
    fails: frozenset[str]
    packages: Mapping[str, str]
    importable: re.Pattern[str]
    home: str
    unused: str
    known: frozenset[str]
    foreign: frozenset[str]
    visible: frozenset[str]
    templates: Mapping[str, str]
    declared: re.Pattern[str]
    members: re.Pattern[str] | None

    def fill(self, name: str, **values: str) -> str:
        """The template `name`, filled in."""
        return Template(self.templates[name]).substitute(values)


@cache
def writing(language: str) -> Writing:
    """The rules of one of the languages with braces. Raises KeyError for Python, which has a parser instead."""
    raw = LANGUAGES[language].writing["code"]
    syntax = Syntax.of(raw["syntax"])
    return Writing(
        syntax,
        Forms.of(raw["assertions"]),
        Style.of(raw["tests"]),
        Rules.of(raw["literals"], syntax),
        bool(raw["assertions"].get("truthy")),
        frozenset(raw["assertions"].get("fails", ())),
        raw.get("packages", {}),
        re.compile(raw["importable"]),
        raw.get("home", ""),
        raw.get("unused", ""),
        frozenset(raw.get("known", ())),
        frozenset(raw.get("foreign", ())),
        frozenset(raw.get("visible", ())),
        {name: _text(lines) for name, lines in raw["templates"].items()},
        re.compile(raw["declared"], re.MULTILINE),
        re.compile(raw["members"], re.MULTILINE) if "members" in raw else None,
    )


def _text(lines: Any) -> str:
    return lines if isinstance(lines, str) else "\n".join(lines)
