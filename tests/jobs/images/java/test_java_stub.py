"""The vacuity stub: the code's names without its meaning."""

from __future__ import annotations

from typing import Any

Fixture = Any

KINDS = """import java.util.*;
import java.util.function.*;
interface Op { int LIMIT = 10; int apply(int a); default int twice(int a) { return apply(apply(a)); } }
abstract class Base { protected final int seed; Base(int seed) { this.seed = seed; } abstract int go(); }
class Derived extends Base {
  private final List<String> names = new ArrayList<>(), more; int a = 1, b, c[] = {1}; final char q = 'x';
  { more = List.of(); }
  Derived(int s) { super(s * factor()); if (s < 0) throw new IllegalArgumentException(); }
  Derived() { this(3); }
  static int factor() { return 2; }
  int go() { return seed; }
}
enum Colour {
  RED(1) { @Override int w() { return 9; } }, GREEN(2), BLUE;
  final int code; private final Colour next = null;
  static final Map<String, Colour> BY = new HashMap<>();
  static { for (Colour c : values()) BY.put(c.name(), c); }
  Colour() { this(0); }
  Colour(int c) { code = c; }
  int w() { return code; }
}
record Point(int x, int y) { static final Point ORIGIN = new Point(0, 0); Point { if (x < 0) throw new Error(); } }
record Pair<A, B>(A first, B second) {}
class Funds extends Exception {
  final double lack;
  Funds(String m, double lack) { super("no: " + m); this.lack = lack; }
}
sealed interface Shape permits Square, Circle {}
final class Square implements Shape { final double s; Square(double s) { this.s = s; } }
record Circle(double r) implements Shape {}
public class Solution {
  public static final int MAX = 5; private static int counter; static { counter = 4; }
  private final Map<String, Supplier<Integer>> table = new HashMap<>() {{ put("a", () -> 1); }};
  public static <T> T first(List<? extends T> all) throws Funds { for (T t : all) return t; throw new Funds("x", 1); }
  class Inner { final int v; Inner(int v) { this.v = v; } int get() { return v; } }
  public String toString() { return "{}\\"}"; } // } tricky
}
"""
TESTS = """
@Test void first() throws Exception { assertEquals(1, Solution.<Integer>first(List.of(1))); }
@Test void point() { assertEquals(1, new Point(1, 2).x()); }
@Test void pair() { assertEquals(1, new Pair<>(1, 2).first()); }
@Test void colour() { assertEquals(1, Colour.RED.code); }
@Test void body() { assertEquals(9, Colour.RED.w()); }
@Test void refused() { assertThrows(IllegalArgumentException.class, () -> new Derived(-1)); }
@Test void checked() { assertThrows(Funds.class, () -> Solution.first(List.<Integer>of())); }
@Test void constant() { assertEquals(5, Solution.MAX); }
@Test void limit() { assertEquals(10, Op.LIMIT); }
@Test void circle() { assertEquals(2.0, new Circle(2).r()); }
@Test void text() { assertTrue(new Solution().toString().length() > 1); }
@Test void go() { assertEquals(12, new Derived(6).go()); }
@Test void twice() { Op op = a -> a + 1; assertEquals(3, op.twice(1)); }
"""


def test_the_code_passes_its_tests_and_its_stub_none(tested: Fixture) -> None:
    whole = tested(KINDS, TESTS)
    assert set(whole.outcomes.values()) == {"passed"}
    stub = tested(KINDS, TESTS, stub=True)
    assert list(stub.outcomes) == list(whole.outcomes)
    assert set(stub.outcomes.values()) == {"failed", "error"}
    assert stub.of("finding") == []


def test_tests_that_prove_nothing_pass_on_the_stub(tested: Fixture) -> None:
    run = tested(
        "public class Solution { static int f() { throw new RuntimeException(); } }",
        """
        @Test void nothing() { assertTrue(true); }
        @Test void swallows() { try { Solution.f(); } catch (Throwable t) { } }
        @Test void anything() { assertThrows(Throwable.class, () -> Solution.f()); }
        @Test void exists() { assertNotNull(new Solution()); }
        """,
        stub=True,
    )
    assert set(run.outcomes.values()) == {"passed"}


def test_nothing_of_the_code_runs_in_the_stub(tested: Fixture) -> None:
    code = """public class Solution {
      static { System.exit(0); }
      static final int N = Integer.parseInt(System.getProperty("none"));
      static int f() { System.exit(0); return 1; }
    }"""
    assert tested(code, "@Test void a() { assertEquals(1, Solution.f()); }", stub=True).outcomes == {"a": "error"}


def test_code_without_a_stub_is_broken(tested: Fixture) -> None:
    run = tested("public class Solution { int f( }", "@Test void a() {}", stub=True)
    assert run.code == 2
    assert run.events[0]["message"].startswith("no stub of this code can be made: Solution.java:1: error:")
