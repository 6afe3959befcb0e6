"""Tasks whose truth is known, from tests/fixtures/truth: right code passes all its cases at the strongest level that
there is for them, and a realistic bug fails exactly where it should."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest

from fixtures import LAYOUTS, bundle_of, languages, load
from jobs import image
from jobs.runner import Runner

FULL = bool(os.environ.get("ASSAY_TEST_FULL"))
SAMPLE = {"java": 12, "go": 12, "csharp": 12}  # tasks of the languages that take long, in the plain run
LIMITS = {"wall_s": 60, "cell_wall_s": 10}


def tasks(language: str) -> list[dict[str, Any]]:
    """All of a language's, or always the same few."""
    found = load("truth", language)
    if FULL or language not in SAMPLE:
        return found
    drawn = sorted(found, key=lambda task: hashlib.sha256(task["name"].encode()).hexdigest())
    return drawn[: SAMPLE[language]]


ALL = [(language, task) for language in languages("truth") for task in tasks(language)]


@pytest.mark.parametrize(("language", "task"), ALL, ids=[f"{language}-{task['name']}" for language, task in ALL])
def test_right_code_passes_and_a_bug_is_found(language: str, task: dict[str, Any], runner: Runner) -> None:
    image.make(language, lambda _: None)
    main = LAYOUTS[language].main
    candidates = {name: {main: task[name]} for name in ("solution", "mutant")}
    vectors = task.get("vectors", {})
    result = runner.trip(bundle_of(language, candidates, task["tests"], task["cases"], vectors, LIMITS))
    assert result["error"] is None
    right, wrong = (cell["cases"] for cell in result["cells"])
    said = {id: (case["outcome"], case["message"]) for id, case in right.items()}
    assert said == dict.fromkeys(task["cases"], ("passed", ""))
    levels = {id: case["level"] for id, case in right.items()}
    if language == "python":
        assert levels == dict.fromkeys(task["cases"], "R4")
    else:
        assert levels == {id: "vectors" if id in vectors else "R3" for id in task["cases"]}
    assert {id for id, case in wrong.items() if case["outcome"] == "passed"}.isdisjoint(task["fails"])
    assert {id for id, case in wrong.items() if case["outcome"] in ("failed", "error")} >= set(task["fails"])
    assert result["vacuous"] == []


@pytest.mark.parametrize("language", languages("truth"))
def test_every_language_has_enough_of_it(language: str) -> None:
    mine = load("truth", language)
    assert len({task["name"] for task in mine}) == len(mine) >= 32
    assert all(set(task["fails"]) <= set(task["cases"]) and task["fails"] for task in mine)
    assert all(set(task.get("vectors", ())) <= set(task["cases"]) for task in mine)
