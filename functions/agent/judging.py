"""The verdict on an execution as it stands, and whether it is good enough to stop.

passed: every anchor and every trusted case passes, at least one of them expects a value that not any code gives, the
judge was shown to be able to fail, no finding at the gate.
partial: the best candidate passes at least one case. Otherwise failed.
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.agent.heldout import unseen
from functions.agent.records import Candidate, Execution, LedgerEntry, Verdict
from functions.agent.selection import best, cluster
from functions.agent.trust import passes
from functions.agent.words import Confidence, Level, Origin, Status, TrustState


def verdict_of(execution: Execution) -> Verdict:
    """The verdict on the best candidate so far, from the ledger. Its level is the weakest of the passes that count."""
    winner = best(execution.candidates, execution.ledger)
    if winner is None:
        last = execution.candidates[-1].id if execution.candidates else ""
        reason = "No test could be run on any candidate."
        return Verdict(Status.FAILED, Confidence.UNVERIFIED, reason, winner=last)
    binding = [e for e in execution.ledger if e.state is TrustState.TRUSTED]
    grave = [f for f in winner.findings if f.severity == "error"]
    passed = sum(passes(winner, e.id) for e in execution.ledger)
    errors = {c.id for c in execution.cases if c.error}
    values = [e for e in binding if e.id not in errors and not e.vacuous]
    levels = [winner.results[e.id].level for e in values if passes(winner, e.id)]
    level = min(levels, default=Level.NONE)
    status, reason = _decide(winner, binding, values, len(grave), passed, max(levels, default=Level.NONE))
    confidence = Confidence.UNVERIFIED
    if status is Status.PASSED:
        confidence = _confidence(execution, winner, values, level)
    return Verdict(status, confidence, reason, level, winner.id, passed, len(execution.ledger))


def _decide(
    winner: Candidate,
    binding: Sequence[LedgerEntry],
    values: Sequence[LedgerEntry],
    grave: int,
    passed: int,
    strongest: Level,
) -> tuple[Status, str]:
    anchors = sum(e.origin is not Origin.GENERATED for e in binding)
    broken = [e for e in binding if not passes(winner, e.id)]
    if not passed:
        return Status.FAILED, "The best candidate passes no test."
    if broken:
        names = ", ".join(e.name for e in broken[:3]) + (" …" if len(broken) > 3 else "")
        return Status.PARTIAL, f"It breaks {len(broken)} of {len(binding)} trusted tests: {names}."
    if not binding:
        return Status.PARTIAL, "It passes tests, but none of them can be trusted."
    if not values:
        return Status.PARTIAL, "It passes only tests that code which does nothing, or always fails, passes too."
    if strongest <= Level.R2:  # a process that was killed may leave some at R2; no pass at all above it is none
        return Status.PARTIAL, "It passes its tests, but nothing shows that wrong code would have failed them there."
    if grave:
        return Status.PARTIAL, f"It passes its tests, but the scan has {grave} grave finding{'s' * (grave > 1)}."
    generated = len(binding) - anchors
    parts = [f"{anchors} from the request"] * bool(anchors) + [f"{generated} generated"] * bool(generated)
    return Status.PASSED, f"It passes every test that can be trusted: {' and '.join(parts)}."


def _confidence(execution: Execution, winner: Candidate, values: Sequence[LedgerEntry], level: Level) -> Confidence:
    """From the trusted cases that expect a value."""
    anchored = any(e.origin is not Origin.GENERATED for e in values)
    agreed = len(cluster(winner, execution.candidates, execution.ledger)) >= 2
    new = unseen(execution)
    if level.beyond_reach and anchored and agreed and any(e.id in new for e in values):
        return Confidence.VERIFIED
    if (anchored and support(execution, winner) >= 0.5) or (agreed and len(values) >= 3) or len(values) >= 5:
        return Confidence.LIKELY
    return Confidence.UNVERIFIED


def support(execution: Execution, winner: Candidate) -> float:
    """The share (0 … 1) of generated cases, quarantined ones aside, that the candidate passes; 1 without any."""
    cases = [e for e in execution.ledger if e.origin is Origin.GENERATED and e.state is not TrustState.QUARANTINED]
    return sum(passes(winner, e.id) for e in cases) / len(cases) if cases else 1.0


def settled(execution: Execution) -> bool:
    """Whether another attempt would be waste: it passed, and the generated tests are not all against it.

    A lone first candidate that passes the request's examples but fails most generated tests is not believed yet: a
    second attempt brings votes that tell whether the code or the tests are wrong."""
    verdict = execution.verdict
    if verdict is None or verdict.status is not Status.PASSED:
        return False
    winner = next(c for c in execution.candidates if c.id == verdict.winner)
    return execution.attempt_number > 1 or support(execution, winner) >= 0.5
