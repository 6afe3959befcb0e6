"""The state machine: in whatever order messages come, it ends once, within five attempts, delivered once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import events, loop
from functions.agent.records import Candidate, Case, CaseResult, Execution, Suite
from functions.agent.words import CaseOutcome, Level, Origin, Phase, RunStatus, Status, Strategy, Tier

ANCHORS = Suite("anchors", Origin.ANCHOR, (Case("anchors-1", "f(1) == 1", "def test_1():\n    assert f(1) == 1"),))


def execution(max_attempts: int = 5) -> Execution:
    return Execution("e", "u", "Write f", "python", created_at=0.0, suites=(ANCHORS,), max_attempts=max_attempts)


def begun(attempt: int) -> events.AttemptBegun:
    return events.AttemptBegun(attempt, Strategy.FIRST, Tier.SIMPLE, "p", "m", "because")


def written(attempt: int, usable: bool = True) -> events.AttemptWritten:
    candidate = Candidate(f"a{attempt}c1", attempt, f"sha{attempt}", {"solution.py": "x"})
    return events.AttemptWritten(attempt, (candidate,) if usable else ())


def finished(attempt: int, run_id: str, passes: bool) -> events.RunFinished:
    good, bad = CaseResult(CaseOutcome.PASSED, level=Level.R3), CaseResult(CaseOutcome.FAILED, "assert 2 == 1")
    cell = events.CellResult(f"a{attempt}c1", "anchors", RunStatus.EXITED, {"anchors-1": good if passes else bad})
    return events.RunFinished(attempt, run_id, (cell,))


def play(start: Execution, *happenings: events.Happening) -> Execution:
    for now, happening in enumerate(happenings, 1):
        start, _ = loop.advance(start, happening, float(now))
    return start


def test_a_candidate_that_passes_its_anchor_is_delivered() -> None:
    e = play(execution(), begun(1), written(1), finished(1, "e-a1-r0", True))
    assert e.phase is Phase.DELIVERING
    assert e.status is Status.RUNNING
    e = play(e, events.Delivered("zip-e"))
    assert (e.status, e.phase, e.output_artifact_id) == (Status.PASSED, Phase.DONE, "zip-e")
    assert e.generated_code == "x"


def test_a_suite_of_a_later_attempt_is_an_older_candidate_s_too() -> None:
    e = play(execution(), begun(1), written(1), finished(1, "e-a1-r0", False), begun(2))
    late = Suite("s21", Origin.GENERATED, (Case("s21-1", "f(2) == 4", "def test_1():\n    assert f(2) == 4"),))
    e = play(e, replace(written(2), suites=(late,)))
    good = CaseResult(CaseOutcome.PASSED, level=Level.R3)
    cells = [
        events.CellResult(f"a{n}c1", suite, RunStatus.EXITED, {case: good})
        for n in (1, 2)
        for suite, case in (("anchors", "anchors-1"), ("s21", "s21-1"))
    ]
    e = play(e, events.RunFinished(2, "e-a2-r0", tuple(cells)))
    old, new = e.candidates
    assert {i: r.outcome for i, r in old.results.items()} == {"anchors-1": "failed", "s21-1": "passed"}, "it stays so"
    assert {i: r.outcome for i, r in new.results.items()} == {"anchors-1": "passed", "s21-1": "passed"}


def test_five_failures_end_as_failed_with_the_best_candidate_delivered() -> None:
    e = execution()
    for n in range(1, 6):
        assert e.attempt_number == n
        e = play(e, begun(n), written(n), finished(n, f"e-a{n}-r0", False))
    assert e.phase is Phase.DELIVERING
    e = play(e, events.Delivered())
    assert e.status is Status.FAILED
    assert len(e.attempts) == 5


def test_a_lost_run_does_not_eat_an_attempt_and_gets_another_run() -> None:
    e = play(execution(), begun(1), written(1), events.RunLost(1, "e-a1-r0", "gone"))
    assert (e.attempt_number, e.phase) == (1, Phase.TESTING)
    assert loop.due(e)[0] == events.StartRun(1, "e-a1-r1")
    late = play(e, finished(1, "e-a1-r0", True))
    assert late == e, "the result of a run that was given up comes too late"


@pytest.mark.parametrize(
    ("kind", "expected"), [("model-unavailable", [1.0, 2.0, 4.0]), ("model-rate-limited", [2.0, 8.0, 32.0])]
)
def test_a_failing_model_is_tried_again_later_and_then_given_up(kind: str, expected: list[float]) -> None:
    e = play(execution(), begun(1))
    delays = []
    for _ in range(loop.MAX_FAULTS):
        e = play(e, events.WritingFailed(1, kind, "down"))
        delays += [c.delay_s for c in loop.due(e) if isinstance(c, events.Send)]
    assert delays == expected
    e = play(e, events.WritingFailed(1, kind, "down"))
    assert (e.status, e.error_type, e.explanation) == (Status.FAILED, kind, "down")


def test_a_fault_that_passed_delays_nothing_that_comes_later() -> None:
    e = play(execution(), begun(1), events.WritingFailed(1, "model-unavailable", "down"), written(1))
    assert e.attempt is not None
    assert (e.attempt.error_type, e.attempt.error_message) == ("", "")
    e = play(e, finished(1, "e-a1-r1", False))
    assert [c.delay_s for c in loop.due(e) if isinstance(c, events.Send)] == [0.0]


def unusable(attempt: int, round: int) -> events.AttemptWritten:
    return replace(written(attempt, usable=False), round=round)


def test_replies_without_usable_code_eat_no_attempt_but_have_a_cap() -> None:
    e = play(execution(), begun(1), unusable(1, 0))
    assert (e.attempt_number, e.phase, len(e.attempts)) == (1, Phase.WRITING, 1)
    names = [c.name for c in loop.due(e) if isinstance(c, events.Send)]
    assert names == ["e-a1-f1"], "the next round is a new message"
    assert play(e, unusable(1, 0)) == e, "the same round twice counts once"
    e = play(e, unusable(1, 1))
    assert not e.status.terminal
    e = play(e, unusable(1, 2))
    assert (e.status, e.error_type) == (Status.FAILED, "unusable-reply")


def test_when_replies_become_unusable_the_best_of_before_is_delivered() -> None:
    e = play(execution(), begun(1), written(1), finished(1, "e-a1-r0", False), begun(2))
    e = play(e, *(unusable(2, n) for n in range(loop.MAX_UNUSABLE)))
    assert e.phase is Phase.DELIVERING


def test_a_cancelled_execution_stays_so_and_stops_its_run() -> None:
    e = play(execution(), begun(1), written(1), events.Cancelled())
    assert e.status is Status.CANCELLED
    assert loop.due(e) == (events.CancelRun("e-a1-r0"),)
    assert play(e, finished(1, "e-a1-r0", True), events.Delivered("x")) == e


def test_a_repeated_message_changes_nothing_but_asks_for_the_same_commands() -> None:
    e = play(execution(), begun(1), written(1))
    again, commands = loop.advance(e, written(1), 99.0)
    assert again == e
    assert commands == loop.due(e)


def test_a_delivery_that_fails_for_good_still_ends_with_the_verdict() -> None:
    e = play(execution(), begun(1), written(1), finished(1, "e-a1-r0", True))
    for n in range(loop.MAX_FAULTS + 1):
        e = play(e, events.DeliveryFailed(n, "disk full"))
    assert (e.status, e.error_type, e.explanation) == (Status.PASSED, "delivery-failed", "disk full")


def test_without_any_test_it_tries_again_and_at_the_end_delivers_the_code_as_failed() -> None:
    bare = replace(execution(2), suites=())
    e = play(bare, begun(1), written(1))
    assert (e.phase, e.attempt_number, e.attempts[0].error_type) == (Phase.QUEUED, 2, "no-tests")
    assert not any(isinstance(c, events.StartRun) for c in loop.due(e)), "there is nothing for the sandbox to run"
    e = play(e, begun(2), written(2))
    assert e.phase is Phase.DELIVERING
    e = play(e, events.Delivered())
    assert (e.status, e.generated_code) == (Status.FAILED, "x")


def test_what_a_repair_is_told_of_is_recorded_and_fresh_samples_are_told_nothing() -> None:
    e = play(execution(), begun(1), written(1), finished(1, "e-a1-r0", False))
    fresh = play(e, begun(2))
    assert [a.shown for a in fresh.attempts] == [(), ()]
    repair = play(e, replace(begun(2), strategy=Strategy.REPAIR))
    assert [a.shown for a in repair.attempts] == [(), ("anchors-1",)]


def test_what_a_stub_once_passed_stays_vacuous_whatever_later_runs_say() -> None:
    e = play(execution(), begun(1), written(1))
    e = play(e, replace(finished(1, "e-a1-r0", True), vacuous=frozenset({"anchors-1"})))
    assert e.vacuous == ("anchors-1",)
    assert e.ledger[0].vacuous
    assert (e.phase, e.attempt_number) == (Phase.QUEUED, 2), "an anchor alone that a stub passes settles nothing"
    e = play(e, begun(2), written(2), finished(2, "e-a2-r0", True))
    assert e.ledger[0].vacuous


class World:
    """A network that repeats, reorders and loses messages, and workers that fail; driven by drawn choices."""

    def __init__(self, start: Execution) -> None:
        self.execution = start
        self.deliveries: set[str] = set()
        self.terminal: Status | None = None
        self.bag: list[events.Command] = list(loop.due(start))
        self.now = 0.0

    def happen(self, happening: events.Happening) -> None:
        self.now += 1.0
        before = self.execution
        self.execution, commands = loop.advance(before, happening, self.now)
        self.bag = (self.bag + list(commands))[-40:]
        if self.execution.output_artifact_id:
            self.deliveries.add(self.execution.output_artifact_id)
        if self.terminal is not None:
            assert self.execution == before, "nothing changes after the end"
        if self.execution.status.terminal:
            self.terminal = self.execution.status
        assert len(self.execution.attempts) <= self.execution.max_attempts
        assert self.execution.attempt_number <= self.execution.max_attempts
        assert len(self.deliveries) <= 1

    def carry_out(self, command: events.Command, luck: int) -> None:
        e = self.execution
        match command:
            case events.Send(target="attempt"):
                number = int(command.payload["attempt"])
                self.happen(begun(number))
                if luck == 0:
                    self.happen(events.WritingFailed(number, "model-unavailable", "down"))
                else:
                    self.happen(replace(written(number, usable=luck != 1), round=e.unusable))
            case events.StartRun():
                lost = events.RunLost(command.attempt, command.run_id, "gone")
                self.happen(lost if luck == 0 else finished(command.attempt, command.run_id, luck > 3))
            case events.Send(target="controller"):
                run_id = str(command.payload["run_id"])
                self.happen(events.RunLost(int(command.payload["attempt"]), run_id, "silence"))
            case events.Send(target="deliver"):
                failed = events.DeliveryFailed(e.faults, "disk full")
                self.happen(failed if luck == 0 else events.Delivered(f"zip-{len(self.deliveries)}"))
            case _:
                self.happen(events.Cancelled())


@settings(max_examples=200, deadline=None)
@given(
    choices=st.lists(
        st.tuples(st.integers(0, 39), st.integers(0, 5), st.sampled_from(["take", "repeat", "lose", "cancel"])),
        max_size=80,
    ),
    max_attempts=st.integers(1, 5),
    luck=st.lists(st.integers(0, 5), min_size=1, max_size=12),
)
def test_any_order_repetition_or_loss_ends_in_exactly_one_terminal_state(
    choices: list[tuple[int, int, str]], max_attempts: int, luck: list[int]
) -> None:
    world = World(execution(max_attempts))
    for place, fortune, fate in choices:
        if fate == "cancel" and fortune == 0:
            world.happen(events.Cancelled())
        elif world.bag:
            command = world.bag[place % len(world.bag)]
            if fate != "repeat":
                world.bag.remove(command)
            if fate != "lose":
                world.carry_out(command, fortune)
    for turn in range(60):
        if world.execution.status.terminal:
            break
        for command in loop.due(world.execution)[:1]:  # the janitor sends again what the state calls for
            world.carry_out(command, luck[turn % len(luck)])
    assert world.execution.status.terminal
    assert loop.due(replace(world.execution, attempts=())) == ()
