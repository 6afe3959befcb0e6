"""What a failure says is the same with the code in another process: text, names, frames, and what was printed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Drive = Callable[..., dict[str, Any]]
HERE = Path(__file__).parent
TRUTH = json.loads((HERE.parents[2] / "fixtures" / "truth" / "python.json").read_text())
FAILING = (HERE / "failing.txt").read_text().split("#### ")[1:]
MODULES = ["solution", "pkg", "pkg.a"]


def _told(outcome: dict[str, Any]) -> dict[str, Any]:
    """All that a person is told, without addresses."""
    cases = {test: (case["outcome"], _plain(case["message"])) for test, case in outcome["cases"].items()}
    return {"cases": cases, "broken": _plain(outcome["broken"]), "out": outcome["out"], "code": outcome["code"]}


def _plain(message: str) -> str:
    return re.sub(r"(0x|\.\.\.\w*?)[0-9a-f]{8,}|(?<=tblen=)[0-9]+", "0x", message)


@pytest.mark.parametrize("task", TRUTH, ids=[task["name"] for task in TRUTH])
def test_mutants_fail_with_the_same_words(task: dict[str, Any], drive: Drive) -> None:
    apart, beside = (drive(task["mutant"], task["tests"], mode=mode) for mode in ("apart", "test"))
    assert set(task["fails"]) <= {test for test, case in apart["cases"].items() if case["outcome"] == "failed"}
    assert _told(apart) == _told(beside)


@pytest.mark.parametrize("text", FAILING, ids=[text.partition("\n")[0] for text in FAILING])
def test_failing_code_fails_with_the_same_words(text: str, drive: Drive) -> None:
    """`#### name`, then the code, `## pkg/a.py` with a file of its own, and `##` with the tests."""
    head, *further, tests = re.split(r"^##(?= |$)", text, flags=re.MULTILINE)
    code = {"solution.py": head.partition("\n")[2]}
    for part in further:
        name, _, body = part.strip(" ").partition("\n")
        code |= {name: body, "pkg/__init__.py": ""}
    apart, beside = (drive(code, tests, mode=mode, modules=MODULES) for mode in ("apart", "test"))
    told = _told(beside)
    assert told["broken"] or {case["outcome"] for case in apart["cases"].values()} & {"failed", "error"}
    assert not any(case["weak"] for case in apart["cases"].values() if case["outcome"] != "passed")
    assert _told(apart) == told
    assert "/" not in re.sub(r"pkg/|1 /|/ x|/nowhere", "", json.dumps([told["broken"], told["cases"]]))
