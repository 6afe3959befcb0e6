"""A strong suite kills the mutants of a small function in the real sandbox, a weak one lets them live."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from functions.agent.mutation import count, mutants
from functions.agent.records import Mutation
from functions.agent.words import CaseOutcome
from jobs import image
from jobs.runner import Runner

CODE = {
    "python": (
        "solution.py",
        "def price(n, each):\n    if n >= 10:\n        return n * each - 5\n    return n * each + 1\n",
    ),
    "go": (
        "solution.go",
        "package solution\n\nfunc Price(n, each int) int {\n\tif n >= 10 {\n\t\treturn n*each - 5\n\t}\n"
        "\treturn n*each + 1\n}\n",
    ),
}
STRONG = {
    "python": (
        "from solution import price\n\n\ndef test_1():\n    assert price(10, 3) == 25\n\n\n"
        "def test_2():\n    assert price(9, 3) == 28\n"
    ),
    "go": (
        'package solution\n\nimport "testing"\n\nfunc Test1(t *testing.T) {\n'
        '\tif got := Price(10, 3); got != 25 {\n\t\tt.Errorf("%d", got)\n\t}\n}\n\n'
        'func Test2(t *testing.T) {\n\tif got := Price(9, 3); got != 28 {\n\t\tt.Errorf("%d", got)\n\t}\n}\n'
    ),
}
WEAK = {
    "python": (
        "from solution import price\n\n\ndef test_1():\n    assert isinstance(price(10, 3), (int, float))\n\n\n"
        "def test_2():\n    assert isinstance(price(9, 3), (int, float))\n"
    ),
    "go": (
        'package solution\n\nimport (\n\t"reflect"\n\t"testing"\n)\n\nfunc Test1(t *testing.T) {\n'
        "\tif reflect.TypeOf(Price(10, 3)).Kind() != reflect.Int {\n\t\tt.Fail()\n\t}\n}\n\n"
        "func Test2(t *testing.T) {\n\tif reflect.TypeOf(Price(9, 3)).Kind() != reflect.Int {\n\t\tt.Fail()\n\t}\n}\n"
    ),
}
TESTS = {"python": ("test_s1.py", ["test_1", "test_2"]), "go": ("s1_test.go", ["Test1", "Test2"])}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    for language in CODE:
        image.make(language, lambda _: None)
    before = os.umask(0o022)
    with Runner(None, image.home() / "slots") as warm:
        yield warm
    os.umask(before)


def judged(runner: Runner, language: str, tests: str) -> Mutation:
    """All mutants of the code, on one suite of two tests."""
    (name, code), (file, cases) = CODE[language], TESTS[language]
    made = mutants({name: code}, language, 30)
    bundle = {
        **{"schema": 1, "run_id": "r1", "execution_id": "e1", "language": language},
        "limits": {"wall_s": 60, "cell_wall_s": 10},
        "candidates": [{"id": m.id, "files": m.files} for m in made],
        "suites": [{"id": "s1", "files": {file: tests}, "cases": [{"id": c, "test": f"{file}::{c}"} for c in cases]}],
    }
    result = runner.trip(json.dumps(bundle).encode())
    assert result["error"] is None
    results = {
        cell["candidate"]: {case: CaseOutcome(said["outcome"]) for case, said in cell["cases"].items()}
        for cell in result["cells"]
    }
    return count(made, results, cases)


@pytest.mark.parametrize("language", CODE)
def test_strong_tests_kill_and_weak_ones_do_not(runner: Runner, language: str) -> None:
    strong, weak = judged(runner, language, STRONG[language]), judged(runner, language, WEAK[language])
    assert (strong.note, weak.note) == ("", "")
    assert (strong.killed, strong.survivors) == (strong.total, ())
    assert weak.total == strong.total >= 10
    assert weak.killed <= weak.total / 4
