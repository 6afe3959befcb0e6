"""What the C# compiler says of code and tests, and the lines that failures are told with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Drive = Callable[..., Any]
Text = Callable[..., str]
Job = Callable[..., dict[str, Any]]


def test_what_cannot_be_compiled_is_broken_and_says_where(drive: Drive, job_of_tests: Job, adds: str) -> None:
    ran = drive({"sub/Solution.cs": "class A {\n int B() { return 1 }\n}", "Test_s1.cs": adds}, job_of_tests())
    assert (ran.kinds(), ran.code, ran.left) == (["broken"], 2, [])
    assert ran.events[0]["message"].startswith("sub/Solution.cs:2: CS1525: ")
    assert "local functions" in ran.events[0]["message"]


def test_what_the_compiler_itself_cannot_digest_is_broken(
    drive: Drive, solution: Text, job_of_tests: Job, adds: str
) -> None:
    code = solution("public static int F(object o) { switch (o) { case int i: return i; default: return 0; } }")
    ran = drive({"Solution.cs": code, "Test_s1.cs": adds}, job_of_tests())
    assert (ran.kinds(), ran.code) == (["broken"], 2)
    assert "type pattern matching" in ran.events[0]["message"]


def test_warnings_about_the_code_are_findings_and_those_about_tests_are_not(
    drive: Drive, suite_of: Text, solution: Text, job_of_tests: Job
) -> None:
    code = solution("public static int Add(int a, int b) {", "int unused = 3; return a + b; }")
    suite = suite_of("[Test] public void test_1() { int idle = 3; }")
    ran = drive({"Solution.cs": code, "Test_s1.cs": suite}, job_of_tests())
    assert [(f["file"], f["line"], f["rule"], f["severity"]) for f in ran.of("finding")] == [
        ("Solution.cs", 4, "CS0219", "warning")
    ]
    assert "unused" in ran.of("finding")[0]["message"]
    assert ran.kinds()[:2] == ["finding", "collected"]


def test_frames_name_the_users_own_lines(drive: Drive, suite_of: Text, solution: Text, job_of_tests: Job) -> None:
    code = solution(
        "public static int F(int n) { return n; }",
        "public static int F(string s) {",
        "return s.Length; }",
        "public static IEnumerable<T> Lazy<T>(T a) {",
        'yield return a; throw new FormatException("end"); }',
    )
    suite = suite_of(
        "[Test] public void A() { Solution.F(null); }", "[Test] public void B() { Solution.Lazy(1).ToList(); }"
    )
    ran = drive({"Solution.cs": code, "Test_s1.cs": suite}, job_of_tests())
    first, second = (case["message"].split("\n") for case in ran.of("case"))
    assert first[1:] == ["Solution.cs:5 in Solution.F", "Test_s1.cs:3 in Test_s1.A"]
    assert second[1:] == ["Solution.cs:7 in Solution.Lazy", "Test_s1.cs:4 in Test_s1.B"]


def test_a_line_directive_makes_no_test_of_the_code(drive: Drive, job_of_tests: Job, add: str, adds: str) -> None:
    code = add + '\n#line 1 "Test_s1.cs"\n[NUnit.Framework.TestFixture] public class Fake {\n'
    code += "[NUnit.Framework.Test] public void test_2() { } }\n"
    ran = drive({"Solution.cs": code, "Test_s1.cs": adds}, job_of_tests())
    assert ran.cases() == {"test_1": "passed", "test_2": "failed"}
