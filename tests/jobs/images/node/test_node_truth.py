"""A sample of the truth through the driver alone: solutions pass, mutants fail where named, vectors say the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[3] / "fixtures"
SAMPLE = 2  # of either language; all of them are judged by the runner in another test
TASKS = [
    pytest.param(ending, task, id=f"{name}-{task['name']}")
    for name, ending in (("javascript", "mjs"), ("typescript", "ts"))
    for task in json.loads((FIXTURES / "truth" / f"{name}.json").read_text(encoding="utf-8"))[:SAMPLE]
]


def vectors_of(task: dict[str, Any]) -> dict[str, Any]:
    calls = [{"id": name, "call": v["call"], "args": v["args"]} for name, v in task["vectors"].items()]
    return {"mode": "vectors", "calls": calls}


def agrees(answer: Any, expect: dict[str, Any]) -> bool:
    if "error" in expect:
        return isinstance(answer, list) and expect["error"] in answer
    return json.dumps(answer) == json.dumps(expect["value"])


@pytest.mark.parametrize(("ending", "task"), TASKS)
def test_the_driver_tells_right_from_wrong(drive: Callable[..., Any], ending: str, task: dict[str, Any]) -> None:
    solution, test = f"solution.{ending}", f"s1.test.{ending}"
    job = {"mode": "test", "files": [test], "skip": [], "stub": False}
    good = drive({solution: task["solution"], test: task["tests"]}, job)
    assert good.outcomes == dict.fromkeys(task["cases"], "passed")
    bad = drive({solution: task["mutant"], test: task["tests"]}, job)
    assert [name for name, outcome in bad.outcomes.items() if outcome != "passed"] == task["fails"] != []
    if ending == "mjs":  # stubs are made from the JavaScript of either language
        stubbed = drive({solution: task["solution"], test: task["tests"]}, {**job, "stub": True})
        assert "passed" not in stubbed.outcomes.values()
    for text, wrong in ((task["solution"], []), (task["mutant"], task["fails"])):
        answers = drive({solution: text}, vectors_of(task)).answers
        assert set(answers) == set(task["vectors"])
        for name, vector in task["vectors"].items():
            assert agrees(answers[name], vector["expect"]) == (name not in wrong), name
