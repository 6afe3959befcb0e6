"""Equality that an object answers itself: believed only when it tells the expected value from its decoys."""

from __future__ import annotations

import difflib
import random
import string
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.images.python.weighing import DECOYS, among, equals, is_plain

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.lists(inner).map(tuple)
        | st.sets(st.integers() | st.text())
    ),
    max_leaves=6,
)


@given(PLAIN, st.integers())
def test_decoys_are_other_values_of_the_same_type(value: Any, seed: int) -> None:
    values, place = among(value, random.Random(seed))
    others = values[:place] + values[place + 1 :]
    assert values[place] is value
    assert 0 < len(others) <= DECOYS
    assert value not in others
    assert value is None or {type(other) for other in others} == {type(value)}


@given(PLAIN)
def test_an_object_that_knows_is_believed(value: Any) -> None:
    assert equals(value, lambda values: [type(v) is type(value) and v == value for v in values])


@given(PLAIN)
def test_an_object_that_equals_everything_or_nothing_is_not_believed(value: Any) -> None:
    assert not equals(value, lambda values: [True for _ in values])
    assert not equals(value, lambda values: [False for _ in values])
    assert not equals(value, lambda values: [])
    assert not equals(value, lambda values: [True] * (len(values) + 1))


def _text(choose: random.Random, letters: str, length: int) -> str:
    return "".join(choose.choice(letters) for _ in range(length))


SHAPES: dict[str, Callable[[random.Random], Any]] = {
    "text": lambda c: f"{_text(c, string.ascii_lowercase, 5)} {_text(c, string.digits, 3)}",
    "list": lambda c: [c.randint(0, 9) for _ in range(5)],
    "dict": lambda c: {"a": c.randint(0, 9), "b": _text(c, string.ascii_uppercase, 2)},
    "int": lambda c: 10 * c.randint(100, 999) + c.randint(1, 9),
    "round": lambda c: 100 * c.randint(1, 9),
    "float": lambda c: -c.randint(10, 99) - c.randint(1, 9) / 10,
    "tuple": lambda c: (_text(c, string.ascii_lowercase, 2), [c.choice([True, False]), None]),
    "set": lambda c: set(c.sample(range(11, 20), 3)),
    "bytes": lambda c: c.randbytes(3),
}


def _differences(values: Sequence[Any]) -> list[int]:
    """In how many characters each differs from all the others."""
    texts = [repr(value) for value in values]
    return [sum(a != b for other in texts for a, b in zip(one, other, strict=False)) for one in texts]


def _likeness(values: Sequence[Any]) -> list[float]:
    texts = [repr(value) for value in values]
    return [sum(difflib.SequenceMatcher(None, one, other).ratio() for other in texts) for one in texts]


def _best(weights: Sequence[float]) -> int:
    return max(range(len(weights)), key=lambda i: weights[i])


GUESSERS: dict[str, Callable[[Sequence[Any]], int]] = {
    "the centre": lambda values: _best([-w for w in _differences(values)]),
    "the outermost": lambda values: _best(_differences(values)),
    "the first": lambda values: 0,
    "the last": lambda values: len(values) - 1,
    "the median": lambda values: sorted(range(len(values)), key=lambda i: repr(values[i]))[len(values) // 2],
    "the shortest": lambda values: _best([-len(repr(value)) for value in values]),
    "the longest": lambda values: _best([len(repr(value)) for value in values]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whoever_knows_how_the_decoys_are_made_can_only_guess(shape: str) -> None:
    """One in eight, whatever the strategy: 0.125 with a standard deviation of 0.017 in 400 rounds."""
    choose = random.Random(shape)
    rounds = [among(SHAPES[shape](choose), choose) for _ in range(400)]
    assert sum(len(values) == DECOYS + 1 for values, _ in rounds) > 380
    won = {name: sum(guess(values) == place for values, place in rounds) / 400 for name, guess in GUESSERS.items()}
    assert max(won.values()) < 0.2, won


@pytest.mark.parametrize("value", ["hello world", [3, 1, 4, 1, 5], {"a": 1, "b": 2}], ids=repr)
def test_the_expected_value_is_not_the_one_most_like_the_others(value: Any) -> None:
    choose = random.Random(repr(value))
    rounds = [among(value, choose) for _ in range(200)]
    won = sum(_best(_likeness(values)) == place for values, place in rounds) / len(rounds)
    assert won < 0.25


def test_only_data_is_asked_about() -> None:
    assert is_plain({"a": [1, (2.0, None), {b"x"}]})
    assert not is_plain([object()])
    assert not is_plain({"a": type})
