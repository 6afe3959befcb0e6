"""Which candidate is the best of all that were ever made: anchors first, then dual agreement of code and tests.

Candidates that answer every case alike form a cluster; its score is sqrt(distinct members) × trusted cases passed
(CodeT's dual agreement; the root keeps many tests from outvoting many programs). Alike means: the same cases passed,
and the same output where one fails, for a wrong expected value tells programs apart as well as a right one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt

from functions.agent.outputs import behaviour
from functions.agent.records import Candidate, Execution, LedgerEntry
from functions.agent.trust import passes
from functions.agent.words import Origin, RunStatus, TrustState

Rank = tuple[int, int, float, int, int, int]


def leader(execution: Execution) -> Candidate | None:
    """The best of all candidates that the execution has seen; None when none ran."""
    return best(execution.candidates, execution.ledger, execution.without)


def best(
    candidates: Sequence[Candidate], ledger: Sequence[LedgerEntry], without: Collection[str] = ()
) -> Candidate | None:
    """The winner, or None when none ran. Ties go to the older one. `without` names parts that are switched off."""
    ran = [c for c in candidates if c.results]
    return max(ran, key=lambda c: rank(c, ran, ledger, without), default=None)


def rank(
    candidate: Candidate,
    candidates: Sequence[Candidate],
    ledger: Sequence[LedgerEntry],
    without: Collection[str] = (),
) -> Rank:
    """(anchors passed, nothing against it, agreement, cases passed that count, ran to the end, no grave finding).

    Larger is better. Nothing is against a candidate that passes all that is trusted and has no grave finding: it could
    be delivered as passed, however lonely it is."""
    counting = [e for e in ledger if e.state is not TrustState.QUARANTINED]
    anchors = sum(passes(candidate, e.id) for e in counting if e.origin is not Origin.GENERATED and not e.vacuous)
    binding = [e for e in counting if e.state is TrustState.TRUSTED]
    trusted = sum(passes(candidate, e.id) for e in binding)
    members = 1 if "agreement" in without else len(cluster(candidate, candidates, ledger))
    every = sum(passes(candidate, e.id) for e in counting)
    grave = any(f.severity == "error" for f in candidate.findings)
    sound = 0 < trusted == len(binding) and not grave
    ended = int(candidate.status is RunStatus.EXITED)
    return anchors, int(sound), sqrt(members) * trusted, every, ended, int(not grave)


def cluster(candidate: Candidate, candidates: Sequence[Candidate], ledger: Sequence[LedgerEntry]) -> set[str]:
    """Hashes of the candidates that answer all cases (quarantined ones aside) as this one does, itself included."""
    counting = [e.id for e in ledger if e.state is not TrustState.QUARANTINED]
    own = behaviour(candidate, counting)
    return {c.sha256 for c in candidates if c.results and behaviour(c, counting) == own}
