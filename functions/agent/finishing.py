"""What a passed execution still goes through before it is delivered.

A review, by a strong model, of code that touches network, files or processes; then mutants, which are copies of the
winner with one small mistake each: how many of them the delivered tests notice says what the tests are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from functions.agent import mutation, safety
from functions.agent.events import CellResult
from functions.agent.judging import verdict_of
from functions.agent.languages import LANGUAGES
from functions.agent.mutation import Mutant
from functions.agent.records import Candidate, Execution, Finding, Mutation, Review
from functions.agent.selection import leader
from functions.agent.trust import passes
from functions.agent.words import CaseOutcome, Phase, Status, TrustState

TRIAL_LIMITS = {"wall_s": 30.0, "cell_wall_s": 5.0}
"""Seconds for all mutants together and for one of them: many of them never end."""


def next_phase(execution: Execution) -> Phase:
    """Where an execution goes that will not be tried again."""
    verdict, winner = execution.verdict, leader(execution)
    if verdict is None or winner is None or verdict.status is not Status.PASSED:
        return Phase.DELIVERING
    known = execution.review is not None and execution.review.candidate == winner.id
    if not known and "review" not in execution.without and safety.touches(winner.files, execution.language):
        return Phase.REVIEWING
    if verdict.mutation is None and "mutation" not in execution.without and mutants(execution):
        return Phase.PROVING
    return Phase.DELIVERING


def reviewed(execution: Execution, review: Review, finding: Finding | None) -> Execution:
    """With what the review came to; a finding counts like one of the scanner, and the verdict is made anew."""
    execution = replace(execution, review=review)
    if finding is None:
        return execution
    attempts = tuple(
        replace(a, candidates=tuple(_marked(c, review.candidate, finding) for c in a.candidates))
        for a in execution.attempts
    )
    execution = replace(execution, attempts=attempts)
    return replace(execution, verdict=verdict_of(execution))


def _marked(candidate: Candidate, name: str, finding: Finding) -> Candidate:
    return replace(candidate, findings=(finding, *candidate.findings)) if candidate.id == name else candidate


def mutants(execution: Execution) -> tuple[Mutant, ...]:
    """The winner's mutants, always the same ones."""
    winner = leader(execution)
    return mutation.mutants(winner.files, execution.language) if winner is not None else ()


def as_candidates(execution: Execution) -> tuple[Candidate, ...]:
    """The mutants, as the sandbox takes them."""
    return tuple(Candidate(m.id, execution.attempt_number, "", m.files) for m in mutants(execution))


def trial(execution: Execution) -> Execution:
    """The execution as the sandbox is to see it when mutants run: only cases that bind and that the winner passes."""
    binding = _binding(execution)
    suites = (replace(s, cases=tuple(c for c in s.cases if c.id in binding)) for s in execution.suites)
    limits = {**execution.limits, **TRIAL_LIMITS}
    return replace(execution, suites=tuple(s for s in suites if s.cases), limits=limits)


def counted(execution: Execution, cells: Sequence[CellResult]) -> Execution:
    """With the count of mutants that the binding cases noticed."""
    results = {
        m.id: {i: r.outcome for c in cells if c.candidate == m.id for i, r in c.cases.items()}
        for m in mutants(execution)
    }
    ran = {name: found for name, found in results.items() if set(found.values()) - {CaseOutcome.MISSING}}
    return noted(execution, mutation.count(mutants(execution), ran, _binding(execution)))


def noted(execution: Execution, found: Mutation) -> Execution:
    assert execution.verdict is not None
    return replace(execution, verdict=replace(execution.verdict, mutation=found))


def objection(execution: Execution, line: int, reason: str) -> Finding:
    """What a review objects to, as a finding that fails the attempt."""
    main = LANGUAGES[execution.language].main_file
    return Finding(main, max(line, 0), "review", reason[:300], "error")


def _binding(execution: Execution) -> frozenset[str]:
    winner = leader(execution)
    states = (e for e in execution.ledger if e.state is TrustState.TRUSTED)
    return frozenset(e.id for e in states if winner is not None and passes(winner, e.id))
