"""Where the best two behaviours differ, the next suite is about that."""

from __future__ import annotations

from dataclasses import replace

from functions.agent import differing, schedule, trust, wording
from functions.agent.records import Candidate, CaseResult
from functions.agent.words import CaseOutcome, Level, TrustState
from making import candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"), case("anchors-2", "f(2)", "4"))
FIRST = suite(
    *("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(300)", "9")),
    *(case("s11-3", "f(4)", "16"), case("s11-4", "f(-5)", "25")),
)
RAISES = "raises ValueError"


def gives(name: str, **values: str | bool) -> Candidate:
    """By the case's number: True where it passes, else what it gave."""
    results = {"anchors-1": True, **{f"s11-{key[1:]}": value for key, value in values.items()}}
    made = {
        i: v if isinstance(v, bool) else CaseResult(CaseOutcome.FAILED, "assert", level=Level.NONE, got=v)
        for i, v in results.items()
    }
    return candidate(name, made)


ONE = gives("a1c1", _1=True, _2="3", _3=True, _4=True)
OTHER = gives("a2c1", _1="5", _2="7", _3="8", _4=RAISES)


def test_calls_are_those_that_two_answer_with_different_values_the_shortest_first() -> None:
    assert differing.calls(execution([ANCHORS, FIRST], [ONE, OTHER])) == ("f(4)", "f(300)")


def test_without_a_second_behaviour_there_is_none() -> None:
    assert differing.calls(execution([ANCHORS, FIRST])) == ()
    assert differing.calls(execution([ANCHORS, FIRST], [ONE, replace(ONE, id="a2c1", sha256="other")])) == ()


def test_enough_opinions_are_enough() -> None:
    more = [suite(name, case(f"{name}-1", "f(4)", "15")) for name in ("s12", "s39")]
    assert differing.calls(execution([ANCHORS, FIRST, *more], [ONE, OTHER])) == ("f(300)",)


def test_a_late_attempt_asks_for_a_suite_about_them_and_a_repair_does_not() -> None:
    judged = execution([ANCHORS, FIRST], [ONE, OTHER], attempt_number=4)
    plan = schedule.plan(judged, small=True)
    assert plan.calls == ("f(4)", "f(300)")
    assert len(plan.suites) == 1
    assert plan.change == "another plan, a higher tier; a suite about inputs on which the best two differ"
    prompt = wording.tests(judged, "def f(n)", plan.calls)
    assert "Write one test for each of `f(4)`, `f(300)` in Python." in prompt
    assert not any(given in prompt for given in ("7", "8")), "what the versions gave would lead whoever reads it"
    mended = schedule.plan(replace(judged, attempt_number=3), small=True)
    assert (mended.strategy, mended.calls, mended.suites) == ("repair", (), ())


def test_between_equally_common_answers_two_suites_that_agree_decide() -> None:
    again = suite("s49", case("s49-1", "f(4)", "16"))
    at_odds = [replace(gives(f"a2c{n}", _3=got), status=ONE.status) for n, got in enumerate(("15", "15", "8"), 1)]
    right = [gives(f"a1c{n}", _3=True) for n in (1, 2)]
    state = {e.id: e.state for e in trust.ledger([FIRST], [*right, *at_odds])}["s11-3"]
    assert state is TrustState.DOUBTFUL
    state = {e.id: e.state for e in trust.ledger([FIRST, again], [*right, *at_odds])}["s11-3"]
    assert state is TrustState.TRUSTED
    third = replace(at_odds[0], id="a3c1", sha256="third")
    state = {e.id: e.state for e in trust.ledger([FIRST, again], [*right, *at_odds, third])}["s11-3"]
    assert state is TrustState.DOUBTFUL, "more candidates say otherwise"
