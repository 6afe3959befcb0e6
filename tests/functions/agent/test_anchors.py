"""What the user stated is found, and nothing else: a misread example would condemn right code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import anchors
from functions.agent.words import Origin


def found(prompt: str) -> list[str]:
    return [c.name for c in anchors.find(prompt).cases]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("f(2) -> 4", ["f(2) == 4"]),
        ("f(2) --> 4", ["f(2) == 4"]),
        ("f(2) ==> 4", ["f(2) == 4"]),
        ("f(2) => 4", ["f(2) == 4"]),
        ("f(2) → 4, f(3) ➞ 9", ["f(2) == 4", "f(3) == 9"]),
        ("f(2) == 4", ["f(2) == 4"]),
        ("e.g. f(2) = 4", ["f(2) == 4"]),
        ("f(2) returns 4, and f(3) returns 9.", ["f(2) == 4", "f(3) == 9"]),
        ("f(2) should return 4.", ["f(2) == 4"]),
        ("f(2) must be 4", ["f(2) == 4"]),
        ("f(2) evaluates to 4", ["f(2) == 4"]),
        ("f(2) returns: 4", ["f(2) == 4"]),
        ("`f(2)` should return `4`", ["f(2) == 4"]),
        ("**f(2)** returns **4**", ["f(2) == 4"]),
        ("- `f(2)` -> `4`\n- `f(3)` -> `9`", ["f(2) == 4", "f(3) == 9"]),
        ("(for example f(2) == 4)", ["f(2) == 4"]),
        ("f(2)  # 4", ["f(2) == 4"]),
        ("f(2)  # => 4", ["f(2) == 4"]),
        ("f(g(2)) == 4", ["f(g(2)) == 4"]),
        ("""f("a(b)") == "c)" """, ["f('a(b)') == 'c)'"]),
        ("""f("it's") returns 'x'""", ["""f("it's") == 'x'"""]),
        (r"""f("a\"b") -> 1""", ["""f('a"b') == 1"""]),
        ("f(-2) -> -4", ["f(-2) == -4"]),
        ("f(2) returns -1.", ["f(2) == -1"]),
        ("f(2) returns 4.5.", ["f(2) == 4.5"]),
        ("f(2) returns 4, and so on for larger numbers", ["f(2) == 4"]),
        ("f(2) returns 4 because 2 * 2 is 4", ["f(2) == 4"]),
        ("f(2) == 4 and g(3) == 5", ["f(2) == 4", "g(3) == 5"]),
        ("f(a=1, b=[2]) -> {'x': None}", ["f(a=1, b=[2]) == {'x': None}"]),
        ("f(2) returns true", ["f(2) == True"]),
        ("f([1, 2]) -> [1,\n  4]", ["f([1, 2]) == [1, 4]"]),
        ("f(2) -> (1, 2)", ["f(2) == (1, 2)"]),
    ],
)
def test_an_example_in_prose_is_found(prompt: str, names: list[str]) -> None:
    assert found(prompt) == names


@pytest.mark.parametrize(
    "prompt",
    [
        *("f(2) != 4", "f(2) >= 4", "f(2) < 4", "f(2) is at least 4", "f(2) should be less than 4", "f(2) ≈ 3"),
        *("f(x) == y", "f(2) == y", "f(x, 2) -> 4", "f(2) equals f(3)", "f(2) returns the square of 2"),
        *("f(2) returns datetime(1, 2, 3)", "f(2) -> [1, 2, ...]", "f([1, ...]) -> 3", "f(2) -> {[]: 1}"),
        *("f(2) returns 4 or 5", "f(2) returns 3 items", "f(2) is 4 times larger", "f(2) returns 3 to 5"),
        *("f(2) returns 1/2", "f(2) returns 3 * 4", "f(2) returns 0.1 + 0.2", "f(2) == 10**9", "f(2) returns 3-5"),
        *("f(2) returns 1,000", "f(2) returns 4%", "f(2) returns 1st", "f(2) returns 3..5", "f(2) returns 2024-01-01"),
        *("f(2) returns 4 or more", "f(2) returns 4, or 5 when it is late", "f(2) returns 4 if x is set"),
        *("f(2) -> 4 -> 16", "f(2) == 4 == True", "f(2) = 4 (mod 5)", "f(2) returns 'a' + 'b'", "f(2) returns 4?"),
        *("f(2) + 1 == 5", "2 * f(2) == 8", "f(2) - 1 == 3", "f(2)[0] == 3", "f(2).x == 3", "obj.f(2) == 4"),
        *("not f(2) == 4", "f(2) == 4 or f(2) == 5", "if f(2) == 4: stop", "await f(2) == 4", "x = f(2) == 4"),
        *("len([1, 2]) == 2", "range(3) -> [0, 1, 2]", "print(2) -> 4", "f([]) raises ValueError"),
        *("Implement f() -> None", "def f(x): return 3", "f(2) returns ('a')", "f(2) returns “4”", "f(2 == 4"),
        "f(2) returns 4\nor 5, whichever is there",
    ],
)
def test_what_is_not_certain_is_left_out(prompt: str) -> None:
    assert found(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("f(2) returns 5 but should return 4", ["f(2) == 4"]),
        ("f(2) returns 5 when it should return 4.", ["f(2) == 4"]),
        ("f(2) wrongly returns 5 instead of 4", ["f(2) == 4"]),
        ("There is a bug: f(2) returns 5 instead of 4", ["f(2) == 4"]),
        ("f(2) currently returns 5, it should be 4", ["f(2) == 4"]),
        ("Currently f(2) returns 5", []),
        ("f(2) returns 5, expected 4", ["f(2) == 4"]),
        ("Expected f(2) == 4 but got 5", ["f(2) == 4"]),
        ("f(2) should be 4 but is 5", ["f(2) == 4"]),
        ("f(2) should return 4 instead of 5", ["f(2) == 4"]),
        ("f(2) should return 4, not 5", ["f(2) == 4"]),
        ("f(2) returns 5 instead of 4", []),
        ("Instead of 4, f(2) returns 5", []),
        ("f(2) returns 5, which is wrong", []),
        ("f(2) == 5 is incorrect", []),
        ("Bug: f(2) returns 5", []),
        ("I get f(2) == 5", []),
        ("f(2) used to return 5", []),
        ("f(2) does not return 4", []),
        ("f(2) should not return 4", []),
        ("f(2) doesn't return 4", []),
        ("f(2) never returns 4", []),
        ("don't assert f(2) == 5", []),
        ("The test `assert f(2) == 5` is wrong", []),
        ("f(1) returns 1 but f(2) returns 4", ["f(1) == 1", "f(2) == 4"]),
        ("The old one is buggy. f(2) returns 4", ["f(2) == 4"]),
    ],
)
def test_a_reported_fault_is_no_example_and_what_it_should_be_is(prompt: str, names: list[str]) -> None:
    assert found(prompt) == names


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("assert f(2) == 4", ["f(2) == 4"]),
        ("assert f([1,\n          2]) == [1,\n  4]", ["f([1, 2]) == [1, 4]"]),
        ("Tests: `assert f(2) == 4`, `assert f(3) == 9`.", ["f(2) == 4", "f(3) == 9"]),
        ("assert f(2) == 4 and continue", ["f(2) == 4"]),
        ("assert abs(f(2) - 4) < 0.1", ["abs(f(2) - 4) < 0.1"]),
        ("assert f(2) == 4, 'message'", ["f(2) == 4, 'message'"]),
        ("x = 3\nassert f(x) == 9", []),
        ("assert np.allclose(f(2), 4)", []),
        ("assert that the value is right (always)", []),
        ("assert f(2) == " + "1 + " * 2000 + "1", []),
        ("assert f(0x" + "f" * 5000 + ") == 1", []),
    ],
)
def test_assert_lines(prompt: str, names: list[str]) -> None:
    assert found(prompt) == names


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        (">>> f(2)\n4", ["f(2) == 4"]),
        ('    """\n    >>> f(2)\n    4\n    >>> f(3)\n    9\n    """', ["f(2) == 4", "f(3) == 9"]),
        (">>> f([1,\n...    2])\n[1,\n 4]", ["f([1, 2]) == [1, 4]"]),
        (">>> f(2) == 4\n>>> f(3) == 9", ["f(2) == 4", "f(3) == 9"]),
        (
            ">>> f(-1)\nTraceback (most recent call last):\n    ...\nValueError: negative",
            ["pytest.raises(ValueError): f(-1)"],
        ),
        (">>> f(-1)\nTraceback (most recent call last):\n  ...\nmylib.OddError: no", []),
        (">>> f(2)\n<object at 0x7f>", []),
        (">>> f(2)\n[1, ...]", []),
        (">>> x = 2\n>>> f(x)\n4", []),
        (">>> s.pop()\n1", []),
        (">>> f(2)\n\n4 is the answer", []),
        (">>> f(2)\n4\n\nf(3) returns 9", ["f(2) == 4", "f(3) == 9"]),
    ],
)
def test_doctests(prompt: str, names: list[str]) -> None:
    assert found(prompt) == names


def test_one_call_with_two_values_gives_no_anchor_and_the_same_one_twice_gives_one() -> None:
    assert found("f(2) returns 4. f(2) returns 5. f(3) returns 9.") == ["f(3) == 9"]
    assert found("f(2) returns 4.\nassert f(2)==4\n>>> f(2)\n4") == ["f(2) == 4"]
    assert found("f(2) returns 4.\nf(2) returns 4.0") != []


def test_calls_of_others_are_talk_where_the_request_spells_out_what_to_define() -> None:
    prompt = "def f(n):\n    '''f(3) == 6, as factorial(3) == 6\n    '''"
    assert found(prompt) == ["f(3) == 6"]
    assert found("def old(n): ...\nWrite bar. bar(2) -> 4") == ["bar(2) == 4"]


def test_a_builtin_name_counts_when_the_request_redefines_it() -> None:
    assert found("Write a function `sum`. sum([1, 2]) == 3") == ["sum([1, 2]) == 3"]


def test_the_suite_has_the_origin_and_id_of_anchors() -> None:
    suite = anchors.find("f(2) -> 4")
    assert (suite.id, suite.origin) == (anchors.SUITE_ID, Origin.ANCHOR)
    assert (suite.cases[0].id, suite.cases[0].call, suite.cases[0].expected) == ("anchors-1", "f(2)", "4")


PIECES = st.sampled_from(
    [
        *("f(2)", " -> ", " returns ", "4", "'a'", "[1, ", "]", "(", ")", "`", ">>> ", "\n", "assert ", " == ", "..."),
        *(
            " but should return ",
            "#",
            "Traceback (most recent call last):",
            "\\",
            '"',
            "{",
            "x",
            "é",
            "\0",
            "\ud800",
            ",",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200))
def test_no_text_crashes_and_every_case_is_a_function_that_compiles(prompt: str) -> None:
    suite = anchors.find(prompt)
    assert suite == anchors.find(prompt)
    for case in suite.cases:
        compile(case.source, "case", "exec")


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda v: st.lists(v, max_size=3), max_leaves=6
    ),
    st.sampled_from([" -> ", " == ", " returns ", " should return "]),
)
def test_any_literal_is_read_as_it_is_written_or_left_out(value: object, link: str) -> None:
    cases = anchors.find(f"f(1){link}{value!r}").cases
    assert all(eval(c.expected) == value for c in cases)
    if isinstance(value, (bool, int, list, type(None))):
        assert len(cases) == 1


def test_a_large_hostile_prompt_is_read_in_time() -> None:
    for text in ("f(", "f(2) -> ", "assert f(", ">>> f(2)\n", "f(2) returns '", "function ", "[", "f(2)  \t"):
        anchors.find((text * (64 * 1024 // len(text)))[: 64 * 1024])
