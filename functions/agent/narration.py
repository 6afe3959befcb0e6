"""What the stream tells of an execution. A pure function of the record: telling it twice tells nothing new.

Each piece has a key that is unique in the execution's log, so that a repeated step adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from functions.agent.anchors import SUITE_ID
from functions.agent.feedback import clean
from functions.agent.ports import NewEvent
from functions.agent.records import Attempt, Candidate, Execution
from functions.agent.words import Origin, Phase


def news(before: Execution | None, after: Execution) -> list[NewEvent]:
    """What the story of `after` has that the story of `before` had not."""
    told = {e.key for e in story(before)} if before is not None else set()
    return [e for e in story(after) if e.key not in told]


def story(execution: Execution) -> list[NewEvent]:
    """Everything there is to tell so far, in order."""
    events = [_plan(execution), _phase(execution, 1, "queued")]
    for attempt in execution.attempts:
        events += _attempt(execution, attempt)
    events += _finish(execution)
    if execution.phase is Phase.DELIVERING or (execution.phase is Phase.DONE and execution.verdict):
        events.append(_phase(execution, execution.attempt_number, "delivering"))
    if execution.phase is Phase.DONE:
        totals = {"tokens": execution.usage.total, "usd": execution.usd}
        done = {"status": str(execution.status), "explanation": execution.explanation}
        events += [NewEvent("usage", totals, "usage"), NewEvent("done", done, "done")]
    return events


def _finish(execution: Execution) -> Iterator[NewEvent]:
    """What comes between the last attempt and the delivery, where it comes at all."""
    number = execution.attempt_number
    if execution.phase is Phase.REVIEWING or execution.review is not None:
        yield _phase(execution, number, "reviewing")
    mutation = execution.verdict.mutation if execution.verdict else None
    if execution.phase is Phase.PROVING or mutation is not None:
        yield _phase(execution, number, "proving")
    if mutation is not None:
        data = {"killed": mutation.killed, "total": mutation.total, "survivors": list(mutation.survivors)}
        yield NewEvent("mutants", {**data, "note": mutation.note}, "mutants")


def _plan(execution: Execution) -> NewEvent:
    anchors = [c.name for s in execution.suites if s.id == SUITE_ID for c in s.cases]
    attached = sum(len(s.cases) for s in execution.suites if s.origin is Origin.ANCHOR and s.id != SUITE_ID)
    data = {
        "language": execution.language,
        "score": execution.complexity_score,
        "tier": str(execution.tier),
        "reasons": list(execution.complexity_reasons),
        "anchors": anchors,
        "attached": attached,
        "max": execution.max_attempts,
    }
    return NewEvent("plan", data, "plan")


def _phase(execution: Execution, attempt: int, phase: str) -> NewEvent:
    data = {"attempt": attempt, "max": execution.max_attempts, "phase": phase}
    return NewEvent("phase", data, f"a{attempt}-{phase}")


def _attempt(execution: Execution, attempt: Attempt) -> Iterator[NewEvent]:
    number = attempt.attempt_number
    route = {
        "attempt": number,
        "provider": attempt.llm_provider,
        "model": attempt.llm_model,
        "strategy": str(attempt.strategy),
        "reason": attempt.reason,
        "change": attempt.fix_applied,
    }
    yield NewEvent("route", route, f"a{number}-route")
    yield _phase(execution, number, "writing")
    for candidate in attempt.candidates:
        for path, text in candidate.files.items():
            data = {"attempt": number, "candidate": candidate.id, "path": path, "text": text}
            yield NewEvent("file", data, f"{candidate.id}-file-{path}")
    if attempt.candidates:
        yield _phase(execution, number, "testing")
    if attempt.completed_at is not None:
        for candidate in attempt.candidates:
            yield NewEvent("tests", _tests(execution, candidate), f"{candidate.id}-tests")
        yield NewEvent("attempt", _outcome(execution, attempt), f"a{number}-attempt")


def _tests(execution: Execution, candidate: Candidate) -> dict[str, object]:
    entries = {e.id: e for e in execution.ledger}
    cases = [
        {
            "id": case.id,
            "name": case.name,
            "outcome": str(candidate.results[case.id].outcome),
            "message": clean(candidate.results[case.id].message),
            "level": str(candidate.results[case.id].level),
            "origin": str(entries[case.id].origin),
            "state": str(entries[case.id].state),
        }
        for case in execution.cases
        if case.id in candidate.results and case.id in entries
    ]
    return {"attempt": candidate.attempt, "candidate": candidate.id, "cases": cases}


def _outcome(execution: Execution, attempt: Attempt) -> dict[str, object]:
    passed = not attempt.error_type
    return {
        "n": attempt.attempt_number,
        "status": "passed" if passed else "failed",
        "tokens": attempt.usage.total,
        "usd": attempt.usd,
        "ms": round(((attempt.completed_at or attempt.started_at) - attempt.started_at) * 1000),
        "why": attempt.error_message,
    }
