"""What went wrong, said so that a model can mend it and the loop can see that it goes in circles."""

from __future__ import annotations

import re
from hashlib import sha256

from functions.agent import claims, heldout
from functions.agent.records import Candidate, Case, CaseResult, Execution
from functions.agent.selection import best, leader
from functions.agent.suites import body_of
from functions.agent.trust import passes
from functions.agent.words import CaseOutcome, Origin, RunStatus, Strategy, TrustState

LIMIT = 1500
"""Characters of feedback; a small model loses the thread beyond that."""
PART = 550
"""Characters of one part of it, so that a long one leaves room for the others."""

_NOISE = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"0x[0-9a-fA-F]{6,}"), "0x…"),
    (re.compile(r"(?<=\w)@[0-9a-f]{5,8}\b"), "@…"),
    (re.compile(r"\bgoroutine \d+\b"), "goroutine …"),
    (re.compile(r"(/[\w.+-]+)+/([\w.+-]+)"), r"\2"),
    (re.compile(r"\btmp[a-z0-9_]{8}\b"), "tmp…"),
    (re.compile(r"\b\d+(\.\d+)? ?(ns|µs|us|ms|s|sec|seconds?|minutes?)\b"), "… s"),
)
_ENDINGS = {
    RunStatus.TIMEOUT: "The code did not finish in time.",
    RunStatus.CPU_LIMIT: "The code used too much processor time.",
    RunStatus.MEMORY_LIMIT: "The code used too much memory.",
    RunStatus.OUTPUT_LIMIT: "The code printed too much.",
    RunStatus.DISK_LIMIT: "The code wrote too much to disk.",
    RunStatus.SYSCALL_KILL: "The code did something that the sandbox forbids.",
}

BESIDE = "passes only in one process with its tests"
"""What the sandbox says of a test that passed where it ran and not on what the code gave from outside."""
_PLAIN_DATA = (
    "Called from outside, without the test, the code did not give what the test expects. Return the plain value "
    "itself, of the usual built-in type, not an object that only compares equal to it. Don't keep anything from one "
    "call to the next, and don't look at who calls."
)


def clean(message: str) -> str:
    """The message without what differs from run to run: colours, addresses, folders, durations."""
    for pattern, plain in _NOISE:
        message = pattern.sub(plain, message)
    return message.strip()


def failing(execution: Execution, candidate: Candidate) -> list[Case]:
    """The cases worth mending, best evidence first: anchors, trusted, doubtful; never a quarantined one, nor a doubtful
    one that contradicts what the candidate passes."""
    order = {TrustState.TRUSTED: 1, TrustState.DOUBTFUL: 2}
    entries = {e.id: e for e in execution.ledger if e.state is not TrustState.QUARANTINED}
    failed = frozenset(c.id for c in execution.cases if not passes(candidate, c.id))
    held = claims.collect(execution.suites, failed)

    def worth(case: Case) -> bool:
        return entries[case.id].state is TrustState.TRUSTED or not claims.contradicted(case, held)

    cases = [c for c in execution.cases if c.id in entries and c.id in failed and worth(c)]
    return sorted(
        cases, key=lambda c: 0 if entries[c.id].origin is not Origin.GENERATED else order[entries[c.id].state]
    )


def complaint(execution: Execution) -> tuple[str, str, str]:
    """(error type, message, failure signature) of the present attempt's best candidate; empty strings when it passed.

    The signature is equal for equal failures, whatever the addresses, paths and times in the messages."""
    attempt = execution.attempt
    candidate = best(attempt.candidates, execution.ledger, execution.without) if attempt else None
    if candidate is None:
        return "unusable-reply", "The reply held no usable code.", ""
    grave = [f for f in candidate.findings if f.severity == "error"]
    worst = next(iter(failing(execution, candidate)), None)
    binding = {e.id for e in execution.ledger if e.state is TrustState.TRUSTED}
    if grave and (worst is None or worst.id not in binding):
        message = f"{grave[0].file}:{grave[0].line}: {grave[0].rule} {grave[0].message}"
        return "finding", message[:LIMIT], _sign("finding", grave[0].rule)
    if worst is None and not any(passes(candidate, e.id) for e in execution.ledger):
        return "no-trusted-test", "It passes no test, and none of the tests can be trusted.", _sign("no-trusted-test")
    if worst is None:
        return "", "", ""
    if candidate.status in _ENDINGS:
        return str(candidate.status), _ENDINGS[candidate.status], _sign(str(candidate.status), worst.name)
    result = candidate.results.get(worst.id)
    message = clean(result.message) if result else "The test did not run."
    kind = _exception(message, execution.language)
    return kind, f"{body_of(worst)}\n{message}"[:LIMIT], _sign(kind, worst.id, message)


def thrown_away(execution: Execution) -> str:
    """What a repair of the present attempt broke that the user stated, in one sentence; empty when it broke nothing."""
    attempt, winner = execution.attempt, leader(execution)
    if attempt is None or winner is None or attempt.strategy is not Strategy.REPAIR or winner in attempt.candidates:
        return ""
    stated = [e for e in execution.ledger if e.origin is not Origin.GENERATED and passes(winner, e.id)]
    broken = [e.name for e in stated if any(not passes(c, e.id) for c in attempt.candidates)]
    names = ", ".join(broken[:3]) + (" …" if len(broken) > 3 else "")
    return f"The repair is thrown away: it breaks {names}, which you stated." if broken else ""


def for_model(execution: Execution, candidate: Candidate) -> str:
    """At most LIMIT characters: one failing case as code and what happened, then what must stay as it is."""
    worst, kept = _told(execution, candidate)
    grave = [f for f in candidate.findings if f.severity == "error"]
    parts = [_ENDINGS[candidate.status]] if candidate.status in _ENDINGS else []
    if everywhere := _everywhere(execution, candidate):
        parts.append(f"No test gets anywhere, all for the same reason:\n{_cut(everywhere)}")
    if worst is not None:
        result = candidate.results.get(worst.id)
        parts.append(f"This test fails:\n{_cut(body_of(worst))}\n\n{_cut(_said(result))}".strip())
    if grave:
        parts.append(
            "The scanner objects:\n"
            + "\n".join(_cut(f"line {f.line}: {f.rule} {f.message}", PART // 3) for f in grave[:3])
        )
    if kept:
        parts.append("These tests pass and must still pass:\n" + "\n".join(body_of(c) for c in kept))
    return "\n\n".join(parts)[:LIMIT]


def shown(execution: Execution, candidate: Candidate) -> tuple[str, ...]:
    """Ids of the cases that `for_model` tells of."""
    worst, kept = _told(execution, candidate)
    return tuple(c.id for c in (worst, *kept) if c is not None)


def _told(execution: Execution, candidate: Candidate) -> tuple[Case | None, tuple[Case, ...]]:
    """(the case to mend, those to keep), without what is held out, unless there is nothing else to mend."""
    if _everywhere(execution, candidate):
        return None, ()
    hidden = heldout.hidden(execution)
    cases = failing(execution, candidate)
    worst = next((c for c in cases if c.id not in hidden), cases[0] if cases else None)
    believed = {e.id for e in execution.ledger if e.state is not TrustState.QUARANTINED} - hidden
    kept = [c for c in execution.cases if c.id in believed and passes(candidate, c.id) and len(body_of(c)) <= PART // 4]
    once = {heldout.question(c): c for c in reversed(kept)}  # the first of those that ask the same
    return worst, tuple([c for c in kept if once[heldout.question(c)] is c][:3])


def _everywhere(execution: Execution, candidate: Candidate) -> str:
    """The message that all tests end with, such as a compiler's; empty when they end in different ways or are few."""
    results = [(s.id, candidate.results[c.id]) for s in execution.suites for c in s.cases if c.id in candidate.results]
    messages = {clean(r.message).replace(suite, "…") for suite, r in results}
    same = len(results) > 1 and len(messages) == 1 and all(r.outcome is CaseOutcome.ERROR for _, r in results)
    return clean(results[0][1].message) if same else ""


def _said(result: CaseResult | None) -> str:
    """What is said of a failure. Where only the code's own process saw a pass, the usual innocent cause is named."""
    if result is None:
        return ""
    message = clean(result.message)
    return f"{message}\n{_PLAIN_DATA}" if BESIDE in result.message else message


def _cut(text: str, most: int = PART) -> str:
    """At most `most` characters: the beginning and the end, where the cause is told."""
    half = (most - 3) // 2
    return text if len(text) <= most else f"{text[:half]}\n…\n{text[-half:]}"


def _exception(message: str, language: str) -> str:
    """The last exception that the message names, else what a failed assertion is called."""
    names = re.findall(r"\b([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration))\b", message)
    if names:
        return str(names[-1])
    if language == "go" and "panic: " in message:
        return "panic"
    return "AssertionError" if language == "python" else "assertion"


def _sign(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
