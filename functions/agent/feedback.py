"""What went wrong, said so that a model can mend it and the loop can see that it goes in circles."""

from __future__ import annotations

import re
from hashlib import sha256

from functions.agent.records import Candidate, Case, Execution
from functions.agent.selection import best
from functions.agent.suites import body_of
from functions.agent.trust import passes
from functions.agent.words import Origin, RunStatus, TrustState

LIMIT = 1500
"""Characters of feedback; a small model loses the thread beyond that."""
PART = 550
"""Characters of one part of it, so that a long one leaves room for the others."""

_NOISE = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"0x[0-9a-fA-F]{6,}"), "0x…"),
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


def clean(message: str) -> str:
    """The message without what differs from run to run: colours, addresses, folders, durations."""
    for pattern, plain in _NOISE:
        message = pattern.sub(plain, message)
    return message.strip()


def failing(execution: Execution, candidate: Candidate) -> list[Case]:
    """The cases worth mending, best evidence first: anchors, trusted, doubtful; never a quarantined one."""
    order = {TrustState.TRUSTED: 1, TrustState.DOUBTFUL: 2}
    entries = {e.id: e for e in execution.ledger if e.state is not TrustState.QUARANTINED}
    cases = [c for c in execution.cases if c.id in entries and not passes(candidate, c.id)]
    return sorted(
        cases, key=lambda c: 0 if entries[c.id].origin is not Origin.GENERATED else order[entries[c.id].state]
    )


def complaint(execution: Execution) -> tuple[str, str, str]:
    """(error type, message, failure signature) of the present attempt's best candidate; empty strings when it passed.

    The signature is equal for equal failures, whatever the addresses, paths and times in the messages."""
    attempt = execution.attempt
    candidate = best(attempt.candidates, execution.ledger) if attempt else None
    if candidate is None:
        return "unusable-reply", "The reply held no usable code.", ""
    grave = [f for f in candidate.findings if f.severity == "error"]
    worst = next(iter(failing(execution, candidate)), None)
    if worst is None and grave:
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
    kind = _exception(message)
    return kind, f"{body_of(worst)}\n{message}"[:LIMIT], _sign(kind, worst.id, message)


def for_model(execution: Execution, candidate: Candidate) -> str:
    """At most LIMIT characters: one failing case as code and what happened, then what must stay as it is."""
    cases = failing(execution, candidate)
    grave = [f for f in candidate.findings if f.severity == "error"]
    parts = [_ENDINGS[candidate.status]] if candidate.status in _ENDINGS else []
    if cases:
        result = candidate.results.get(cases[0].id)
        said = _cut(clean(result.message)) if result else ""
        parts.append(f"This test fails:\n{_cut(body_of(cases[0]))}\n\n{said}".strip())
    if grave:
        parts.append(
            "The scanner objects:\n"
            + "\n".join(_cut(f"line {f.line}: {f.rule} {f.message}", PART // 3) for f in grave[:3])
        )
    believed = {e.id for e in execution.ledger if e.state is not TrustState.QUARANTINED}
    kept = [body_of(c) for c in execution.cases if c.id in believed and passes(candidate, c.id)]
    kept = [text for text in kept if len(text) <= PART // 4][:3]
    if kept:
        parts.append("These tests pass and must still pass:\n" + "\n".join(kept))
    return "\n\n".join(parts)[:LIMIT]


def _cut(text: str, most: int = PART) -> str:
    """At most `most` characters: the beginning and the end, where the cause is told."""
    half = (most - 3) // 2
    return text if len(text) <= most else f"{text[:half]}\n…\n{text[-half:]}"


def _exception(message: str) -> str:
    names = re.findall(r"\b([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration))\b", message)
    return names[-1] if names else "AssertionError"


def _sign(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
