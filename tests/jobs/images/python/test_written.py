"""What the code gave, as text: equal for equal values, different for different ones, bounded in every way."""

from __future__ import annotations

import datetime
import enum
import fractions
import re
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.images.python.written import LIMIT, Unwritable, Writer, shorten

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.binary(max_size=4)
HASHABLE = LEAVES | st.lists(LEAVES, max_size=3).map(tuple) | st.frozensets(LEAVES, max_size=3)
VALUES = st.recursive(
    HASHABLE | st.sets(HASHABLE, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HASHABLE, inner, max_size=3),
    max_leaves=8,
)
Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1


class Size(enum.IntEnum):
    S = 1


class Liar:
    """Looks like anything that it is asked to be."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("it was asked")

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        raise AssertionError("it was asked")

    @property
    def __class__(self) -> Any:
        return int


def write(value: Any) -> str:
    return Writer(100_000).write(value)


def tagged(value: Any) -> Any:
    """The value with the types of its parts, which are written too: True is not 1 here."""
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [tagged(item) for item in value]
    if isinstance(value, dict):
        return "dict", sorted((repr(tagged(k)), repr(tagged(v))) for k, v in value.items())
    if isinstance(value, (set, frozenset)):
        return "set", sorted(repr(tagged(item)) for item in value)
    return type(value).__name__, repr(value)


@given(VALUES, VALUES)
def test_texts_are_equal_where_the_values_are(a: Any, b: Any) -> None:
    assert (write(a) == write(b)) == (tagged(a) == tagged(b))


@given(st.dictionaries(st.text(max_size=3), st.sets(st.integers(), max_size=4), max_size=5), st.randoms())
def test_the_order_of_a_dict_or_a_set_is_not_seen(value: dict[str, set[int]], chance: Any) -> None:
    keys = chance.sample(list(value), len(value))
    assert write({key: set(chance.sample(list(value[key]), len(value[key]))) for key in keys}) == write(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, "None"), (True, "True"), (1, "1"), (1.0, "1.0"), (0.1 + 0.2, "0.30000000000000004"), ("é", "'é'")),
        *(((1,), "(1,)"), ((), "()"), ([], "[]"), ({}, "{}"), (set(), "set()"), (frozenset([2, 1]), "{1, 2}")),
        ({"b": [1], "a": {3, 2}}, "{'a': {2, 3}, 'b': [1]}"),
        *((Counter("aab"), "{'a': 2, 'b': 1}"), (OrderedDict(b=1, a=2), "{'a': 2, 'b': 1}"), (defaultdict(int), "{}")),
        *((bytearray(b"x"), "b'x'"), (deque([1, 2]), "deque([1, 2])"), (iter([1, 2]), "iter([1, 2])")),
        *(({2: 0, 1: 0}.keys(), "keys({1, 2})"), (range(3), "range(0, 3)"), (slice(1, 2), "slice(1, 2, None)")),
        *((Decimal("1.50"), "Decimal('1.5')"), (fractions.Fraction(2, 4), "Fraction(1, 2)")),
        (datetime.date(2024, 2, 29), "datetime.date(2024, 2, 29)"),
        *((Colour.RED, "Colour.RED"), (Size.S, "1"), (Point(1, [2]), "(1, [2])")),
        (re.compile("a+", re.IGNORECASE), "re.compile('a+', 34)"),
        *((2**64, "18446744073709551616"), (1 << 5000, hex(1 << 5000)), (float("nan"), "nan")),
    ],
)
def test_what_is_written(value: Any, text: str) -> None:
    assert write(value) == text


def test_writing_leaves_the_value_as_it_is() -> None:
    rest = iter([1, 2, 3])
    next(rest)
    assert write(rest) == "iter([2, 3])"
    assert list(rest) == [2, 3]


def test_an_object_is_not_written_and_not_asked() -> None:
    for value in (Liar(), [1, Liar()], {"a": Liar()}, {Liar()}, object(), print, int, ValueError()):
        with pytest.raises(Unwritable):
            write(value)


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(200):
        value = [value]
    return value


def cyclic() -> list[Any]:
    value: list[Any] = [1]
    value.append(value)
    return value


def bomb() -> list[Any]:
    """Small in memory, endless when it is written out."""
    value: list[Any] = ["x" * 100]
    for _ in range(50):
        value = [value, value]
    return value


def test_what_would_take_long_is_not_written() -> None:
    for value in (deep(), cyclic(), bomb(), "x" * 10_000_000, list(range(200_000)), 1 << 10_000_000):
        with pytest.raises(Unwritable):
            write(value)


@given(st.text(max_size=500), st.text(max_size=500))
def test_a_short_text_stands_for_the_long_one(a: str, b: str) -> None:
    assert len(shorten(a)) <= LIMIT
    assert (shorten(a) == shorten(b)) == (a == b)
    assert shorten(a).encode().decode() == shorten(a)


def test_a_long_text_keeps_its_beginning() -> None:
    one, other = shorten("ab" * 500), shorten("ab" * 499 + "ax")
    assert one != other
    assert one[:128] == other[:128] == "ab" * 64
    assert len(one) == LIMIT
    assert shorten("\ud800") == "\\ud800"
