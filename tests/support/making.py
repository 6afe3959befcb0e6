"""Small records for tests of the domain: cases, suites, candidates with results, executions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from functions.agent import trust
from functions.agent.judging import verdict_of
from functions.agent.records import Attempt, Candidate, Case, CaseResult, Execution, Suite
from functions.agent.words import CaseOutcome, Level, Origin, RunStatus, Strategy, Tier

PASSED, FAILED = CaseOutcome.PASSED, CaseOutcome.FAILED


def case(id: str, call: str = "", expected: str = "", source: str = "", **more: Any) -> Case:
    name = f"{call} == {expected}" if call else id
    number = id.rsplit("-", 1)[-1]
    text = source or f"def test_{number}():\n    assert {name if call else 'f()'}"
    return Case(id, name, text, call, expected, **more)


def suite(id: str, *cases: Case, origin: Origin = Origin.GENERATED) -> Suite:
    return Suite(id, Origin.ANCHOR if id == "anchors" else origin, cases)


def candidate(
    id: str, results: Mapping[str, bool | CaseOutcome | CaseResult] | None = None, level: str = "R3", **changes: Any
) -> Candidate:
    """`results` maps case id to whether it passes, and how it ended. The attempt is the one in the id (`a2c1`)."""
    outcomes = {i: _result(r, Level(level)) for i, r in (results or {}).items()}
    made = Candidate(
        id, int(id[1:].split("c")[0]), f"sha-{id}", {"solution.py": f"def f(n):\n    return n  # {id}\n"}, outcomes,
        RunStatus.EXITED if outcomes else None,
    )  # fmt: skip
    return replace(made, **changes)


def _result(result: bool | CaseOutcome | CaseResult, level: Level) -> CaseResult:
    if isinstance(result, CaseResult):
        return result
    outcome = result if isinstance(result, CaseOutcome) else PASSED if result else FAILED
    return CaseResult(outcome, level=level) if outcome is PASSED else CaseResult(outcome, "assert 1 == 2")


def execution(
    suites: Sequence[Suite], candidates: Sequence[Candidate] = (), vacuous: Sequence[str] = (), **changes: Any
) -> Execution:
    """An execution whose attempts hold `candidates`, judged as the loop would judge it after the last of them."""
    numbers = sorted({c.attempt for c in candidates})
    attempts = tuple(
        Attempt(
            f"e-a{n}", "e", n, Strategy.FIRST if n == 1 else Strategy.FRESH, Tier.SIMPLE,
            candidates=tuple(c for c in candidates if c.attempt == n), started_at=float(n), completed_at=n + 0.5,
        )
        for n in numbers
    )  # fmt: skip
    made = Execution(
        "e", "u", "Write `f`", "python", 0.0, suites=tuple(suites), attempts=attempts, interface="def f(n): ...",
        attempt_number=numbers[-1] if numbers else 1,
    )  # fmt: skip
    made = replace(
        made, ledger=trust.ledger(made.suites, made.candidates, trust.Doubts(vacuous)), vacuous=tuple(vacuous)
    )
    made = replace(made, verdict=verdict_of(made) if candidates else None)
    return replace(made, **changes)
