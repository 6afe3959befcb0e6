"""Between the last attempt and the delivery: a review of risky code, then mutants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.agent import delivery, events, finishing, loop
from functions.agent.records import Candidate, CaseResult, Execution, Finding, Mutation, Review
from functions.agent.words import CaseOutcome, Confidence, Level, Phase, RunStatus, Status
from making import candidate, case, execution, suite

SUITES = [
    suite("anchors", case("anchors-1", "f(1)", "1")),
    suite("s11", case("s11-1", "f(2)", "3"), case("s11-2", "f(3)", "99")),
    suite("s12", case("s12-1", "f(2)", "3")),
]
CODE = "def f(n):\n    return n * 2 - 1\n"
RISKY = "import subprocess\n\n\ndef f(n):\n    subprocess.run(['true'])\n    return n * 2 - 1\n"
RESULTS = {"anchors-1": True, "s11-1": True, "s11-2": False, "s12-1": True}


def judged(code: str = CODE, phase: Phase = Phase.TESTING, **changes: object) -> Execution:
    """One candidate, as it comes out of the sandbox for the first time."""
    winner = candidate("a1c1", RESULTS, level="R4", files={"solution.py": code})
    return replace(execution(SUITES, [winner]), status=Status.RUNNING, phase=phase, **changes)  # type: ignore[arg-type]


def step(before: Execution, happening: events.Happening) -> Execution:
    return loop.advance(before, happening, 9.0)[0]


def result(before: Execution, killed: int) -> events.RunFinished:
    """Of mutants: so many of them fail the anchor."""
    good, bad = CaseResult(CaseOutcome.PASSED, level=Level.R4), CaseResult(CaseOutcome.FAILED, "assert 2 == 1")
    cells = tuple(
        events.CellResult(m.id, "anchors", RunStatus.EXITED, {"anchors-1": bad if n < killed else good})
        for n, m in enumerate(finishing.mutants(before))
    )
    return events.RunFinished(1, loop.run_id(before), cells)


def test_plain_code_goes_to_its_mutants_and_code_that_reaches_out_to_its_review_first() -> None:
    assert finishing.next_phase(judged()) is Phase.PROVING
    assert finishing.next_phase(judged(RISKY)) is Phase.REVIEWING
    known = judged(RISKY, review=Review("a1c1", True, "", "p/m"))
    assert finishing.next_phase(known) is Phase.PROVING


@pytest.mark.parametrize("part", ["mutation", "review"])
def test_what_is_switched_off_is_left_out(part: str) -> None:
    expected = Phase.DELIVERING if part == "mutation" else Phase.PROVING
    assert finishing.next_phase(judged(CODE if part == "mutation" else RISKY, without=(part,))) is expected


def test_what_did_not_pass_is_delivered_as_it_is() -> None:
    failed = candidate("a1c1", {**RESULTS, "anchors-1": False}, files={"solution.py": RISKY})
    assert finishing.next_phase(execution(SUITES, [failed])) is Phase.DELIVERING


def test_mutants_run_against_what_binds_and_what_the_winner_passes() -> None:
    before = judged(phase=Phase.PROVING)
    trial = finishing.trial(before)
    assert [c.id for c in trial.cases] == ["anchors-1", "s11-1", "s12-1"], "s11-2 is only doubtful"
    assert trial.limits["cell_wall_s"] == finishing.TRIAL_LIMITS["cell_wall_s"]
    assert [c.id for c in finishing.as_candidates(before)] == [m.id for m in finishing.mutants(before)]
    command = loop.due(before)[0]
    assert command == events.StartRun(1, "e-a1-m0", mutants=True)


def test_what_the_mutants_say_stands_in_the_verdict_and_in_the_readme() -> None:
    before = judged(phase=Phase.PROVING)
    total = len(finishing.mutants(before))
    assert total >= 3
    after = step(before, result(before, killed=total - 1))
    assert after.phase is Phase.DELIVERING
    assert after.verdict is not None
    assert after.verdict.mutation is not None
    assert (after.verdict.mutation.killed, after.verdict.mutation.total) == (total - 1, total)
    assert len(after.verdict.mutation.survivors) == 1
    readme = delivery.files(after)["README.md"]
    assert f"The tests kill {total - 1} of {total} mutants" in readme
    assert after.verdict.mutation.survivors[0] in readme


def test_mutants_that_were_not_run_do_not_count() -> None:
    before = judged(phase=Phase.PROVING)
    ran = result(before, killed=2)
    first = ran.cells[:2]
    missing = tuple(
        replace(c, cases={"anchors-1": CaseResult(CaseOutcome.MISSING, "the time was up")}) for c in ran.cells[2:]
    )
    after = step(before, replace(ran, cells=(*first, *missing)))
    assert after.verdict is not None
    assert after.verdict.mutation is not None
    assert (after.verdict.mutation.killed, after.verdict.mutation.total) == (2, 2)
    assert after.verdict.mutation.note


def test_a_lost_run_of_mutants_costs_only_the_count() -> None:
    before = judged(phase=Phase.PROVING)
    after = step(before, events.RunLost(1, loop.run_id(before), "The sandbox gave no result in time."))
    assert (after.phase, after.faults) == (Phase.DELIVERING, 0)
    assert after.verdict is not None
    assert after.verdict.mutation == Mutation(0, 0, note="The sandbox gave no result in time.")
    assert after.verdict.status is Status.PASSED
    assert delivery.killed(after) == ""


def test_a_review_without_objection_goes_on_to_the_mutants() -> None:
    before = judged(RISKY, phase=Phase.REVIEWING)
    assert [c.target for c in loop.due(before) if isinstance(c, events.Send)] == ["attempt"]
    after = step(before, events.Reviewed(1, Review("a1c1", True, "", "p/m"), usd=0.5))
    assert (after.phase, after.usd) == (Phase.PROVING, 0.5)


def test_an_objection_fails_the_attempt_and_the_next_one_is_told() -> None:
    before = judged(RISKY, phase=Phase.REVIEWING)
    finding = finishing.objection(before, 5, "It starts a program that nobody asked for.")
    after = step(before, events.Reviewed(1, Review("a1c1", False, "…", "p/m"), finding))
    assert (after.phase, after.attempt_number) == (Phase.QUEUED, 2)
    assert after.verdict is not None
    assert (after.verdict.status, after.verdict.confidence) == (Status.PARTIAL, Confidence.UNVERIFIED)
    first = after.attempts[0]
    assert first.error_type == "finding"
    assert "It starts a program that nobody asked for." in first.error_message


def test_at_the_last_attempt_an_objection_ends_as_partial() -> None:
    before = judged(RISKY, phase=Phase.REVIEWING, max_attempts=1)
    finding = Finding("solution.py", 5, "review", "no", "error")
    after = step(before, events.Reviewed(1, Review("a1c1", False, "no", "p/m"), finding))
    assert (after.phase, after.verdict and after.verdict.status) == (Phase.DELIVERING, Status.PARTIAL)


def test_where_nobody_can_review_it_is_delivered_and_says_so() -> None:
    before = judged(RISKY, phase=Phase.REVIEWING, without=("mutation",))
    after = step(before, events.WritingFailed(1, "model-unavailable", "p/m is down."))
    assert after.phase is Phase.DELIVERING
    assert after.review == Review("a1c1", None, "p/m is down.")
    assert "was not reviewed: p/m is down." in delivery.files(after)["README.md"]


def test_a_late_word_about_mutants_changes_nothing() -> None:
    before = judged(phase=Phase.PROVING)
    late = replace(result(before, 1), run_id="e-a1-m9")
    assert step(before, late) == before
    done = step(before, result(before, 1))
    assert step(done, result(before, 2)) == done


def test_cancelling_stops_both_runs() -> None:
    after = step(judged(phase=Phase.PROVING), events.Cancelled())
    assert loop.due(after) == (events.CancelRun("e-a1-r0"), events.CancelRun("e-a1-m0"))


def test_the_same_code_always_has_the_same_mutants() -> None:
    assert finishing.mutants(judged()) == finishing.mutants(judged())
    other: Candidate = candidate("a1c1", RESULTS, files={"solution.py": "def f(n):\n    return n\n"})
    assert finishing.mutants(execution(SUITES, [other])) != finishing.mutants(judged())
