"""What two cases state about one call: the same, something else, or nothing that can be compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import claims
from making import case, suite


def contradict(one: Any, other: Any, **more: Any) -> bool:
    """Whether `expect` values on the same call contradict each other; the texts alone could not be compared."""
    a = case("s11-1", "f(1)", "x.one()", vector={"call": "f", "args": [1], "expect": {"value": one, **more}})
    b = case("s12-1", "f(1)", "x.other()", vector={"call": "f", "args": [1], "expect": {"value": other}})
    return claims.contradicted(a, claims.collect([suite("s12", b)]))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 2, True),
        (1, {"t": "f", "v": "1.0"}, False),
        (1, {"t": "f", "v": "1.5"}, True),
        ({"t": "f", "v": "NaN"}, {"t": "f", "v": "NaN"}, False),
        ({"t": "f", "v": "-0.0"}, {"t": "f", "v": "0.0"}, False),
        ("a", "b", True),
        (None, {"t": "u"}, True),
        ([1, [2]], [1, [2]], False),
        ([1, 2], [2, 1], True),
        ({"t": "s", "v": [1, 2]}, {"t": "s", "v": [2, 1]}, False),
        ({"t": "s", "v": [1, 2]}, [1, 2], True),
        ({"t": "d", "v": [["a", 1], ["b", [2]]]}, {"t": "d", "v": [["b", [2]], ["a", 1]]}, False),
        ({"t": "d", "v": [["a", 1]]}, {"t": "d", "v": [["a", 2]]}, True),
        ({"t": "b", "v": "00"}, {"t": "b", "v": "ff"}, True),
        (10**30, 10**30 + 1, True),
    ],
)
def test_vectors_are_compared_by_value(one: Any, other: Any, expected: bool) -> None:
    assert contradict(one, other) is expected
    assert contradict(other, one) is expected


def test_values_within_tolerance_of_each_other_do_not_contradict() -> None:
    third, rounded = {"t": "f", "v": "0.3333333"}, {"t": "f", "v": "0.333"}
    assert contradict(third, rounded)
    assert not contradict(third, rounded, within=0.01)
    assert contradict(third, {"t": "f", "v": "0.5"}, within=0.01)


def test_without_vectors_texts_are_compared_and_what_cannot_be_read_contradicts_nothing() -> None:
    stated = claims.collect([suite("s12", case("s12-1", "f(1)", "2"))])
    assert claims.contradicted(case("s11-1", "f(1)", "3"), stated)
    assert not claims.contradicted(case("s11-1", "f(1)", "2.0"), stated)
    assert not claims.contradicted(case("s11-1", "f(1)", "List.of(3)"), stated)
    assert not claims.contradicted(case("s11-1", "f(2)", "3"), stated)
    raising = case("s11-1", "f(1)", "", vector={"call": "f", "args": [1], "expect": {"error": "ValueError"}})
    assert not claims.contradicted(raising, stated)


def test_each_suite_backs_a_value_once() -> None:
    twice = suite("s11", case("s11-1", "f(1)", "2"), case("s11-2", "f(1)", "2"))
    other = suite("s12", case("s12-1", "f(1)", "2"), case("s12-2", "f(1)", "3"))
    assert claims.backers(twice.cases[0], claims.collect([twice])) == 1
    assert claims.backers(twice.cases[0], claims.collect([twice, other])) == 2
    assert claims.backers(twice.cases[0], claims.collect([twice, other], frozenset({"s12-1"}))) == 1


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=3)
    | st.floats().map(lambda f: {"t": "f", "v": repr(f)}),
    lambda v: (
        st.lists(v, max_size=3)
        | st.lists(v, max_size=3).map(lambda x: {"t": "s", "v": x})
        | st.lists(st.tuples(v, v).map(list), max_size=3).map(lambda x: {"t": "d", "v": x})
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(PLAIN, PLAIN)
def test_no_value_contradicts_itself_and_contradiction_goes_both_ways(one: Any, other: Any) -> None:
    assert not contradict(one, one)
    assert contradict(one, other) == contradict(other, one)
