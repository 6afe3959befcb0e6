"""Calls of plain data: what is supported, how arguments become Java's and answers the wire's."""

from __future__ import annotations

from typing import Any

Fixture = Any


def f(text: str) -> dict[str, Any]:
    return {"t": "f", "v": text}


def d(*pairs: list[Any]) -> dict[str, Any]:
    return {"t": "d", "v": list(pairs)}


def s(*items: Any) -> dict[str, Any]:
    return {"t": "s", "v": list(items)}


ECHO: list[tuple[str, Any]] = [
    *(("int", 7), ("Long", -(2**63)), ("java.math.BigInteger", 10**30), ("short", 3), ("byte", -1)),
    *(("boolean", True), ("char", "ü"), ("String", 'a"\\\n\u2028😀'), ("String", "\ud800"), ("Integer", None)),
    *(("double", f("0.1")), ("double", f("1e+22")), ("double", f("-0.0")), ("double", f("NaN")), ("float", f("0.1"))),
    *(("double", f("5e-324")), ("Double", f("-Infinity")), ("double", f("123456789.123")), ("double", f("2e-05"))),
    *(("int[]", [1, 2]), ("int[][]", [[1], []]), ("byte[]", {"t": "b", "v": "00ff"}), ("char[]", ["a", "b"])),
    *(("List<Long>", [1, 2]), ("List<List<String>>", [["a"], []]), ("java.util.Deque<Integer>", [3, 1])),
    *(("Map<String, List<Integer>>", d(["a", [1]])), ("TreeMap<Character, Long>", d(["a", 1], ["b", 2]))),
    *(("Set<Integer>", s(1, 2)), ("Optional<String>", "x"), ("Optional<String>", None), ("Object", [1, "a", None])),
    *(("Collection<? extends Number>", [1, f("0.5")]), ("Iterable<String>", ["a"]), ("CharSequence", "x")),
    *(("OptionalInt", 5), ("OptionalLong", None), ("OptionalDouble", f("0.5")), ("Comparable<Integer>", 5)),
    *(("java.io.Serializable", "x"), ("java.lang.constant.Constable", 5), ("Number", f("0.5"))),
]


def test_plain_data_comes_back_as_it_went(called: Fixture) -> None:
    bodies = "\n".join(f"static {kind} f{n}({kind} x) {{ return x; }}" for n, (kind, _) in enumerate(ECHO))
    code = f"import java.util.*;\npublic class Solution {{\n{bodies}\n}}\n"
    run = called(code, *((f"Solution.f{n}", value) for n, (_, value) in enumerate(ECHO)))
    assert run.code == 0
    assert [e["value"] for e in run.of("value")] == [value for _, value in ECHO]
    assert run.events[-1] == {"ev": "finish", "code": 0}


SHAPES = """import java.util.*;
import java.util.function.*;
public class Solution {
  enum Colour { RED }
  record Point(int x) {}
  static class Liar { public boolean equals(Object o) { return true; } }
  static class Mine extends ArrayList<Integer> {}
  static class Loud { public String toString() { throw new IllegalStateException(); } }
  static Object red() { return Colour.RED; }
  static Object point() { return new Point(1); }
  static Object liar() { return new Liar(); }
  static Object mine() { return new Mine(); }
  static Object loud() { return new Loud(); }
  static Object nested() { List<Object> all = new ArrayList<>(); all.add(all); return all; }
  static Object large() { return "x".repeat(2_000_000); }
  static Object decimal() { return new java.math.BigDecimal("1.50"); }
  static int instant() { return 1; }
  int own() { return 2; }
  static void nothing() {}
  static int sum(int... all) { return Arrays.stream(all).sum(); }
  static String pick(int n) { return "int"; }
  static String pick(double n) { return "double"; }
  static String pick(String n) { return "text"; }
  static String pick(List<Integer> n) { return "list"; }
  private static int hidden() { return 1; }
  static int apply(Supplier<Integer> f) { return f.get(); }
  static int code(int letter) { return letter; }
  static double code(double letter, int n) { return letter; }
  static int key(Map.Entry<Integer, String> e) { return e.getKey(); }
  static <T extends Comparable<T> & java.io.Serializable> T both(T a, T b) { return a; }
  static int of(Point p) { return 1; }
  static int many(Own... all) { return all.length; }
  static <T extends Own> int bound(T one) { return 1; }
  static int within(List<? extends Point> all) { return 1; }
  static IntUnaryOperator twice = n -> 2 * n;
  interface Own { default int helped() { return 5; } static int still() { return 6; } }
  static int narrow(byte b) { return b; }
  static <T extends Comparable<T>> T max(List<T> all) { return Collections.max(all); }
}
class Base { static int inherited(int n) { return n; } protected int mine() { return 7; } }
class Derived extends Base implements Solution.Own {}
class Stack extends ArrayList<Integer> {}
class Outer { static class Twin { static int f() { return 1; } } }
class Outer2 { static class Twin { static int f() { return 1; } } }
class Other { final int n; Other(int n) { this.n = n; } int get() { return n; } static int two() { return 2; } }
"""


ANSWERS: list[tuple[tuple[Any, ...], Any]] = [
    (("Solution.point",), {"t": "o", "v": "Point: Point[x=1]"}),
    (("Solution.red",), {"t": "o", "v": "Colour: RED"}),
    (("Solution.loud",), {"t": "o", "v": "Loud: no text"}),
    (("Solution.nested",), {"t": "o", "v": "too deep"}),
    (("Solution.large",), {"t": "o", "v": "too large"}),
    (("Solution.mine",), {"t": "o", "v": "Mine: []"}),
    (("Solution.decimal",), {"t": "o", "v": "BigDecimal: 1.50"}),
    *[(("Solution.own",), 2), (("Other.two",), 2), (("Solution.nothing",), None), (("Solution.sum", 1, 2, 3), 6)],
    *[(("Solution.sum", [1, 2]), 3), (("Solution.sum",), 0), (("Solution.pick", 1), "int")],
    *[(("Solution.pick", f("1.0")), "double"), (("Solution.pick", "x"), "text"), (("Solution.pick", [1]), "list")],
    *[(("Derived.inherited", 4), 4), (("Derived.mine",), 7), (("Derived.helped",), 5), (("Own.still",), 6)],
    *[(("Solution.code", "a"), 97), (("Solution.code", "a", 1), f("97.0")), (("Solution.key", [3, "x"]), 3)],
    *[(("Solution.both", 1, 2), 1), (("Solution.many",), 0), (("Solution.of", None), 1), (("Stack.size",), 0)],
    *[(("Solution.max", [3, 9, 4]), 9), (("Solution.max", ["b", "a"]), "b"), (("Solution.pick", 2**40), "double")],
]


def test_calls_find_their_method_and_only_data_is_shown(called: Fixture) -> None:
    found = called(SHAPES, *(call for call, _ in ANSWERS)).of("value")
    assert [e["value"] for e in found] == [value for _, value in ANSWERS]


def test_an_object_of_the_users_is_never_data(called: Fixture) -> None:
    (found,) = called(SHAPES, ("Solution.liar",)).of("value")
    assert found["value"]["t"] == "o"


def test_what_does_not_fit_is_not_supported_and_what_the_code_made_impossible_is_refused(called: Fixture) -> None:
    refused = [
        *(("Solution.none",), ("Solution.hidden",), ("Solution.twice", 1), ("Other.get",), ("Solution.instant", 1)),
        *(("Solution.of", 1), ("Solution.many", 1), ("Solution.bound", 1), ("Solution.within", ["x"]), ("Twin.f",)),
    ]
    wrong = [
        *(("Nobody.f",), ("Solution.apply", 1), ("Solution.narrow", 300), ("Solution.narrow", None)),
        *(("Solution.sum", "xy"), ("instant",), ("Solution.code", "ab")),
    ]
    run = called(SHAPES, *refused, *wrong, ("Solution.instant",))
    ids = [str(n) for n in range(len(refused) + len(wrong) + 1)]
    assert run.of("supported") == [{"ev": "supported", "ids": ids[-1:], "refused": ids[: len(refused)]}]
    assert [e["id"] for e in run.of("start")] == ids[-1:]


def test_no_error_of_the_codes_own_passes_for_one_of_the_librarys(called: Fixture) -> None:
    code = """public class Solution {
      static class IllegalStateException extends IllegalArgumentException {}
      static class Mine extends IllegalStateException {}
      static void f() { throw new Mine(); }
      static void g() { class ParseException extends Error {} throw new ParseException(); }
    }"""
    first, second = called(code, ("Solution.f",), ("Solution.g",)).of("raised")
    assert first["errors"] == ["Mine", "IllegalArgumentException", "RuntimeException", "Exception", "Throwable"]
    assert second["errors"] == ["Error", "Throwable"]


def test_what_is_raised_is_told_with_its_ancestors(called: Fixture) -> None:
    code = """public class Solution {
      static class Own extends IllegalArgumentException {
        Own() { super("bad"); }
        @Override public String getMessage() { throw new Error(); }
      }
      static int parse(String s) { return Integer.parseInt(s); }
      static void own() { throw new Own(); }
      static int deep(int n) { return deep(n + 1) + 1; }
    }"""
    run = called(code, ("Solution.parse", "x"), ("Solution.own",), ("Solution.deep", 0), ("Solution.parse", "7"))
    parse, own, deep = run.of("raised")
    family = ["IllegalArgumentException", "RuntimeException", "Exception", "Throwable"]
    assert (parse["errors"], own["errors"]) == (["NumberFormatException", *family], ["Own", *family])
    assert parse["message"].startswith('For input string: "x"\nSolution.java:6 in parse')
    assert deep["errors"][0] == "StackOverflowError"
    assert run.of("value")[0]["value"] == 7


def test_nothing_of_the_code_runs_before_it_is_said_what_is_supported(called: Fixture) -> None:
    code = "public class Solution { static { Runtime.getRuntime().halt(0); } static int f(int n) { return n; } }"
    run = called(code, ("Solution.f", 1), ("Solution.g",))
    told = [e for e in run.events if e["ev"] != "finding"]
    assert told == [{"ev": "supported", "ids": ["0"], "refused": ["1"]}, {"ev": "start", "id": "0"}]


def test_many_large_answers_stay_within_the_report(called: Fixture) -> None:
    code = 'public class Solution { static String f() { return "x".repeat(300_000); } static int g() { return 1; } }'
    run = called(code, *[("Solution.f",)] * 6, ("Solution.g",))
    values = [e["value"] for e in run.of("value")]
    assert [len(v) for v in values[:3]] == [300_000] * 3
    assert values[3:] == [{"t": "o", "v": "too large"}] * 3 + [1]
