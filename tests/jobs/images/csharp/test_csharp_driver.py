"""The C# driver by itself: a process with a job on its standard input and events on descriptor 3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.language import IMAGES

Event = dict[str, Any]
NAMESPACES = ("System", "System.Collections.Generic", "System.Linq", "System.Numerics", "System.Threading.Tasks")
USING = " ".join(f"using {name};" for name in NAMESPACES)
# Gives the report its number; then the driver takes its place.
AS_DESCRIPTOR_3 = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"


@dataclass(frozen=True)
class Ran:
    events: list[Event]
    code: int
    out: str
    err: str
    left: list[str]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["ev"] == kind]

    def cases(self) -> dict[str, str]:
        return {event["id"].partition("::")[2]: event["outcome"] for event in self.of("case")}

    def values(self) -> dict[str, Any]:
        return {event["id"]: event["value"] for event in self.of("value")}

    def kinds(self) -> list[str]:
        return [event["ev"] for event in self.events]


Drive = Callable[..., Ran]


@pytest.fixture
def drive(image_of: Callable[[str], Path], tmp_path: Path) -> Drive:
    """Runs one job over source files; `spare` starts the driver before the files are there."""
    image = image_of("csharp")
    language = json.loads((IMAGES / "csharp" / "language.json").read_text(encoding="utf-8"))["languages"]["csharp"]
    temporary, workspace = tmp_path / "tmp", tmp_path / "workspace"

    def fill(text: str) -> str:
        return str(text).replace("{image}", str(image)).replace("{tmp}", str(temporary))

    def run(files: dict[str, str], job: Event | None, *, spare: bool = False) -> Ran:
        temporary.mkdir(exist_ok=True)
        workspace.mkdir(exist_ok=True)
        argv = [*language["test"]["argv"], *(language["test"]["spare"] if spare else [])]
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(temporary), "TMPDIR": str(temporary)}
        env |= {name: fill(value) for name, value in language["env"].items()}
        reader, writer = os.pipe()
        argv = [sys.executable, "-I", "-c", AS_DESCRIPTOR_3, str(writer), *map(fill, argv)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            argv, cwd=workspace, env=env, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=(writer,)
        )
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as report:
            before = [report.readline()] if spare else []
            for name, text in files.items():
                (workspace / name).parent.mkdir(parents=True, exist_ok=True)
                (workspace / name).write_text(text, encoding="utf-8")
            with ThreadPoolExecutor(1) as aside:  # a full pipe would stop the driver
                after = aside.submit(report.readlines)
                out, err = process.communicate(b"" if job is None else json.dumps(job).encode() + b"\n", timeout=60)
                lines = [*before, *after.result()]
        events = [json.loads(line) for line in lines]
        return Ran(events, process.returncode, out.decode(), err.decode(), [path.name for path in temporary.iterdir()])

    return run


def suite_of(*methods: str, head: str = "") -> str:
    return (
        f"{USING} using NUnit.Framework;\n[TestFixture] public class Test_s1 {{ {head}\n" + "\n".join(methods) + "\n}\n"
    )


def solution(*members: str) -> str:
    return f"{USING}\npublic static class Solution {{\n" + "\n".join(members) + "\n}\n"


def job_of_tests(*, skip: list[str] | None = None, stub: bool = False) -> Event:
    return {"mode": "test", "files": ["Test_s1.cs"], "skip": skip or [], "stub": stub}


def vectors(*calls: tuple[str, list[Any]]) -> Event:
    return {"mode": "vectors", "calls": [{"id": str(i), "call": c, "args": a} for i, (c, a) in enumerate(calls)]}


ADD = solution("public static int Add(int a, int b) { return a + b; }")
ADDS = suite_of(
    "[Test] public void test_1() { Assert.AreEqual(3, Solution.Add(1, 2)); }",
    "[Test] public void test_2() { Assert.AreEqual(4, Solution.Add(1, 2)); }",
)


@pytest.mark.parametrize("spare", [False, True])
def test_tests_are_run_and_told_one_by_one(drive: Drive, spare: bool) -> None:
    ran = drive({"Solution.cs": ADD, "Test_s1.cs": ADDS}, job_of_tests(), spare=spare)
    assert ran.kinds() == [*(["ready"] if spare else []), "collected", "start", "case", "start", "case", "finish"]
    assert ran.of("collected")[0]["ids"] == ["Test_s1.cs::test_1", "Test_s1.cs::test_2"]
    assert ran.cases() == {"test_1": "passed", "test_2": "failed"}
    assert ran.of("case")[1]["message"] == "Expected: 4\n  But was:  3\nTest_s1.cs:4 in Test_s1.test_2"
    assert (ran.code, ran.of("finish")[0]["code"]) == (1, 1)
    assert (ran.out, ran.err, ran.left) == ("", "", [])


def test_a_spare_that_gets_no_job_leaves_quietly(drive: Drive) -> None:
    ran = drive({}, None, spare=True)
    assert (ran.kinds(), ran.code, ran.left) == (["ready"], 0, [])


def test_every_way_a_test_can_end(drive: Drive) -> None:
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


def test_files_are_looked_for_in_the_workspace(drive: Drive) -> None:
    head = 'string set = System.IO.File.ReadAllText("data.txt");'
    suite = suite_of(
        '[TestFixtureSetUp] public void Up() { set += System.IO.File.ReadAllText("data.txt"); }',
        '[Test] public void A() { Assert.AreEqual("xxx", set + System.IO.File.ReadAllText("data.txt")); }',
        head=head,
    )
    assert drive({"data.txt": "x", "Test_s1.cs": suite}, job_of_tests()).cases() == {"A": "passed"}


def test_an_ignored_class_is_skipped(drive: Drive) -> None:
    suite = suite_of("[Test] public void A() { Assert.Fail(); }").replace("[TestFixture]", "[TestFixture, Ignore]")
    ran = drive({"Test_s1.cs": suite}, job_of_tests())
    assert (ran.cases(), ran.code) == ({"A": "skipped"}, 0)


def test_skipped_names_are_collected_and_not_run(drive: Drive) -> None:
    ran = drive({"Solution.cs": ADD, "Test_s1.cs": ADDS}, job_of_tests(skip=["Test_s1.cs::test_2"]))
    assert len(ran.of("collected")[0]["ids"]) == 2
    assert (ran.cases(), ran.code) == ({"test_1": "passed"}, 0)


def test_no_test_at_all_is_code_5(drive: Drive) -> None:
    ran = drive({"Solution.cs": ADD, "Test_s1.cs": suite_of()}, job_of_tests())
    assert (ran.code, ran.of("collected")[0]["ids"], ran.of("finish")[0]["code"]) == (5, [], 5)


def test_a_fixture_that_cannot_be_set_up_fails_all_its_tests(drive: Drive) -> None:
    head = 'public Test_s1() { throw new FormatException("no"); }'
    ran = drive(
        {"Test_s1.cs": suite_of("[Test] public void A() { }", "[Test] public void B() { }", head=head)}, job_of_tests()
    )
    assert (ran.cases(), ran.code) == ({"A": "error", "B": "error"}, 1)
    assert "no" in ran.of("case")[0]["message"]
    head = '[TestFixtureSetUp] public void Up() { throw new FormatException("no"); }'
    ran = drive({"Test_s1.cs": suite_of("[Test] public void A() { }", head=head)}, job_of_tests())
    assert (ran.cases(), ran.code) == ({"A": "error"}, 1)


def test_classes_of_other_names_and_several_files_are_collected_in_order(drive: Drive) -> None:
    other = "using NUnit.Framework; namespace Deep { public class Late { [Test] public void z() { } } }\n"
    more = "using NUnit.Framework; class A { [Test] public void z() { } [Test] public void own() { } }\n"
    files = {"b/Other.cs": other, "Test_s1.cs": suite_of("[Test] public void z() { }") + more.partition(";")[2]}
    ran = drive(files, {**job_of_tests(), "files": ["b/Other.cs", "Test_s1.cs"]})
    assert ran.of("collected")[0]["ids"] == ["b/Other.cs::z", "Test_s1.cs::z", "Test_s1.cs::A.z", "Test_s1.cs::own"]


def test_what_cannot_be_compiled_is_broken_and_says_where(drive: Drive) -> None:
    ran = drive({"sub/Solution.cs": "class A {\n int B() { return 1 }\n}", "Test_s1.cs": ADDS}, job_of_tests())
    assert (ran.kinds(), ran.code, ran.left) == (["broken"], 2, [])
    assert ran.events[0]["message"].startswith("sub/Solution.cs:2: CS1525: ")
    assert "local functions" in ran.events[0]["message"]


def test_what_the_compiler_itself_cannot_digest_is_broken(drive: Drive) -> None:
    code = solution("public static int F(object o) { switch (o) { case int i: return i; default: return 0; } }")
    ran = drive({"Solution.cs": code, "Test_s1.cs": ADDS}, job_of_tests())
    assert (ran.kinds(), ran.code) == (["broken"], 2)
    assert "type pattern matching" in ran.events[0]["message"]


def test_warnings_about_the_code_are_findings_and_those_about_tests_are_not(drive: Drive) -> None:
    code = solution("public static int Add(int a, int b) {", "int unused = 3; return a + b; }")
    suite = suite_of("[Test] public void test_1() { int idle = 3; }")
    ran = drive({"Solution.cs": code, "Test_s1.cs": suite}, job_of_tests())
    assert [(f["file"], f["line"], f["rule"], f["severity"]) for f in ran.of("finding")] == [
        ("Solution.cs", 4, "CS0219", "warning")
    ]
    assert "unused" in ran.of("finding")[0]["message"]
    assert ran.kinds()[:2] == ["finding", "collected"]


def test_frames_name_the_users_own_lines(drive: Drive) -> None:
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


@pytest.mark.parametrize(
    "body", ["Environment.Exit(0);", "System.Diagnostics.Process.GetCurrentProcess().Kill();", "F();"]
)
def test_code_that_ends_the_process_leaves_an_incomplete_report(drive: Drive, body: str) -> None:
    code = solution(f"public static int F() {{ {body} return 1; }}")
    suite = suite_of("[Test] public void A() { }", "[Test] public void B() { Assert.AreEqual(1, Solution.F()); }")
    ran = drive({"Solution.cs": code.replace("F();", "return 1 + F();"), "Test_s1.cs": suite}, job_of_tests())
    assert ran.kinds()[-4:] == ["collected", "start", "case", "start"]
    if body == "F();":
        assert ran.code < 0, "endless recursion ends by a signal, so the other tests can be run again"


def test_hooks_and_threads_of_the_code_do_not_hold_the_process_up(drive: Drive) -> None:
    body = (
        "Action sleep = () => System.Threading.Thread.Sleep(60000);"
        'AppDomain.CurrentDomain.ProcessExit += (s, e) => { Console.WriteLine("hook"); sleep(); };'
        "new System.Threading.Thread(() => sleep()).Start();"
        "Console.SetOut(System.IO.TextWriter.Null);"
    )
    ran = drive({"Test_s1.cs": suite_of(f"[Test] public void A() {{ {body} }}")}, job_of_tests())
    assert (ran.cases(), ran.code, ran.out) == ({"A": "passed"}, 0, "")


def test_nothing_but_what_is_vacuous_passes_on_the_stub(drive: Drive) -> None:
    code = f"""{USING}
namespace Shapes {{
    public interface IShape {{ double Area {{ get; }} }}
    public abstract class Base : IShape {{ public abstract double Area {{ get; }} protected int Half(int n) => n / 2; }}
    public class Square : Base {{
        public Square(double side) {{ Side = side; }}
        public double Side {{ get; set; }}
        public override double Area {{ get {{ return Side * Side; }} }}
        public static Square operator +(Square a, Square b) {{ return new Square(a.Side + b.Side); }}
    }}
    internal static class Tools {{
        internal static readonly List<int> Table = new List<int>();
        internal static IEnumerable<int> Evens(int end) {{ for (int i = 0; i < end; i += 2) yield return i; }}
        internal static async Task<int> Later(int n) {{ await Task.Yield(); return n; }}
        internal static T Same<T>(T value) {{ return value; }}
        internal static void Quiet() {{ }}
        internal static void Fails() {{ throw new FormatException(); }}
        internal static bool Try(string text, out int n) => int.TryParse(text, out n);
    }}
    public struct Point {{ public int X; public Point(int x) {{ X = x; }} }}
}}
"""
    suite = "using Shapes; " + suite_of(
        "[Test] public void Vacuous() { Assert.AreEqual(1, 1); }",
        "[Test] public void Swallows() { try { Tools.Quiet(); } catch (Exception) { } Assert.Pass(); }",
        "[Test] public void Property() { Assert.AreEqual(4, new Square(2).Area); }",
        "[Test] public void Auto() { Assert.AreEqual(2, new Square(2).Side); }",
        "[Test] public void Operator() { Assert.IsNotNull(new Square(1) + new Square(1)); }",
        "[Test] public void Iterator() { CollectionAssert.AreEqual(new[] { 0, 2 }, Tools.Evens(3)); }",
        "[Test] public async Task Async() { Assert.AreEqual(1, await Tools.Later(1)); }",
        "[Test] public void Generic() { Assert.AreEqual(1, Tools.Same(1)); }",
        "[Test] public void NoThrow() { Assert.DoesNotThrow(() => Tools.Quiet()); }",
        "[Test] public void Throws() { Assert.Throws<FormatException>(() => Tools.Fails()); }",
        "[Test] public void Field() { Assert.AreEqual(0, Tools.Table.Count); }",
        '[Test] public void Out() { int n; Assert.IsFalse(Tools.Try("x", out n)); }',
        "[Test] public void Struct() { Assert.AreEqual(3, new Point(3).X); }",
    )
    files = {"Shapes.cs": code, "Test_s1.cs": suite}
    real = drive(files, job_of_tests())
    assert set(real.cases().values()) == {"passed"}
    stub = drive(files, job_of_tests(stub=True), spare=True)
    assert {name for name, outcome in stub.cases().items() if outcome == "passed"} == {"Vacuous", "Swallows"}
    assert (stub.code, stub.left) == (1, [])


def test_a_large_library_is_stubbed_too(drive: Drive) -> None:
    """Beyond 65,536 names and rows the tables of a library have wider columns; here the heap of names has."""
    long = "x" * 400
    members = [f"public static int {long}{i}() {{ return {i}; }}" for i in range(300)]
    suite = suite_of(f"[Test] public void A() {{ Assert.AreEqual(7, Solution.{long}7()); }}")
    ran = drive({"Solution.cs": solution(*members), "Test_s1.cs": suite}, job_of_tests(stub=True))
    assert ran.cases() == {"A": "error"}


VALUES = solution(
    "public static object Null() { return null; }",
    'public static string Text(string s) { return s + "\\u00e9\\ud83d"; }',
    "public static long Long(long n) { return n + 1; }",
    "public static BigInteger Big(BigInteger n) { return n * n; }",
    "public static double Half(double x) { return x / 2; }",
    "public static float Single() { return 0.1f; }",
    "public static decimal Money(decimal x) { return x * 1.10m; }",
    "public static double[] Odd() {",
    "return new[] { double.NaN, double.NegativeInfinity, -0.0, 1e300, 5e-324, 0.1 + 0.2 }; }",
    "public static char Letter(char c) { return char.ToUpper(c); }",
    "public static List<int> Sorted(List<int> l) { l.Sort(); return l; }",
    "public static IEnumerable<int> Evens(int n) { for (int i = 0; i < n; i += 2) yield return i; }",
    "public static IEnumerable<int> Endless() { for (;;) yield return 1; }",
    "public static Dictionary<string, int[]> Map(Dictionary<string, int> d) {",
    "return d.ToDictionary(p => p.Key, p => new[] { p.Value }); }",
    "public static ISet<int> Set(ISet<int> s) { s.Add(9); return s; }",
    "public static byte[] Bytes(byte[] b) { Array.Reverse(b); return b; }",
    "public static (int, string) Pair((int, string) p) { return (p.Item1 + 1, p.Item2); }",
    "public static int? Maybe(int? n) { return n; }",
    "public static int[,] Grid() { return new[,] { { 1, 2 }, { 3, 4 } }; }",
    "public static T Largest<T>(IEnumerable<T> items) where T : IComparable<T> { return items.Max(); }",
    "public static int Sum(params int[] n) { return n.Sum(); }",
    "public static int Default(int a, int b = 5) { return a + b; }",
    "public static DayOfWeek Day() { return DayOfWeek.Friday; }",
    "public static object Thing() { return new Version(1, 2); }",
    "public static async Task<int> Later(int n) { await Task.Yield(); return n; }",
    "public static void Nothing() { }",
    'public static string Kind(int n) { return "int"; }',
    'public static string Kind(double n) { return "double"; }',
    'public static string Kind(string n) { return "string"; }',
    'public static string Kind(object n) { return "object"; }',
    "public delegate int Operation(int a, int b);",
    "public static Operation Adding = (a, b) => a + b;",
    "internal static Func<int, int> Twice { get { return n => 2 * n; } }",
    "public static Func<int> Unset;",
    "public static double Complicated(Complex a, Complex b) { return (a + b).Real; }",
    "public static int In(in int a, in int b) { return a + b; }",
    "public static int Compare(IComparable a, ValueType b) { return a.CompareTo(b); }",
    "public static int Order<T>(IComparable<T> a, T b) { return a.CompareTo(b); }",
    "public static int Count<T>(params T[] all) { return all.Length; }",
    "public static int Code(int letter) { return letter; }",
    "public static int Length(Array a) { return a.Length; }",
    "public static int Sum2(int[,] a) { return a.Cast<int>().Sum(); }",
    "public static string Keys<K, V>(IEnumerable<KeyValuePair<K, V>> a) {",
    "return string.Concat(a.Select(p => p.Key)); }",
    "public static int Size(System.Collections.ICollection a) { return a.Count; }",
    "public static string On(DayOfWeek day) { return day.ToString(); }",
    "public static bool Truth(IConvertible yes) { return yes.ToBoolean(null); }",
)
INHERITED = """
public class Base { public static int Inherited(int n) { return n; } public static Func<int, int> Held = n => n + 1; }
public class Derived : Base { }
public class Numbers : List<int> { }
"""


def test_values_cross_exactly(drive: Drive) -> None:
    def real(text: str) -> Event:
        return {"t": "f", "v": text}

    odd = ["NaN", "-Infinity", "-0.0", "1E+300", "5E-324", "0.30000000000000004"]
    told: list[tuple[str, list[Any], Any]] = [
        ("Null", [], None),
        ("Text", ['a\n"\u4e2d\U0001f600'], 'a\n"\u4e2d\U0001f600\u00e9\ud83d'),
        ("Long", [2**62], 2**62 + 1),
        ("Big", [10**30], 10**60),
        ("Half", [3], real("1.5")),
        ("Half", [real("4.0")], real("2.0")),
        ("Single", [], real("0.1")),
        ("Money", [real("0.10")], real("0.11")),
        ("Odd", [], [real(text) for text in odd]),
        ("Letter", ["q"], "Q"),
        ("Sorted", [[3, 1, 2]], [1, 2, 3]),
        ("Evens", [5], [0, 2, 4]),
        ("Endless", [], {"t": "o", "v": "too large"}),
        ("Map", [{"t": "d", "v": [["a", 1], ["b", 2]]}], {"t": "d", "v": [["a", [1]], ["b", [2]]]}),
        ("Set", [{"t": "s", "v": [1]}], {"t": "s", "v": [1, 9]}),
        ("Bytes", [{"t": "b", "v": "00ff"}], {"t": "b", "v": "ff00"}),
        ("Pair", [[1, "x"]], [2, "x"]),
        ("Maybe", [None], None),
        ("Maybe", [4], 4),
        ("Grid", [], [[1, 2], [3, 4]]),
        ("Largest", [["a", "c", "b"]], "c"),
        ("Largest", [[1, 2**40]], 2**40),
        ("Largest", [[1, real("2.5")]], real("2.5")),
        ("Sum", [1, 2, 3], 6),
        ("Sum", [[1, 2, 3]], 6),
        ("Default", [1], 6),
        ("Day", [], {"t": "o", "v": "DayOfWeek: Friday"}),
        ("Thing", [], {"t": "o", "v": "Version: 1.2"}),
        ("Later", [7], 7),
        ("Nothing", [], None),
        ("Kind", [1], "int"),
        ("Kind", [real("1.5")], "double"),
        ("Kind", ["x"], "string"),
        ("Kind", [True], "object"),
        *(("Adding", [1, 2], 3), ("Twice", [4], 8), ("Complicated", [1, real("2.5")], real("3.5")), ("In", [1, 2], 3)),
        *(("Compare", [1, 2], -1), ("Order", ["b", "a"], 1), ("Order", [1, 1], 0), ("Count", ["a", "b"], 2)),
        *(("Count", [["a"]], 1), ("Count", [], 0), ("Code", ["a"], 97), ("Length", [[1, 2]], 2)),
        *(("Sum2", [[[1, 2], [3, 4]]], 10), ("Keys", [{"t": "d", "v": [["a", 1], ["b", 2]]}], "ab")),
        *(("Size", [{"t": "d", "v": [["a", 1]]}], 1), ("On", [0], "Sunday"), ("Truth", [True], True)),
        *(("Derived.Inherited", [4], 4), ("Derived.Held", [4], 5), ("Numbers.IndexOf", [4], -1)),
    ]
    calls = [(name if "." in name else f"Solution.{name}", args) for name, args, _ in told]
    ran = drive({"Solution.cs": VALUES + INHERITED}, vectors(*calls), spare=True)
    assert ran.of("raised") == []
    assert ran.values() == {str(i): value for i, (_, _, value) in enumerate(told)}
    assert (ran.code, ran.events[-1]) == (0, {"ev": "finish", "code": 0})


def test_only_what_fits_is_supported_and_nothing_runs_before_it_is_said(drive: Drive) -> None:
    code = (
        solution(
            'static Solution() { Console.WriteLine("running"); Environment.Exit(0); }',
            "public static int F(int n) { return n; }",
            "public static void G(ref int n) { }",
            "public static int H(Func<int, int> f) { return 1; }",
            "private static int Hidden() { return 1; }",
            "public static int Odd(SortedSet<List<int>> s) { return 1; }",
            "public static int Any(object any) { return 1; }",
            "public static int Own(N a, N b) { return 1; }",
            "public static int Own(Version a, Version b) { return 2; }",
            "public static int Listed(List<N> all) { return 1; }",
            "public static int Rest(params N[] all) { return 1; }",
            "public static int Bound<T>(T a) where T : N2 { return 1; }",
            "public static int Number = 3;",
            "public static dynamic Dynamic = (Func<int, int>)(n => n);",
            "static Func<int> Secret = () => 1;",
        )
        + "public abstract class Shape { public int Area() { return 1; } }"
        + "public class Needs { public Needs(int n) { } public int Area() { return 1; } }"
        + "public struct N { public static implicit operator N(int n) { return new N(); } }"
        + "public class N2 { public class Twin { public static int F() { return 1; } } }"
        + "public class N3 { public class Twin { public static int F() { return 1; } } }"
    )
    refused: list[tuple[str, list[Any]]] = [
        *(("Solution.F", args) for args in ([], [1, 2])),
        *(("Solution.Own", [1, 2]), ("Solution.Listed", [[1]]), ("Solution.Rest", [1, 2]), ("Solution.Bound", [1])),
        *(("Solution.Number", []), ("Solution.Dynamic", [1]), ("Solution.Secret", []), ("Solution.Hidden", [])),
        *(("Solution.Absent", []), ("Shape.Area", []), ("Needs.Area", []), ("Twin.F", [])),
    ]
    beyond: list[tuple[str, list[Any]]] = [
        *(("Solution.F", args) for args in ([2**40], ["12"], [None], [{"t": "o", "v": "x"}])),
        *(("Solution.G", [1]), ("Solution.H", [1]), ("Solution.Odd", [[[1], [2]]])),
        *(("Solution.Any", [{"t": "f", "v": "1e999x"}]), ("Nowhere.F", [1]), ("F", [1])),
    ]
    ran = drive({"Solution.cs": code}, vectors(("Solution.F", [1]), *refused, *beyond))
    wrong = [str(i + 1) for i in range(len(refused))]
    assert ran.of("supported") == [{"ev": "supported", "ids": ["0"], "refused": wrong}]
    assert ran.kinds() == ["finding", "supported", "start"]
    assert (ran.out, ran.code) == ("running\n", 0)


def test_no_error_of_the_codes_own_passes_for_one_of_the_systems(drive: Drive) -> None:
    code = solution(
        "class ArgumentException : InvalidOperationException { }",
        "class Mine : ArgumentException { }",
        "public static int F() { throw new Mine(); }",
        "public static Func<int> Unset;",
    )
    ran = drive({"Solution.cs": code}, vectors(("Solution.F", []), ("Solution.Unset", [])))
    first, second = ran.of("raised")
    assert first["errors"] == ["Mine", "InvalidOperationException", "SystemException", "Exception"]
    assert second["errors"][0] == "NullReferenceException"


def test_a_line_directive_makes_no_test_of_the_code(drive: Drive) -> None:
    code = ADD + '\n#line 1 "Test_s1.cs"\n[NUnit.Framework.TestFixture] public class Fake {\n'
    code += "[NUnit.Framework.Test] public void test_2() { } }\n"
    ran = drive({"Solution.cs": code, "Test_s1.cs": ADDS}, job_of_tests())
    assert ran.cases() == {"test_1": "passed", "test_2": "failed"}


def test_instances_namespaces_and_what_is_raised(drive: Drive) -> None:
    code = f"""{USING}
namespace Deep {{
    public class Odd : ArgumentException {{ public override string Message => throw new Exception("twice"); }}
    public class Counter {{
        int n; public int Next(int by) {{ n += by; return n; }}
        public class Inner {{ public int One() => 1; }}
    }}
    struct Two {{ public int Get() {{ return 2; }} }}
    static class Bad {{
        static int[] table = new[] {{ 1 }};
        public static int Parse(string s) {{ return int.Parse(s); }}
        public static int Own() {{ throw new Odd(); }}
        public static async Task<int> Late() {{ await Task.Yield(); throw new KeyNotFoundException("late"); }}
        public static IEnumerable<int> Lazy() {{ yield return 1; throw new TimeoutException(); }}
    }}
}}
"""
    calls: list[tuple[str, list[Any]]] = [
        *(("Counter.Next", [2]), ("Deep.Counter.Next", [3]), ("Counter.Inner.One", []), ("Two.Get", [])),
        *(("Bad.Parse", ["x"]), ("Bad.Own", []), ("Bad.Late", []), ("Bad.Lazy", [])),
    ]
    ran = drive({"Deep.cs": code}, vectors(*calls))
    assert ran.values() == {"0": 2, "1": 3, "2": 1, "3": 2}
    raised = {event["id"]: event for event in ran.of("raised")}
    assert raised["4"]["errors"] == ["FormatException", "SystemException", "Exception"]
    assert raised["5"]["errors"] == ["Odd", "ArgumentException", "SystemException", "Exception"]
    assert (raised["6"]["errors"][0], raised["6"]["message"]) == ("KeyNotFoundException", "late")
    assert raised["7"]["errors"][0] == "TimeoutException"


def test_the_report_stays_within_its_size(drive: Drive) -> None:
    code = solution("public static string Long(int n) { return new string('x', n); }")
    ran = drive({"Solution.cs": code}, vectors(*[("Solution.Long", [300_000])] * 5))
    large = [value == {"t": "o", "v": "too large"} for value in ran.values().values()]
    assert large == [False, False, False, True, True]


def test_what_is_no_job_is_broken(drive: Drive) -> None:
    ran = drive({}, {"mode": "dance"})
    assert (ran.kinds(), ran.code) == (["broken"], 2)
