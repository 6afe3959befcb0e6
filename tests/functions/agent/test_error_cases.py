"""Tests that expect an error pass on code that always raises: alone they prove nothing, and such code has no vote."""

from __future__ import annotations

from dataclasses import replace

from functions.agent import trust
from functions.agent.judging import verdict_of
from functions.agent.records import Attempt, Candidate, Case, CaseResult, Execution, Suite
from functions.agent.words import CaseOutcome, Level, Origin, RunStatus, Status, Strategy, Tier, TrustState

VALUE = Case("s1-1", "f(1) == 1", "def test_1():\n    assert f(1) == 1", "f(1)", "1")
ERROR = Case(
    "s1-2",
    "pytest.raises(ValueError): f(0)",
    "def test_2():\n    with pytest.raises(ValueError):\n        f(0)",
    error=True,
)
SUITE = Suite("s1", Origin.GENERATED, (VALUE, ERROR))


def candidate(number: int, value: bool, error: bool) -> Candidate:
    outcomes = {VALUE.id: value, ERROR.id: error}
    passed, failed = CaseResult(CaseOutcome.PASSED, level=Level.R3), CaseResult(CaseOutcome.FAILED)
    results = {i: passed if ok else failed for i, ok in outcomes.items()}
    return Candidate(f"c{number}", 1, f"sha{number}", {"solution.py": str(number)}, results, RunStatus.EXITED)


def judged(*candidates: Candidate) -> Execution:
    attempt = Attempt("e-a1", "e", 1, Strategy.FIRST, Tier.SIMPLE, candidates=candidates)
    e = Execution("e", "u", "Write f", "python", 0.0, suites=(SUITE,), attempts=(attempt,))
    e = replace(e, ledger=trust.ledger(e.suites, e.candidates))
    return replace(e, verdict=verdict_of(e))


def state(e: Execution, case: Case) -> TrustState:
    return next(entry.state for entry in e.ledger if entry.id == case.id)


def test_four_versions_that_only_raise_do_not_agree_on_anything() -> None:
    e = judged(*(candidate(n, value=False, error=True) for n in range(4)))
    assert state(e, ERROR) is TrustState.DOUBTFUL
    assert e.verdict is not None
    assert e.verdict.status is Status.PARTIAL


def test_versions_that_return_values_vote_on_errors_too() -> None:
    e = judged(*(candidate(n, value=True, error=True) for n in range(3)))
    assert state(e, ERROR) is TrustState.TRUSTED
    assert e.verdict is not None
    assert e.verdict.status is Status.PASSED


def test_a_trusted_error_case_alone_is_no_pass() -> None:
    e = judged(*(candidate(n, value=n == 0, error=True) for n in range(2)))
    only_errors = replace(
        e,
        ledger=tuple(
            replace(x, state=TrustState.TRUSTED if x.id == ERROR.id else TrustState.DOUBTFUL) for x in e.ledger
        ),
    )
    verdict = verdict_of(only_errors)
    assert verdict.status is Status.PARTIAL
    assert "always fails" in verdict.reason
