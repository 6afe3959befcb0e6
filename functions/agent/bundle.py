"""The parcel for the sandbox and what comes back. Shapes: docs/sandbox.md. What comes back is not believed, but read.

A run is candidates × suites in one trip. The result is plain JSON from a process that stood next to untrusted code:
every field is checked, what was not asked for is ignored, and what is missing counts as not passed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from functions.agent import suites
from functions.agent.events import CellResult, RunFinished, RunLost
from functions.agent.interface import named_functions, targets
from functions.agent.languages import LANGUAGES
from functions.agent.records import Candidate, Case, Execution, Finding, Suite
from functions.agent.words import CaseOutcome, RunStatus

SCHEMA = 1
MAX_RESULT_BYTES = 8 * 1024 * 1024
MESSAGE_LIMIT = 600
OUTPUT_LIMIT = 4000
MAX_FINDINGS = 50
"""Of one candidate; the grave ones come first, so that no flood of small ones hides them."""
MAX_MS = 86_400_000


def bundle_name(execution_id: str, run_id: str) -> str:
    return f"executions/{execution_id}/bundles/{run_id}.json"


def result_name(execution_id: str, run_id: str) -> str:
    return f"executions/{execution_id}/results/{run_id}.json"


def parse_result_name(name: str) -> tuple[str, str] | None:
    """(execution id, run id) of a result's blob name; None for any other name."""
    parts = name.split("/")
    if len(parts) == 4 and parts[0] == "executions" and parts[2] == "results" and parts[3].endswith(".json"):
        return parts[1], parts[3].removesuffix(".json")
    return None


def pack(execution: Execution, run_id: str, candidates: Sequence[Candidate]) -> bytes:
    """The bundle of `candidates` against every suite of the execution, as JSON bytes."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "run_id": run_id,
            "execution_id": execution.id,
            "language": execution.language,
            "limits": dict(execution.limits),
            "candidates": [{"id": c.id, "files": dict(c.files)} for c in candidates],
            "suites": [_suite(execution, s) for s in execution.suites if s.cases],
        }
    ).encode()


def test_file(execution: Execution, suite: Suite) -> tuple[str, str]:
    """(file name, text) of a suite in the execution's language."""
    language = LANGUAGES[execution.language]
    module = language.main_file.rsplit(".", 1)[0]
    text = "\n".join((suite.preamble, *(c.source for c in suite.cases)))
    used = set(re.findall(r"\w+", text))
    wanted = targets(named_functions(execution.prompt), execution.interface)
    also = (n for n in targets((), execution.interface) if n in used and n not in wanted)
    wanted = (*wanted, *also)
    return f"test_{suite.id}{language.extension}", suites.render(suite, module, wanted)


def test_id(execution: Execution, suite: Suite, case: Case) -> str:
    """What the test runner calls the case, e.g. `test_s11.py::test_3`."""
    return f"{test_file(execution, suite)[0]}::{case.source.split('(', 1)[0].removeprefix('def ')}"


def _suite(execution: Execution, suite: Suite) -> dict[str, Any]:
    name, text = test_file(execution, suite)
    tests = [{"id": c.id, "test": test_id(execution, suite, c)} for c in suite.cases]
    return {"id": suite.id, "files": {name: text}, "cases": tests}


def read_result(execution: Execution, run_id: str, attempt: int, data: bytes) -> RunFinished | RunLost:
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
            _findings(result.get("findings", [])),
            str(result["level"])[:20],
            _finite(dict(result.get("probe", {}))),
            round(_ms(result.get("wall_ms", 0))),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        return RunLost(attempt, run_id, f"The sandbox's result can't be read: {error}"[:300])


def _cell(execution: Execution, cell: Mapping[str, Any]) -> CellResult:
    suite = {s.id: s for s in execution.suites}[cell["suite"]]
    reported = cell["cases"]
    cases = {}
    for case in suite.cases:
        entry = reported.get(case.id) or {"outcome": "missing", "message": str(cell.get("why", ""))}
        outcome = CaseOutcome(entry["outcome"])
        message = "" if outcome is CaseOutcome.PASSED else str(entry.get("message", ""))[:MESSAGE_LIMIT]
        cases[case.id] = (outcome, message, _ms(entry.get("ms", 0.0)))
    return CellResult(
        str(cell["candidate"]),
        suite.id,
        RunStatus(cell["status"]),
        cases,
        _text(cell.get("stdout", {})),
        _text(cell.get("stderr", {})),
    )


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
