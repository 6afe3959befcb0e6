"""Votes by what candidates gave, whatever a test expected."""

from __future__ import annotations

from functions.agent import outputs, trust
from functions.agent.records import Candidate, CaseResult
from functions.agent.words import CaseOutcome, Level, TrustState
from making import candidate, case, suite

FIRST = suite("s11", case("s11-1", "f(2)", "5"))


def gave(name: str, got: str, passed: bool = False) -> Candidate:
    outcome = CaseOutcome.PASSED if passed else CaseOutcome.FAILED
    return candidate(name, {"s11-1": CaseResult(outcome, level=Level.R4 if passed else Level.NONE, got=got)})


def test_the_output_that_most_agree_on_is_the_rival() -> None:
    voters = [gave("a1c1", "4"), gave("a2c1", "4"), gave("a2c2", "3"), gave("a2c3", "5", passed=True)]
    assert outputs.rivals("s11-1", voters) == (2, "4")


def test_failing_alike_is_no_agreement_on_a_value() -> None:
    voters = [gave("a1c1", "raises TypeError"), gave("a2c1", "raises TypeError"), gave("a2c2", "")]
    assert outputs.rivals("s11-1", voters) == (0, "")


def test_what_was_not_run_has_no_output() -> None:
    assert outputs.rivals("s11-1", [candidate("a1c1")]) == (0, "")
    assert outputs.behaviour(candidate("a1c1"), ["s11-1"]) == ("missing",)


def test_behaviour_tells_wrong_outputs_apart_and_not_the_words_of_right_ones() -> None:
    assert outputs.behaviour(gave("a1c1", "4"), ["s11-1"]) != outputs.behaviour(gave("a1c2", "3"), ["s11-1"])
    right, other = gave("a1c1", "5", passed=True), gave("a1c2", "5.0", passed=True)
    assert outputs.behaviour(right, ["s11-1"]) == outputs.behaviour(other, ["s11-1"])


def test_a_test_that_one_passes_is_condemned_when_three_agree_on_another_output() -> None:
    voters = [gave("a1c1", "4"), gave("a2c1", "4"), gave("a2c2", "4"), gave("a2c3", "5", passed=True)]
    entry = trust.ledger([FIRST], voters)[0]
    assert entry.state is TrustState.QUARANTINED
    assert "3 of 4 distinct candidates give 4 instead" in entry.evidence


def test_three_votes_against_others_that_are_at_odds_are_enough() -> None:
    passing = [gave(f"a1c{n}", "5", passed=True) for n in (1, 2, 3)]
    at_odds = [gave("a2c1", "3"), gave("a2c2", "4"), gave("a2c3", "6")]
    assert trust.ledger([FIRST], [*passing, *at_odds])[0].state is TrustState.TRUSTED
    agreed = [gave(f"a2c{n}", "4") for n in (1, 2, 3)]
    assert trust.ledger([FIRST], [*passing, *agreed])[0].state is TrustState.DOUBTFUL


def test_a_flaky_test_is_quarantined_whatever_the_votes_say() -> None:
    voters = [gave(f"a1c{n}", "5", passed=True) for n in (1, 2, 3)]
    entry = trust.ledger([FIRST], voters, trust.Doubts(flaky=["s11-1"]))[0]
    assert (entry.state, entry.evidence[0]) == (TrustState.QUARANTINED, "flaky: the same code passed and failed it")


def test_parts_that_are_switched_off_do_not_speak() -> None:
    nobody = [gave(f"a1c{n}", "4") for n in (1, 2, 3)]
    everybody = [gave(f"a1c{n}", "5", passed=True) for n in (1, 2, 3)]
    state = lambda voters, part: trust.ledger([FIRST], voters, trust.Doubts(without=[part]))[0].state  # noqa: E731
    assert state(nobody, "quarantine") is TrustState.DOUBTFUL
    assert state(everybody, "agreement") is TrustState.DOUBTFUL
