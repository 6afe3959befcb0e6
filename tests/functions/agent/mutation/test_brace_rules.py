"""Which mistakes are made in code of the languages with braces, and which never."""

from __future__ import annotations

import pytest

from fixtures import LAYOUTS
from functions.agent.mutation import mutants

CASES = {
    "javascript": [
        (
            """\
export function f(a, b) {
  return a < b && a !== b;
}
""",
            [
                "line 2: `!==` became `===`",
                "line 2: `&&` became `||`",
                "line 2: `<` became `<=`",
            ],
        ),
        (
            """\
export const f = (a) => {
  if (!a.ok) { return a + 1; }
  return "no";
};
""",
            [
                "line 2: `!a.ok` became `a.ok`",
                "line 2: `+` became `-`",
                "line 2: `1` became `2`",
                "line 2: `return a + 1` became `return null`",
                'line 3: `"no"` became `""`',
            ],
        ),
        (
            """\
function f(xs) {
  for (let i = 0; i < 9; i++) {
    if (xs[i]) { continue; }
    xs.push(i);
  }
  return xs.slice(1, xs.length);
}
""",
            [
                "line 2: `0` became `1`",
                "line 2: `9` became `10`",
                "line 2: `<` became `<=`",
                "line 3: `[i]` became `[i + 1]`",
                "line 3: `continue` became `break`",
                "line 3: `xs[i]` became `!(xs[i])`",
                "line 4: `xs.push(i)` was removed",
                "line 6: `1` became `2`",
                "line 6: `return xs.slice(1, xs.length)` became `return null`",
            ],
        ),
        (
            """\
function f(n) {
  while (n) { n -= 1; }
  for (;;) { break; }
}
""",
            [
                "line 2: `1` became `2`",
                "line 2: `n` became `!(n)`",
            ],
        ),
        (
            """\
import x from "y";
const A = 1, B = { "k": true };
console.log("x");
function f(a) {
  "use strict";
  if (a) { throw new TypeError("bad " + 1); }
  console.log("said");
  return `é${a ? 1 : ""}`;
}
""",
            [
                "line 2: `1` became `2`",
                "line 2: `true` became `false`",
                "line 6: `a` became `!(a)`",
                'line 8: `""` became `"x"`',
                "line 8: `1` became `2`",
                "line 8: `a` became `!(a)`",
                "line 8: `return 'é${a ? 1 : \"\"}'` became `return null`",
            ],
        ),
    ],
    "typescript": [
        (
            """\
export function f(a: number, s: string): number {
  const b = a + 1;
  return s + b ? a % 2 : b;
}
""",
            [
                "line 2: `+` became `-`",
                "line 2: `1` became `2`",
                "line 3: `%` became `*`",
                "line 3: `2` became `3`",
                "line 3: `return s + b ? a % 2 : b` became `return 0`",
                "line 3: `s + b` became `!(s + b)`",
            ],
        ),
        (
            """\
type Way = "up" | "down";
export function f(a?: string[]): string[] {
  if (a === undefined || !a.length) { return ["up"]; }
  return a.slice(1 as number);
}
""",
            [
                'line 3: `return ["up"]` became `return []`',
                "line 4: `1` became `2`",
                "line 4: `return a.slice(1 as number)` became `return []`",
            ],
        ),
        (
            """\
enum E { A = 1 }
export class C {
  private n: number = 2;
  next(): boolean {
    this.n += 1;
    return this.n > 3;
  }
}
""",
            [
                "line 3: `2` became `3`",
                "line 5: `+=` became `-=`",
                "line 5: `1` became `2`",
                "line 5: `this.n += 1` was removed",
                "line 6: `3` became `4`",
                "line 6: `>` became `>=`",
            ],
        ),
    ],
    "java": [
        (
            """\
class Solution {
  static int f(int a, String s) {
    String t = s + a;
    return a + 1;
  }
}
""",
            [
                "line 4: `+` became `-`",
                "line 4: `1` became `2`",
                "line 4: `return a + 1` became `return 0`",
            ],
        ),
        (
            """\
class Solution {
  @Deprecated(since = "1") static final int N = 3;
  static boolean f(Object o, char c) {
    if (o instanceof String s && s.isEmpty()) { return c == 'a'; }
    switch (N) { case 1: break; }
    throw new IllegalStateException("no " + 1);
  }
}
""",
            [
                "line 2: `3` became `4`",
                "line 4: `'a'` became `'b'`",
                "line 4: `==` became `!=`",
            ],
        ),
        (
            """\
class Solution {
  static String f(java.util.List<Integer> xs) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < xs.size(); i++) {
      if (xs.get(i) > 0) { b.append("x"); }
    }
    return b.toString();
  }
}
""",
            [
                "line 4: `0` became `1`",
                "line 4: `<` became `<=`",
                'line 5: `"x"` became `""`',
                "line 5: `0` became `1`",
                "line 5: `>` became `>=`",
                'line 5: `b.append("x")` was removed',
                "line 5: `xs.get(i) > 0` became `!(xs.get(i) > 0)`",
                'line 7: `return b.toString()` became `return ""`',
            ],
        ),
        (
            """\
class Solution {
  int f(int[] d) {
    try { return g(); } catch (Exception e) { return -d[0]; }
  }
}
""",
            [
                "line 3: `0` became `1`",
            ],
        ),
    ],
    "go": [
        (
            """\
package solution

func Sum(xs []int) (int, error) {
	total := 0
	for i, x := range xs {
		total += x
		xs[i] = 0
	}
	return total, nil
}
""",
            [
                "line 4: `0` became `1`",
                "line 6: `+=` became `-=`",
                "line 7: `0` became `1`",
                "line 7: `[i]` became `[i + 1]`",
                "line 9: `return total` became `return 0`",
            ],
        ),
        (
            """\
package solution

import "errors"

var Err = errors.New("bad")

func F(s string, a [2]int) string {
	if s == "" {
		panic("empty")
	}
	out := s + "b"
	return out[:a[1]]
}
""",
            [
                'line 11: `"b"` became `""`',
                'line 8: `""` became `"x"`',
                "line 8: `==` became `!=`",
            ],
        ),
        (
            """\
package solution

func F(n int) bool {
	for n > 3 {
		n--
	}
	switch n {
	case 1:
		return !G(n)
	}
	return true
}
""",
            [
                "line 11: `true` became `false`",
                "line 4: `3` became `4`",
                "line 4: `>` became `>=`",
                "line 9: `!G(n)` became `G(n)`",
            ],
        ),
    ],
    "csharp": [
        (
            """\
public static class Solution {
  [Test("x")] public const int N = 2;
  public static int F(string s, int n) {
    var t = s + n;
    for (int i = 0; i <= n; i++) { if (s[i] == 'a') continue; }
    return n * N;
  }
}
""",
            [
                "line 2: `2` became `3`",
                "line 5: `'a'` became `'b'`",
                "line 5: `0` became `1`",
                "line 5: `<=` became `<`",
                "line 5: `==` became `!=`",
                "line 5: `continue` became `break`",
                "line 6: `*` became `/`",
                "line 6: `return n * N` became `return 0`",
            ],
        ),
        (
            """\
using System;
public class Solution {
  public static char F(object o, DateTime a) {
    if (o is string s && s.Length > 1) throw new ArgumentException("no");
    Console.WriteLine("x");
    return G(a - a, $"é{1}");
  }
}
""",
            [
                "line 4: `1` became `2`",
                "line 4: `>` became `>=`",
                "line 6: `1` became `2`",
                "line 6: `return G(a - a, $\"é{1}\")` became `return '\\0'`",
            ],
        ),
    ],
}


@pytest.mark.parametrize(
    ("language", "code", "expected"), [(language, *case) for language, cases in CASES.items() for case in cases]
)
def test_these_mistakes_and_no_others(language: str, code: str, expected: list[str]) -> None:
    assert sorted(m.what for m in mutants({LAYOUTS[language].main: code}, language, 99)) == expected


def test_columns_are_bytes_and_the_rest_stays() -> None:
    code = "export const f = (a) => `é😀${a}`.length /* é */ < a; // 😀 a < b\n"
    (mutant,) = mutants({"solution.mjs": code}, "javascript")
    assert mutant.files == {"solution.mjs": code.replace("*/ <", "*/ <=")}


@pytest.mark.parametrize(
    ("language", "body", "refused"),
    [
        ("go", "for _, v := range a {\n out = append(out, v)\n }", "`out = append(out, v)` was removed"),
        ("go", "v := a[0]\n return v", "`return v` became `return 0`"),
        ("java", 'String s = "n" + a;', "`+` became `-`"),
        ("java", "for (;;) { if (a) { break; } }", "`break` became `continue`"),
        ("java", "while (true) { g(); }", "`true` became `false`"),
        ("java", "byte b = 127;", "`127` became `128`"),
        ("csharp", 'string s = "n" + a;', "`+` became `-`"),
        ("typescript", "if (a === null) { return; }", "`===` became `!==`"),
        ("typescript", "if (typeof a === 'string') { return; }", "`'string'` became `\"\"`"),
    ],
)
def test_what_would_not_compile_is_not_made(language: str, body: str, refused: str) -> None:
    around = {
        "go": "package solution\n\nfunc F(a []int, out []int) int {\n %s\n}\n",
        "java": "class Solution { static void f(int a) { %s } }\n",
        "csharp": "class Solution { static void F(int a) { %s } }\n",
        "typescript": "export function f(a: any): void { %s }\n",
    }
    code = around[language] % body
    said = [m.what for m in mutants({LAYOUTS[language].main: code}, language, 99)]
    assert not [what for what in said if what.endswith(refused)]


def test_tsx_is_read_as_such() -> None:
    code = "export const F = (p: { n: number }) => <b>{p.n > 1 ? 'é' : <i />}</b>;\n"
    assert "line 1: `>` became `>=`" in [m.what for m in mutants({"view.tsx": code}, "typescript", 99)]
