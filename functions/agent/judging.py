"""The verdict on an execution as it stands, and whether it is good enough to stop.

passed: every anchor and every trusted case passes, at least one of them expects a value that not any code gives, the
judge was shown to be able to fail, no finding at the gate.
partial: the best candidate passes at least one case. Otherwise failed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from functions.agent import claims
from functions.agent.heldout import unseen
from functions.agent.outputs import behaviour
from functions.agent.records import Candidate, Execution, LedgerEntry, Verdict
from functions.agent.selection import cluster, leader
from functions.agent.trust import distinct, passes
from functions.agent.words import Confidence, Level, Origin, Status, TrustState

ENOUGH_SUPPORT = 0.65
"""The share of generated cases that the leader must pass for the loop to stop without a clear vote."""
ANCHORED_SUPPORT = 0.5
"""The same for the very first candidate, when it passes what the request states: it is more often right than tests that
a small model made up. Of several, one that passes a stated example may have been lucky."""
SOME_SUPPORT = 0.4
"""With less than this even a clear vote is no more than a guess."""
ENOUGH_AHEAD = 3
"""By so many distinct candidates the leader's behaviour must lead where the generated tests are against it.

These were chosen by `./assay bench simulate` and `./assay bench solve` on tasks apart from the reported ones."""
SPEAKS_OF_ERRORS = re.compile(r"\b(?:error|exception|rais(?:e|ing)|throw|panic|invalid|illegal|reject|refuse)", re.I)


def verdict_of(execution: Execution) -> Verdict:
    """The verdict on the best candidate so far, from the ledger. Its level is the weakest of the passes that count."""
    winner = leader(execution)
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
    gaps: tuple[str, ...] = ()
    if status is Status.PASSED:
        gaps = _gaps(execution, winner, values, level)
        confidence = _confidence(execution, winner, values, gaps)
    return Verdict(status, confidence, reason, level, winner.id, passed, len(execution.ledger), gaps=gaps)


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


def _gaps(execution: Execution, winner: Candidate, values: Sequence[LedgerEntry], level: Level) -> tuple[str, ...]:
    """What a passed winner lacks to be verified. `values` are the trusted cases that expect a value."""
    backing, new = support(execution, winner), unseen(execution)
    needed = (
        (level.beyond_reach, "code and tests could not be kept apart"),
        (any(e.origin is not Origin.GENERATED for e in values), "the request states no value that could be tested"),
        (_agreed(execution, winner), "no other version of the code was found to behave alike"),
        (any(e.id in new for e in values), "the code's author was shown every test that counts"),
        (backing >= ENOUGH_SUPPORT, f"it fails {1 - backing:.0%} of the tests that were made up for it"),
    )
    return tuple(lack for holds, lack in needed if not holds)


def _agreed(execution: Execution, winner: Candidate) -> bool:
    return len(cluster(winner, execution.candidates, execution.ledger)) >= 2


def _confidence(
    execution: Execution, winner: Candidate, values: Sequence[LedgerEntry], gaps: Sequence[str]
) -> Confidence:
    """From the trusted cases that expect a value, the votes, and how much the generated tests agree with the winner."""
    if not gaps:
        return Confidence.VERIFIED
    anchored = any(e.origin is not Origin.GENERATED for e in values)
    agreed, backing = _agreed(execution, winner), support(execution, winner)
    evidence = anchored or (agreed and len(values) >= 3) or len(values) >= 5
    outvoted = ahead(execution) >= ENOUGH_AHEAD and backing >= SOME_SUPPORT
    if evidence and (backing >= _enough(execution) or outvoted):
        return Confidence.LIKELY
    return Confidence.UNVERIFIED


def support(execution: Execution, winner: Candidate) -> float:
    """The share (0 … 1) of generated cases that the candidate passes; 1 without any.

    Cases that are quarantined for what they are (vacuous, flaky, against what was stated) are left out; those that only
    the votes are against count: how many of them there are says how much the tests and the code disagree. Cases that
    expect an error are left out where the request speaks of none: models invent them freely."""
    stated = claims.collect([s for s in execution.suites if s.origin is not Origin.GENERATED])
    void = {e.id for e in execution.ledger if e.vacuous}.union(execution.flaky)
    if not SPEAKS_OF_ERRORS.search(execution.prompt):
        void |= {c.id for c in execution.cases if c.error}
    generated = (c for s in execution.suites if s.origin is Origin.GENERATED for c in s.cases)
    cases = [c.id for c in generated if c.id not in void and not claims.contradicted(c, stated)]
    return sum(passes(winner, i) for i in cases) / len(cases) if cases else 1.0


def settled(execution: Execution) -> bool:
    """Whether another attempt would be waste: it passed, and tests and code agree about it.

    They agree when the leader passes most of the generated tests and no other behaviour is as common; where the tests
    are against it, three versions more than of any other behaviour outvote them (first to ahead by k). A lone
    candidate that passes the request's examples but fails many generated tests is not believed yet: a second attempt
    brings votes that tell whether the code or the tests are wrong."""
    verdict = execution.verdict
    if verdict is None or verdict.status is not Status.PASSED:
        return False
    winner = next(c for c in execution.candidates if c.id == verdict.winner)
    lead = 1 if "agreement" in execution.without else ahead(execution)
    return lead >= ENOUGH_AHEAD or (lead >= 1 and support(execution, winner) >= _enough(execution))


def _enough(execution: Execution) -> float:
    """How much of the generated tests must agree with a candidate that passed: less for a first one that passes values
    of the request."""
    if len(distinct(execution.candidates)) > 1:
        return ENOUGH_SUPPORT
    errors = {c.id for c in execution.cases if c.error}
    stated = (e for e in execution.ledger if e.origin is not Origin.GENERATED and not e.vacuous)
    return ANCHORED_SUPPORT if any(e.id not in errors for e in stated) else ENOUGH_SUPPORT


def ahead(execution: Execution) -> int:
    """By how many distinct candidates the leader's behaviour is ahead of the next most common one.

    Behaviour is what all cases show, quarantined ones too. Candidates that break an anchor are out of the race."""
    winner = leader(execution)
    if winner is None:
        return 0
    ids = [c.id for c in execution.cases if not c.error]
    anchors = {e.id for e in execution.ledger if e.origin is not Origin.GENERATED and passes(winner, e.id)}
    racing = [c for c in distinct(execution.candidates) if all(passes(c, i) for i in anchors)]
    groups = Counter(behaviour(c, ids) for c in racing)
    own = groups.pop(behaviour(winner, ids), 0)
    return own - max(groups.values(), default=0)
