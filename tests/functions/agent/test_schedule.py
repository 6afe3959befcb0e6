"""What each attempt tries: reference table, caps, and no going in circles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import schedule
from functions.agent.records import Execution
from functions.agent.words import Strategy
from making import candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"), case("anchors-2", "f(2)", "4"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"))


def after(signatures: Sequence[str], strategies: Sequence[Strategy] = (), better: int = 0) -> Execution:
    """As it stands before the next attempt; from attempt `better` on the candidates pass one anchor more."""
    made = execution(
        [ANCHORS, FIRST],
        [
            candidate(f"a{n}c1", {"anchors-1": n >= better > 0, "anchors-2": False})
            for n in range(1, len(signatures) + 1)
        ],
    )
    attempts = tuple(
        replace(a, signature=s, strategy=strategies[i] if i < len(strategies) else a.strategy)
        for i, (a, s) in enumerate(zip(made.attempts, signatures, strict=True))
    )
    return replace(made, attempts=attempts, attempt_number=len(signatures) + 1)


def strategies(small: bool, *signatures: str, better: int = 0) -> list[Strategy]:
    """What is planned at each attempt when the failures have these signatures."""
    planned: list[Strategy] = []
    for n in range(len(signatures) + 1):
        planned.append(schedule.plan(after(signatures[:n], planned, min(better, n)), small).strategy)
    return planned


def test_a_small_model_samples_first_and_repairs_once() -> None:
    assert strategies(True, "a", "b", "c", "d") == [
        Strategy.FIRST, Strategy.FRESH, Strategy.REPAIR, Strategy.ESCALATE, Strategy.ESCALATE,
    ]  # fmt: skip


def test_a_strong_model_repairs_while_it_gets_better() -> None:
    assert strategies(False, "a", "b", "c", "d", better=2) == [
        Strategy.FIRST, Strategy.REPAIR, Strategy.REPAIR, Strategy.ESCALATE, Strategy.ESCALATE,
    ]  # fmt: skip


@pytest.mark.parametrize("small", [True, False])
def test_the_same_failure_twice_is_not_repaired_again(small: bool) -> None:
    planned = schedule.plan(after(["a", "a"], [Strategy.FIRST, Strategy.FRESH if small else Strategy.REPAIR], 2), small)
    assert planned.strategy is Strategy.FRESH
    assert planned.change == "mending it goes in a circle"


def test_a_repair_that_made_it_no_better_is_not_followed_by_a_repair_of_the_same_candidate() -> None:
    assert strategies(False, "a", "b")[-1] is Strategy.FRESH
    assert schedule.plan(after(["a", ""], [Strategy.FIRST, Strategy.REPAIR]), small=False).strategy is Strategy.FRESH


def test_suites_are_asked_for_until_there_are_some_two_apart_from_each_other() -> None:
    first = schedule.plan(execution([ANCHORS]), small=True)
    assert [s.temperature for s in first.samples] == [0.0]
    assert len({s.seed for s in first.suites}) == 2
    assert schedule.plan(after(["a"]), small=True).suites == ()
    without = replace(after(["a"]), suites=(ANCHORS,))
    assert len(schedule.plan(without, small=True).suites) == 2


def test_suites_that_a_stub_passes_are_asked_for_again() -> None:
    judged = execution([ANCHORS, FIRST], [candidate("a1c1", {"anchors-1": False})], vacuous=["s11-1"])
    assert len(schedule.plan(replace(judged, attempt_number=2), small=True).suites) == 2


def test_fresh_samples_differ_in_seed_and_plan() -> None:
    planned = schedule.plan(after(["a"]), small=True)
    assert len(planned.samples) == 2, "most of what is right is so by then; more would cost all of them"
    assert len({s.seed for s in planned.samples}) == len({s.hint for s in planned.samples}) == 2


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["", "a", "b"]), max_size=5),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
)
def test_never_more_than_three_samples_and_two_suites_nor_two_repairs_of_one_failure(
    signatures: list[str], better: int, small: bool, suites: bool
) -> None:
    planned: list[Strategy] = []
    mended: list[str] = []
    for n in range(len(signatures)):
        state = after(signatures[:n], planned, min(better, n))
        state = state if suites else replace(state, suites=(ANCHORS,))
        plan = schedule.plan(state, small)
        assert plan == schedule.plan(state, small)
        assert 1 <= len(plan.samples) <= 3
        assert len(plan.suites) <= 2
        if plan.strategy is Strategy.REPAIR:
            mended.append(signatures[n - 1])
        planned.append(plan.strategy)
    assert len([s for s in mended if s]) == len({s for s in mended if s})
