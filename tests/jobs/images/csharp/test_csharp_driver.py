"""The C# driver by itself: what it collects, runs and tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Drive = Callable[..., Any]
Text = Callable[..., str]
Job = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("spare", [False, True])
def test_tests_are_run_and_told_one_by_one(drive: Drive, spare: bool, job_of_tests: Job, add: str, adds: str) -> None:
    ran = drive({"Solution.cs": add, "Test_s1.cs": adds}, job_of_tests(), spare=spare)
    assert ran.kinds() == [*(["ready"] if spare else []), "collected", "start", "case", "start", "case", "finish"]
    assert ran.of("collected")[0]["ids"] == ["Test_s1.cs::test_1", "Test_s1.cs::test_2"]
    assert ran.cases() == {"test_1": "passed", "test_2": "failed"}
    assert ran.of("case")[1]["message"] == "Expected: 4\n  But was:  3\nTest_s1.cs:4 in Test_s1.test_2"
    assert (ran.code, ran.of("finish")[0]["code"]) == (1, 1)
    assert (ran.out, ran.err, ran.left) == ("", "", [])


def test_a_spare_that_gets_no_job_leaves_quietly(drive: Drive) -> None:
    ran = drive({}, None, spare=True)
    assert (ran.kinds(), ran.code, ran.left) == (["ready"], 0, [])


def test_every_way_a_test_can_end(drive: Drive, suite_of: Text, job_of_tests: Job) -> None:
    ran = drive(
        {
            "Test_s1.cs": suite_of(
                '[Test] public void Zebra() { Console.WriteLine("hello"); Assert.That(1, Is.EqualTo(1)); }',
                '[Test] public void Error() { throw new FormatException("odd"); }',
                '[Test, Ignore("later")] public void Ignored() { }',
                '[Test] public void Inconclusive() { Assert.Inconclusive("who knows"); }',
                '[Test] public void Skip() { Assert.Ignore("not here"); }',
                "[Test] public async Task Async() { await Task.Delay(1); Assert.AreEqual(1, 1); }",
                "[Test] public async Task AsyncFails() { await Task.Delay(1); Assert.AreEqual(1, 2); }",
                "[Test] void Private() { }",
                "[Test] public void NoArguments(int a) { }",
                "[TestCase(1, 2, Result = 3)] [TestCase(2, 2, Result = 5)]",
                "public int Rows(int a, int b) { return a + b; }",
                '[TestCase("a,b")] [TestCase("a,b")] public void Same(string text) { }',
                "[Test] public void Apple() { Assert.Throws<InvalidOperationException>(() => new int[0].First()); }",
            )
        },
        job_of_tests(),
    )
    expected = {
        **{"Zebra": "passed", "Error": "error", "Ignored": "skipped", "Inconclusive": "skipped", "Skip": "skipped"},
        **{"Async": "passed", "AsyncFails": "failed", "Private": "error", "NoArguments": "error"},
        **{"Rows[1,2]": "passed", "Rows[2,2]": "failed", 'Same["a,b"]': "passed", 'Same["a,b"]#2': "passed"},
        **{"Apple": "passed"},
    }
    assert ran.cases() == expected
    assert list(ran.cases()) == list(expected)
    assert [i.partition("::")[2] for i in ran.of("collected")[0]["ids"]] == list(expected)
    assert "FormatException : odd" in ran.of("case")[1]["message"]
    assert (ran.out, ran.code) == ("hello\n", 1)


def test_files_are_looked_for_in_the_workspace(drive: Drive, suite_of: Text, job_of_tests: Job) -> None:
    head = 'string set = System.IO.File.ReadAllText("data.txt");'
    suite = suite_of(
        '[TestFixtureSetUp] public void Up() { set += System.IO.File.ReadAllText("data.txt"); }',
        '[Test] public void A() { Assert.AreEqual("xxx", set + System.IO.File.ReadAllText("data.txt")); }',
        head=head,
    )
    assert drive({"data.txt": "x", "Test_s1.cs": suite}, job_of_tests()).cases() == {"A": "passed"}


def test_an_ignored_class_is_skipped(drive: Drive, suite_of: Text, job_of_tests: Job) -> None:
    suite = suite_of("[Test] public void A() { Assert.Fail(); }").replace("[TestFixture]", "[TestFixture, Ignore]")
    ran = drive({"Test_s1.cs": suite}, job_of_tests())
    assert (ran.cases(), ran.code) == ({"A": "skipped"}, 0)


def test_skipped_names_are_collected_and_not_run(drive: Drive, job_of_tests: Job, add: str, adds: str) -> None:
    ran = drive({"Solution.cs": add, "Test_s1.cs": adds}, job_of_tests(skip=["Test_s1.cs::test_2"]))
    assert len(ran.of("collected")[0]["ids"]) == 2
    assert (ran.cases(), ran.code) == ({"test_1": "passed"}, 0)


def test_no_test_at_all_is_code_5(drive: Drive, suite_of: Text, job_of_tests: Job, add: str) -> None:
    ran = drive({"Solution.cs": add, "Test_s1.cs": suite_of()}, job_of_tests())
    assert (ran.code, ran.of("collected")[0]["ids"], ran.of("finish")[0]["code"]) == (5, [], 5)


def test_a_fixture_that_cannot_be_set_up_fails_all_its_tests(drive: Drive, suite_of: Text, job_of_tests: Job) -> None:
    head = 'public Test_s1() { throw new FormatException("no"); }'
    ran = drive(
        {"Test_s1.cs": suite_of("[Test] public void A() { }", "[Test] public void B() { }", head=head)}, job_of_tests()
    )
    assert (ran.cases(), ran.code) == ({"A": "error", "B": "error"}, 1)
    assert "no" in ran.of("case")[0]["message"]
    head = '[TestFixtureSetUp] public void Up() { throw new FormatException("no"); }'
    ran = drive({"Test_s1.cs": suite_of("[Test] public void A() { }", head=head)}, job_of_tests())
    assert (ran.cases(), ran.code) == ({"A": "error"}, 1)


def test_classes_of_other_names_and_several_files_are_collected_in_order(
    drive: Drive, suite_of: Text, job_of_tests: Job
) -> None:
    other = "using NUnit.Framework; namespace Deep { public class Late { [Test] public void z() { } } }\n"
    more = "using NUnit.Framework; class A { [Test] public void z() { } [Test] public void own() { } }\n"
    files = {"b/Other.cs": other, "Test_s1.cs": suite_of("[Test] public void z() { }") + more.partition(";")[2]}
    ran = drive(files, {**job_of_tests(), "files": ["b/Other.cs", "Test_s1.cs"]})
    assert ran.of("collected")[0]["ids"] == ["b/Other.cs::z", "Test_s1.cs::z", "Test_s1.cs::A.z", "Test_s1.cs::own"]


@pytest.mark.parametrize(
    "body", ["Environment.Exit(0);", "System.Diagnostics.Process.GetCurrentProcess().Kill();", "F();"]
)
def test_code_that_ends_the_process_leaves_an_incomplete_report(
    drive: Drive, body: str, suite_of: Text, solution: Text, job_of_tests: Job
) -> None:
    code = solution(f"public static int F() {{ {body} return 1; }}")
    suite = suite_of("[Test] public void A() { }", "[Test] public void B() { Assert.AreEqual(1, Solution.F()); }")
    ran = drive({"Solution.cs": code.replace("F();", "return 1 + F();"), "Test_s1.cs": suite}, job_of_tests())
    assert ran.kinds()[-4:] == ["collected", "start", "case", "start"]
    if body == "F();":
        assert ran.code < 0, "endless recursion ends by a signal, so the other tests can be run again"


def test_hooks_and_threads_of_the_code_do_not_hold_the_process_up(
    drive: Drive, suite_of: Text, job_of_tests: Job
) -> None:
    body = (
        "Action sleep = () => System.Threading.Thread.Sleep(60000);"
        'AppDomain.CurrentDomain.ProcessExit += (s, e) => { Console.WriteLine("hook"); sleep(); };'
        "new System.Threading.Thread(() => sleep()).Start();"
        "Console.SetOut(System.IO.TextWriter.Null);"
    )
    ran = drive({"Test_s1.cs": suite_of(f"[Test] public void A() {{ {body} }}")}, job_of_tests())
    assert (ran.cases(), ran.code, ran.out) == ({"A": "passed"}, 0, "")


def test_what_is_no_job_is_broken(drive: Drive) -> None:
    ran = drive({}, {"mode": "dance"})
    assert (ran.kinds(), ran.code) == (["broken"], 2)
