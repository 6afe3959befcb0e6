"""Literals of five languages as plain data: exactly, or not at all."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.clike import literals, texts
from functions.agent.clike.plain import NotPlain
from functions.agent.clike.scanner import scan
from functions.agent.clike.writing import writing
from jobs import wire

LANGUAGES = ("javascript", "typescript", "java", "go", "csharp")


def read(text: str, language: str, argument: bool = False) -> Any:
    rules = writing(language).rules
    return literals.read(scan(text, rules.syntax), rules, argument)


def f(value: str) -> dict[str, str]:
    return {"t": "f", "v": value}


def d(**pairs: Any) -> dict[str, Any]:
    return {"t": "d", "v": [[k, v] for k, v in pairs.items()]}


def s(*values: Any) -> dict[str, Any]:
    return {"t": "s", "v": list(values)}


GOOD = [
    ("javascript", "3", 3),
    ("javascript", "-2.50", f("-2.5")),
    ("javascript", "3.0", 3),
    ("javascript", "1e3", 1000),
    ("javascript", "-0", f("-0.0")),
    ("javascript", "9007199254740993", f("9007199254740992.0")),
    ("javascript", "10n", 10),
    ("javascript", "0xff", 255),
    ("javascript", "'it\\'s \\u00e9 \\ud83d\\ude00'", "it's é 😀"),
    ("javascript", "`two\nlines`", "two\nlines"),
    ("javascript", "[1, 'a', [], undefined, null,]", [1, "a", [], {"t": "u"}, None]),
    ("javascript", "{a: 1, 'b c': {}, 3: true}", {"t": "d", "v": [["a", 1], ["b c", d()], ["3", True]]}),
    ("javascript", "({a: 1})", d(a=1)),
    ("javascript", "new Set([1, 2])", s(1, 2)),
    ("javascript", "new Set()", s()),
    ("javascript", "new Set('aab')", s("a", "b")),
    ("javascript", "new Map([['a', 1]])", d(a=1)),
    ("javascript", "-Infinity", f("-Infinity")),
    ("javascript", "NaN", f("NaN")),
    ("typescript", "[1, 2] as const", [1, 2]),
    ("typescript", "null as unknown as string[]", None),
    ("typescript", "{a: 1 as number, b: [] as string[]}", d(a=1, b=[])),
    ("java", "1_000L", 1000),
    ("java", "2.5f", f("2.5")),
    ("java", "5d", f("5.0")),
    ("java", "'x'", "x"),
    ("java", "'\\n'", "\n"),
    ("java", "(long) -5", -5),
    ("java", "(double) 5", f("5.0")),
    ("java", "new int[] {1, -2}", [1, -2]),
    ("java", "new int[][] {{1}, {}}", [[1], []]),
    ("java", "new int[0]", []),
    ("java", "List.of(1, 2)", [1, 2]),
    ("java", "List.<Integer>of()", []),
    ("java", 'Arrays.asList("a", null)', ["a", None]),
    ("java", "new ArrayList<>(List.of(1))", [1]),
    ("java", "new HashMap<String, Integer>()", d()),
    ("java", "Set.of(1)", s(1)),
    ("java", "new HashSet<>(Arrays.asList(1, 1))", s(1)),
    ("java", 'Map.of("a", 1, "b", List.of())', d(a=1, b=[])),
    ("java", 'Map.ofEntries(Map.entry("a", 1))', d(a=1)),
    ("java", "Optional.empty()", None),
    ("java", "Integer.MAX_VALUE", 2147483647),
    ("java", "Double.NaN", f("NaN")),
    ("go", "[]int{1, 2}", [1, 2]),
    ("go", "[]float64{1, 2.5}", [f("1.0"), f("2.5")]),
    ("go", '[][]string{{"a"}, {}}', [["a"], []]),
    ("go", 'map[string][]int{"a": {1}, "b": nil}', d(a=[1], b=None)),
    ("go", 'map[int]map[string]bool{1: {"x": true}}', {"t": "d", "v": [[1, d(x=True)]]}),
    ("go", "[...]int{1}", [1]),
    ("go", "'a'", 97),
    ("go", "`raw\\n`", "raw\\n"),
    ("go", "int64(5)", 5),
    ("go", "float64(5)", f("5.0")),
    ("go", "math.Inf(-1)", f("-Infinity")),
    ("go", '[]interface{}{1, "a"}', [1, "a"]),
    ("csharp", "3m", f("3.0")),
    ("csharp", '@"a\\""b"', 'a\\"b'),
    ("csharp", "new[] { 1, 2 }", [1, 2]),
    ("csharp", "new List<int> { 1, 2, }", [1, 2]),
    ("csharp", "new List<List<int>> { new List<int> { 1 } }", [[1]]),
    ("csharp", 'new Dictionary<string, int> { { "a", 1 }, { "b", 2 } }', d(a=1, b=2)),
    ("csharp", 'new Dictionary<string, int> { ["a"] = 1 }', d(a=1)),
    ("csharp", "new HashSet<int> { 1 }", s(1)),
    ("csharp", "Array.Empty<int>()", []),
    ("csharp", '(1, "a")', [1, "a"]),
    ("csharp", "string.Empty", ""),
    ("csharp", "-int.MaxValue", None),
]


@pytest.mark.parametrize(("language", "text", "value"), GOOD[:-1])
def test_what_is_a_literal(language: str, text: str, value: Any) -> None:
    assert json.dumps(read(text, language)) == json.dumps(value)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(
            ("javascript", t)
            for t in ("", "x", "f()", "1 + 2", "[...a]", "{a}", "{[k]: 1}", "`a${b}`", "new Date()", "/x/")
        ),
        *(
            ("javascript", t)
            for t in ("010", "[1,,2]", "'\\ud83d'", "1 2", "[1", "(1, 2)", "() => 1", "{__proto__: 1}")
        ),
        *(
            ("java", t)
            for t in ("[1, 2]", "{1}", "new int[3]", "new byte[] {1}", "new Point(1, 2)", "Math.PI", "1 + 1", "010")
        ),
        *(
            ("java", t)
            for t in ("new ArrayList<>(5)", "new ArrayList<>() {{ add(1); }}", '"""\nx"""', "x.y", "Map.of(1)")
        ),
        *(
            ("go", t)
            for t in ("Point{1, 2}", "&x", "[]byte{1}", "[]Point{{1}}", "[]int{0: 1}", "math.Pi", "a + b", "int(x)")
        ),
        *(
            ("csharp", t)
            for t in ('$"a{b}"', "new Point(1)", "new int[2]", "Math.PI", "x", "new byte[] { 1 }", "nameof(x)")
        ),
    ],
)
def test_what_is_none(language: str, text: str) -> None:
    with pytest.raises(NotPlain):
        read(text, language)


def test_a_big_number_is_read_but_not_passed_on_as_a_plain_one() -> None:
    assert read("10n", "javascript") == 10
    with pytest.raises(NotPlain):
        read("[10n]", "javascript", argument=True)


def written(value: Any, language: str) -> str:
    """`value` as a literal of the language."""
    if value is None:
        return "nil" if language == "go" else "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return texts.quoted(value)
    inner = ", ".join(written(v, language) for v in value)
    opening, closing = {
        "java": ("Arrays.asList(", ")"),
        "go": ("[]any{", "}"),
        "csharp": ("new object[] { ", " }"),
    }.get(language, ("[", "]"))
    return opening + inner + closing


def wired(value: Any, language: str) -> Any:
    if isinstance(value, list):
        return [wired(v, language) for v in value]
    if isinstance(value, float):
        same = (
            language in ("javascript", "typescript") and value.is_integer() and (value or math.copysign(1, value) > 0)
        )
        return int(value) if same and abs(value) <= literals.SAFE else f(repr(value))
    return value


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: "e" not in repr(x)),
        st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
    ),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(LANGUAGES))
def test_what_is_written_as_a_literal_is_read_as_the_same_value(value: Any, language: str) -> None:
    assert json.dumps(read(written(value, language), language)) == json.dumps(wired(value, language))


PIECES = st.lists(
    st.sampled_from(
        [
            "new ",
            "int",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "<",
            ">",
            ",",
            "1",
            '"a"',
            "-",
            ".",
            "List",
            "map",
            ":",
            "as ",
            "=",
            "Set",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=40), PIECES), st.sampled_from(LANGUAGES))
def test_any_text_is_a_value_or_a_value_error(text: str, language: str) -> None:
    try:
        value = read(text, language)
    except NotPlain:
        return
    assert wire.fault(json.loads(json.dumps(value))) == ""


def test_depth_has_an_end() -> None:
    for language, text in (("javascript", "[" * 5000 + "]" * 5000), ("java", "(" * 5000), ("go", "[]any{" * 3000)):
        with pytest.raises(NotPlain):
            read(text, language)
