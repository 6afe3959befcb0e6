"""Examples of a request in the languages with braces; what is not certain is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import anchors
from functions.agent.words import Origin


def found(prompt: str, language: str) -> list[tuple[str, str]]:
    return [(c.call, c.expected) for c in anchors.find(prompt, language).cases]


@pytest.mark.parametrize(
    ("language", "prompt", "claims"),
    [
        ("javascript", "Write `add`: add(1, 2) → 3", [("add(1, 2)", "3")]),
        (
            "javascript",
            "`slug(\"A b\")` returns \"a-b\" and slug('') is ''",
            [('slug("A b")', '"a-b"'), ('slug("")', '""')],
        ),
        (
            "javascript",
            "f([1, {a: null}]) should return [true, undefined].",
            [('f([1, {"a": null}])', "[true, undefined]")],
        ),
        ("javascript", "sum([1, 2]) // 3\nsum([]) // 0", [("sum([1, 2])", "3"), ("sum([])", "0")]),
        ("typescript", "```ts\nassert.deepStrictEqual(add(1, 2), 3);\n```", [("add(1, 2)", "3")]),
        ("typescript", "It holds that\nassert.equal(add(1, 2), 3)\nand so on", [("add(1, 2)", "3")]),
        ("java", "Write a method `add`; add(1, -2) returns -1", [("add(1, -2)", "-1")]),
        ("java", "```java\nassertEquals(List.of(2), Solution.twice(List.of(1)));\n```", [("twice([1])", "[2]")]),
        ("go", "Write `Half` so that Half(1) == 0.5.", [("Half(1)", "0.5")]),
        ("csharp", "Add(1, 2) => 3", [("Add(1, 2)", "3")]),
        ("csharp", 'Greet("Bob") returns "Hi Bob".', [('Greet("Bob")', '"Hi Bob"')]),
    ],
)
def test_examples_that_are_taken(language: str, prompt: str, claims: list[tuple[str, str]]) -> None:
    assert found(prompt, language) == claims


@pytest.mark.parametrize(
    ("language", "prompt"),
    [
        ("javascript", "add(1, 2) currently returns 4"),
        ("javascript", "add(1, 2) returns 3 or 4"),
        ("javascript", "add(1, 2) returns 3 items"),
        ("javascript", "add(a, b) returns 3"),
        ("javascript", "parseInt('3') returns 3 and Math.max(1, 2) is 2"),
        ("javascript", "add(1) → 2, but add(1) → 3"),
        ("javascript", "if (x) returns 3"),
        ("java", "sum([1, 2]) returns 3"),
        ("java", "first('a') returns 'a'"),
        ("go", "Sum([1, 2]) returns 3"),
        ("csharp", "Sum(new Point(1)) returns 3"),
    ],
)
def test_what_is_left_out(language: str, prompt: str) -> None:
    assert found(prompt, language) == []


def test_an_example_in_words_is_a_test_that_fits_whatever_go_returns() -> None:
    case = anchors.find("Half(1) returns 0.5", "go").cases[0]
    assert "returns_anchors(t, 0.5)(Half(1))" in case.source
    assert anchors.find("Half(1) returns 0.5", "go").origin is Origin.ANCHOR


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "add(1, 2)",
                " returns ",
                "→",
                "3",
                "[",
                "{",
                '"',
                "'",
                "```",
                "\n",
                "assert.equal(",
                ")",
                "x",
                " should be ",
            ]
        )
    ).map("".join),
    st.sampled_from(["javascript", "java", "go", "csharp"]),
)
def test_any_request_is_read(prompt: str, language: str) -> None:
    anchors.find(prompt, language)
