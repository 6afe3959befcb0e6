"""Examples that a model finds: only those whose values stand in the request, as it has them, are believed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import anchors, examples
from functions.agent.words import Origin

REVERSE = "Write a function `rev` that reverses text, so that hello turns into olleh. The empty string becomes ''."
TOTAL = "Write a function `total` adding up a list; 1, 2 and 3 should be 6, and it must give 0 for an empty list."


def read(reply: str, prompt: str, language: str = "python") -> list[str]:
    return [c.name for c in examples.read(f"```python\n{reply}\n```", prompt, language).cases]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        (TOTAL, True),
        ("Write a function `rev` so that 'abc' turns into 'cba'.", True),
        ("Write a function that parses ISO 8601 durations", False),
        ("Write a function `add` that adds two numbers. For example add(1, 2) returns 3.", False),
        ("Write functions, function `f` and function `g`, that should give 1 and 2.", False),
        ("Write a function `f` that prints 1 and should give 2.", False),
        ("", False),
    ],
)
def test_a_model_is_asked_only_where_the_rules_found_nothing_and_there_is_a_sign(prompt: str, answer: bool) -> None:
    assert examples.worth_asking(prompt, "python") is answer


def test_the_question_holds_the_request_and_the_function() -> None:
    text = examples.question(TOTAL, "python")
    assert TOTAL in text
    assert "`total(arguments) == value`" in text


@pytest.mark.parametrize(
    ("prompt", "reply", "names"),
    [
        (REVERSE, "rev('hello') == 'olleh'", ["rev('hello') == 'olleh'"]),
        (REVERSE, "- assert rev('hello') == 'olleh'\nrev('') == ''", ["rev('hello') == 'olleh'", "rev('') == ''"]),
        (REVERSE, "rev('abc') == 'cba'", []),
        (REVERSE, "other('hello') == 'olleh'", []),
        (REVERSE, "rev('olleh') == 'olleh'", []),
        (TOTAL, "total([1, 2, 3]) == 6", ["total([1, 2, 3]) == 6"]),
        (TOTAL, "total([]) == 0", ["total([]) == 0"]),
        (TOTAL, "total([1, 2]) == 3", []),
        (TOTAL, "total([2, 3]) == 6", []),
        (TOTAL, "total([1, 2, 3, 4]) == 10", []),
        (TOTAL, "total(1, 2, 3) == 6", []),
        (TOTAL, "total([6]) == 6", []),
        (TOTAL, "total([1, 2, 3]) == 6\ntotal([1, 2, 3]) == 0", ["total([1, 2, 3]) == 6"]),
        (TOTAL.replace("should be", "wrongly gives"), "total([1, 2, 3]) == 6", []),
        ("Write a function `f` for numbers from 1 to 3.", "f(1) == 3", []),
        ("Write a function `f(a, b)`: 5 and 3 should give 15.", "f(5, 3) == 15", ["f(5, 3) == 15"]),
        ("Write a function `f`: 12 should give 15.", "f(2) == 15\nf(1) == 5", []),
    ],
)
def test_what_is_believed(prompt: str, reply: str, names: list[str]) -> None:
    assert read(reply, prompt) == names


def test_it_is_an_anchor_like_those_found_by_rule() -> None:
    suite = examples.read("rev('hello') == 'olleh'", REVERSE, "python")
    assert (suite.id, suite.origin) == (anchors.SUITE_ID, Origin.ANCHOR)
    assert suite.cases[0].expected == "'olleh'"


def test_other_languages() -> None:
    assert read("total([1, 2, 3]) == 6;\ntotal([9]) == 6;", TOTAL, "javascript") == ["total([1, 2, 3]) == 6"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["rev(", "'hello'", ") == ", "'olleh'", "\n", "```", "[", "]", "1, ", "\0", "6", "total("])
    ).map("".join),
    st.sampled_from([REVERSE, TOTAL]),
    st.sampled_from(["python", "javascript", "java"]),
)
def test_any_reply_is_read_and_holds_only_what_stands_in_the_request(reply: str, prompt: str, language: str) -> None:
    for case in examples.read(reply, prompt, language).cases:
        assert "rev" in case.call or "total" in case.call
