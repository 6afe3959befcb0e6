"""Which candidate is the best of all that were ever made: anchors first, then dual agreement of code and tests.

Candidates that pass the same set of cases form a cluster; its score is sqrt(distinct members) × trusted cases passed
(CodeT's dual agreement; the root keeps many tests from outvoting many programs).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from functions.agent.records import Candidate, LedgerEntry
from functions.agent.trust import passes
from functions.agent.words import Origin, RunStatus, TrustState

Rank = tuple[int, int, float, int, int, int]


def best(candidates: Sequence[Candidate], ledger: Sequence[LedgerEntry]) -> Candidate | None:
    """The winner, or None when none ran. Ties go to the older candidate."""
    ran = [c for c in candidates if c.results]
    return max(ran, key=lambda c: rank(c, ran, ledger), default=None)


def rank(candidate: Candidate, candidates: Sequence[Candidate], ledger: Sequence[LedgerEntry]) -> Rank:
    """(anchors passed, nothing against it, agreement, cases passed that count, ran to the end, no grave finding).

    Larger is better. Nothing is against a candidate that passes all that is trusted and has no grave finding: it could
    be delivered as passed, however lonely it is."""
    counting = [e for e in ledger if e.state is not TrustState.QUARANTINED]
    anchors = sum(passes(candidate, e.id) for e in counting if e.origin is not Origin.GENERATED and not e.vacuous)
    binding = [e for e in counting if e.state is TrustState.TRUSTED]
    trusted = sum(passes(candidate, e.id) for e in binding)
    score = sqrt(len(cluster(candidate, candidates, ledger))) * trusted
    every = sum(passes(candidate, e.id) for e in counting)
    grave = any(f.severity == "error" for f in candidate.findings)
    sound = 0 < trusted == len(binding) and not grave
    return anchors, int(sound), score, every, int(candidate.status is RunStatus.EXITED), int(not grave)


def cluster(candidate: Candidate, candidates: Sequence[Candidate], ledger: Sequence[LedgerEntry]) -> set[str]:
    """Hashes of the candidates that pass the same cases (quarantined ones aside) as this one, itself included."""
    counting = [e.id for e in ledger if e.state is not TrustState.QUARANTINED]
    passed = {i for i in counting if passes(candidate, i)}
    return {c.sha256 for c in candidates if c.results and {i for i in counting if passes(c, i)} == passed}
