"""Tests in the files that a user attached: expected values of his, as binding as the examples of the request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from functions.agent import claims, python_given, suites
from functions.agent.clike import given as clike_given
from functions.agent.interface import named_functions
from functions.agent.languages import LANGUAGES, by_file_name
from functions.agent.records import Suite
from functions.agent.under_test import about_something_else
from functions.agent.words import Origin

MAX_CASES = 40
"""Of all attached files together."""
MAX_FILES = 6
"""Files of tests that are read."""
MAX_BYTES = 128 * 1024
"""Of one file of tests; larger ones stay text to read."""
_TOOLS = {
    "python": re.compile(r"^\s*(?:import|from)\s+(?:pytest|unittest)\b|^\s*def test_|^assert\b", re.MULTILINE),
    "java": re.compile(r"^\s*import\s+(?:static\s+)?org\.junit\b", re.MULTILINE),
    "csharp": re.compile(r"^\s*using\s+(?:NUnit\.Framework|Xunit|Microsoft\.VisualStudio\.TestTools)\b", re.MULTILINE),
    "go": re.compile(r"^\s*func Test\w*\(t \*testing\.T\)", re.MULTILINE),
}
_NODE = re.compile(
    r"""(?:from|require\()\s*['"](?:node:test|vitest|@jest/globals|mocha|chai|(?:node:)?assert(?:/strict)?)['"]"""
    r"|^\s*(?:test|it|describe)\(",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Found:
    """`suites` are anchors; `notes` say, for the log, what was found and what was left out and why."""

    suites: tuple[Suite, ...] = ()
    notes: tuple[str, ...] = ()


def is_test(name: str, text: str, language: str) -> bool:
    """Whether a file holds tests in the language, by its name or by what it imports."""
    if by_file_name(name) != language:
        return False
    return LANGUAGES[language].is_test(name) or _TOOLS.get(language, _NODE).search(text) is not None


def find(files: Iterable[tuple[str, str]], prompt: str, language: str, stated: Sequence[Suite] = ()) -> Found:
    """The suites `attached1`, `attached2`, … of the (name, text) files that hold tests in the language.

    `stated` are the anchors that the request's own text has; what they hold already is not taken twice."""
    seen = {suites.body_of(c, language) for s in stated for c in s.cases}
    found: list[Suite] = []
    notes: list[str] = []
    tests = ((name, text) for name, text in files if is_test(name, text, language))
    for name, text in islice(tests, MAX_FILES):
        shown = name.rsplit("/", 1)[-1][:80]
        room = MAX_CASES - sum(len(s.cases) for s in found)
        split, why = _read(name, text, prompt, language, f"attached{len(found) + 1}", seen, room)
        if why or split is None:
            notes.append(f"The tests in {shown} are read as context only: {why}.")
            continue
        notes += [f"A test in {shown} is not binding: {lost[:200]}" for lost in split.dropped[:MAX_CASES]]
        if split.suite.cases:
            seen |= {suites.body_of(c, language) for c in split.suite.cases}
            found.append(split.suite)
            count = len(split.suite.cases)
            notes.append(f"{count} test{'s' * (count > 1)} in {shown} must pass.")
    return Found(tuple(found), tuple(notes))


def agreeing(stated: Sequence[Suite]) -> tuple[tuple[Suite, ...], tuple[str, ...]]:
    """(the suites without the cases that contradict each other, why those are gone): nobody knows which is meant."""
    known = claims.collect(stated)
    wrong = {c.id: c for s in stated for c in s.cases if c.call and claims.contradicted(c, known)}
    kept = (replace(s, cases=tuple(c for c in s.cases if c.id not in wrong)) for s in stated)
    notes = tuple(f"Not binding, since the request states two values for it: {c.name}" for c in wrong.values())
    return tuple(s for s in kept if s.cases), notes


def _read(
    name: str, text: str, prompt: str, language: str, suite_id: str, seen: Collection[str], room: int
) -> tuple[suites.Split | None, str]:
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return None, f"the file is larger than {MAX_BYTES // 1024} KiB"
    if room <= 0:
        return None, f"there are {MAX_CASES} tests already"
    named = named_functions(prompt, language)
    if about_something_else(text, named):
        return None, f"they have nothing to do with `{named[0]}`"
    stem = _stem(name)
    if language == "python":
        given = python_given.read(text, stem, prompt, named)
        source, targets, why = given.source, given.targets, given.why
    else:
        source, targets, why = clike_given.read(text, stem, prompt, language, named)
    if not why and not targets:
        why = "they take nothing by name from the code under test"
    if why:
        return None, why
    split = suites.split(source, suite_id, Origin.ANCHOR, targets, seen, language, room)
    if language == "python" and split.suite.cases:
        used = [
            t
            for t in targets
            if any(_mentions(t, c.source) for c in split.suite.cases) or _mentions(t, split.suite.preamble)
        ]
        module = LANGUAGES[language].main_file.rsplit(".", 1)[0]
        head = f"from {module} import {', '.join(used)}"
        split = replace(split, suite=replace(split.suite, preamble=f"{head}\n{split.suite.preamble}".rstrip()))
    return split, "" if split.suite.cases else _reasons(split)


def _reasons(split: suites.Split) -> str:
    return f"no test could be taken ({split.dropped[0][:150]})" if split.dropped else "no test was found"


def _mentions(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _stem(name: str) -> str:
    """`mymodule` of `test_mymodule.py`, `mymodule.test.ts`, `MymoduleTest.java`."""
    base = name.rsplit("/", 1)[-1].split(".", 1)[0]
    return re.sub(r"^(?:test[-_]?|Test)(?=\w)|[-_]?tests?$|Tests?$", "", base)
