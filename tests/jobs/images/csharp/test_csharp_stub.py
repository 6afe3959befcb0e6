"""The stub that takes the place of C# code: what passes on it proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Drive = Callable[..., Any]
Text = Callable[..., str]
Job = Callable[..., dict[str, Any]]
USING = "using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;"


def test_nothing_but_what_is_vacuous_passes_on_the_stub(drive: Drive, suite_of: Text, job_of_tests: Job) -> None:
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


def test_a_large_library_is_stubbed_too(drive: Drive, suite_of: Text, solution: Text, job_of_tests: Job) -> None:
    """Beyond 65,536 names and rows the tables of a library have wider columns; here the heap of names has."""
    long = "x" * 400
    members = [f"public static int {long}{i}() {{ return {i}; }}" for i in range(300)]
    suite = suite_of(f"[Test] public void A() {{ Assert.AreEqual(7, Solution.{long}7()); }}")
    ran = drive({"Solution.cs": solution(*members), "Test_s1.cs": suite}, job_of_tests(stub=True))
    assert ran.cases() == {"A": "error"}
