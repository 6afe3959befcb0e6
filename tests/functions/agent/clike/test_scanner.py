"""Text as tokens: nothing raises, nothing is lost, and quotes, comments and patterns are what they are."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.clike.scanner import scan, whole
from functions.agent.clike.statements import statements
from functions.agent.clike.tokens import closes, parts, source
from functions.agent.clike.writing import writing

LANGUAGES = ("javascript", "typescript", "java", "go", "csharp")
CODE_LIKE = st.lists(
    st.sampled_from(
        [
            '"',
            "'",
            "`",
            "${",
            "}",
            "{",
            "(",
            ")",
            "[",
            "]",
            "//",
            "/*",
            "*/",
            "\\",
            "\n",
            ";",
            "a",
            "1",
            "=",
            "/",
            "@",
            "<",
        ]
    ),
    max_size=40,
).map("".join)


def texts(code: str, language: str = "javascript") -> list[str]:
    return [t.text for t in scan(code, writing(language).syntax)]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), CODE_LIKE), st.sampled_from(LANGUAGES))
def test_any_text_is_tokens_that_stand_in_it_in_order(text: str, language: str) -> None:
    tokens = scan(text, writing(language).syntax)
    assert all(text[t.at : t.end] == t.text and t.text for t in tokens)
    assert all(a.end <= b.at for a, b in itertools.pairwise(tokens))
    statements(tokens, writing(language).syntax)
    whole(text, writing(language).syntax)


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        ("javascript", "f(/[/)]/g, a / b / c)", ["f", "(", "/[/)]/g", ",", "a", "/", "b", "/", "c", ")"]),
        ("javascript", "return /x/.test(a)", ["return", "/x/", ".", "test", "(", "a", ")"]),
        ("javascript", "`a${f({b: `c}`})}d` + 1", ["`a${f({b: `c}`})}d`", "+", "1"]),
        ("javascript", "a // ' b\n/* \" */ c", ["a", "c"]),
        ("javascript", r"'it\'s' + \"x\\\"", [r"'it\'s'", "+", "\\", r'"x\\\"']),
        ("java", "'\\'' + '\"'", ["'\\''", "+", "'\"'"]),
        ("java", "1_000L + .5f + 0xFFL", ["1_000L", "+", ".5f", "+", "0xFFL"]),
        ("go", 'x := `raw \\` + "a"', ["x", ":=", "`raw \\`", "+", '"a"']),
        ("csharp", 'f(@"c:\\""x""\\", $"a{b}")', ["f", "(", '@"c:\\""x""\\"', ",", '$"a{b}"', ")"]),
    ],
)
def test_literals_and_comments(language: str, code: str, found: list[str]) -> None:
    assert texts(code, language) == found


def test_a_quote_that_never_ends_costs_its_line_and_no_more() -> None:
    found = statements(
        scan("f(1)\nNow don't do this\ng(2)", writing("javascript").syntax), writing("javascript").syntax
    )
    assert ["".join(t.text for t in s.tokens) for s in found] == ["f(1)", "g(2)"]


@pytest.mark.parametrize(
    ("language", "code", "count"),
    [
        ("java", "new HashMap<String, List<Integer>>(), f(a, b), x", 3),
        ("java", "a < b, c > d", 2),
        ("csharp", 'new Dictionary<string, int> { { "a", 1 } }, y', 2),
        ("go", 'map[string]int{"a": 1, "b": 2}, []int{}', 2),
        ("javascript", "", 0),
        ("javascript", "[1, 2], {a: 1, b: 2},", 2),
    ],
)
def test_arguments_are_cut_where_no_bracket_is_open(language: str, code: str, count: int) -> None:
    assert len(parts(scan(code, writing(language).syntax))) == count


def test_brackets_close_by_kind() -> None:
    tokens = scan("(a[b]{c})(", writing("java").syntax)
    assert closes(tokens, 0) == len(tokens) - 2
    assert closes(tokens, len(tokens) - 1) is None
    assert closes(scan("(]", writing("java").syntax), 0) is None


@pytest.mark.parametrize(
    ("language", "code", "lines"),
    [
        ("javascript", "const a = 1\nconst b = a\n  .c()\nf(a,\n b)\n", 3),
        ("javascript", "a = b;c()", 2),
        ("javascript", "if (a) { b() } else { c() }\nd()", 2),
        ("go", "for i := 0; i < 3; i++ {\n\tf(i)\n}\nx := 1\ny := f(x,\n\tx)", 3),
        ("go", 'if want := map[int]string{1: "a"}; got != want {\n\tf()\n}\ng()', 2),
        ("java", "int[] a = {1, 2}; f(a); for (int i = 0; i < 3; i++) { g(i); } h();", 4),
        ("csharp", "var a = new List<int> { 1 }; F(() => { G(); });", 2),
        ("java", "f(a); g(", 1),
    ],
)
def test_statements_end_where_the_language_says(language: str, code: str, lines: int) -> None:
    syntax = writing(language).syntax
    assert len(statements(scan(code, syntax), syntax)) == lines


def test_comments_between_tokens_are_left_out_of_the_source() -> None:
    text = "f(1, // one\n  2 /* two */, 3)"
    assert source(text, scan(text, writing("java").syntax)) == "f(1,\n2 , 3)"


def test_a_text_that_was_cut_off_keeps_its_whole_lines() -> None:
    text = 'describe("a", () => {\n  test("b", () => {\n    f(1);\n    f(2'
    assert whole(text, writing("javascript").syntax) == text[: text.index("f(1);") + 5] + "\n})})"
    assert whole("f(1);", writing("java").syntax) == "f(1);"
