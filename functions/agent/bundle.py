"""The parcel for the sandbox: candidates × suites in one trip. Shapes: docs/sandbox.md; `result` reads the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from functions.agent import suites
from functions.agent.interface import named_functions, targets
from functions.agent.records import Candidate, Case, Execution, Suite
from functions.agent.words import Origin

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
    return {**asked, "fresh": True} if _is_fresh(execution, suite) else asked


def _is_fresh(execution: Execution, suite: Suite) -> bool:
    """Whether a model wrote the suite and it has never been run: then the sandbox runs it twice."""
    ids = {case.id for case in suite.cases}
    return suite.origin is Origin.GENERATED and all(ids.isdisjoint(c.results) for c in execution.candidates)


def _case(execution: Execution, suite: Suite, case: Case) -> dict[str, Any]:
    """Python's cases go without a vector: there the sandbox keeps code and tests apart by itself."""
    asked = {"id": case.id, "test": test_id(execution, suite, case)}
    return asked if case.vector is None else {**asked, "vector": dict(case.vector)}
