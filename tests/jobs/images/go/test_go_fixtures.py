"""The truth and the forgeries of tests/fixtures: honest code is judged right, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jobs import language, vectors, wire
from jobs.judge import Ending, judge
from jobs.protocol import Vector

Drive = Callable[..., Any]
FIXTURES = Path(__file__).parents[3] / "fixtures"
TRUTH = json.loads((FIXTURES / "truth" / "go.json").read_text(encoding="utf-8"))
FORGERIES = json.loads((FIXTURES / "forgeries" / "go.json").read_text(encoding="utf-8"))

SAMPLE = ("fake_report", "fake_report_with_canaries", "reads_the_tests", "variable_that_reads_the_tests")
"""All are tried by the runner in tests/jobs; these few by the driver alone."""


def named(tasks: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("task", tasks, ids=[task["name"] for task in tasks])


def calls(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"id": name, "call": v["call"], "args": v["args"]} for name, v in task["vectors"].items()]


def test_there_is_enough_of_both() -> None:
    assert len(TRUTH) >= 32
    assert len(FORGERIES) >= 8


@named(TRUTH[::9])
def test_truth(test: Drive, drive: Drive, task: Mapping[str, Any]) -> None:
    passed = dict.fromkeys(task["cases"], "passed")
    assert test(task["solution"], task["tests"]).outcomes == passed
    mutant = test(task["mutant"], task["tests"]).outcomes
    assert [name for name in task["cases"] if mutant.get(name) != "passed"] == task["fails"]
    if not task["vectors"]:
        return
    run = drive({"solution.go": task["solution"]}, {"mode": "vectors", "calls": calls(task)})
    assert run.events[0]["ids"] == list(task["vectors"])
    answers = {event["id"]: event for event in (*run.of("value"), *run.of("raised"))}
    for name, vector in task["vectors"].items():
        expect = vector["expect"]
        if "error" in expect:
            assert expect["error"] in answers[name]["errors"]
        else:
            assert wire.equal(answers[name]["value"], expect["value"], 1e-9)


@named(TRUTH[::9])
def test_truth_proves_something(test: Drive, task: Mapping[str, Any]) -> None:
    assert "passed" not in test(task["solution"], task["tests"], stub=True).outcomes.values()


@named([task for task in FORGERIES if task["name"] in SAMPLE])
def test_a_forgery_is_never_confirmed(test: Drive, drive: Drive, folder: Path, task: Mapping[str, Any]) -> None:
    """Where a lie gets past the canaries, the calls from outside catch it."""
    canary = language.load("go", folder).canary.fill("k0123456789ab")
    tests = {"s1_test.go": task["tests"], canary[0]: canary[1]}
    run = test(task["solution"], tests)
    ids = [f"s1_test.go::{name}" for name in task["cases"]]
    beside = judge(run.report, True, ids, Ending("exited", run.code), canaries=canary[2])
    known = {n: Vector(v["call"], tuple(v["args"]), v["expect"].get("value")) for n, v in task["vectors"].items()}
    asked = drive({"solution.go": task["solution"]}, {"mode": "vectors", "calls": calls(task)})
    outside = vectors.judge(
        asked.report, True, Ending("exited", asked.code), known, list(known), vectors.Rules(empty_is_nothing=True)
    )
    for id, name in zip(ids, task["cases"], strict=True):
        answer = outside.get(name)
        confirmed = answer is not None and answer.outcome == "passed"
        assert not (beside.cases[id].outcome == "passed" and confirmed)


def test_some_forgeries_need_the_calls_from_outside(test: Drive, folder: Path) -> None:
    """Otherwise the test above would prove nothing about them."""
    (task,) = [task for task in FORGERIES if task["name"] == "fake_report_with_canaries"]
    canary = language.load("go", folder).canary.fill("k0123456789ab")
    run = test(task["solution"], {"s1_test.go": task["tests"], canary[0]: canary[1]})
    ids = [f"s1_test.go::{name}" for name in task["cases"]]
    judged = judge(run.report, True, ids, Ending("exited", run.code), canaries=canary[2])
    assert {case.outcome for case in judged.cases.values()} == {"passed"}
