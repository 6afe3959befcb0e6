"""Calls of C# code from outside: which can be made, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
Drive = Callable[..., Any]
Text = Callable[..., str]
Job = Callable[..., dict[str, Any]]
USING = "using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;"

VALUES = (
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


def test_values_cross_exactly(drive: Drive, solution: Text, vectors: Job) -> None:
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
    ran = drive({"Solution.cs": solution(*VALUES) + INHERITED}, vectors(*calls), spare=True)
    assert ran.of("raised") == []
    assert ran.values() == {str(i): value for i, (_, _, value) in enumerate(told)}
    assert (ran.code, ran.events[-1]) == (0, {"ev": "finish", "code": 0})


def test_only_what_fits_is_supported_and_nothing_runs_before_it_is_said(
    drive: Drive, solution: Text, vectors: Job
) -> None:
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


def test_no_error_of_the_codes_own_passes_for_one_of_the_systems(drive: Drive, solution: Text, vectors: Job) -> None:
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


def test_instances_namespaces_and_what_is_raised(drive: Drive, vectors: Job) -> None:
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


def test_the_report_stays_within_its_size(drive: Drive, solution: Text, vectors: Job) -> None:
    code = solution("public static string Long(int n) { return new string('x', n); }")
    ran = drive({"Solution.cs": code}, vectors(*[("Solution.Long", [300_000])] * 5))
    large = [value == {"t": "o", "v": "too large"} for value in ran.values().values()]
    assert large == [False, False, False, True, True]
