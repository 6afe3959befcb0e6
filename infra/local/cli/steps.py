"""What an execution's event says to a person: pure functions from `(kind, data)` to lines, the same for every view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.cli.text import clean, counted, duration, first_line, money, one_line

MAX_LOG_LINES = 12

FAILURES_SHOWN = 3
EXAMPLES_SHOWN = 3


@dataclass(frozen=True)
class Line:
    """One line to show. `tone` is plain, good, bad, warning or dim; a view may colour it, never change it."""

    text: str
    tone: str = "plain"


def lines(kind: str, data: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of one event, already clean; none for what a view shows in other ways, or does not know."""
    teller = _TELLERS.get(kind)
    return tuple(teller(data)) if teller else ()


def _phase(data: Mapping[str, Any]) -> Iterator[Line]:
    phase = one_line(data.get("phase", ""))
    if phase in ("reviewing", "proving", "delivering"):
        yield Line(phase)
    elif phase in ("writing", "testing"):
        yield Line(f"attempt {_number(data, 'attempt')} of {_number(data, 'max')}: {phase}")


def _plan(data: Mapping[str, Any]) -> Iterator[Line]:
    reasons = "; ".join(one_line(r) for r in _list(data, "reasons"))
    score = f"complexity {_number(data, 'score')}" + (f" ({reasons})" if reasons else "")
    yield Line(f"plan: {one_line(data.get('language', '?'))}, {score}, tier {one_line(data.get('tier', '?'))}")
    if anchors := _list(data, "anchors"):
        shown = ", ".join(one_line(name, 60) for name in anchors[:EXAMPLES_SHOWN])
        shown += ", …" if len(anchors) > EXAMPLES_SHOWN else ""
        binding = "is binding" if len(anchors) == 1 else "are binding"
        yield Line(f"plan: {counted(len(anchors), 'example')} of your request {binding}: {shown}")
    if attached := _number(data, "attached"):
        binding = "is binding" if attached == 1 else "are binding"
        yield Line(f"plan: {counted(attached, 'test')} of your files {binding}")
    if reason := one_line(data.get("reason", "")):
        yield Line(f"plan: {reason}", "dim")


def _route(data: Mapping[str, Any]) -> Iterator[Line]:
    name = "/".join(one_line(data[key]) for key in ("provider", "model") if data.get(key))
    strategy = one_line(data.get("strategy", ""))
    reason = one_line(data.get("reason", ""))
    text = f"attempt {_number(data, 'attempt')}: {name}" + (f", {strategy}" if strategy else "")
    yield Line(text + (f": {reason}" if reason else ""))
    if change := one_line(data.get("change", "")):
        yield Line(f"attempt {_number(data, 'attempt')}: what changes: {change}", "dim")


def _log(data: Mapping[str, Any]) -> Iterator[Line]:
    stream = one_line(data.get("stream", "log"), 20)
    shown = [one_line(line) for line in clean(data.get("text", "")).splitlines() if line.strip()]
    tone = "warning" if stream == "stderr" else "dim"
    for line in shown[:MAX_LOG_LINES]:
        yield Line(f"  {stream} | {line}", tone)
    if len(shown) > MAX_LOG_LINES:
        yield Line(f"  {stream} | ... {counted(len(shown) - MAX_LOG_LINES, 'more line')}", tone)


def _file(data: Mapping[str, Any]) -> Iterator[Line]:
    length = len(str(data.get("text", "")).splitlines())
    yield Line(
        f"attempt {_number(data, 'attempt')}: file {one_line(data.get('path', '?'))} ({counted(length, 'line')})"
    )


def _tests(data: Mapping[str, Any]) -> Iterator[Line]:
    cases = [case for case in _list(data, "cases") if isinstance(case, Mapping)]
    passed = sum(case.get("outcome") == "passed" for case in cases)
    who = f"attempt {_number(data, 'attempt')}"
    if candidate := one_line(data.get("candidate", ""), 20):
        who += f", candidate {candidate}"
    tone = "good" if cases and passed == len(cases) else "warning"
    yield Line(f"{who}: {passed} of {counted(len(cases), 'case')} passed", tone)
    failed = [case for case in cases if case.get("outcome") != "passed"]
    for case in failed[:FAILURES_SHOWN]:
        yield Line(f"  {describe(case)}", "dim" if case.get("state") == "quarantined" else "bad")
    if len(failed) > FAILURES_SHOWN:
        yield Line(f"  and {len(failed) - FAILURES_SHOWN} more", "dim")


def _attempt(data: Mapping[str, Any]) -> Iterator[Line]:
    status = one_line(data.get("status", "?"))
    cost = f"{counted(_number(data, 'tokens'), 'token')}, {money(_amount(data, 'usd'))}"
    why = first_line(data.get("why", ""))
    text = f"attempt {_number(data, 'n')}: {status} after {duration(_amount(data, 'ms'))}, {cost}"
    yield Line(text + (f": {why}" if why else ""), tone_of(status))


def _done(data: Mapping[str, Any]) -> Iterator[Line]:
    status = one_line(data.get("status", "?"))
    yield Line(f"done: {status}", tone_of(status))


def tone_of(status: str) -> str:
    return {"passed": "good", "partial": "warning", "cancelled": "warning"}.get(status, "bad")


def describe(case: Mapping[str, Any]) -> str:
    """A case in one line: `failed test_add (generated, trusted): assert 3 == 4`."""
    known = ", ".join(one_line(case[key], 20) for key in ("origin", "state") if case.get(key))
    text = f"{one_line(case.get('outcome', '?'), 20)} {one_line(case.get('name') or case.get('id') or '?', 80)}"
    message = first_line(case.get("message", ""))
    return text + (f" ({known})" if known else "") + (f": {message}" if message else "")


def _list(data: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = data.get(key)
    return value if isinstance(value, (list, tuple)) else ()


def _amount(data: Mapping[str, Any], key: str) -> float:
    value = data.get(key)
    return float(value) if isinstance(value, (int, float)) else 0.0


def _number(data: Mapping[str, Any], key: str) -> int:
    return int(_amount(data, key))


_TELLERS = {
    "phase": _phase,
    "plan": _plan,
    "route": _route,
    "log": _log,
    "file": _file,
    "tests": _tests,
    "attempt": _attempt,
    "done": _done,
}
