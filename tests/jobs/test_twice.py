"""New tests run twice on the same code: what comes out differently is named, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from jobs import image
from jobs.cells import Cell
from jobs.protocol import DEFAULTS, Bundle, Candidate, Suite
from jobs.report import CaseResult
from jobs.runner import Runner
from jobs.twice import Twice, differing, said

ONE, TWO = Candidate("a", {}), Candidate("b", {})
CHANCES = 20
"""Tests that pass or fail by chance: that all of them come out the same twice happens once in a million times."""


def cell(outcomes: Mapping[str, str], candidate: str = "a", suite: str = "s", complete: bool = True) -> Cell:
    cases = {id: CaseResult(outcome, weak=False) for id, outcome in outcomes.items()}
    return Cell(candidate, suite, "exited", 0, complete, "", cases)


@pytest.mark.parametrize(
    ("first", "second", "complete", "flaky"),
    [
        *(("passed", "passed", True, False), ("failed", "failed", True, False)),
        *(("passed", "failed", True, True), ("failed", "passed", True, True)),
        *(("passed", "error", True, True), ("passed", "skipped", True, True), ("failed", "error", True, False)),
        *(("error", "passed", True, False), ("missing", "passed", True, False), ("skipped", "passed", True, False)),
        *(("passed", "missing", True, False), ("passed", "error", False, False), ("passed", "failed", False, True)),
    ],
)
def test_a_case_is_flaky_when_it_passes_once_and_fails_once(
    first: str, second: str, complete: bool, flaky: bool
) -> None:
    steady = {"steady": "passed"}
    found = differing(cell({"x": first, **steady}), cell({"x": second, **steady}, complete=complete))
    assert found == (["x"] if flaky else [])


def test_only_what_came_to_its_end_has_said_something() -> None:
    assert said(cell({"a": "passed", "b": "failed", "c": "error", "d": "missing", "e": "skipped"})) == ["a", "b"]


class Now:
    """Carries out a step at once."""

    def submit(self, step: Any, wants_spare: bool = False) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(step(None))
        return done


class Asked:
    """The turns of a trip: they are noted, and everything fails the second time."""

    def __init__(self, over: bool = False) -> None:
        self.turns: list[tuple[str, str, list[str], list[str]]] = []
        self._over = over

    def over(self) -> bool:
        return self._over

    def _again(
        self, kind: str, candidate: Candidate, suites: Sequence[Suite], left_out: Any, again: bool
    ) -> list[Cell]:
        assert again
        self.turns.append((kind, candidate.id, [s.id for s in suites], sorted(left_out)))
        return [
            cell({id: "missing" if test in left_out else "failed" for id, test in s.cases.items()}, candidate.id, s.id)
            for s in suites
        ]

    def apart(
        self, candidate: Candidate, suites: Sequence[Suite], spare: Any, left_out: Any, again: bool
    ) -> list[Cell]:
        return self._again("apart", candidate, suites, left_out, again)

    def beside(self, candidate: Candidate, suite: Suite, spare: Any, left_out: Any, again: bool) -> Cell:
        return self._again("beside", candidate, [suite], left_out, again)[0]


def suite(id: str, *names: str, fresh: bool = True) -> Suite:
    return Suite(id, {}, {f"{id}-{name}": f"{id}.py::{name}" for name in names}, {}, fresh)


def twice(turns: Asked, *suites: Suite) -> Twice:
    return Twice(Now(), turns, Bundle("r", "e", "python", DEFAULTS, (ONE, TWO), suites))  # type: ignore[arg-type]


def found(*cells: Cell) -> dict[tuple[str, str], Cell]:
    return {(c.candidate, c.suite): c for c in cells}


FRESH = suite("s", "1", "2", "3")
OLD = suite("t", "1", fresh=False)


def test_the_best_candidate_has_a_second_turn_with_the_tests_that_said_something() -> None:
    turns = Asked()
    apart = found(
        cell({"s-1": "passed", "s-2": "failed", "s-3": "failed"}, "a"),
        cell({"s-1": "passed", "s-2": "passed", "s-3": "error"}, "b"),
        *(cell({"t-1": "passed"}, name, "t") for name in "ab"),
    )
    assert twice(turns, FRESH, OLD).apart(apart) == {"s": ["s-1", "s-2"]}
    assert turns.turns == [("apart", "b", ["s"], ["s.py::3"])]


def test_a_suite_that_a_candidate_passes_as_a_whole_waits_for_nobody() -> None:
    turns = Asked()
    made = twice(turns, FRESH, suite("t", "1"), OLD)
    first = [cell({"s-1": "passed", "s-2": "failed", "s-3": "failed"}), cell({"t-1": "passed"}, "a", "t")]
    made.look(found(*first))
    assert turns.turns == [("apart", "a", ["t"], [])]
    whole = found(*first, cell(dict.fromkeys(FRESH.cases, "passed"), "b"), cell({"t-1": "passed"}, "b", "t"))
    made.look(whole)
    assert turns.turns[1:] == [("apart", "b", ["s"], [])]
    assert made.apart(whole) == {"t": ["t-1"], "s": ["s-1", "s-2", "s-3"]}
    assert len(turns.turns) == 2


def test_what_is_not_settled_apart_goes_again_beside_and_only_that() -> None:
    turns = Asked()
    weak = cell({"s-1": "passed", "s-2": "passed", "s-3": "passed"})
    weak = Cell(**{**vars(weak), "cases": {id: CaseResult("passed", weak=True) for id in weak.cases}})
    strong = cell({"t-1": "passed"}, "a", "t")
    others = [cell({"s-1": "failed", "s-2": "failed", "s-3": "failed"}, "b"), cell({"t-1": "failed"}, "b", "t")]
    made = twice(turns, FRESH, suite("t", "1"))
    known = made.apart(found(weak, strong, *others))
    assert known == {"t": ["t-1"]}
    beside = found(cell({"s-1": "passed", "s-2": "failed", "s-3": "error"}))
    judged = found(cell({"s-1": "passed", "s-2": "failed", "s-3": "error"}), *others)
    later = made.beside(beside, judged, known)
    assert {id: ids.result() for id, ids in later.items()} == {"s": ["s-1"]}
    assert turns.turns == [("apart", "a", ["t"], []), ("beside", "a", ["s"], ["s.py::3"])]


def test_what_a_vector_confirms_needs_no_second_turn() -> None:
    turns = Asked()
    beside = found(cell({"s-1": "passed", "s-2": "passed", "s-3": "failed"}))
    sure = {"s-1": CaseResult("passed", level="vectors"), "s-2": CaseResult("passed", level="R3")}
    judged = found(Cell(**{**vars(beside["a", "s"]), "cases": {**beside["a", "s"].cases, **sure}}))
    later = twice(turns, FRESH).beside(beside, judged, {})
    assert later["s"].result() == ["s-2"]
    assert turns.turns == [("beside", "a", ["s"], ["s.py::1"])]


def test_without_time_nothing_is_flaky_and_without_an_outcome_nothing_is_run() -> None:
    turns = Asked(over=True)
    apart = found(*(cell({"s-1": "passed", "s-2": "failed", "s-3": "error"}, name) for name in "ab"))
    assert twice(turns, FRESH).apart(apart) == {"s": []}
    broken = found(*(cell({"s-1": "error", "s-2": "error", "s-3": "error"}, name) for name in "ab"))
    idle = Asked()
    assert twice(idle, FRESH).apart(broken) == {}
    assert twice(idle, FRESH).beside(broken, broken, {}) == {}
    assert idle.turns == []


def trip(runner: Runner, language: str, code: Sequence[dict[str, str]], file: str, text: str, names: Sequence[str],
         fresh: bool = True) -> dict[str, Any]:  # fmt: skip
    image.make(language, lambda _: None)
    cases = [{"id": name, "test": f"{file}::{name}"} for name in names]
    result = runner.trip(
        json.dumps(
            {
                "schema": 1, "run_id": "r1", "execution_id": "e1", "language": language, "limits": {"wall_s": 60},
                "candidates": [{"id": f"c{i}", "files": files} for i, files in enumerate(code)],
                "suites": [{"id": "s1", "files": {file: text}, "cases": cases, "fresh": fresh}],
            }
        ).encode()
    )  # fmt: skip
    assert result["error"] is None
    return result


PYTHON = {"solution.py": "def same(n):\n    return n\n"}
BAD_PYTHON = {"solution.py": "def same(n):\n    return None\n"}
ORDER = (
    "from solution import same\n\nSEEN = []\n\n\n"
    "def test_first():\n    SEEN.append(same(1))\n    assert SEEN == [1]\n\n\n"
    "def test_second():\n    assert SEEN == [same(1)]\n\n\ndef test_steady():\n    assert same(3) == 3\n\n\n"
    "def test_wrong():\n    assert same(3) == 4\n"
)
ORDERED = ["test_first", "test_second", "test_steady", "test_wrong"]
CHANCE = "import random\nfrom solution import same\n\n\ndef test_steady():\n    assert same(1) == 1\n" + "".join(
    f"\n\ndef test_{n}():\n    assert same(random.choice([1, 2])) == 1\n" for n in range(CHANCES)
)
UNTOUCHED = "import random\nfrom solution import same\n\n\ndef test_steady():\n    assert 1 == 1\n" + "".join(
    f"\n\ndef test_{n}():\n    assert random.choice([1, 2]) == 1\n" for n in range(CHANCES)
)
BY_CHANCE = {f"test_{n}" for n in range(CHANCES)}


def test_a_test_of_pythons_that_lives_on_another_is_flaky(runner: Runner) -> None:
    result = trip(runner, "python", [BAD_PYTHON, PYTHON, PYTHON], "test_s1.py", ORDER, ORDERED)
    outcomes = [case["outcome"] for case in result["cells"][1]["cases"].values()]
    assert outcomes == ["passed", "passed", "passed", "failed"]
    assert result["flaky"] == ["test_second"]
    assert result["cells"][1]["cases"] == {**result["cells"][2]["cases"], **_times(result["cells"][1])}


def _times(cell: dict[str, Any]) -> dict[str, Any]:
    return {id: case for id, case in cell["cases"].items() if case.pop("ms") >= 0}


def test_a_suite_that_is_not_fresh_is_run_once(runner: Runner) -> None:
    assert trip(runner, "python", [PYTHON], "test_s1.py", ORDER, ORDERED, fresh=False)["flaky"] == []


@pytest.mark.parametrize(("text", "level"), [(CHANCE, "R4"), (UNTOUCHED, "R3")])
def test_a_test_of_pythons_that_throws_dice_is_flaky(runner: Runner, text: str, level: str) -> None:
    """Settled apart from the code, and beside it where it does not need the code."""
    result = trip(runner, "python", [BAD_PYTHON, PYTHON], "test_s1.py", text, ["test_steady", *sorted(BY_CHANCE)])
    cases = result["cells"][1]["cases"]
    assert cases["test_steady"]["level"] == level
    assert result["flaky"]
    assert set(result["flaky"]) <= BY_CHANCE


def test_a_test_that_hangs_has_no_second_turn(runner: Runner) -> None:
    code = {"solution.py": "import time\n\n\ndef same(n):\n    if n == 2:\n        time.sleep(60)\n    return n\n"}
    text = "from solution import same\n" + "".join(
        f"\n\ndef test_{n}():\n    assert same({n}) == {n}\n" for n in (1, 2, 3)
    )
    names = [f"test_{n}" for n in (1, 2, 3)]
    bundle = {
        "schema": 1, "run_id": "r1", "execution_id": "e1", "language": "python", "limits": {"cell_wall_s": 1},
        "candidates": [{"id": "c", "files": code}],
        "suites": [{"id": "s", "files": {"test_s.py": text}, "fresh": True,
                    "cases": [{"id": name, "test": f"test_s.py::{name}"} for name in names]}],
    }  # fmt: skip
    result = runner.trip(json.dumps(bundle).encode())
    assert [case["outcome"] for case in result["cells"][0]["cases"].values()] == ["passed", "error", "passed"]
    assert result["flaky"] == []
    assert result["wall_ms"] < 3000


JAVASCRIPT = {"solution.mjs": "export const same = (n) => n;\n"}
BAD_JAVASCRIPT = {"solution.mjs": "export const same = (n) => null;\n"}
JAVASCRIPT_TESTS = (
    "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { same } from './solution.mjs';\n"
    "test('steady', () => { assert.equal(same(1), 1); });\n"
    "test('wrong', () => { assert.equal(same(1), 2); });\n"
    + "".join(
        f"test('test_{n}', () => {{ assert.equal(same(Math.random() < 0.5 ? 1 : 2), 1); }});\n" for n in range(CHANCES)
    )
)


def test_a_test_of_javascripts_that_throws_dice_is_flaky(runner: Runner) -> None:
    names = ["steady", "wrong", *sorted(BY_CHANCE)]
    result = trip(runner, "javascript", [BAD_JAVASCRIPT, JAVASCRIPT], "s1.test.mjs", JAVASCRIPT_TESTS, names)
    cases = result["cells"][1]["cases"]
    assert (cases["steady"]["outcome"], cases["wrong"]["outcome"]) == ("passed", "failed")
    assert result["flaky"]
    assert set(result["flaky"]) <= BY_CHANCE
