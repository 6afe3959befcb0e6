"""A test that does not compile costs only itself: the others run, and it comes back with the compiler's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jobs.language import IMAGES

Drive = Callable[..., Any]
Text = Callable[..., str]
Job = Callable[..., dict[str, Any]]
GOOD = "[Test]\npublic void good()\n{\n    Assert.AreEqual(3, Solution.Add(1, 2));\n}\n"
LAST = "[Test]\npublic void last()\n{\n    Assert.AreEqual(9, Solution.Add(1, 2));\n}\n"


def bad(statement: str, name: str = "bad") -> str:
    return f"[Test]\npublic void {name}()\n{{\n    {statement}\n}}\n"


STATEMENTS = [
    ("Assert.AreEqual(3, Solution.Sum(1, 2));", "does not contain a definition for 'Sum'"),
    ('Assert.AreEqual(3, Solution.Add("1", 2));', "CS1502: "),
    ("int n = Solution.Add(1, 2)", "CS1525: "),
    ("Assert.AreEqual(3, Solution.Add(1, 2);", "CS1525: "),
    ("if (true) { Assert.AreEqual(3, 3);", "CS1525: "),
    ("Assert.AreEqual(3, 3); }", "CS1525: "),
    ('string s = "} ;', "CS1010: "),
    ("int n; Assert.AreEqual(3, n);", "CS0165: "),
    ('var s = $"{Solution.Add(1, 2)} {"a"}"; x(@"{""", \'{\');', "CS0103: "),
    ("int local(int n) { return n; } Assert.AreEqual(1, local(1));", "CS1525: "),
    ("object o = 1; switch (o) { case int i: break; }", "type pattern matching"),
]
# Where the place of the brace that is missing or too many is found by what follows.
PLACES = [(*s, 1) for s in STATEMENTS] + [(*s, 2) for s in STATEMENTS[4:7]]


@pytest.fixture
def tested(drive: Drive, suite_of: Text, job_of_tests: Job, add: str) -> Drive:
    """run(*tests, code=…, spare=False, **job)"""

    def run(*tests: str, code: str = add, spare: bool = False, **job: Any) -> Any:
        return drive({"Solution.cs": code, "Test_s1.cs": suite_of(*tests)}, job_of_tests(**job), spare=spare)

    return run


@pytest.mark.parametrize(("statement", "said", "at"), PLACES)
def test_one_bad_test_is_an_error_and_the_others_run(tested: Drive, statement: str, said: str, at: int) -> None:
    tests = [GOOD, LAST]
    tests.insert(at, bad(statement))
    ran = tested(*tests)
    assert ran.cases() == {"bad": "error", "good": "passed", "last": "failed"}
    message = next(e["message"] for e in ran.of("case") if e["id"].endswith("bad"))
    assert said in message
    assert message.startswith("Test_s1.cs:")
    assert sorted(ran.of("collected")[0]["ids"]) == [f"Test_s1.cs::{name}" for name in ("bad", "good", "last")]
    assert (ran.events[-1], ran.code, ran.left) == ({"ev": "finish", "code": 1}, 1, [])


@pytest.mark.parametrize("spare", [False, True])
def test_bad_ones_of_every_kind_go_in_rounds(tested: Drive, spare: bool) -> None:
    kinds = [bad(STATEMENTS[i][0], f"bad{i}") for i in (2, 0, 1, 7, 4)]
    ran = tested(kinds[0], GOOD, *kinds[1:], LAST, spare=spare)
    wrong = dict.fromkeys(["bad2", "bad4", "bad0", "bad1", "bad7"], "error")
    assert ran.cases() == {**wrong, "good": "passed", "last": "failed"}
    messages = {event["id"].partition("::")[2]: event["message"] for event in ran.of("case")}
    assert messages["bad2"].startswith("Test_s1.cs:7: CS1525: ")
    assert messages["last"].endswith("Test_s1.cs:42 in Test_s1.last")


def test_rows_of_arguments_go_as_one(tested: Drive) -> None:
    rows = "[TestCase(1, 2, Result = 3)]\n[TestCase(2, 2)]\npublic int rows(int a, int b)\n{\n    return x;\n}\n"
    ran = tested(rows, GOOD, "[Test] public void arrow() => nothing();\n")
    assert ran.cases() == {"rows": "error", "arrow": "error", "good": "passed"}


def test_what_is_skipped_is_not_reported_although_it_is_bad(tested: Drive) -> None:
    ran = tested(bad("x();"), GOOD, skip=["Test_s1.cs::bad"])
    assert len(ran.of("collected")[0]["ids"]) == 2
    assert (ran.cases(), ran.code) == ({"good": "passed"}, 0)


def test_of_two_with_one_name_none_passes(tested: Drive) -> None:
    assert tested(LAST, GOOD, GOOD).cases() == {"good": "error", "last": "failed"}


@pytest.mark.parametrize("tests", [[], [bad("x();")], [bad("int = 3;")]])
def test_what_stands_around_the_tests_is_everybodys(tested: Drive, tests: list[str]) -> None:
    ran = tested("int help() { return nothing; }\n", GOOD, *tests)
    assert ran.kinds() == ["broken"]


def test_a_bad_using_is_everybodys(drive: Drive, suite_of: Text, job_of_tests: Job, add: str) -> None:
    tests = "using Nowhere.Gone;\n" + suite_of(GOOD)
    ran = drive({"Solution.cs": add, "Test_s1.cs": tests}, job_of_tests())
    assert ran.kinds() == ["broken"]
    assert "'Nowhere' could not be found" in ran.events[0]["message"]


@pytest.mark.parametrize("tests", [[], [bad("x();")], [bad("int = 3;")]])
@pytest.mark.parametrize("directive", ["", '#line 5 "Test_s1.cs"', '#line 5 "Canaryk0123456789ab.cs"'])
def test_an_error_in_the_code_is_everybodys_wherever_it_is_said_to_lie(
    tested: Drive, solution: Text, directive: str, tests: list[str]
) -> None:
    code = solution(f"\n{directive}\npublic static int Add(int a, int b) {{ return a + c; }}")
    ran = tested(GOOD, LAST, *tests, code=code)
    assert ran.kinds() == ["broken"]
    assert "'c' does not exist in the current context" in ran.events[0]["message"]


def test_where_no_test_is_left_all_are_broken_with_the_first_errors(tested: Drive, solution: Text) -> None:
    ran = tested(GOOD, LAST, bad("int = 3;"), code=solution())
    assert ran.kinds() == ["broken"]
    assert ran.events[0]["message"].startswith("Test_s1.cs:18: CS1525: ")


def test_warnings_about_the_code_are_still_told(tested: Drive, solution: Text) -> None:
    code = solution("public static int Add(int a, int b) {", "int unused = 3; return a + b; }")
    assert tested(bad("int = 3;"), GOOD, code=code).kinds()[:2] == ["finding", "collected"]


def test_a_stub_is_tested_without_them_too(tested: Drive) -> None:
    ran = tested(bad("x();"), GOOD, bad("", "empty"), stub=True)
    assert ran.cases() == {"bad": "error", "good": "error", "empty": "passed"}


@pytest.mark.parametrize("hides", ["class InvalidOperationException {}", "class Test_s1 {}"])
def test_code_cannot_have_a_test_that_must_fail_left_out(drive: Drive, suite_of: Text, add: str, hides: str) -> None:
    canary = json.loads((IMAGES / "csharp" / "language.json").read_text())["languages"]["csharp"]["canary"]
    file, text = (canary[part].replace("{token}", "k0123456789ab") for part in ("file", "text"))
    files = {"Solution.cs": add + hides, "Test_s1.cs": suite_of(GOOD, bad("x();")), file: text}
    ran = drive(files, {"mode": "test", "files": ["Test_s1.cs", file], "skip": []})
    assert ran.kinds() == ["broken"]
