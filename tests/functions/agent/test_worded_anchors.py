"""Examples that do not spell the call: they count where the request asks for one function, and only then."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import anchors

TWO_SUM = "Write a function `two_sum(nums, target)`.\n\n"


def found(prompt: str, language: str = "python") -> list[str]:
    return [c.name for c in anchors.find(prompt, language).cases]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("| input | output |\n|---|---|\n| f(2) | 4 |\n| `f(3)` | `9` |", ["f(2) == 4", "f(3) == 9"]),
        ("Write `f(n)`.\n\n| input | output |\n|:--|--:|\n| 2 | 4 |\n| 3 | 9 |", ["f(2) == 4", "f(3) == 9"]),
        ("Write a function `f`.\n\n| n | result |\n|---|---|\n| 2 | 4 |", ["f(2) == 4"]),
        ("Write a function `add`.\n\n| a | b | result |\n|---|---|---|\n| 2 | 4 | 6 |", ["add(2, 4) == 6"]),
        ("Write a function `add(a, b)`.\n\n| b | a | result |\n|---|---|---|\n| 2 | 4 | 6 |", ["add(4, 2) == 6"]),
        ("Write a function `f`.\n\n| # | n | expected | why |\n|---|---|---|---|\n| 1 | 2 | 4 | x |", ["f(2) == 4"]),
        ("Write a function `f`.\n\n| n | expected |\n|---|---|\n| 0 | 1 |\n| -1 | ValueError |", ["f(0) == 1"]),
    ],
)
def test_tables(prompt: str, names: list[str]) -> None:
    assert found(prompt) == names


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        (
            TWO_SUM + "Input: nums = [2,7], target = 9\nOutput: [0,1]\nExplanation: 2 + 7",
            ["two_sum([2, 7], 9) == [0, 1]"],
        ),
        (TWO_SUM + "Input: target = 9, nums = [2,7]\nOutput: [0,1]", ["two_sum([2, 7], 9) == [0, 1]"]),
        (TWO_SUM + "**Input:** nums = [2,7], target = 9\n**Output:** [0,1]", ["two_sum([2, 7], 9) == [0, 1]"]),
        ("Write a function `f`.\n\nExample 1:\nInput: 5\nOutput: 120", ["f(5) == 120"]),
        ("Write a function `f`. Input: 5 Output: 120", ["f(5) == 120"]),
        ("Write a function `f`. input: 5 → output: 120", ["f(5) == 120"]),
        ("Write a function `f`.\nInput:\n```\n[1, true]\n```\nOutput:\n```\n[false]\n```", ["f([1, True]) == [False]"]),
        ("Write a function `f(a, b)`. Input: 5, 3 Output: 120", ["f(5, 3) == 120"]),
        ("Write a function `f`. Given [1, 2] it should return 3.", ["f([1, 2]) == 3"]),
        ("Write a function `f`. When given 'a', it returns 'b'.", ["f('a') == 'b'"]),
        ("Write a function `f`. For n = 3, the result should be 6.", ["f(3) == 6"]),
        ("Write a function `f`. For [1, 2] the output is 3.", ["f([1, 2]) == 3"]),
        ("Write a function `f`. For example, [1, 2] -> 3, [] -> 0.", ["f([1, 2]) == 3", "f([]) == 0"]),
        ("Write a function `f`.\nExamples:\n- `[1]` → `3`\n- `[]` → `0`\n\n5 → 6", ["f([1]) == 3", "f([]) == 0"]),
    ],
)
def test_inputs_and_outputs(prompt: str, names: list[str]) -> None:
    assert found(prompt) == names


@pytest.mark.parametrize(
    "prompt",
    [
        "| input | output |\n|---|---|\n| 2 | 4 |",
        "Write functions: function `f` and function `g`.\nInput: 2\nOutput: 4",
        "Write a function `f`.\n\n| input | output |\n|---|---|\n| abc | cba |\n| 12 | 21 |",
        "Write a function `f`.\n\n| name | size |\n|---|---|\n| 2 | 4 |",
        "Write a function `f(a, b)`.\n\n| c | d | result |\n|---|---|---|\n| 2 | 4 | 6 |",
        "Write a function `f(a, b)`.\n\n| a | result |\n|---|---|\n| 2 | 4 |",
        "Write a function `f` that prints the sum.\nInput: 5\nOutput: 120",
        "Write a function `f` that reads stdin.\nInput: 5\nOutput: 120",
        "Write a function `f`. Input: 5, 3 Output: 120",
        "Write a function `f(root)`.\nInput: root = [3, 9]\nOutput: 3",
        "Write a function `f` on a linked list.\nInput: [3, 9]\nOutput: 3",
        "def f(head: Optional[ListNode]): ...\nInput: [3, 9]\nOutput: 3",
        "Sort in-place with a function `f`.\nInput: [3, 1]\nOutput: [1, 3]",
        "Write a function `f`; you may return the pairs in any order.\nInput: 3\nOutput: [1, 2]",
        "def f(xs: list[int]) -> tuple[int, int]: ...\nInput: [1, 2]\nOutput: [1, 2]",
        "def f(xs: str) -> int: ...\nInput: 1\nOutput: 1",
        "Write a function `f`. It currently fails: Input: 5 Output: 120",
        "Write a function `f`. Input: 5 Output: 120 or 121",
        "Write a function `f`. Input: x Output: 120",
        "Write a function `f`. Wait for 10 seconds, then return 3. On 404 return None. For 3 retries return 4.",
        "Write a function `f` that replaces letters, e.g. 'a' -> 'b'.",
        "Write a function `f`.\nSteps: 1 -> 2 -> 3\nExample: 1 -> 2 -> 3",
        "Write a function `f`.\n\n1 -> 2",
        "Write a class `Stack`; class Stack.\nInput: 5\nOutput: 120",
    ],
)
def test_what_is_not_certain_is_left_out(prompt: str) -> None:
    assert found(prompt) == []


@pytest.mark.parametrize(
    ("language", "prompt", "names"),
    [
        ("javascript", "Write a function `f(a, b)`.\nInput: b = 2, a = [1]\nOutput: [0]", ["f([1], 2) == [0]"]),
        ("typescript", "Write `function f(a: number): number`.\nInput: a = 2\nOutput: 4", ["f(2) == 4"]),
        ("java", "Write `public static int f(int a)`.\nInput: a = 2\nOutput: 4", ["Solution.f(2) == 4"]),
        ("java", "Write `public static int f(int[] a)`.\nInput: a = [2]\nOutput: 4", []),
        ("go", "Write func F(a, b int) int\n\n| a | b | result |\n|---|---|---|\n| 1 | 2 | 3 |", ["F(1, 2) == 3"]),
        ("csharp", "Write a method `F`. Given 2 it should return 3.", ["Solution.F(2) == 3"]),
    ],
)
def test_other_languages(language: str, prompt: str, names: list[str]) -> None:
    assert found(prompt, language) == names


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("Write f.\n```python\ndef test_a():\n    x = 2\n    assert f(x) == 4\n```", ["f(2) == 4"]),
        (
            "Write f.\n```\nimport unittest\nfrom mod import f as g\nclass T(unittest.TestCase):\n"
            "    def setUp(self):\n"
            "        self.n = 2\n    def test_a(self):\n        self.assertEqual(g(self.n), 4)\n```",
            ["f(2) == 4"],
        ),
        (
            "Write f.\n```py\n@pytest.mark.parametrize('a', [1, 2])\ndef test_a(a):\n    assert f(a)\n```",
            ["f(a)", "f(a)"],
        ),
        ("Write a stack.\n```python\ns = Stack()\ns.push(1)\nassert s.pop() == 1\n```", ["s.pop() == 1"]),
        ("This test is wrong:\n```python\ndef test_a():\n    assert f(2) == 5\n```", []),
        ("Fix it:\n```python\ndef f(x):\n    return x\n\ny = 2\nassert f(y) == 4\n```", ["f(2) == 4"]),
        (
            "Write f, f(2) -> 4.\n```python\ndef test_a():\n    assert f(2) == 5\n    assert f(3) == 9\n```",
            ["f(3) == 9"],
        ),
        ("Write f.\n```python\nx = load()\n```", []),
    ],
)
def test_blocks_of_tests(prompt: str, names: list[str]) -> None:
    assert [n for n in found(prompt) if n] == names


def test_an_assertion_may_use_the_standard_library_and_finds_it_imported() -> None:
    suite = anchors.find("assert math.isclose(f(2), 0.3, rel_tol=0.1)")
    assert suite.preamble == "import math"
    assert [c.name for c in suite.cases] == ["math.isclose(f(2), 0.3, rel_tol=0.1)"]


def test_an_example_in_a_docstring_that_calls_something_else_is_a_slip() -> None:
    assert found("def sorted_sum(xs):\n    '''assert list_sort([1]) == 1\n    '''") == []


PIECES = st.sampled_from(
    [
        *(
            "Write a function `f`.",
            "Input: ",
            "Output: ",
            "\n",
            "| a | result |",
            "|---|---|",
            "| 1 | 2 |",
            "Given ",
            "it",
        ),
        *(
            " should return ",
            "2",
            "[1, ",
            "]",
            "'",
            '"',
            "n = ",
            ", ",
            "Example: ",
            " -> ",
            "`",
            "```",
            "def f(a: int):",
        ),
        *("for ", "and ", "(", ")", "\\", "\0", "é", "{", "|"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["python", "javascript", "go", "java"]))
def test_any_request_is_read(prompt: str, language: str) -> None:
    assert anchors.find(prompt, language) == anchors.find(prompt, language)


def test_a_large_hostile_request_is_read_in_time() -> None:
    start = "Write a function `f`. "
    for text in (
        "Input: [",
        "Input: 1 Output: 2 ",
        "| a | result |\n|---|---|\n",
        "for 1, ",
        "e.g. 1 -> 2, ",
        "```python\n",
    ):
        anchors.find((start + text * (64 * 1024 // len(text)))[: 64 * 1024])
