"""What is said of mutants after their run."""

from __future__ import annotations

from functions.agent.mutation import Mutant, count
from functions.agent.records import Mutation
from functions.agent.words import CaseOutcome

PASSED, FAILED, ERROR, MISSING = CaseOutcome.PASSED, CaseOutcome.FAILED, CaseOutcome.ERROR, CaseOutcome.MISSING
MADE = [Mutant(f"m{n}", {}, f"line {n}") for n in range(1, 5)]


def test_a_trusted_case_that_does_not_pass_kills() -> None:
    results = {
        "m1": {"a": PASSED, "b": FAILED},
        "m2": {"a": ERROR, "b": PASSED},
        "m3": {"a": PASSED, "b": PASSED, "doubtful": FAILED},
        "m4": {"a": PASSED},
    }
    assert count(MADE, results, {"a", "b"}) == Mutation(2, 4, ("line 3", "line 4"))


def test_what_was_not_tried_counts_nowhere_and_is_said() -> None:
    results = {"m1": {"a": FAILED, "b": MISSING}, "m2": {"a": PASSED, "b": MISSING}, "m3": {"doubtful": PASSED}}
    assert count(MADE, results, ["a", "b"]) == Mutation(1, 1, (), "3 of 4 mutants were not tried.")


def test_a_note_stands_before_it() -> None:
    assert count(MADE[:1], {}, {"a"}, "No time was left.").note == "No time was left. 1 of 1 mutants was not tried."
    assert count([], {}, {"a"}, "Nothing to change.") == Mutation(0, 0, (), "Nothing to change.")
