"""The loop, as one pure function: `advance(execution, happening, now) -> (execution, commands)`.

    queued --begun--> writing --written--> testing --finished--> queued (next attempt), or what is left to be done:
    reviewing --reviewed--> proving --finished--> delivering --delivered--> done

A happening that does not fit the state (late, repeated, of another attempt) changes nothing. The commands are always
those that the state calls for, so that a repeated message carries out again what a killed worker may have left undone.
"""

from __future__ import annotations

from dataclasses import replace

from functions.agent import delivery, events, feedback, finishing, trust
from functions.agent.judging import settled, verdict_of
from functions.agent.records import Attempt, Candidate, Execution, Mutation, Review, Usage
from functions.agent.selection import leader
from functions.agent.words import Phase, Status, Strategy

MAX_ATTEMPTS = 5
MAX_FAULTS = 3
"""How many failures of model, sandbox or delivery one execution bears; they do not eat attempts."""
MAX_UNUSABLE = 3
"""Rounds of replies without usable code that one execution bears; each is billed."""
SILENCE_S = 60.0
"""How much longer than its own limit a run may keep silent before it counts as lost."""


def advance(
    execution: Execution, happening: events.Happening, now: float
) -> tuple[Execution, tuple[events.Command, ...]]:
    """The execution after `happening`, and everything that its new state calls for."""
    if not execution.status.terminal:
        execution = _apply(execution, happening, now)
    return execution, due(execution)


def due(execution: Execution) -> tuple[events.Command, ...]:
    """The commands of a state. Names are derived from it: carrying them out twice does no more than once."""
    # Both only grow, so their sum names each state in which this attempt asks again.
    key = f"{execution.id}-a{execution.attempt_number}-f{execution.faults + execution.unusable}"
    where = {"execution_id": execution.id, "attempt": execution.attempt_number}
    match execution.phase:
        case Phase.QUEUED | Phase.WRITING:
            return (events.Send(key, "attempt", where, delay_s=_patience(execution)),)
        case Phase.REVIEWING:
            return (events.Send(f"{key}-review", "attempt", where),)
        case Phase.TESTING | Phase.PROVING:
            run, mutants = run_id(execution), execution.phase is Phase.PROVING
            wait = float(execution.limits.get("wall_s", 120)) + SILENCE_S
            watch = events.Send(f"{run}-deadline", "controller", {**where, "run_id": run}, wait)
            return (events.StartRun(execution.attempt_number, run, mutants), watch)
        case Phase.DELIVERING:
            return (events.Send(f"{execution.id}-deliver-f{execution.faults}", "deliver", where),)
        case _ if execution.status is Status.CANCELLED and execution.attempts:
            runs = [_run_id(execution, mutants) for mutants in ((False, True) if execution.verdict else (False,))]
            return tuple(events.CancelRun(run) for run in runs)
    return ()


def run_id(execution: Execution) -> str:
    """The name of the run that the execution waits for, or would."""
    return _run_id(execution, execution.phase is Phase.PROVING)


def _run_id(execution: Execution, mutants: bool) -> str:
    return f"{execution.id}-a{execution.attempt_number}-{'m' if mutants else 'r'}{execution.faults}"


def _patience(execution: Execution) -> float:
    """Seconds before a model is asked again: 2, 8, 32 where a rate limit has to pass, else 1, 2, 4.

    Each model of the route has been tried several times by then, and a person may be waiting for the answer."""
    attempt = execution.attempt
    if attempt is None or attempt.error_type in ("", "unusable-reply"):
        return 0.0
    first, factor = (2.0, 4.0) if attempt.error_type == "model-rate-limited" else (1.0, 2.0)
    return first * factor ** (execution.faults - 1)


def _apply(execution: Execution, happening: events.Happening, now: float) -> Execution:
    attempt = getattr(happening, "attempt", execution.attempt_number)
    if attempt != execution.attempt_number:
        return execution
    phase = execution.phase
    match happening:
        case events.Cancelled():
            return _close(execution, Status.CANCELLED, now, explanation=happening.reason)
        case events.AttemptBegun() if phase is Phase.QUEUED:
            return _begin(execution, happening, now)
        case events.AttemptWritten() if phase is Phase.WRITING and happening.round == execution.unusable:
            return _written(execution, happening, now)
        case events.WritingFailed() if phase in (Phase.QUEUED, Phase.WRITING):
            return _fault(execution, happening.error_type, happening.detail, now, happening.final)
        case events.RunFinished() if phase is Phase.TESTING and happening.run_id == run_id(execution):
            return _judge(execution, happening, now)
        case events.RunLost() if phase is Phase.TESTING and happening.run_id == run_id(execution):
            return _fault(execution, "sandbox-unavailable", happening.detail, now)
        case events.Reviewed() if phase is Phase.REVIEWING:
            return _reviewed(execution, happening, now)
        case events.WritingFailed() if phase is Phase.REVIEWING:
            unread = Review(_winner(execution), None, happening.detail)
            return _reviewed(execution, events.Reviewed(happening.attempt, unread), now)
        case events.RunFinished() if phase is Phase.PROVING and happening.run_id == run_id(execution):
            return _ready(finishing.counted(execution, happening.cells), now)
        case events.RunLost() if phase is Phase.PROVING and happening.run_id == run_id(execution):
            return _ready(finishing.noted(execution, Mutation(0, 0, note=happening.detail)), now)
        case events.Delivered() if phase is Phase.DELIVERING:
            execution = replace(execution, output_artifact_id=happening.artifact_id, pr_url=happening.pr_url)
            return _close(execution, _outcome(execution), now)
        case events.DeliveryFailed() if phase is Phase.DELIVERING and happening.faults == execution.faults:
            execution = replace(execution, faults=execution.faults + 1, updated_at=now)
            if execution.faults <= MAX_FAULTS:
                return execution
            return _close(execution, _outcome(execution), now, happening.detail, "delivery-failed")
    return execution


def _begin(execution: Execution, happening: events.AttemptBegun, now: float) -> Execution:
    number = execution.attempt_number
    mended = leader(execution) if happening.strategy is Strategy.REPAIR else None
    attempt = Attempt(
        id=f"{execution.id}-a{number}",
        execution_id=execution.id,
        attempt_number=number,
        strategy=happening.strategy,
        tier=happening.tier,
        llm_provider=happening.provider,
        llm_model=happening.model,
        reason=happening.reason,
        fix_applied=happening.change,
        shown=feedback.shown(execution, mended) if mended else (),
        started_at=now,
    )
    return replace(
        execution,
        status=Status.RUNNING,
        phase=Phase.WRITING,
        attempts=(*execution.attempts, attempt),
        llm_provider=happening.provider,
        llm_model=happening.model,
        updated_at=now,
    )


def _written(execution: Execution, happening: events.AttemptWritten, now: float) -> Execution:
    execution = _bill(execution, happening.usage, happening.usd)
    first = happening.candidates[0] if happening.candidates else None
    execution = _edit(
        execution,
        candidates=happening.candidates,
        code_version=first.sha256 if first else "",
        model_ms=happening.model_ms,
        error_type="" if first else "unusable-reply",
        error_message=happening.error,
    )
    execution = replace(
        execution,
        suites=execution.suites + happening.suites,
        interface=execution.interface or happening.interface,
        updated_at=now,
    )
    if first is None:
        return _unusable(execution, now)
    if not execution.cases:  # nothing to run: that is no fault of the sandbox, and the next attempt asks for tests
        execution = _edit(execution, completed_at=now, error_type="no-tests", error_message="There is no usable test.")
        return _conclude(replace(execution, verdict=verdict_of(execution)), now)
    return replace(execution, phase=Phase.TESTING)


def _unusable(execution: Execution, now: float) -> Execution:
    """No usable code in any reply: the same attempt asks again, until the cap; then the best of before is delivered."""
    execution = replace(execution, unusable=execution.unusable + 1)
    if execution.unusable < MAX_UNUSABLE:
        return execution
    execution = _edit(execution, completed_at=now)
    if any(c.results for c in execution.candidates):
        return _ready(execution, now)
    return _close(execution, Status.FAILED, now, "No reply of the model held usable code.", "unusable-reply")


def _judge(execution: Execution, happening: events.RunFinished, now: float) -> Execution:
    attempt = execution.attempt
    assert attempt is not None
    execution = replace(
        execution,
        attempts=tuple(
            replace(a, candidates=tuple(_with_results(c, happening, a is attempt) for c in a.candidates))
            for a in execution.attempts
        ),
    )
    execution = _edit(execution, sandbox_ms=happening.sandbox_ms, completed_at=now)
    vacuous = tuple(sorted(happening.vacuous.union(execution.vacuous)))
    flaky = tuple(sorted(happening.flaky.union(execution.flaky)))
    execution = replace(execution, environment=happening.environment, vacuous=vacuous, flaky=flaky, updated_at=now)
    doubts = trust.Doubts(vacuous, flaky, execution.without)
    execution = replace(execution, ledger=trust.ledger(execution.suites, execution.candidates, doubts))
    execution = replace(execution, verdict=verdict_of(execution))
    error_type, message, signature = ("", "", "") if settled(execution) else feedback.complaint(execution)
    message = "\n".join(filter(None, (feedback.thrown_away(execution), message)))
    return _conclude(_edit(execution, error_type=error_type, error_message=message, signature=signature), now)


def _with_results(candidate: Candidate, happening: events.RunFinished, present: bool) -> Candidate:
    """Of an older attempt's candidate only what was not known yet is taken: what it was judged by stays."""
    cells = [c for c in happening.cells if c.candidate == candidate.id]
    results = {case: result for c in cells for case, result in c.cases.items()}
    if not present and (candidate.results or not cells):
        return replace(candidate, results={**results, **candidate.results})
    worst = next((c for c in cells if c.status != "exited"), cells[0] if cells else None)
    return replace(
        candidate,
        results={**candidate.results, **results},
        status=worst.status if worst else candidate.status,
        findings=happening.findings.get(candidate.id, ()),
        stdout=worst.stdout if worst else "",
        stderr=worst.stderr if worst else "",
    )


def _conclude(execution: Execution, now: float) -> Execution:
    """After an attempt: deliver, try again, or give up."""
    if settled(execution) or execution.attempt_number >= execution.max_attempts:
        return _finish(execution, now)
    return replace(execution, phase=Phase.QUEUED, attempt_number=execution.attempt_number + 1, updated_at=now)


def _fault(execution: Execution, error_type: str, detail: str, now: float, final: bool = False) -> Execution:
    execution = replace(execution, faults=execution.faults + 1, updated_at=now)
    execution = _edit(execution, error_type=error_type, error_message=detail)
    if execution.faults <= MAX_FAULTS and not final:
        return execution
    execution = replace(execution, error_type=error_type, explanation=detail)
    if any(c.results for c in execution.candidates):
        return _ready(execution, now)
    return _close(execution, Status.FAILED, now, detail, error_type)


def _finish(execution: Execution, now: float) -> Execution:
    """What is left to be done before the delivery, then the delivery."""
    phase = finishing.next_phase(execution)
    if phase is Phase.DELIVERING:
        return _ready(execution, now)
    return replace(execution, phase=phase, updated_at=now)


def _reviewed(execution: Execution, happening: events.Reviewed, now: float) -> Execution:
    """Code that a review objects to has failed its attempt: the next one is told why."""
    execution = _bill(execution, happening.usage, happening.usd)
    execution = finishing.reviewed(execution, happening.review, happening.finding)
    if happening.finding is not None:
        error_type, message, signature = feedback.complaint(execution)
        execution = _edit(execution, error_type=error_type, error_message=message, signature=signature)
    return _conclude(execution, now)


def _winner(execution: Execution) -> str:
    return execution.verdict.winner if execution.verdict else ""


def _ready(execution: Execution, now: float) -> Execution:
    """To be delivered, with what the winner did in the plan's fields."""
    return replace(execution, phase=Phase.DELIVERING, updated_at=now, **delivery.summary(execution))


def _outcome(execution: Execution) -> Status:
    return execution.verdict.status if execution.verdict else Status.FAILED


def _close(execution: Execution, status: Status, now: float, explanation: str = "", error_type: str = "") -> Execution:
    return replace(
        execution,
        status=status,
        phase=Phase.DONE,
        explanation=explanation or execution.explanation,
        error_type=error_type or execution.error_type,
        execution_time_ms=round((now - execution.created_at) * 1000),
        updated_at=now,
        completed_at=now,
    )


def _bill(execution: Execution, usage: Usage, usd: float) -> Execution:
    execution = replace(execution, usage=execution.usage + usage, usd=execution.usd + usd)
    attempt = execution.attempt
    return execution if attempt is None else _edit(execution, usage=attempt.usage + usage, usd=attempt.usd + usd)


def _edit(execution: Execution, **changes: object) -> Execution:
    """The execution with its present attempt changed."""
    attempts = tuple(
        replace(a, **changes) if a.attempt_number == execution.attempt_number else a  # type: ignore[arg-type]
        for a in execution.attempts
    )
    return replace(execution, attempts=attempts)
