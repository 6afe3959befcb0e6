"""A test that is no JavaScript costs only itself: the others run, and it comes back with the parser's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jobs.language import IMAGES

Drive = Callable[..., Any]
CODE = "export function add(a, b) {\n  return a + b;\n}\n"
HEAD = (
    'import assert from "node:assert/strict";\nimport test from "node:test";\n'
    'import {\n  add\n} from "./solution.mjs";\n\n'
)
GOOD = 'test("good", () => {\n  assert.equal(add(1, 2), 3);\n});\n\n'
LAST = 'test("last", async () => {\n  await null;\n  assert.equal(add(1, 2), 9);\n});\n\n'
HELPER = "function half(n) {\n  return n / 2;\n}\n\n"


def bad(statement: str, name: str = "bad") -> str:
    return f'test("{name}", () => {{\n  {statement}\n}});\n\n'


STATEMENTS = [
    "assert.equal(add(1, 2), );x y",
    "const n = ;",
    "assert.equal(add(1, 2, 3;",
    "if (true) { assert.ok(true);",
    "assert.ok(true); }",
    "assert.equal(add('1, 2), 3);",
    "const s = `never ends;",
    "await add(1, 2);",
    "const n = 1; const n = 2;",
    "const x = /[/;",
]


@pytest.fixture
def tested(drive: Drive) -> Drive:
    """run(tests, ending="mjs", code=CODE, spare=False, **job)"""

    def run(tests: str, ending: str = "mjs", *, code: str = CODE, spare: bool = False, **job: Any) -> Any:
        file = f"s1.test.{ending}"
        files = {f"solution.{ending}": code, file: tests.replace("solution.mjs", f"solution.{ending}")}
        return drive(files, {"mode": "test", "files": [file], "skip": [], "stub": False, **job}, spare)

    return run


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("ending", ["mjs", "ts"])
def test_one_bad_test_is_an_error_and_the_others_run(tested: Drive, ending: str, statement: str) -> None:
    done = tested(HEAD + GOOD + bad(statement) + HELPER + LAST, ending)
    assert done.outcomes == {"bad": "error", "good": "passed", "last": "failed"}
    assert "SyntaxError: " in done.message("bad")
    assert f"s1.test.{ending}:1" in done.message("bad")
    assert f"s1.test.{ending}:21" in done.message("last")
    assert sorted(done.of("collected")[0]["ids"]) == [f"s1.test.{ending}::{it}" for it in ("bad", "good", "last")]
    assert (done.code, done.events[-1]) == (1, {"ev": "finish", "code": 1})


@pytest.mark.parametrize("spare", [False, True])
@pytest.mark.parametrize("ending", ["mjs", "ts"])
def test_all_bad_ones_go_at_once(tested: Drive, ending: str, spare: bool) -> None:
    tests = [bad(statement, f"bad {n}") for n, statement in enumerate(STATEMENTS)]
    done = tested(HEAD + "".join([*tests, GOOD]), ending, spare=spare)
    assert done.outcomes == {**{f"bad {n}": "error" for n in range(len(tests))}, "good": "passed"}


def test_a_test_file_that_is_commonjs_loses_them_too(drive: Drive) -> None:
    head = "const assert = require('assert');\nconst test = require('node:test');\n"
    head += "const { add } = require('./solution');\n"
    files = {"solution.js": "exports.add = (a, b) => a + b;", "s1.test.cjs": head + bad("const n = ;") + GOOD}
    done = drive(files, {"mode": "test", "files": ["s1.test.cjs"], "skip": [], "stub": False})
    assert done.outcomes == {"bad": "error", "good": "passed"}


def test_what_is_skipped_is_not_reported_although_it_is_bad(tested: Drive) -> None:
    done = tested(HEAD + bad("const n = ;") + GOOD, skip=["s1.test.mjs::bad"])
    assert len(done.of("collected")[0]["ids"]) == 2
    assert (done.outcomes, done.code) == ({"good": "passed"}, 0)


def test_a_bad_twin_leaves_its_name_to_no_other(tested: Drive) -> None:
    done = tested(HEAD + bad("const n = ;", "good") + GOOD)
    assert done.outcomes == {"good": "error", "good[2]": "passed"}


@pytest.mark.parametrize("around", ["function half(n) { return n / ; }\n", "import { from 'x';\n", "const add = 1;\n"])
@pytest.mark.parametrize("more", ["", bad("const n = ;")])
def test_what_stands_around_the_tests_is_everybodys(tested: Drive, around: str, more: str) -> None:
    done = tested(HEAD + around + GOOD + more)
    assert [event["ev"] for event in done.events] == ["broken", "finish"]


@pytest.mark.parametrize("tests", [GOOD, GOOD + bad("const n = ;")])
def test_an_error_in_the_code_is_everybodys(tested: Drive, tests: str) -> None:
    done = tested(HEAD + tests, code=CODE.replace("a + b", "a + "))
    assert "SyntaxError: solution.mjs:2: " in done.of("broken")[0]["message"]


def test_where_no_test_is_left_all_are_broken(tested: Drive) -> None:
    done = tested(HEAD + bad("const n = ;") + bad("x y", "worse"))
    assert done.of("broken")[0]["message"].startswith("SyntaxError: s1.test.mjs:8: ")


def test_a_stub_is_tested_without_them_too(tested: Drive) -> None:
    done = tested(HEAD + bad("const n = ;") + GOOD + bad("", "empty"), stub=True)
    assert done.outcomes == {"bad": "error", "good": "failed", "empty": "passed"}


THROWING = """
String.prototype.slice = () => { throw 1; };
const replace = String.prototype.replace;
String.prototype.replace = function () { return replace.call(this, 'assert.equal', 'void'); };
Map.prototype.get = () => "import test from 'node:test'; test('last', () => {});";
export function add() { return 3; }
"""


@pytest.mark.parametrize("thrown", ["", "throw new SyntaxError('s1.test.mjs:7');"])
def test_code_has_no_hand_in_what_is_left_out(tested: Drive, thrown: str) -> None:
    """All is settled before the code is loaded, whatever it throws or replaces then."""
    done = tested(HEAD + GOOD + LAST + bad("const n = ;"), code=THROWING + thrown)
    assert "last" not in {name for name, outcome in done.outcomes.items() if outcome == "passed"}


def test_a_test_that_must_fail_is_never_left_out(drive: Drive) -> None:
    canary = json.loads((IMAGES / "node" / "language.json").read_text())["languages"]["javascript"]["canary"]
    file = canary["file"].replace("{token}", "k0123456789ab")
    files = {"solution.mjs": CODE, "s1.test.mjs": HEAD + GOOD, file: HEAD + LAST + bad("const n = ;")}
    done = drive(files, {"mode": "test", "files": ["s1.test.mjs", file], "skip": [], "stub": False})
    assert [event["ev"] for event in done.events] == ["broken", "finish"]
