"""A test that does not compile costs only itself: the others run, and it comes back with the compiler's own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobs.language import IMAGES

Fixture = Any

ADD = "public class Solution {\n  public static int add(int a, int b) { return a + b; }\n}\n"
GOOD = "@Test\nvoid good() throws Exception {\n    assertEquals(3, Solution.add(1, 2));\n}\n"
LAST = "@Test\nvoid last() {\n    assertEquals(9, Solution.add(1, 2));\n}\n"


def bad(statement: str, name: str = "bad") -> str:
    return f"@Test\nvoid {name}() throws Exception {{\n    {statement}\n}}\n"


STATEMENTS = [
    ("assertEquals(3, Solution.sum(1, 2));", "symbol:   method sum(int,int)"),
    ('assertEquals(3, Solution.add("1", 2));', "incompatible types: java.lang.String cannot be converted to int"),
    ("int n = Solution.add(1, 2)", "';' expected"),
    ("assertEquals(3, Solution.add(1, 2);", "')' expected"),
    ("int = 3; assertEquals(\"}\", '{');", "not a statement"),
    ("if (true) { assertEquals(3, Solution.add(1, 2));", "reached end of file while parsing"),
    ("assertEquals(3, Solution.add(1, 2)); }", "class, interface, enum, or record expected"),
    ('String s = "} ;', "unclosed string literal"),
    ("int n; assertEquals(3, n);", "variable n might not have been initialized"),
    ("return; int n = 1;", "unreachable statement"),
    ("for (int i : 3) {}", "for-each not applicable to expression type"),
]


@pytest.mark.parametrize(
    ("statement", "said", "at"), [(*s, 1) for s in STATEMENTS] + [(*s, 2) for s in STATEMENTS[5:8]]
)
def test_one_bad_test_is_an_error_and_the_others_run(tested: Fixture, statement: str, said: str, at: int) -> None:
    tests = [GOOD, LAST]
    tests.insert(at, bad(statement))
    run = tested(ADD, "\n".join(tests))
    assert run.outcomes == {"bad": "error", "good": "passed", "last": "failed"}
    assert said in run.cases["bad"]["message"]
    assert run.cases["bad"]["message"].startswith("Test_s1.java:")
    assert sorted(run.of("collected")[0]["ids"]) == [f"Test_s1.java::{name}" for name in ("bad", "good", "last")]
    assert (run.events[-1], run.code) == ({"ev": "finish", "code": 1}, 1)


@pytest.mark.parametrize("spare", [False, True])
def test_bad_ones_of_every_kind_go_in_rounds(tested: Fixture, spare: bool) -> None:
    """The compiler speaks of types when all can be read, and of what flows where when all types are right."""
    kinds = [bad(STATEMENTS[i][0], f"bad{i}") for i in (2, 0, 1, 9, 5)]
    run = tested(ADD, "\n".join([kinds[0], GOOD, *kinds[1:], LAST]), spare=spare)
    wrong = dict.fromkeys(["bad2", "bad5", "bad0", "bad1", "bad9"], "error")
    assert run.outcomes == {**wrong, "good": "passed", "last": "failed"}
    assert len({case["message"] for case in run.cases.values()}) == 7
    assert run.cases["bad2"]["message"].startswith("Test_s1.java:9: error: ';' expected")


def test_lines_and_names_of_the_others_stay(tested: Fixture) -> None:
    run = tested(ADD, f"{bad(STATEMENTS[0][0])}{LAST}@Nested class Inner {{\n{bad('x();', 'deep')}{GOOD} }}")
    assert run.outcomes == {"bad": "error", "deep": "error", "last": "failed", "good": "passed"}
    assert run.cases["last"]["message"].endswith("Test_s1.java:13 in last")


def test_what_is_skipped_is_not_reported_although_it_is_bad(tested: Fixture) -> None:
    run = tested(ADD, bad("x();") + GOOD, skip=("bad",))
    assert len(run.of("collected")[0]["ids"]) == 2
    assert (run.outcomes, run.code) == ({"good": "passed"}, 0)


def test_a_bad_twin_leaves_its_name_to_no_other(tested: Fixture) -> None:
    run = tested(ADD, f"{bad('x();')}@Nested class Inner {{ {bad('')} }}\n{GOOD}")
    assert run.outcomes == {"bad": "error", "good": "passed", "bad[2]": "passed"}


def test_what_stands_around_the_tests_is_everybodys(tested: Fixture) -> None:
    helper = tested(ADD, "int help() { return nothing; }\n" + GOOD)
    assert (helper.code, [e["ev"] for e in helper.events]) == (2, ["broken"])
    both = tested(ADD, "int help() { return nothing; }\n" + bad("x();") + GOOD)
    assert [e["ev"] for e in both.events] == ["broken"]


def test_a_bad_import_is_everybodys(drive: Fixture) -> None:
    tests = f"import org.junit.jupiter.api.*;\nimport org.nowhere.Gone;\nclass Test_s1 {{\n{bad('')}}}\n"
    run = drive({"Solution.java": ADD, "Test_s1.java": tests}, {"mode": "test", "files": ["Test_s1.java"]})
    assert [e["ev"] for e in run.events] == ["broken"]
    assert "package org.nowhere does not exist" in run.events[0]["message"]


@pytest.mark.parametrize("tests", [GOOD, GOOD + bad("x();"), GOOD + bad("int = 3;")])
def test_an_error_in_the_code_is_everybodys(tested: Fixture, tests: str) -> None:
    run = tested(ADD.replace("a + b", "a + c"), tests)
    assert [e["ev"] for e in run.events] == ["broken"]
    assert "Solution.java:2: error: cannot find symbol" in run.events[0]["message"]


def test_where_no_test_is_left_all_are_broken_with_the_first_errors(tested: Fixture) -> None:
    run = tested("public class Solution { }", GOOD + LAST + bad("int = 3;"))
    assert [e["ev"] for e in run.events] == ["broken"]
    assert run.events[0]["message"].startswith("Test_s1.java:17: error: not a statement")


def test_a_stub_is_tested_without_them_too(tested: Fixture) -> None:
    run = tested(ADD, bad("x();") + GOOD + "@Test void empty() {}", stub=True)
    assert run.outcomes == {"bad": "error", "good": "error", "empty": "passed"}


@pytest.mark.parametrize("hides", ["class IllegalStateException {}", "class Test_s1 {}"])
def test_code_cannot_have_a_test_that_must_fail_left_out(drive: Fixture, hides: str) -> None:
    canary = json.loads((IMAGES / "java" / "language.json").read_text())["languages"]["java"]["canary"]
    file, text = (canary[part].replace("{token}", "k0123456789ab") for part in ("file", "text"))
    tests = f"import static org.junit.jupiter.api.Assertions.*;import org.junit.jupiter.api.*;class Test_s1{{{GOOD}}}"
    files = {"Solution.java": ADD + hides, "Test_s1.java": tests, file: text}
    run = drive(files, {"mode": "test", "files": ["Test_s1.java", file]})
    assert [e["ev"] for e in run.events] == ["broken"]
