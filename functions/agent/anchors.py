"""Expected values that the user stated: assertions, doctests, and `f(2) -> 4`, `f(2) returns 4`, `f(2) == 4` in prose.

Found by rule alone. What can't be read with certainty is left out: a misread anchor would condemn right code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from functions.agent import claims, fenced, python_source, python_stated, suites
from functions.agent.clike import anchors as clike
from functions.agent.interface import named_functions
from functions.agent.records import Suite
from functions.agent.words import Origin

SUITE_ID = "anchors"
MAX_CASES = 24


def find(prompt: str, language: str = "python") -> Suite:
    """The anchors of a request for code in a language, as a suite; without any, a suite without cases."""
    if language != "python":
        source, called = clike.stated(prompt, language, named_functions(prompt, language))
        return clike.agreeing(suites.split(source, SUITE_ID, Origin.ANCHOR, called, language=language).suite)
    whole, (modules, prompt) = prompt, fenced.parted(prompt)
    known = named_functions(prompt)
    blocks = [b for b in (fenced.block(m, whole, known) for m in modules) if b is not None]
    stubs = set(re.findall(r"^[ \t]*(?:async )?(?:def|class)\s+(\w+)", prompt, re.MULTILINE))
    lines = list(_agreeing(python_stated.lines(prompt, known)))
    lines = [line for line in lines if not _misnamed(line, prompt, known)]
    # Where examples call what the request spells out, calls of anything else are talk about it.
    wanted = stubs.union(known) if any(re.search(rf"\b{name}\(", line) for name in stubs for line in lines) else set()
    if blocks:
        wanted = wanted.union(*(b.targets for b in blocks), *map(_called, () if wanted else lines))
    source = "\n".join([*lines, *(b.source for b in blocks)])
    found = suites.split(source, SUITE_ID, Origin.ANCHOR, targets=wanted, most=MAX_CASES)
    return _without_rivals(found.suite)


def _called(line: str) -> set[str]:
    module = python_source.tree(line)
    return set(python_source.called(module)) if module else set()


def _without_rivals(suite: Suite) -> Suite:
    """Without the cases that give one call two values."""
    stated = claims.collect([suite])
    return replace(suite, cases=tuple(c for c in suite.cases if not c.call or not claims.contradicted(c, stated)))


def _misnamed(line: str, prompt: str, known: Collection[str]) -> bool:
    """Whether an example in the docstring of a stub calls something else: a slip of its writer, or of an old name."""
    names = _called(line)
    if not names or names & set(known):
        return False
    documented = re.finditer(r"\bdef\s+\w+\([^\n]*:\s*\n\s+(\"\"\"|''')(.*?)(?:\1|\Z)", prompt, re.DOTALL)
    return any(re.search(rf"\b{n}\(", m[2]) for m in documented for n in names)


def _agreeing(lines: list[str]) -> Iterator[str]:
    """Each line once, without those that give one call two values: nobody knows which of them is meant."""
    values: dict[str, list[str]] = {}
    claims = {}
    for line in lines:
        module = python_source.tree(line)
        if module is not None:
            claims[line] = call, value = python_source.claim(module.body[0])
            values.setdefault(call, []).append(value)
    for line, (call, value) in claims.items():
        if not call or not any(python_source.differ(value, other) for other in values[call]):
            yield line
