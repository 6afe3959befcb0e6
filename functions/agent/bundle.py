"""The parcel for the sandbox: candidates × suites in one trip. Shapes: docs/sandbox.md; `result` reads the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from functions.agent import suites
from functions.agent.interface import named_functions, targets
from functions.agent.records import Candidate, Case, Execution, Suite
from functions.agent.words import Origin, RunStatus

SCHEMA = 1


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


def racing(execution: Execution) -> tuple[Candidate, ...]:
    """The candidates of a run: the present attempt's and, where there is a suite that was never run, the older ones,
    for every candidate of every attempt stays in the race.

    Older ones that met a limit are left out: they would only meet it once more."""
    present = execution.attempt.candidates if execution.attempt else ()
    if not any(_is_new(execution, suite) for suite in execution.suites if suite.cases):
        return present
    older = (c for c in execution.candidates if c.attempt != execution.attempt_number)
    return (*present, *(c for c in older if c.status in (None, RunStatus.EXITED)))


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
    text = "\n".join((suite.preamble, *(c.source for c in suite.cases)))
    used = set(re.findall(r"\w+", text))
    language = execution.language
    wanted = targets(named_functions(execution.prompt, language), execution.interface, language)
    also = (n for n in targets((), execution.interface, language) if n in used and n not in wanted)
    return suites.file_of(suite.id, language), suites.render(suite, (*wanted, *also), language)


def test_id(execution: Execution, suite: Suite, case: Case) -> str:
    """What the test runner calls the case, e.g. `test_s11.py::test_3`."""
    language = execution.language
    return f"{suites.file_of(suite.id, language)}::{suites.test_of(case, suite.id, language)}"


def _suite(execution: Execution, suite: Suite) -> dict[str, Any]:
    name, text = test_file(execution, suite)
    asked = {"id": suite.id, "files": {name: text}, "cases": [_case(execution, suite, c) for c in suite.cases]}
    fresh = suite.origin is Origin.GENERATED and _is_new(execution, suite)
    return {**asked, "fresh": True} if fresh else asked  # what a model wrote is run twice at first: it may be flaky


def _is_new(execution: Execution, suite: Suite) -> bool:
    """Whether the suite has never been run."""
    ids = {case.id for case in suite.cases}
    return all(ids.isdisjoint(c.results) for c in execution.candidates)


def _case(execution: Execution, suite: Suite, case: Case) -> dict[str, Any]:
    """Python's cases go without a vector: there the sandbox keeps code and tests apart by itself."""
    asked = {"id": case.id, "test": test_id(execution, suite, case)}
    return asked if case.vector is None else {**asked, "vector": dict(case.vector)}
