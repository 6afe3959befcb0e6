"""What the sandbox says of a run: not believed, but read. Shapes: docs/sandbox.md.

It is plain JSON from a process that stood next to untrusted code: every field is checked, what was not asked for is
ignored, and what is missing counts as not passed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from functions.agent.events import CellResult, RunFinished, RunLost
from functions.agent.records import CaseResult, Execution, Finding
from functions.agent.words import CaseOutcome, Level, RunStatus

SCHEMA = 2
MAX_RESULT_BYTES = 8 * 1024 * 1024
MESSAGE_LIMIT = 600
GOT_LIMIT = 240
OUTPUT_LIMIT = 4000
MAX_FINDINGS = 50
"""Of one candidate; the grave ones come first, so that no flood of small ones hides them."""
MAX_MS = 86_400_000


def read(execution: Execution, run_id: str, attempt: int, data: bytes) -> RunFinished | RunLost:
    """What the sandbox says, checked against what it was asked. What is malformed is a lost run, never a verdict."""
    try:
        if len(data) > MAX_RESULT_BYTES:
            raise ValueError("it is larger than 8 MiB")
        result = json.loads(data)
        if result["schema"] != SCHEMA or result["run_id"] != run_id or result["execution_id"] != execution.id:
            raise ValueError("it belongs to another run")
        if result.get("error"):
            return RunLost(attempt, run_id, f"The sandbox failed: {str(result['error']['detail'])[:300]}")
        cells = tuple(_cell(execution, c) for c in result["cells"])
        if len({(c.candidate, c.suite) for c in cells}) != len(cells):
            raise ValueError("it answers one question twice")
        if not cells:
            raise ValueError("it answers nothing")
        return RunFinished(
            attempt,
            run_id,
            cells,
            findings=_findings(result.get("findings", [])),
            vacuous=_known(execution, result.get("vacuous", []), "vacuous"),
            flaky=_known(execution, result.get("flaky", []), "flaky"),
            environment=_finite(dict(result.get("probe", {}))),
            sandbox_ms=round(_ms(result.get("wall_ms", 0))),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        return RunLost(attempt, run_id, f"The sandbox's result can't be read: {error}"[:300])


def _cell(execution: Execution, cell: Mapping[str, Any]) -> CellResult:
    suite = {s.id: s for s in execution.suites}[cell["suite"]]
    reported = cell["cases"]
    cases = {}
    for case in suite.cases:
        entry = reported.get(case.id) or {"outcome": "missing", "message": str(cell.get("why", ""))}
        cases[case.id] = _case(entry)
    return CellResult(
        str(cell["candidate"]),
        suite.id,
        RunStatus(cell["status"]),
        cases,
        _text(cell.get("stdout", {})),
        _text(cell.get("stderr", {})),
    )


def _case(entry: Mapping[str, Any]) -> CaseResult:
    outcome = CaseOutcome(entry["outcome"])
    level = Level(entry.get("level", ""))
    given = entry.get("got")
    got = given[:GOT_LIMIT] if isinstance(given, str) else ""
    if outcome is CaseOutcome.PASSED:
        if level is Level.NONE:
            raise ValueError("a pass in it has no level")
        return CaseResult(outcome, "", _ms(entry.get("ms", 0.0)), level, got)
    if level is not Level.NONE:
        raise ValueError("a level in it belongs to no pass")
    message = str(entry.get("message", ""))[:MESSAGE_LIMIT]
    return CaseResult(outcome, message, _ms(entry.get("ms", 0.0)), got=got)


def _known(execution: Execution, ids: Any, kind: str) -> frozenset[str]:
    """The known ones of the named cases. Raises TypeError for what is no list."""
    if not isinstance(ids, list):
        raise TypeError(f"its {kind} cases are no list")
    return frozenset({c.id for c in execution.cases} & {i for i in ids if isinstance(i, str)})


def _ms(value: Any) -> float:
    """Milliseconds, from nought to a day. Raises TypeError, ValueError for what is no number."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a time in it is not a number")
    return min(max(number, 0.0), float(MAX_MS))


def _finite(value: Any) -> Any:
    """Plain values with `None` for numbers that records can't keep."""
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(output: Mapping[str, Any]) -> str:
    head, tail = str(output.get("head", "")), str(output.get("tail", ""))
    return (head + (f"\n…\n{tail}" if tail else ""))[:OUTPUT_LIMIT]


def _findings(entries: Sequence[Mapping[str, Any]]) -> Mapping[str, tuple[Finding, ...]]:
    found: dict[str, list[Finding]] = {}
    for e in entries:
        severity = str(e["severity"])
        finding = Finding(str(e["file"])[:200], int(e["line"]), str(e["rule"])[:60], str(e["message"])[:300], severity)
        found.setdefault(str(e["candidate"]), []).append(finding)
    return {c: tuple(sorted(f, key=lambda f: f.severity != "error")[:MAX_FINDINGS]) for c, f in found.items()}
