"""Which test to believe. Every case has a state, an origin and its evidence; repair never edits a test, only this does.

An anchor was stated by the user. A generated case earns trust by votes: how many textually distinct candidates pass it,
and whether the suites, written apart from each other, state the same value for the same call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from functions.agent.python_source import differ
from functions.agent.records import Candidate, Case, LedgerEntry, Suite
from functions.agent.words import CaseOutcome, Origin, TrustState

TRUSTED_SHARE = 0.6
"""Of the distinct candidates; measured elsewhere: 3 of 5 votes → 82 % of such assertions are right, 1 of 5 → 42 %."""
QUORUM = 3
"""Fewer distinct candidates than this can't condemn a test: they may all be wrong."""


def ledger(suites: Sequence[Suite], candidates: Sequence[Candidate]) -> tuple[LedgerEntry, ...]:
    """One entry a case, in the order of the suites, from all results there are."""
    voters = distinct(candidates)
    claims = _claims(suites)
    stated = _claims([s for s in suites if s.origin is not Origin.GENERATED])
    sound = [c for c in candidates if returns_a_value(c, suites)]
    clean = bool(sound) and len(voters) == 1 and _passes_every_generated_suite(suites, voters[0])
    return tuple(
        _entry(suite, case, candidates, sound if expects_error(case) else candidates, claims, stated, clean)
        for suite in suites
        for case in suite.cases
    )


def expects_error(case: Case) -> bool:
    """Whether the case passes when the code raises. Code that always raises passes all of those, and proves nothing."""
    return "pytest.raises(" in case.source


def returns_a_value(candidate: Candidate, suites: Sequence[Suite]) -> bool:
    """Whether it passes a case that expects a value; one that never does has no vote on cases that expect an error."""
    return any(passes(candidate, c.id) for s in suites for c in s.cases if not expects_error(c))


def distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that ran, each text once: copies don't get a second vote."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.results:
            seen.setdefault(candidate.sha256, candidate)
    return list(seen.values())


def passes(candidate: Candidate, case_id: str) -> bool:
    result = candidate.results.get(case_id)
    return result is not None and result.outcome is CaseOutcome.PASSED


def _claims(suites: Sequence[Suite]) -> Mapping[str, Mapping[str, set[str]]]:
    """call → expected value → the suites that state it."""
    claims: dict[str, dict[str, set[str]]] = {}
    for suite in suites:
        for case in suite.cases:
            if case.call:
                claims.setdefault(case.call, {}).setdefault(case.expected, set()).add(suite.id)
    return claims


def _passes_every_generated_suite(suites: Sequence[Suite], candidate: Candidate) -> bool:
    generated = [s for s in suites if s.origin is Origin.GENERATED and s.cases]
    return len(generated) >= 2 and all(passes(candidate, c.id) for s in generated for c in s.cases)


def _entry(
    suite: Suite,
    case: Case,
    candidates: Sequence[Candidate],
    voters: Sequence[Candidate],
    claims: Mapping[str, Mapping[str, set[str]]],
    stated: Mapping[str, Mapping[str, set[str]]],
    clean: bool,
) -> LedgerEntry:
    results = {c.id: c.results[case.id].outcome for c in candidates if case.id in c.results}
    asked = distinct([c for c in voters if case.id in c.results])
    votes = sum(passes(v, case.id) for v in asked)
    if suite.origin is not Origin.GENERATED:
        state, evidence = TrustState.TRUSTED, [_stated(suite.origin)]
    elif any(differ(case.expected, value) for value in stated.get(case.call, ())):
        state, evidence = TrustState.QUARANTINED, ["contradicts what was stated for the same call"]
    else:
        state, evidence = _generated(case, votes, len(asked), claims.get(case.call, {}), clean)
    if asked:
        evidence.append(f"{votes} of {len(asked)} distinct candidates pass it")
    return LedgerEntry(case.id, case.name, state, suite.origin, tuple(evidence), results)


def _stated(origin: Origin) -> str:
    return "stated in the request" if origin is Origin.ANCHOR else "a test of the repository"


def _generated(
    case: Case, votes: int, asked: int, claim: Mapping[str, set[str]], clean: bool
) -> tuple[TrustState, list[str]]:
    backers = claim.get(case.expected, set())
    rivals = any(differ(value, case.expected) for value in claim)
    evidence = [f"{len(backers)} suites state the same call and value"] if len(backers) > 1 else []
    if rivals:
        evidence.append("another test states another value for the same call")
    if (asked >= QUORUM and votes == 0) or (asked >= 5 and votes <= 1):
        return TrustState.QUARANTINED, evidence
    if clean:
        evidence.append("the candidate passes all of both suites")
    # Too few votes to overrule two suites that were written apart and agree.
    agreed = 0 < asked < QUORUM and len(backers) > 1 and not rivals
    trusted = clean or agreed or (votes >= 2 and votes / asked >= TRUSTED_SHARE)
    return (TrustState.TRUSTED if trusted else TrustState.DOUBTFUL), evidence
