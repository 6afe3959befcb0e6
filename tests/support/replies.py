"""Replies of a model for one small request, right and wrong."""

from __future__ import annotations

from infra.models.scripted import Scripted

PROMPT = "Write a function `add` that adds two numbers. For example add(1, 2) returns 3."
RIGHT = "```python\ndef add(a, b):\n    return a + b\n```\n"
WRONG = "```python\ndef add(a, b):\n    return a - b\n```\n"
TESTS = "```python\nassert add(2, 2) == 4\nassert add(0, 0) == 0\nassert add(-1, 1) == 0\n```\n"
OTHER_TESTS = "```python\nassert add(2, 2) == 4\nassert add(5, 7) == 12\n```\n"


def code(text: str, repeat: bool = False) -> Scripted:
    return Scripted(text, match="file `solution.py`", repeat=repeat)


def suite(text: str, repeat: bool = False) -> Scripted:
    return Scripted(text, match="tests for it", repeat=repeat)


SUITES = (suite(TESTS), suite(OTHER_TESTS))
