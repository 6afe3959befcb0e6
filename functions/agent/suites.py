"""From a file of tests to cases of one assertion each, and back. A bad case is dropped alone, never the whole file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from string import Template

from functions.agent import arity, python_suites
from functions.agent.clike import cases as clike
from functions.agent.clike import files
from functions.agent.languages import LANGUAGES
from functions.agent.python_suites import Maker
from functions.agent.records import Case, Suite
from functions.agent.words import Origin

MAX_CASES = 12
"""Of one suite; small models repeat themselves beyond that."""
MAX_BEYOND = 12
"""Cases too many that are still told of, one by one."""


@dataclass(frozen=True)
class Split:
    """A suite and why some of its tests were left out."""

    suite: Suite
    dropped: tuple[str, ...] = ()


def split(
    source: str,
    suite_id: str,
    origin: Origin,
    targets: Collection[str],
    seen: Collection[str] = (),
    language: str = "python",
    most: int = MAX_CASES,
) -> Split:
    """Cases of `source` that call one of `targets` (any call when there are none) and assert something, each once.

    At most `most` of them. `seen` holds bodies of cases that exist already (of the same suite's origin); they are not
    taken twice."""
    preamble, makers, lost = _read(source, suite_id, origin, targets, language)
    found: list[Case] = []
    dropped = list(lost)
    bodies = set(seen)
    beyond = 0
    for make in makers:
        if beyond == MAX_BEYOND:
            dropped.append("and more")
            break
        case, why = make(len(found) + 1)
        if case is None:
            dropped.append(why)
        elif (body := body_of(case, language)) in bodies:
            dropped.append(f"repeated: {case.name}")
        elif len(found) == most:
            beyond += 1
            dropped.append(f"beyond the first {most}: {case.name}")
        else:
            bodies.add(body)
            found.append(case)
    return Split(Suite(suite_id, origin, tuple(found), preamble), tuple(dropped))


def _read(
    source: str, suite_id: str, origin: Origin, targets: Collection[str], language: str
) -> tuple[str, Iterator[Maker], tuple[str, ...]]:
    stated = origin is Origin.ANCHOR
    if language == "python":
        return python_suites.read(source, suite_id, targets, stated)
    return clike.helpers_of(source, language, targets), clike.read(source, suite_id, language, targets, stated), ()


def callable_cases(suite: Suite, interface: str, language: str) -> tuple[Suite, tuple[str, ...]]:
    """The suite without the cases whose call the signatures of `interface` can't take, and why those are left out.

    One that expects a TypeError may mean just that. Of the compiled languages the compiler says it, and only of the
    test that it concerns."""
    if language != "python":
        return suite, ()
    unfit = [c for c in suite.cases if not arity.fits(c.call, interface) and not (c.error and "TypeError" in c.name)]
    kept = tuple(c for c in suite.cases if c not in unfit)
    return replace(suite, cases=kept), tuple(f"its call does not fit the signature: {c.name}" for c in unfit)


def body_of(case: Case, language: str = "python") -> str:
    """The statements of a case, without the function around them."""
    return python_suites.body_of(case) if language == "python" else clike.body_of(case, language)


def render(suite: Suite, targets: Sequence[str], language: str = "python") -> str:
    """The test file: imports, helpers, then one function a case."""
    if language == "python":
        return python_suites.render(suite, targets, LANGUAGES[language].main_file)
    return files.render(suite, targets, language)


def file_of(suite_id: str, language: str) -> str:
    """The name of the file that a suite's tests are in."""
    return Template(LANGUAGES[language].suite_file).substitute(suite=suite_id)


def test_of(case: Case, suite_id: str, language: str) -> str:
    """What the test runner calls the case within its file, e.g. `test_3`."""
    number = case.id.rsplit("-", 1)[-1]
    return f"test_{number}" if language == "python" else clike.test_name(number, suite_id, language)
