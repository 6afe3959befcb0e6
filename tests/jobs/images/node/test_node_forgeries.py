"""Wrong code that tries to be judged right: a sample through the driver alone, and what the linter must find of it. All
of it is judged by the runner in another test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jobs import language

FIXTURES = Path(__file__).parents[3] / "fixtures" / "forgeries"
ENDINGS = {"javascript": "mjs", "typescript": "ts"}
FORGERIES = {name: json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8")) for name in ENDINGS}
SAMPLE = ("patched_assert", "forged_vectors", "sequence_export", "errors_of_all_names")
CAUGHT_BY_VECTORS_ONLY = {"sequence_export", "errors_of_all_names"}


@pytest.mark.parametrize("wanted", SAMPLE)
def test_a_forgery_is_not_believed(drive: Callable[..., Any], image_of: Callable[[str], Path], wanted: str) -> None:
    name = "javascript"
    (forgery,) = (it for it in FORGERIES[name] if it["name"] == wanted)
    canary, text, must_fail = language.load(name, image_of(name)).canary.fill("k0123456789ab")
    solution, test = f"solution.{ENDINGS[name]}", f"s1.test.{ENDINGS[name]}"
    files = {solution: forgery["solution"], test: forgery["tests"], canary: text}
    done = drive(files, {"mode": "test", "files": [test, canary], "skip": [], "stub": False})
    outcomes = {event["id"]: event["outcome"] for event in done.of("case")}
    honest = len(done.of("finish")) == 1 and all(outcomes.get(id) == "failed" for id in must_fail)
    believed = honest and all(outcome == "passed" for id, outcome in outcomes.items() if id not in must_fail)
    assert believed == (wanted in CAUGHT_BY_VECTORS_ONLY)
    calls = [{"id": f"r{id}", "call": v["call"], "args": v["args"]} for id, v in forgery["vectors"].items()]
    answered = drive({solution: forgery["solution"]}, {"mode": "vectors", "calls": calls})
    seen = [id for event in answered.of("supported") for id in event["ids"]]
    assert set(seen) == {call["id"] for call in calls}
    assert not any(right(answered.answers.get(f"r{id}"), v["expect"]) for id, v in forgery["vectors"].items())


def right(answer: Any, expect: Mapping[str, Any]) -> bool:
    return expect["error"] in (answer or ()) if "error" in expect else answer == expect["value"]


@pytest.mark.parametrize("name", ENDINGS)
def test_what_the_linter_must_find_stays_found(
    lint: Callable[[Mapping[str, str]], list[dict[str, Any]]], image_of: Callable[[str], Path], name: str
) -> None:
    hiding = {it["name"]: it for it in FORGERIES[name] if "findings" in it}
    assert len(hiding) == 2
    rules = language.load(name, image_of(name)).lint
    assert rules is not None
    found = lint({f"{it}/solution.{ENDINGS[name]}": forgery["solution"] for it, forgery in hiding.items()})
    for it, forgery in hiding.items():
        mine = {one["rule"] for one in found if one["file"].startswith(f"{it}/")}
        assert {rule: rules.severity_of(rule) for rule in mine}.items() >= forgery["findings"].items()
    first = {one["rule"] for one in found[:2]}
    assert first & {"no-eval", "TS2322"}
