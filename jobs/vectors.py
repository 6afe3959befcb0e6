"""Calls from outside: the code gets arguments and answers values, and only the judge knows which are right.

Expected values never enter the process under test, so nothing that it does to itself can make a wrong answer right.
Pure but for `ask`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from jobs import wire
from jobs.judge import Ending
from jobs.protocol import Limits, Vector
from jobs.report import CaseResult, Untrusted, clean, events
from jobs.supervise import Outcome

LEVEL = "vectors"
RERUNS = 3
ALONE = "it passes only in one process with its tests; called from outside, it "


@dataclass(frozen=True)
class Rules:
    """What must be known of a language: `kin` has the parent of each standard error; `empty_is_nothing` as in
    Vector.accepts."""

    kin: Mapping[str, str] = field(default_factory=dict)
    empty_is_nothing: bool = False


Once = Callable[[Sequence[Mapping[str, Any]], float], Outcome]
"""One process over some calls: (calls, seconds) → what is left of it."""


@dataclass
class Answers:
    """`supported` None: it never came so far; `refused` cannot be called with plain data, by the code's own doing.
    `given` maps ids to value or raised events; `started` keeps the order."""

    supported: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()
    started: list[str] = field(default_factory=list)
    given: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    finished: bool = False
    broken: str | None = None


def read(data: bytes, cut: bool) -> Answers:
    """The answers; `cut`: the process was killed. Raises Untrusted."""
    found = Answers()
    for event in events(data, cut):
        if found.finished:
            raise Untrusted("goes on after its end")
        _take(found, event)
    return found


def _take(found: Answers, event: Mapping[str, Any]) -> None:
    kind, name = event.get("ev"), event.get("id")
    if kind == "finding" and found.supported is None:
        return
    if kind == "supported" and found.supported is None:
        found.supported, found.refused = _names(event.get("ids")), _names(event.get("refused", []))
    elif kind == "start" and isinstance(name, str) and name in (found.supported or ()) and name not in found.started:
        found.started.append(name)
    elif kind in ("value", "raised") and found.started and name == found.started[-1] and name not in found.given:
        found.given[name] = event
    elif kind == "broken" and isinstance(event.get("message"), str) and not found.started:
        found.broken = clean(event["message"])
    elif kind == "finish":
        found.finished = True
    else:
        raise Untrusted("has an event that nobody knows")


def _names(ids: Any) -> tuple[str, ...]:
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise Untrusted("names no calls")
    return tuple(ids)


def ask(
    once: Once, vectors: Mapping[str, Vector], rules: Rules, limits: Limits, deadline: float
) -> Mapping[str, CaseResult | None]:
    """What each case comes to when it is called from outside; None where the driver cannot make the call.

    A call that ends the process takes only itself along.

    Raises SandboxFailure."""
    settled: dict[str, CaseResult | None] = {}
    wall_s = limits.cell_wall_s
    for _ in range(RERUNS + 1):
        left = [{"id": id, **vector.call()} for id, vector in vectors.items() if id not in settled]
        if not left or time.monotonic() >= deadline:
            break
        outcome = once(left, max(0.05, min(wall_s, deadline - time.monotonic())))
        asked = [call["id"] for call in left]
        settled |= judge(bytes(outcome.report.head), outcome.report.whole, outcome.ending, vectors, asked, rules)
        wall_s = limits.cell_wall_s / RERUNS
    other = CaseResult("error", ALONE + "was not reached: other calls had ended the process before")
    return {id: settled.get(id, other) for id in vectors}


def judge(
    report: bytes, whole: bool, ending: Ending, vectors: Mapping[str, Vector], asked: Sequence[str], rules: Rules
) -> Mapping[str, CaseResult | None]:
    """The calls that are settled by one process; those that never had their turn are left out."""
    try:
        if not whole:
            raise Untrusted("is too long")
        found = read(report, ending.killed)
    except Untrusted as reason:
        return _all(asked, f"gave answers that cannot be trusted: the report {reason}")
    if found.broken is not None:
        return _all(asked, f"cannot be built: {found.broken}")
    if found.supported is None:
        return _all(asked, f"{ending.words} before it answered")
    settled: dict[str, CaseResult | None] = {id: None for id in asked if id not in found.supported}
    settled |= _all([id for id in asked if id in found.refused], "cannot be called with plain data")
    settled |= {id: _answer(found.given[id], vectors[id], rules) for id in asked if id in found.given}
    if hanging := [id for id in found.started if id not in found.given]:
        settled[hanging[0]] = CaseResult("error", ALONE + f"{ending.words} in this call")
    elif not found.finished or ending.killed:
        waiting = [id for id in asked if id not in settled]
        settled |= _all(waiting, f"{ending.words} between two calls")
    else:
        settled |= _all([id for id in asked if id not in settled], "did not answer")
    return settled


def _all(ids: Sequence[str], what: str) -> dict[str, CaseResult | None]:
    return {id: CaseResult("error", clean(ALONE + what)) for id in ids}


def _answer(event: Mapping[str, Any], vector: Vector, rules: Rules) -> CaseResult:
    ms = event.get("ms", 0.0)
    ms = float(ms) if isinstance(ms, (int, float)) and not isinstance(ms, bool) and 0 <= ms < 1e9 else 0.0
    said, right = _said(event, vector, rules)
    got = _got(event, rules)
    if right:
        return CaseResult("passed", "", ms, LEVEL, got=got)
    return CaseResult("failed", clean(f"{ALONE}{said}, not {vector.wanted()}"), ms, got=got)


def _said(event: Mapping[str, Any], vector: Vector, rules: Rules) -> tuple[str, bool]:
    """(what it did, whether that is right)."""
    if event["ev"] == "raised":
        names = _errors(event)
        right = vector.error is not None and (not vector.error or vector.error in names) and plausible(names, rules.kin)
        return f"raises {(names or ['an error'])[0][:100]} ({clean(str(event.get('message', '')))[:200]})", right
    value = event.get("value")
    if wrong := wire.fault(value):
        return f"answers something that {wrong}", False
    return f"returns {wire.show(value)}", vector.accepts(value, rules.empty_is_nothing)


def _errors(event: Mapping[str, Any]) -> list[str]:
    """The names of what was raised, its own first."""
    errors = event.get("errors")
    return [e for e in errors if isinstance(e, str)] if isinstance(errors, list) else []


def _got(event: Mapping[str, Any], rules: Rules) -> str:
    if event["ev"] == "raised":
        return clean(f"raises {(_errors(event) or ['an error'])[0][:100]}")
    value = event.get("value")
    if wire.fault(value):
        return ""
    return wire.written(None if rules.empty_is_nothing and wire.empty(value) else value)


def plausible(names: Sequence[str], kin: Mapping[str, str]) -> bool:
    """Whether one error can be all of these: of the standard ones each is the next one's descendant."""
    standard = [name for name in names if name in kin]
    return all(after in ancestors(before, kin) for before, after in pairwise(standard))


def ancestors(name: str, kin: Mapping[str, str]) -> set[str]:
    """The standard errors above a standard error."""
    found: set[str] = set()
    while (name := kin.get(name, "")) and name not in found:
        found.add(name)
    return found
