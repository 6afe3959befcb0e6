"""What the code gave in a test, as the tests' process saw it: of a failure as of a pass, and never a verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Drive = Callable[..., dict[str, Any]]
CODE = """
import asyncio, dataclasses, enum, threading


def give(value):
    return value


def boom():
    raise KeyError("x")


class Mine(Exception):
    pass


def mine():
    raise Mine()


class Box:
    def __init__(self, value):
        self.value = value

    def get(self):
        return self.value

    def __len__(self):
        return 7

    def __eq__(self, other):
        return False

    def __hash__(self):
        return 1

    def __repr__(self):
        return "a box"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


@dataclasses.dataclass
class Pair:
    a: int
    b: int


def pair():
    return Pair(1, 2)


class Colour(enum.Enum):
    RED = 1


def red():
    return Colour.RED


def say(text):
    print(text)


def turn(values):
    values.reverse()


def call(function):
    function(3)


def count(n):
    yield from range(n)


async def later(n):
    await asyncio.sleep(0)
    return n * 2


async def fails():
    raise ValueError()


async def steps(n):
    for i in range(n):
        yield i


def nothing():
    return None


def leave():
    import os
    os._exit(0)
"""
HEAD = "import asyncio, threading\nimport pytest\nfrom solution import *\nimport solution\n\n\n"


def got(drive: Drive, body: str, code: str = CODE) -> tuple[str, str]:
    """(outcome, what the code gave) of a test with this body."""
    head = "async def" if "await " in body or "async " in body else "def"
    text = "".join(f"    {line}\n" for line in body.splitlines())
    outcome = drive(code, f"{HEAD}{head} test_1():\n{text}")
    assert outcome["broken"] == ""
    case = outcome["cases"]["test_1"]
    return case["outcome"], case["got"]


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        *(
            ("assert give(2) == {}", "2"),
            ("assert give({{2, 1}}) == {}", "{1, 2}"),
            ("assert red() == {}", "Colour.RED"),
        ),
        ("assert give(1) == 1\nassert give([2]) == {}", "[2]"),
        ("assert boom() == {}", "raises KeyError"),
        ("try:\n    mine()\nexcept Mine:\n    pass\nassert {} == 0", "raises Mine"),
        *(("assert Box(3).get() == {}", "3"), ("assert Box(3).value == {}", "3"), ("assert len(Box(3)) == {}", "7")),
        ("with Box(3) as box:\n    assert box.get() == {}", "3"),
        ("assert pair() == Pair(1, {})", "[1, 2]"),
        ("say('hi')\nassert {} == 0", "None, prints 'hi\\n'"),
        ("values = [1, 2]\nturn(values)\nassert values == {}", "None, leaves [2, 1]"),
        ("assert nothing() == {}", "None"),
        *(("assert list(count(3)) == {}", "yields [0, 1, 2]"), ("assert list(count(0)) == {}", "yields []")),
        ("made = count(9)\nassert next(made) == {}", "yields [0]"),
        ("assert [a + b for a, b in zip(count(2), count(2))] == {}", "yields [0, 0, 1, 1]"),
        ("assert await later(2) == {}", "4"),
        ("assert await asyncio.gather(later(2), later(3)) == {}", "yields [4, 6]"),
        ("assert [n async for n in steps(3)] == {}", "yields [0, 1, 2]"),
        ("assert await fails() == {}", "raises ValueError"),
    ],
)
def test_the_last_answer_is_seen(drive: Drive, body: str, seen: str) -> None:
    assert got(drive, body.format("'another'")) == ("failed", seen)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        *(("assert give(2) == 2", "2"), ("assert nothing() is None", "None")),
        ("assert list(count(2)) == [0, 1]", "yields [0, 1]"),
        ("with pytest.raises(KeyError):\n    boom()", "raises KeyError"),
        ("assert next(count(9)) == 0", "yields [0]"),
        ("assert await later(2) == 4", "4"),
    ],
)  # fmt: skip
def test_of_a_pass_as_well(drive: Drive, body: str, seen: str) -> None:
    assert got(drive, body) == ("passed", seen)


@pytest.mark.parametrize(
    "body",
    [
        *("assert Box(1) == 1", "assert Box(1) == Box(1)", "assert give([Box(1)]) == 1", "assert give(print) == 1"),
        *("assert hash(Box(1)) == 2", "seen = []\ncall(seen.append)\nassert seen == [4]", "assert 1 == 2"),
        "ran = threading.Thread(target=give, args=(3,))\nran.start()\nran.join()\nassert give(1) == 2",
        "assert give(list(range(300_000))) == 1",
        "for n in range(200):\n    give([n] * 1000)\nassert give(1) == 2",
    ],
)
def test_what_says_nothing_of_a_value_is_not_seen(drive: Drive, body: str) -> None:
    assert got(drive, body) == ("failed", "")


def test_what_explains_a_failure_is_not_the_tests_question(drive: Drive) -> None:
    assert got(drive, "box = Box(3)\nassert box.get() == 3\nassert not box and box") == ("failed", "7")
    assert got(drive, "box = Box(3)\nassert [box.get(), box] == [4, box]") == ("failed", "3")


def test_a_random_example_is_not_seen(drive: Drive) -> None:
    suite = (
        f"{HEAD}from hypothesis import given, settings, strategies as st\n\n\n"
        "@settings(max_examples=5, database=None)\n@given(st.integers())\n"
        "def test_1(n):\n    assert give(n) == n\n\n\ndef test_2():\n    assert give(1) == 1\n"
    )
    cases = drive(CODE, suite)["cases"]
    assert [cases[name]["got"] for name in ("test_1", "test_2")] == ["", "1"]
    assert [cases[name]["outcome"] for name in ("test_1", "test_2")] == ["passed", "passed"]


def test_what_is_made_ready_counts_and_what_is_torn_down_does_not(drive: Drive) -> None:
    suite = (
        f"{HEAD}@pytest.fixture\ndef four():\n    yield give(4)\n    give(9)\n\n\n"
        "def test_1(four):\n    assert four == 5\n\n\ndef test_2():\n    assert 1 == 1\n"
    )
    cases = drive(CODE, suite)["cases"]
    assert [cases[name]["got"] for name in ("test_1", "test_2")] == ["4", ""]


def test_of_code_that_ends_itself_nothing_is_seen(drive: Drive) -> None:
    assert got(drive, "assert give(1) == 1\nleave()") == ("error", "")


def test_beside_its_tests_the_code_is_not_asked_what_it_gave(drive: Drive) -> None:
    outcome = drive(CODE, f"{HEAD}def test_1():\n    assert give(1) == 1\n", mode="test")
    assert "got" not in outcome["cases"]["test_1"]


@pytest.mark.parametrize("apart", [True, False])
def test_backwards_the_last_test_comes_first_and_the_last_file_stays_last(drive: Drive, apart: bool) -> None:
    tests = {
        "test_a.py": f"{HEAD}def test_1():\n    pass\n\n\ndef test_2():\n    pass\n",
        "test_b.py": f"{HEAD}def test_3():\n    pass\n",
        "test_c.py": f"{HEAD}def test_4():\n    pass\n\n\ndef test_5():\n    pass\n",
    }
    outcome = drive(CODE, tests, mode="apart" if apart else "test", backwards=True)
    started = [e["id"].partition("::")[2] for e in outcome["events"] if e["ev"] == "start"]
    assert started == ["test_3", "test_2", "test_1", "test_4", "test_5"]
