"""Plain data of every language: what is equal, what is no wire value, what a person sees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import wire

FLOATS = st.floats().map(lambda x: {"t": "f", "v": repr(x)})
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | FLOATS | st.just({"t": "u"})
    | st.binary(max_size=4).map(lambda b: {"t": "b", "v": b.hex()})
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(lambda items: {"t": "s", "v": items})
        | st.lists(st.tuples(inner, inner).map(list), max_size=3).map(lambda pairs: {"t": "d", "v": pairs})
    ),
    max_leaves=8,
)


def f(text: str) -> dict[str, Any]:
    return {"t": "f", "v": text}


@given(VALUES)
def test_every_value_equals_itself_after_a_journey(value: Any) -> None:
    assert wire.fault(value) == ""
    assert wire.equal(json.loads(json.dumps(value)), value)
    assert 0 < len(wire.show(value)) <= wire.SHOWN


@given(VALUES, VALUES)
def test_equality_goes_both_ways(a: Any, b: Any) -> None:
    assert wire.equal(a, b) == wire.equal(b, a)


@given(VALUES, VALUES)
def test_what_is_written_alike_is_equal_and_the_other_way_round(a: Any, b: Any) -> None:
    assert (wire.written(a) == wire.written(b)) == wire.equal(a, b)


@given(VALUES, st.randoms())
def test_order_that_means_nothing_is_not_written(value: Any, chance: Any) -> None:
    assert wire.written(shuffled(value, chance)) == wire.written(value)


def shuffled(value: Any, chance: Any) -> Any:
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    if isinstance(value, dict) and value["t"] == "d":
        pairs = [[shuffled(k, chance), shuffled(v, chance)] for k, v in value["v"]]
        return {"t": "d", "v": chance.sample(pairs, len(pairs))}
    if isinstance(value, dict) and value["t"] == "s":
        items = [shuffled(item, chance) for item in value["v"]]
        return {"t": "s", "v": chance.sample(items, len(items))}
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, "null"), (True, "true"), ("a\n", '"a\\n"'), (f("-0.0"), "0"), (f("1e3"), "1000"), (f("1.50"), "1.5")),
        ({"t": "d", "v": [["b", [1]], ["a", {"t": "u"}]]}, '{"a": undefined, "b": [1]}'),
        ({"t": "s", "v": [3, {"t": "b", "v": "00ff"}]}, "set{3, bytes 00ff}"),
        *(({"t": "o", "v": "Liar"}, ""), ([1, {"t": "d", "v": [[1, {"t": "o", "v": "x"}]]}], "")),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_written(value: Any, text: str) -> None:
    assert wire.written(value) == text


def test_long_values_are_written_short_and_still_differ() -> None:
    one, other = wire.written(list(range(5000))), wire.written([*range(4999), 0])
    assert one != other
    assert one[:100] == other[:100]
    assert len(one) == len(other) == wire.WRITTEN
    assert wire.written(list(range(5000))) == one
    assert len(wire.written("x" * 198)) == 200
    assert wire.written("x" * 198) == json.dumps("x" * 198)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        *((2, f("2.0")), (f("nan"), f("nan")), (f("-0.0"), 0), ([1, [2]], [1, [2]])),
        ({"t": "d", "v": [["a", 1], ["b", 2]]}, {"t": "d", "v": [["b", 2], ["a", 1]]}),
        ({"t": "s", "v": [1, 2]}, {"t": "s", "v": [2, 1]}),
        (10**30, 10**30),
    ],
)
def test_equal(found: Any, expected: Any) -> None:
    assert wire.equal(found, expected)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        *((True, 1), (False, 0), (None, False), ("1", 1), (None, {"t": "u"}), ("", None), ([], "")),
        *((f("0.30000000000000004"), f("0.3")), ([1, 2], [2, 1]), ([1], [1, 1])),
        ({"t": "o", "v": "Liar"}, {"t": "o", "v": "Liar"}),
        ([{"t": "o", "v": "Liar"}], [{"t": "o", "v": "Liar"}]),
        ({"t": "s", "v": [1, 1]}, {"t": "s", "v": [1, 2]}),
        ({"t": "d", "v": [["a", 1]]}, {"t": "d", "v": [["a", 2]]}),
        ({"t": "d", "v": []}, []),
        (10**400, f("1e308")),
    ],
)
def test_not_equal(found: Any, expected: Any) -> None:
    assert not wire.equal(found, expected)
    assert not wire.equal(expected, found)


def test_numbers_may_differ_by_what_the_test_allows() -> None:
    assert wire.equal(f("0.30000000000000004"), f("0.3"), within=1e-9)
    assert not wire.equal(f("0.31"), f("0.3"), within=1e-9)
    assert not wire.equal(f("nan"), f("0.3"), within=1)


def test_too_deep_is_not_equal_and_is_a_fault() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    assert not wire.equal(deep, deep)
    assert wire.fault(deep) == "is nested too deeply"


@pytest.mark.parametrize(
    "value",
    [
        *({}, {"t": "x"}, {"t": "f", "v": "much"}, {"t": "f", "v": 1}, {"t": "d", "v": [[1]]}, {"t": "d", "v": {}}),
        *({"t": "s"}, {"t": "b", "v": "0"}, {"a": 1}, [{"t": "o"}], 1.5),
    ],
)
def test_what_is_no_value_is_said(value: Any) -> None:
    assert wire.fault(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [*((0, False), (f("nan"), False), ("", False), (None, False), ({"t": "u"}, False), (False, False)),
     *(("0", True), ([], True), ({"t": "o", "v": "x"}, True), (f("0.1"), True), (True, True))],
)  # fmt: skip
def test_truthy(value: Any, expected: bool) -> None:
    assert wire.truthy(value) is expected


def test_what_a_person_sees() -> None:
    value = ["a", {"t": "d", "v": [["k", f("1.5")]]}, {"t": "s", "v": [1]}, {"t": "o", "v": "Point: (1, 2)"}, None]
    assert wire.show(value) == '["a", {"k": 1.5}, set(1), Point: (1, 2), null]'
    assert wire.show("x" * 1000).endswith("…")
