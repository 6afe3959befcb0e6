"""The private report of a test process: lines of JSON, read as strictly as untrusted input deserves. Pure.

`finding {file, line, rule, severity, message}` for each warning of the compiler, `collected {ids}` once, then `start
{id}` and `case {id, outcome, message, ms, weak?, got?}` for each test, `finish {code}` once; or `broken {message}` when
the suite cannot be built or imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = ("passed", "skipped", "failed", "error")  # of several tests in one case the last of these counts
MESSAGE_LIMIT = 2000
GOT_LIMIT = 200
MAX_FINDINGS = 2000  # of one report


class Untrusted(Exception):
    """The report contradicts itself; the message continues `it …`."""


@dataclass(frozen=True)
class CaseResult:
    """`ms` is the test's own duration; `level` says how far a pass can be believed, "" where it is none.

    `weak`: the test ran apart from the code, but rests on an answer in which the code judged itself; `got`: what the
    code gave, in a text that is equal for equal values, "" where nobody saw it. Only a process without the code can
    say these two."""

    outcome: str
    message: str = ""
    ms: float = 0.0
    level: str = ""
    weak: bool = False
    got: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("outcome", "message", "ms", "level", "got")}


@dataclass
class Report:
    """`collected` None: the process never got so far. `started` and `done` keep the order of events."""

    collected: tuple[str, ...] | None = None
    started: dict[str, None] = field(default_factory=dict)
    done: dict[str, CaseResult] = field(default_factory=dict)
    finish: int | None = None
    broken: str | None = None
    findings: list[Mapping[str, Any]] = field(default_factory=list)


def clean(message: str) -> str:
    """At most 2000 characters, every one of them encodable."""
    return message[:MESSAGE_LIMIT].encode("utf-8", "replace").decode("utf-8")


def read(data: bytes, cut: bool) -> Report:
    """The report; `cut`: the process was killed, so half a last line is no contradiction. Raises Untrusted."""
    found = Report()
    for event in events(data, cut):
        if found.finish is not None:
            raise Untrusted("goes on after its end")
        _take(found, event)
    return found


def events(data: bytes, cut: bool) -> Iterator[Mapping[str, Any]]:
    """The objects of the lines. Raises Untrusted for anything else."""
    lines = data.split(b"\n")
    if lines.pop() and not cut:
        raise Untrusted("breaks off in the middle of a line")
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            raise Untrusted("has a line that is not JSON") from None
        if not isinstance(event, dict):
            raise Untrusted("has a line that is not an event")
        yield event


def _take(found: Report, event: Mapping[str, Any]) -> None:
    kind = event.get("ev")
    if kind == "collected":
        found.collected = _collected(found, event.get("ids"))
    elif kind == "start":
        item = event.get("id")
        if not isinstance(item, str) or item not in (found.collected or ()) or item in found.started:
            raise Untrusted("starts a test twice, or one that was not collected")
        found.started[item] = None
    elif kind == "case":
        item = event.get("id")
        if not isinstance(item, str) or item not in found.started or item in found.done:
            raise Untrusted("has two outcomes for a test, or one for a test that was not started")
        found.done[item] = _case(event)
    elif kind == "finish" and type(event.get("code")) is int:
        found.finish = event["code"]
    elif kind == "finding" and found.collected is None:
        if len(found.findings) < MAX_FINDINGS:
            found.findings.append(event)
    elif kind == "broken" and isinstance(event.get("message"), str) and found.broken is None:
        found.broken = clean(event["message"])
    else:
        raise Untrusted("has an event that nobody knows")


def _collected(found: Report, ids: Any) -> tuple[str, ...]:
    if found.collected is not None or not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise Untrusted("collects twice, or without names")
    if len(set(ids)) != len(ids):
        raise Untrusted("collects a test twice")
    return tuple(ids)


def _case(event: Mapping[str, Any]) -> CaseResult:
    outcome, message, ms = event.get("outcome"), event.get("message", ""), event.get("ms", 0.0)
    if not isinstance(outcome, str) or outcome not in OUTCOMES or not isinstance(message, str):
        raise Untrusted("has a test without a proper outcome")
    if isinstance(ms, bool) or not isinstance(ms, (int, float)) or not 0 <= ms < 1e9:
        raise Untrusted("has a test without a proper duration")
    return CaseResult(outcome, clean(message), float(ms), weak=event.get("weak") is not False, got=_got(event))


def _got(event: Mapping[str, Any]) -> str:
    """No verdict hangs on it, so what is not as it should be is nothing."""
    got = event.get("got")
    return clean(got) if isinstance(got, str) and len(got) <= GOT_LIMIT else ""
