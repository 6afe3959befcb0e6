"""Records survive JSON, in this schema and in older ones."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import records
from functions.agent.codec import from_dict, to_dict
from functions.agent.words import Origin, TrustState

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(max_size=3), v, max_size=2),
    max_leaves=4,
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
KINDS = [
    k for _, k in inspect.getmembers(records, inspect.isclass) if is_dataclass(k) and k.__module__ == records.__name__
]


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field: small, and plain where the hint is `Any`."""
    text = str(hint)
    if hint is Any:
        return PLAIN
    if is_dataclass(hint):
        return built(hint)
    arguments = getattr(hint, "__args__", ())
    if text.startswith("tuple"):
        return st.lists(of(arguments[0]), max_size=2).map(tuple)
    if "Mapping" in text and arguments:
        return st.dictionaries(st.text(max_size=4), of(arguments[1]), max_size=2)
    if type(None) in arguments:
        return st.none() | of(next(a for a in arguments if a is not type(None)))
    return st.text(max_size=8) if hint is str else st.from_type(hint)


def built(kind: Any) -> st.SearchStrategy[Any]:
    hints = inspect.get_annotations(kind, eval_str=True)
    return st.builds(kind, **{f.name: of(hints[f.name]) for f in fields(kind)})


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_every_record_comes_back_from_json_as_it_was(kind: Any) -> None:
    @settings(max_examples=8, deadline=None)
    @given(built(kind))
    def check(value: Any) -> None:
        plain = json.loads(json.dumps(to_dict(value)))
        assert from_dict(kind, plain) == value

    check()


def test_unknown_keys_are_dropped_and_absent_ones_take_their_default() -> None:
    entry = from_dict(records.LedgerEntry, {"id": "a", "name": "n", "state": "trusted", "origin": "anchor", "new": 1})
    assert entry == records.LedgerEntry("a", "n", TrustState.TRUSTED, Origin.ANCHOR)


def test_an_unknown_word_of_a_closed_set_is_refused() -> None:
    with pytest.raises(ValueError, match="perhaps"):
        from_dict(records.LedgerEntry, {"id": "a", "name": "n", "state": "perhaps", "origin": "anchor"})


def test_a_whole_number_in_a_float_field_is_read_as_a_float() -> None:
    assert isinstance(from_dict(records.Spending, {"id": "m", "spent_usd": 3}).spent_usd, float)


@dataclass(frozen=True)
class Old:
    id: str
    title: str = ""
    schema: int = 3
    UPGRADES: ClassVar[Mapping[int, Any]] = {
        1: lambda d: {**d, "label": d["name"]},
        2: lambda d: {**d, "title": d["label"].upper()},
    }


@pytest.mark.parametrize("data", [{"schema": 1, "name": "x"}, {"schema": 2, "label": "x"}, {"schema": 3, "title": "X"}])
def test_older_schemas_are_upgraded_step_by_step(data: dict[str, Any]) -> None:
    assert from_dict(Old, {"id": "a", **data}) == Old("a", "X")
    assert from_dict(Old, {"id": "a"}) == Old("a")
