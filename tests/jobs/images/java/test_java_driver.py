"""The Java driver's protocol: what it reports of good, bad and odd suites, cold and as a spare."""

from __future__ import annotations

from typing import Any

import pytest

Fixture = Any

ADD = "public class Solution {\n  public static int add(int a, int b) { return a + b; }\n}\n"
OUTCOMES = """
@Test void zebra() { assertEquals(3, Solution.add(1, 2)); }
@Test void wrong() { assertEquals(4, Solution.add(1, 2)); }
@Test void thrown() { Integer.parseInt("x"); }
@Disabled("later") @Test void off() {}
@ParameterizedTest @ValueSource(ints = {2, 5}) void two(int n) { assertEquals(2, n); }
@Test void assumed() { Assumptions.assumeTrue(false, "not here"); }
@Nested class Inner { @Test void zebra() {} @Test void apple() {} }
"""


@pytest.mark.parametrize("spare", [False, True])
def test_each_outcome_is_told_in_the_order_of_the_source(tested: Fixture, spare: bool) -> None:
    run = tested(ADD, OUTCOMES, spare=spare)
    assert run.ready is spare
    assert run.outcomes == {
        "zebra": "passed",
        "wrong": "failed",
        "thrown": "error",
        "off": "skipped",
        "two": "failed",
        "assumed": "skipped",
        "zebra[2]": "passed",
        "apple": "passed",
    }
    assert run.cases["wrong"]["message"].startswith("expected: <4> but was: <3>\nTest_s1.java:")
    assert run.cases["thrown"]["message"].startswith('NumberFormatException: For input string: "x"')
    assert run.cases["two"]["message"].startswith("[2] 5: expected: <2> but was: <5>")
    assert run.cases["off"]["message"] == "later"
    collected = run.of("collected")
    assert [e["ids"] for e in collected] == [[f"Test_s1.java::{name}" for name in run.outcomes]]
    assert run.events[-1] == {"ev": "finish", "code": 1}
    assert (run.code, run.stdout, run.stderr) == (1, "", "")


def test_a_whole_pass_leaves_with_0_and_what_is_printed_stays_apart(tested: Fixture) -> None:
    run = tested(
        ADD, '@Test void a() { System.out.println("ü"); System.err.print("e"); assertEquals(3, Solution.add(1, 2)); }'
    )
    assert (run.code, run.stdout, run.stderr) == (0, "ü\n", "e")
    assert run.events[-1] == {"ev": "finish", "code": 0}


def test_what_is_skipped_is_collected_but_not_run(tested: Fixture) -> None:
    run = tested(ADD, "@Test void a() { while (true); }\n@Test void b() {}", skip=("a",))
    assert run.of("collected")[0]["ids"] == ["Test_s1.java::a", "Test_s1.java::b"]
    assert run.outcomes == {"b": "passed"}


def test_nothing_to_collect_leaves_with_5(tested: Fixture) -> None:
    run = tested(ADD, "void nothing() {}")
    assert (run.code, run.events) == (5, [{"ev": "collected", "ids": []}, {"ev": "finish", "code": 5}])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("public class Solution { int f() { return 1 } }", "Solution.java:1: error: ';' expected"),
        ("public class Solution { }", "symbol:   method add(int,int)"),
        (ADD + "class Assertions {}", "Assertions belongs to the test tools"),
        ("package org.junit.jupiter.api; public class Solution {}", "org.junit.jupiter.api belongs to the test tools"),
        (
            "import sun.misc.Unsafe; public class Solution { static int add(int a, int b) { return a; } }",
            "package sun.misc is not visible",
        ),
    ],
)
def test_what_cannot_be_built_is_broken(tested: Fixture, code: str, said: str) -> None:
    run = tested(code, "@Test void a() { assertEquals(3, Solution.add(1, 2)); }")
    assert run.code == 2
    assert [e["ev"] for e in run.events] == ["broken"]
    assert said in run.events[0]["message"]


def test_several_files_and_packages_are_built_together(drive: Fixture) -> None:
    files = {
        "Solution.java": "public class Solution { public static int f() { return util.Maths.twice(2); } }",
        "util/Maths.java": "package util; public class Maths { public static int twice(int n) { return 2 * n; } }",
        "tmp/Other.java": "package tmp; public class Other { }",
        "words.txt": "ok",
        "Test_s1.java": "import org.junit.jupiter.api.*; class Test_s1 { @Test void a() throws Exception {"
        " Assertions.assertEquals(4, Solution.f()); } @Test void b() throws Exception { try (var in = Solution.class"
        '.getResourceAsStream("/words.txt")) { Assertions.assertEquals("ok", new String(in.readAllBytes())); } } }',
        "Test_s2.java": "import org.junit.jupiter.api.*; class Test_s2 { @Test void a() { Assertions.fail(); } }",
    }
    job = {"mode": "test", "files": ["Test_s2.java", "Test_s1.java"], "skip": [], "stub": False}
    run = drive(files, job)
    assert [(e["id"], e["outcome"]) for e in run.of("case")] == [
        ("Test_s2.java::a", "failed"),
        ("Test_s1.java::a", "passed"),
        ("Test_s1.java::b", "passed"),
    ]


def test_what_fails_around_the_tests_is_counted_to_them(tested: Fixture) -> None:
    before = tested(ADD, '@BeforeAll static void up() { throw new IllegalStateException("no"); }\n@Test void a() {}')
    assert before.outcomes == {"a": "error"}
    assert before.cases["a"]["message"].startswith("IllegalStateException: no\nTest_s1.java:")
    after = tested(ADD, "@AfterAll static void down() { fail(); }\n@Test void a() {}\n@Test void b() {}")
    assert after.outcomes == {"a": "passed", "b": "error"}
    assert (before.code, after.code) == (1, 1)


def test_exhausted_memory_and_stack_are_errors_of_their_test(tested: Fixture) -> None:
    code = """public class Solution {
      static int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
      static int endless(int n) { return endless(n + 1) + 1; }
      static Object fill() { var all = new java.util.ArrayList<long[]>(); while (true) all.add(new long[1 << 22]); }
    }"""
    run = tested(
        code,
        "@Test void fill() { Solution.fill(); }\n@Test void endless() { Solution.endless(0); }\n"
        "@Test void deep() { assertEquals(50000, Solution.deep(50000)); }",
    )
    assert run.outcomes == {"fill": "error", "endless": "error", "deep": "passed"}
    assert run.cases["fill"]["message"].startswith("OutOfMemoryError: Java heap space\nSolution.java:4 in fill")
    assert run.cases["endless"]["message"].startswith("StackOverflowError\nSolution.java:3 in endless")


@pytest.mark.parametrize("exit_", ["System.exit(0);", "Runtime.getRuntime().halt(0);"])
def test_code_that_leaves_leaves_no_finish(tested: Fixture, exit_: str) -> None:
    code = f"public class Solution {{ static {{ {exit_} }} static int add(int a, int b) {{ return 0; }} }}"
    run = tested(code, "@Test void a() { assertEquals(3, Solution.add(1, 2)); }")
    assert run.code == 0
    assert [e["ev"] for e in run.events][-1] == "start"


def test_the_driver_ends_although_threads_of_the_code_go_on(tested: Fixture) -> None:
    code = "public class Solution { static void go() { new Thread(() -> { while (true); }).start(); } }"
    assert tested(code, "@Test void a() { Solution.go(); }").code == 0


def test_the_drivers_objects_cannot_be_reached_by_reflection(tested: Fixture) -> None:
    run = tested(
        ADD,
        """
        @Test void field() throws Exception {
          Class.forName("assay.Report").getDeclaredField("out").setAccessible(true);
        }
        @Test void make() throws Exception {
          Class.forName("assay.Json").getDeclaredConstructors()[0].newInstance("x");
        }
        @Test void unsafe() throws Exception { Class.forName("sun.misc.Unsafe"); }
        """,
    )
    assert set(run.outcomes.values()) == {"error"}
    assert run.cases["field"]["message"].startswith("InaccessibleObjectException")
    assert run.cases["make"]["message"].startswith("IllegalAccessException")
    assert run.cases["unsafe"]["message"].startswith("ClassNotFoundException")


def test_temporary_files_go_where_they_may(tested: Fixture) -> None:
    code = """import java.nio.file.*;
    public class Solution {
      static boolean f() throws Exception {
        return Files.createTempFile("a", "b").startsWith(System.getenv("TMPDIR"))
            && java.io.File.createTempFile("abc", "d").toPath().startsWith(System.getenv("TMPDIR"))
            && System.getProperty("user.home").equals(System.getenv("HOME"));
      }
    }"""
    run = tested(code, "@Test void a() throws Exception { assertTrue(Solution.f()); }", spare=True)
    assert run.outcomes == {"a": "passed"}


def test_no_job_is_no_error(drive: Fixture) -> None:
    assert (drive({}, None).code, drive({}, None, spare=True).code) == (0, 0)


def test_long_messages_are_cut(tested: Fixture) -> None:
    run = tested(ADD, '@Test void a() { fail("x".repeat(5000)); }')
    assert len(run.cases["a"]["message"]) == 2000
