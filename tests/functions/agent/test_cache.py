"""The key of what was judged before, what is kept under it, and what a run is given back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.agent import cache
from functions.agent.cache import Trip
from functions.agent.events import CellResult, RunFinished
from functions.agent.records import Candidate, CaseResult, Execution, Finding, Judged
from functions.agent.words import CaseOutcome, Level, Origin, RunStatus
from jobs import cells, vectors
from jobs.judge import every
from jobs.lint import _unseen
from jobs.protocol import Candidate as Judging
from making import candidate, case, execution, suite

LIMITS = {"wall_s": 120.0, "cell_wall_s": 10.0, "memory_mb": 512}
ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"), origin=Origin.REPOSITORY)
"""Not by a model, so that it is not run twice."""
PASS = CaseResult(CaseOutcome.PASSED, level=Level.R4)
FAIL = CaseResult(CaseOutcome.FAILED, "assert 3 == 9")
ENVIRONMENT = {"fence": "uid"}


def asked(*candidates: Candidate, image: str = "i1", **changes: Any) -> Trip:
    made = execution([ANCHORS, FIRST], candidates or (candidate("a1c1"),), **{"limits": LIMITS, **changes})
    return cache.trip(made, image)


def keys(trip: Trip, one: Candidate | None = None) -> tuple[str, ...]:
    return tuple(trip.keys(one or trip.candidates[0]).values())


def finished(*found: CellResult, **changes: Any) -> RunFinished:
    return RunFinished(1, "e-a1-r0", found, environment=ENVIRONMENT, **{"sandbox_ms": 160, **changes})


def cell(name: str, suite_id: str, status: RunStatus = RunStatus.EXITED, **cases: CaseResult) -> CellResult:
    return CellResult(name, suite_id, status, {i.replace("_", "-"): r for i, r in cases.items()}, "out", "err")


def both(name: str, first: CaseResult = PASS, second: CaseResult = FAIL) -> tuple[CellResult, CellResult]:
    return cell(name, "anchors", anchors_1=PASS), cell(name, "s11", s11_1=first, s11_2=second)


def kept(trip: Trip, found: RunFinished, incomplete: tuple[str, str] | None = None) -> list[str]:
    """The suites whose cells were kept."""
    whole = frozenset((c.candidate, c.suite) for c in found.cells) - {incomplete}
    names = {key: s for c in trip.candidates for s, key in trip.keys(c).items()}
    return [names[judged.id] for judged in cache.worth_keeping(trip, found, whole, 7.0)]


# The key


def _other_case(made: Execution, **changes: Any) -> Execution:
    first, *rest = made.suites[1].cases
    return replace(made, suites=(made.suites[0], replace(made.suites[1], cases=(replace(first, **changes), *rest))))


VECTOR = {"call": "f", "args": [2], "expect": {"value": 4}}
OTHERS = {
    "a call": lambda e: _other_case(e, source="def test_1():\n    assert f(2) == 5"),
    "a vector": lambda e: _other_case(e, vector=VECTOR),
    "another value in a vector": lambda e: _other_case(e, vector={**VECTOR, "expect": {"value": 5}}),
    "a case's id": lambda e: _other_case(e, id="s11-9"),
    "helpers": lambda e: replace(e, suites=(e.suites[0], replace(e.suites[1], preamble="import math"))),
    "one case less": lambda e: replace(e, suites=(e.suites[0], replace(e.suites[1], cases=e.suites[1].cases[:1]))),
    "the order": lambda e: replace(e, suites=(e.suites[0], replace(e.suites[1], cases=e.suites[1].cases[::-1]))),
    "the language": lambda e: replace(e, language="go"),
    "what is imported": lambda e: replace(e, interface="def g(n): ..."),
    **{f"limit {name}": lambda e, n=name: replace(e, limits={**e.limits, n: 77}) for name in LIMITS},
    "a limit more": lambda e: replace(e, limits={**e.limits, "disk_mb": 1}),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_test_or_limit_is_another_key(what: str) -> None:
    trip = asked()
    changed = keys(cache.trip(OTHERS[what](trip.execution), "i1"))
    assert keys(trip)[1] not in changed


def test_no_two_of_these_have_the_same_key() -> None:
    made = asked().execution
    found = [keys(cache.trip(change(made), "i1"))[-1] for change in OTHERS.values()]
    assert len(set(found)) == len(found)


def test_a_suite_has_a_key_of_its_own_whatever_stands_beside_it() -> None:
    trip = asked()
    alone = cache.trip(replace(trip.execution, suites=(ANCHORS,)), "i1")
    assert keys(alone) == keys(trip)[:1]


FILES = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), min_size=1, max_size=3)


@given(FILES, FILES, st.text(min_size=1), st.text(min_size=1))
def test_keys_are_equal_for_equal_code_and_image_and_for_no_other(
    one: dict[str, str], other: dict[str, str], image: str, second: str
) -> None:
    trip = asked(image=image)
    mine = keys(trip, candidate("a1c1", files=one))
    assert mine == keys(trip, candidate("a3c2", files=dict(reversed(one.items()))))
    assert (mine == keys(trip, candidate("a1c1", files=other))) == (one == other)
    assert (mine == keys(replace(trip, image=second), candidate("a1c1", files=one))) == (image == second)


def test_in_which_execution_makes_no_difference_and_whose_it_is_does() -> None:
    again = replace(asked().execution, id="x", created_at=5.0, attempt_number=1)
    assert keys(cache.trip(again, "i1")) == keys(asked())
    theirs = replace(again, user_id="somebody")
    assert not set(keys(cache.trip(theirs, "i1"))) & set(keys(asked()))


# What is kept


def test_complete_cells_are_kept_without_a_word_of_whose_they_are() -> None:
    trip = asked()
    remark = Finding("solution.py", 1, "F401", "unused", "warning")
    found = finished(*both("a1c1"), findings={"a1c1": (remark,)}, vacuous=frozenset({"s11-1"}))
    judged = cache.worth_keeping(trip, found, frozenset({("a1c1", "anchors"), ("a1c1", "s11")}), 7.0)
    assert judged[1] == Judged(
        keys(trip)[1], {"s11-1": PASS, "s11-2": FAIL}, "out", "err", (remark,), ("s11-1",), ENVIRONMENT, 7.0
    )
    assert judged[0].vacuous == ()


@pytest.mark.parametrize("status", [s for s in RunStatus if s is not RunStatus.EXITED])
def test_what_met_a_limit_is_never_kept(status: RunStatus) -> None:
    found = finished(both("a1c1")[0], cell("a1c1", "s11", status, s11_1=PASS, s11_2=FAIL))
    assert kept(asked(), found) == ["anchors"]


BROKEN = {
    "missing": CaseResult(CaseOutcome.MISSING, "not run"),
    "apart": CaseResult(CaseOutcome.FAILED, f"{cache.OUTSIDE}; apart from them: the process timed out"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_cell_with_a_case_that_was_not_settled_in_it_is_not_kept(what: str) -> None:
    assert kept(asked(), finished(*both("a1c1", second=BROKEN[what]))) == ["anchors"]


def test_what_is_not_complete_is_not_kept() -> None:
    assert kept(asked(), finished(*both("a1c1")), ("a1c1", "s11")) == ["anchors"]


def test_a_suite_with_a_flaky_case_is_not_kept() -> None:
    assert kept(asked(), finished(*both("a1c1"), flaky=frozenset({"s11-2"}))) == ["anchors"]


def test_a_linter_that_did_not_come_to_its_end_spoils_its_candidate() -> None:
    trip = asked(candidate("a1c1"), candidate("a1c2"))
    unseen = Finding("solution.py", 1, cache.LINTER, "the linter did not see everything: timed out", "error")
    found = finished(*both("a1c1"), *both("a1c2"), findings={"a1c1": (unseen,)})
    assert kept(trip, found) == ["anchors", "s11"]


@pytest.mark.parametrize("ms", [120_000, 180_000])
def test_nothing_is_kept_of_a_trip_that_used_up_its_time(ms: int) -> None:
    assert kept(asked(), finished(*both("a1c1"), sandbox_ms=ms)) == []


def test_nothing_is_kept_where_the_image_is_unknown_or_the_cache_is_off() -> None:
    assert kept(asked(image=""), finished(*both("a1c1"))) == []
    assert kept(asked(without=("cache",)), finished(*both("a1c1"))) == []
    assert kept(asked(limits={}), finished(*both("a1c1"))) == []


def test_a_pass_that_was_not_looked_at_beside_a_stub_is_not_kept() -> None:
    """The trip looks at the cases of the candidate that passes most: what only another one passes stays open."""
    trip = asked(candidate("a1c1"), candidate("a1c2"), candidate("a1c3"))
    most, other = both("a1c1", PASS, FAIL), both("a1c2", FAIL, PASS)
    vector = both("a1c3", FAIL, replace(PASS, level=Level.VECTORS))
    assert kept(trip, finished(*most, *other, *vector)) == ["anchors", "s11", "anchors", "anchors", "s11"]


def fresh(trip: Trip) -> Trip:
    """The trip with one suite that a model wrote and that was never run: its tests are to be run twice."""
    written = replace(FIRST, origin=Origin.GENERATED)
    return replace(trip, execution=replace(trip.execution, suites=(ANCHORS, written)))


def test_tests_that_were_run_twice_need_not_be_run_at_all_and_those_run_once_need_another_run() -> None:
    once, twice = asked(), fresh(asked())
    assert keys(once)[0] == keys(twice)[0]
    assert keys(once)[1] != keys(twice)[1]
    whole = frozenset({("a1c1", "anchors"), ("a1c1", "s11")})
    found = finished(*both("a1c1"))
    assert {j.id for j in cache.worth_keeping(twice, found, whole, 7.0)} == {*keys(once), *keys(twice)}
    assert {j.id for j in cache.worth_keeping(once, found, whole, 7.0)} == {*keys(once)}


def test_beside_others_only_one_candidate_was_run_twice_and_nobody_says_which() -> None:
    pair = fresh(asked(candidate("a1c1"), candidate("a1c2")))
    found = finished(*both("a1c1"), *both("a1c2"))
    whole = frozenset((c.candidate, c.suite) for c in found.cells)
    once = {key for c in pair.candidates for key in pair.keys(c, once=True).values()}
    assert {j.id for j in cache.worth_keeping(pair, found, whole, 7.0)} == once


def test_cells_that_nobody_asked_for_are_not_kept() -> None:
    assert kept(asked(), finished(*both("a1c9"), cell("a1c1", "s99", s99_1=PASS))) == []


def test_the_sandbox_says_it_in_the_words_that_are_looked_for() -> None:
    assert vectors.ALONE.startswith(cache.OUTSIDE)
    passed = cells.CaseResult("passed")
    late = every(("s11-1",), "the process timed out").cases["s11-1"]
    assert cells._believed(passed, late).message.startswith(cache.OUTSIDE)
    assert _unseen(Judging("a1c1", {"solution.py": ""}), "timed out")[0]["rule"] == cache.LINTER


# What a run is given back


def known(trip: Trip, *of: Candidate, **changes: Any) -> dict[str, Judged]:
    return {
        key: Judged(key, {c.id: PASS for c in s.cases}, "out", environment=ENVIRONMENT, **changes)
        for one in of
        for key, s in zip(keys(trip, one), trip.execution.suites, strict=True)
    }


def test_what_is_all_known_is_decided_without_the_sandbox() -> None:
    trip = asked(candidate("a1c1"), candidate("a1c2"))
    remark = Finding("solution.py", 1, "F401", "unused", "warning")
    memory = known(trip, *trip.candidates, findings=(remark,), vacuous=("s11-1",))
    found = cache.from_memory(trip, memory, 1, "e-a1-r0")
    assert found is not None
    assert [(c.candidate, c.suite) for c in found.cells] == [
        (c, s) for c in ("a1c1", "a1c2") for s in ("anchors", "s11")
    ]
    assert found.cells[1] == CellResult("a1c1", "s11", RunStatus.EXITED, {"s11-1": PASS, "s11-2": PASS}, "out")
    assert found.findings == {"a1c1": (remark,), "a1c2": (remark,)}
    assert (found.vacuous, found.environment, found.sandbox_ms) == ({"s11-1"}, ENVIRONMENT, 0)
    memory.popitem()
    assert cache.from_memory(trip, memory, 1, "e-a1-r0") is None


def test_nothing_is_decided_where_there_is_nothing_to_run() -> None:
    assert cache.from_memory(replace(asked(), candidates=()), {}, 1, "e-a1-r0") is None
    assert cache.from_memory(cache.trip(replace(asked().execution, suites=()), "i1"), {}, 1, "e-a1-r0") is None


def test_candidates_of_the_same_text_are_run_once_and_both_get_the_results() -> None:
    first, other = candidate("a1c1"), candidate("a1c2")
    twin = replace(candidate("a1c3"), files=first.files)
    trip = asked(first, other, twin)
    assert trip.unlike(trip.candidates) == trip.candidates[:2]
    remark = Finding("solution.py", 1, "F401", "unused", "warning")
    found = finished(*both("a1c1"), *both("a1c2"), findings={"a1c1": (remark,)})
    whole = cache.completed(trip, found, {})
    assert whole is not None
    assert whole.cells == (*both("a1c1"), *both("a1c2"), *both("a1c3"))
    assert whole.findings == {"a1c1": (remark,), "a1c3": (remark,)}


def test_a_result_is_completed_with_what_is_known_and_never_with_less() -> None:
    trip = asked(candidate("a1c1"), candidate("a1c2"))
    memory = known(trip, trip.candidates[0], vacuous=("s11-2",))
    found = finished(*both("a1c2"), vacuous=frozenset({"s11-1"}))
    whole = cache.completed(trip, found, memory)
    assert whole is not None
    assert [c.candidate for c in whole.cells] == ["a1c1", "a1c1", "a1c2", "a1c2"]
    assert (whole.vacuous, whole.sandbox_ms) == ({"s11-1", "s11-2"}, 160)
    assert cache.completed(trip, found, {}) is None
    assert cache.completed(trip, finished(*both("a1c1"), *both("a1c2")), {}) == finished(*both("a1c1"), *both("a1c2"))
