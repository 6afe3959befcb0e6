"""What the code gave in each case, in real trips: it tells wrong candidates from each other, and no forgery gets in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from jobs import image
from jobs.runner import Runner

Vectors = Mapping[str, Mapping[str, Any]]


def given(
    runner: Runner,
    language: str,
    code: Sequence[Mapping[str, str]],
    file: str,
    text: str,
    names: Sequence[str],
    vectors: Vectors | None = None,
) -> list[dict[str, tuple[str, str]]]:
    """Of each candidate, case → (outcome, what the code gave)."""
    image.make(language, lambda _: None)
    cases = [{"id": n, "test": f"{file}::{n}", "vector": (vectors or {}).get(n)} for n in names]
    bundle = {
        "schema": 1, "run_id": "r1", "execution_id": "e1", "language": language, "limits": {"wall_s": 60},
        "candidates": [{"id": f"c{i}", "files": files} for i, files in enumerate(code)],
        "suites": [{"id": "s1", "files": {file: text}, "cases": cases}],
    }  # fmt: skip
    result = runner.trip(json.dumps(bundle).encode())
    assert result["error"] is None
    return [{id: (c["outcome"], c["got"]) for id, c in cell["cases"].items()} for cell in result["cells"]]


PYTHON = (
    "from solution import f\n\n\ndef test_1():\n    assert f(2) == {'n': 4}\n\n\n"
    "def test_2():\n    assert f(-1) == {'n': 1}\n"
)


def python(body: str) -> dict[str, str]:
    return {"solution.py": f"def f(n):\n    {body}\n"}


def test_pythons_wrong_candidates_are_told_apart(runner: Runner) -> None:
    code = ["return {'n': n * n}", "return {'n': n}", "if n < 0: raise ValueError(n)\n    return {'n': n + 0}"]
    found = given(runner, "python", [python(body) for body in code], "test_s1.py", PYTHON, ["test_1", "test_2"])
    assert found == [
        {"test_1": ("passed", "{'n': 4}"), "test_2": ("passed", "{'n': 1}")},
        {"test_1": ("failed", "{'n': 2}"), "test_2": ("failed", "{'n': -1}")},
        {"test_1": ("failed", "{'n': 2}"), "test_2": ("failed", "raises ValueError")},
    ]


def test_what_python_gave_is_seen_apart_where_the_verdict_falls_beside(runner: Runner) -> None:
    bodies = ("f(2) == 4", "f(1) and 1 == 1", "1 == 1")
    text = "from solution import f\n" + "".join(
        f"\n\ndef test_{n}():\n    assert {b}\n" for n, b in enumerate(bodies, 1)
    )
    (found,) = given(runner, "python", [python("return n")], "test_s1.py", text, ["test_1", "test_2", "test_3"])
    assert found == {"test_1": ("failed", "2"), "test_2": ("passed", "1"), "test_3": ("passed", "")}


FORGED = """
import json, os


class Liar:
    def __eq__(self, other):
        return True


real = os.write


def write(fd, data):
    return real(fd, data.replace(b'"ms"', b'"got": "4", "ms"'))


os.write = write


def f(n):
    return Liar()
"""


def test_code_beside_its_tests_cannot_say_what_it_gave(runner: Runner) -> None:
    text = "from solution import f\n\n\ndef test_1():\n    assert f(2) == 4\n\n\ndef test_2():\n    assert 1 == 1\n"
    (found,) = given(runner, "python", [{"solution.py": FORGED}], "test_s1.py", text, ["test_1", "test_2"])
    assert found["test_1"][0] != "passed"
    assert [got for _, got in found.values()] == ["", ""]


JAVASCRIPT = (
    "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { f } from './solution.mjs';\n"
    "test('one', () => { assert.deepEqual(f(2), { n: 4 }); });\n"
    "test('two', () => { assert.throws(() => f(-1), RangeError); });\n"
    "test('three', () => { assert.equal(f(3).n, 9); });\n"
)
CALLS = {
    "one": {"call": "f", "args": [2], "expect": {"value": {"t": "d", "v": [["n", 4]]}}},
    "two": {"call": "f", "args": [-1], "expect": {"error": "RangeError"}},
}


def javascript(body: str) -> dict[str, str]:
    return {"solution.mjs": f"export function f(n) {{ {body} }}\n"}


def test_javascripts_wrong_candidates_are_told_apart(runner: Runner) -> None:
    code = [
        "if (n < 0) throw new RangeError('no'); return { n: n * n };",
        "return { n };",
        "if (n < 0) throw new TypeError('no'); return { n: n + 0.5 };",
    ]
    names = ["one", "two", "three"]
    found = given(runner, "javascript", [javascript(b) for b in code], "s1.test.mjs", JAVASCRIPT, names, CALLS)
    assert found == [
        {"one": ("passed", '{"n": 4}'), "two": ("passed", "raises RangeError"), "three": ("passed", "")},
        {"one": ("failed", '{"n": 2}'), "two": ("failed", '{"n": -1}'), "three": ("failed", "")},
        {"one": ("failed", '{"n": 2.5}'), "two": ("failed", "raises TypeError"), "three": ("failed", "")},
    ]


@pytest.mark.parametrize("body", ["process.exit(0);", "while (true) {}"])
def test_code_that_does_not_answer_gave_nothing(runner: Runner, body: str) -> None:
    image.make("javascript", lambda _: None)
    bundle = {
        "schema": 1, "run_id": "r1", "execution_id": "e1", "language": "javascript", "limits": {"cell_wall_s": 1},
        "candidates": [{"id": "c", "files": javascript(body)}],
        "suites": [{"id": "s1", "files": {"s1.test.mjs": JAVASCRIPT},
                    "cases": [{"id": "one", "test": "s1.test.mjs::one", "vector": CALLS["one"]}]}],
    }  # fmt: skip
    (cell,) = runner.trip(json.dumps(bundle).encode())["cells"]
    assert cell["cases"]["one"]["outcome"] == "error"
    assert cell["cases"]["one"]["got"] == ""
