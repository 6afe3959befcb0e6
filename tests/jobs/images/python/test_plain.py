"""Plain data there and back, in one process: the same values of the same types, and the same containers."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import json
import math
import pathlib
import re
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.images.python.kept import Kept
from jobs.images.python.plain import Coder, Garbled, TooDeep, named


class Nobody:
    """Lends nothing and takes nothing."""

    def lend(self, value: Any, kept: Kept, depth: int) -> Any:
        return {"t": "ty", "v": named(value)} if isinstance(value, type) else None

    def take(self, data: dict[str, Any], kept: Kept, depth: int) -> Any:
        if data.get("t") == "ty" and data.get("v") == ["builtins", "list"]:
            return list
        raise Garbled(str(data.get("t")))


CODER = Coder(Nobody())


def across(value: Any) -> Any:
    return CODER.decode(json.loads(json.dumps(CODER.encode(value, Kept()))), Kept())


def typed(value: Any) -> Any:
    """The value with the types of all its parts, floats by their bits."""
    if isinstance(value, float):
        return "float", value.hex() if math.isfinite(value) else repr(value)
    if isinstance(value, dict):
        return type(value), [(typed(k), typed(v)) for k, v in value.items()]
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(map(repr, map(typed, value)))
    if isinstance(value, (list, tuple, deque)):
        return type(value), [typed(item) for item in value]
    return type(value), value


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.decimals(allow_nan=False),
    st.fractions(), st.dates(), st.datetimes(timezones=st.none() | st.timezones()), st.timedeltas(), st.uuids(),
)  # fmt: skip
HASHABLE = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.tuples(st.integers(), st.text()))
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(HASHABLE, inner), st.sets(HASHABLE),
        st.frozensets(HASHABLE), st.lists(inner).map(deque),
    ),
    max_leaves=20,
)  # fmt: skip


@given(DATA)
def test_what_crosses_is_the_same(value: Any) -> None:
    assert typed(across(value)) == typed(value)


@pytest.mark.parametrize(
    "value",
    [
        *(2**200, -(2**63), 2**63 - 1, -0.0, 1j, "\ud800", range(3, 9, 2), slice(1, None), ..., NotImplemented),
        *(bytearray(b"ab"), Counter("aab"), OrderedDict(b=1, a=2), defaultdict(list, a=[1]), deque([1], maxlen=2)),
        *(datetime.time(1, 2, tzinfo=datetime.UTC), datetime.timezone(datetime.timedelta(hours=2))),
        *(zoneinfo.ZoneInfo("Europe/Berlin"), pathlib.Path("/a"), pathlib.PureWindowsPath("c:\\x"), re.compile(b"x")),
        *(re.compile("a+", re.IGNORECASE), decimal.Decimal("1.10"), decimal.Decimal("sNaN")),
        *(fractions.Fraction(1, 3), uuid.UUID(int=3)),
    ],
    ids=repr,
)
def test_other_values_of_the_library_cross_too(value: Any) -> None:
    found = across(value)
    assert type(found) is type(value)
    assert repr(found) == repr(value)


class Lying(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Text(str):
    def __str__(self) -> str:
        return "another"


class Items(list[Any]):
    def __iter__(self) -> Any:
        return iter([9])


class Level(enum.IntEnum):
    HIGH = 2


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Lying(3), 3),
        (Text("own"), "own"),
        (Items([1]), [1]),
        (Level.HIGH, 2),
        ([Lying(1)], [1]),
        ({"a": Text("b")}, {"a": "b"}),
        (type("Date", (datetime.date,), {})(2024, 1, 2), datetime.date(2024, 1, 2)),
    ],
)
def test_a_subclass_becomes_the_builtin_itself(value: Any, plain: Any) -> None:
    assert typed(across(value)) == typed(plain)


def test_views_and_shared_containers_keep_their_nature() -> None:
    row = [0]
    rows = across([row, row])
    assert rows[0] is rows[1]
    loop: list[Any] = []
    loop.append(loop)
    found = across(loop)
    assert found[0] is found
    assert across({"a": 1}.keys()) == {"a"}
    assert list(across({"a": 1}.items())) == [("a", 1)]
    assert list(across({"a": 1}.values())) == [1]


def test_a_change_is_told_for_the_container_it_happened_in() -> None:
    inner = [1]
    ours, there = Kept(), Kept()
    outer: Any = {"inner": inner, "same": 1}
    copy = CODER.decode(CODER.encode(outer, ours), there)
    there.remember()
    assert there.changed() == []
    copy["inner"].append(copy)
    copy["inner"].append([5])
    assert there.changed() == [1]
    CODER.fill(ours.items[1], CODER.body(there.items[1], there, 0), ours)
    assert inner == [1, outer, [5]]
    assert inner[1] is outer


def test_what_is_nested_too_deeply_does_not_cross() -> None:
    value: Any = []
    for _ in range(70):
        value = [value]
    with pytest.raises(TooDeep):
        CODER.encode(value, Kept())


TAGS = "= @ i c b r D F dt ti td tz zi U P re tu z sl v np h".split()  # noqa: SIM905
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries({"t": st.sampled_from(TAGS)}, optional={"v": inner, "k": inner, "n": inner})
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_whatever_comes_is_a_value_or_garbled(data: Any) -> None:
    try:
        CODER.decode(data, Kept())
    except Garbled:
        return
