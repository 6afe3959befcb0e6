"""What goes to the sandbox, and what comes back: read, never believed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import bundle
from functions.agent.events import RunFinished, RunLost
from functions.agent.records import Execution
from functions.agent.words import CaseOutcome
from jobs.protocol import parse_bundle
from making import candidate, case, execution, suite

RUN = "e-a1-r0"
ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"))


def asked() -> Execution:
    return execution([ANCHORS, FIRST], [candidate("a1c1")], limits={"wall_s": 30.0})


def cell(suite: str, **cases: Any) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in cases.items()}
    return {"candidate": "a1c1", "suite": suite, "status": "exited", "cases": names}


def result(**changes: Any) -> dict[str, Any]:
    return {
        "schema": 1, "run_id": RUN, "execution_id": "e", "error": None, "level": "R2",
        "cells": [cell("anchors", anchors_1={"outcome": "passed", "ms": 2})],
        "findings": [], "probe": {"cpu": 2}, "wall_ms": 12.5, **changes,
    }  # fmt: skip


def read(document: Any) -> RunFinished | RunLost:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return bundle.read_result(asked(), RUN, 1, data)


def finished(document: Any) -> RunFinished:
    happening = read(document)
    assert isinstance(happening, RunFinished), happening
    return happening


def test_the_bundle_is_one_that_the_sandbox_accepts() -> None:
    made = asked()
    parsed = parse_bundle(bundle.pack(made, RUN, made.candidates))
    assert (parsed.run_id, parsed.execution_id, parsed.limits.wall_s) == (RUN, "e", 30.0)
    assert [c.id for c in parsed.candidates] == ["a1c1"]
    assert parsed.suites[1].cases == {"s11-1": "test_s11.py::test_1", "s11-2": "test_s11.py::test_2"}
    assert "from solution import f\n" in parsed.suites[1].files["test_s11.py"]


def test_tests_import_also_what_the_examples_call_besides_the_stated_name() -> None:
    pair = suite("anchors", case("anchors-1", "decode('b')", "'a'"))
    made = execution([pair, FIRST], interface="def encode(s): ...\ndef decode(s): ...\ndef other(): ...",
                     prompt="Write a function `encode` and its inverse. decode('b') -> 'a'")  # fmt: skip
    assert "from solution import encode, decode\n" in bundle.test_file(made, pair)[1]
    assert "from solution import encode\n" in bundle.test_file(made, FIRST)[1]


def test_result_names_lead_back_and_no_other_name_does() -> None:
    assert bundle.parse_result_name(bundle.result_name("e", RUN)) == ("e", RUN)
    for name in ("", "executions/e/bundles/x.json", "executions/e/results/x", "a/executions/e/results/x.json", "x" * 9):
        assert bundle.parse_result_name(name) is None


def test_what_was_reported_is_read_and_what_was_not_is_missing() -> None:
    happening = finished(
        result(
            cells=[
                cell("anchors", anchors_1={"outcome": "passed", "message": "not shown", "ms": 2}),
                {**cell("s11", s11_1={"outcome": "failed", "message": "m" * 9999, "ms": -5}), "why": "it ended early"},
            ]
        )
    )
    assert happening.cells[0].cases == {"anchors-1": (CaseOutcome.PASSED, "", 2.0)}
    assert happening.cells[1].cases["s11-1"] == (CaseOutcome.FAILED, "m" * bundle.MESSAGE_LIMIT, 0.0)
    assert happening.cells[1].cases["s11-2"] == (CaseOutcome.MISSING, "it ended early", 0.0)
    assert (happening.level, happening.sandbox_ms, happening.environment) == ("R2", 12, {"cpu": 2})


def test_cases_that_were_not_asked_for_are_ignored() -> None:
    happening = finished(result(cells=[cell("anchors", anchors_1={"outcome": "failed"}, s99_1={"outcome": "passed"})]))
    assert set(happening.cells[0].cases) == {"anchors-1"}


PASS = {"outcome": "passed"}


@pytest.mark.parametrize(
    "document",
    [
        *(b"", b"{", b"[]", b"null", b"3", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"schema": 1}', b"\x00"),
        *(
            result(schema=2),
            result(run_id="e-a1-r1"),
            result(execution_id="other"),
            result(error={"detail": "no fence"}),
        ),
        *(result(error="broken"), result(cells=None), result(cells=[]), result(cells=[1]), result(cells={"a": 1})),
        *(result(level=None, cells=3), result(probe=[1]), result(wall_ms="soon"), result(wall_ms=None)),
        *(result(findings=[1]), result(findings={}.keys and 3), result(findings=[{"file": "x"}])),
        result(cells=[cell("unknown")]),
        result(cells=[cell("anchors", anchors_1=PASS), cell("anchors", anchors_1=PASS)]),
        result(cells=[cell("anchors", anchors_1="passed")]),
        result(cells=[cell("anchors", anchors_1={"outcome": "PASSED"})]),
        result(cells=[cell("anchors", anchors_1={"outcome": ["passed"]})]),
        result(cells=[cell("anchors", anchors_1={**PASS, "ms": float("nan")})]),
        result(cells=[cell("anchors", anchors_1={**PASS, "ms": float("inf")})]),
        result(cells=[cell("anchors", anchors_1={**PASS, "ms": {}})]),
        result(cells=[{**cell("anchors", anchors_1=PASS), "status": "fine"}]),
        result(cells=[{**cell("anchors", anchors_1=PASS), "cases": [PASS]}]),
        result(cells=[{**cell("anchors", anchors_1=PASS), "suite": ["anchors"]}]),
        result(cells=[{**cell("anchors", anchors_1=PASS), "stdout": "text"}]),
        json.dumps(result()).replace("12.5", "1e999").encode(),
        json.dumps(result()).replace("12.5", "9" * 400).encode(),
        json.dumps(result()).replace('"ms": 2', '"ms": 1e999').encode(),
        json.dumps(result()).encode() + b" " * bundle.MAX_RESULT_BYTES,
    ],
)
def test_what_is_malformed_is_a_lost_run(document: Any) -> None:
    happening = read(document)
    assert isinstance(happening, RunLost)
    assert len(happening.detail) <= 330
    assert happening.run_id == RUN


def test_numbers_that_records_cannot_keep_do_not_come_through() -> None:
    raw = json.dumps(result(probe={"a": [1.5, "x"], "b": 7})).replace("1.5", "1e999")
    happening = finished(raw.encode())
    assert happening.environment == {"a": [None, "x"], "b": 7}


def test_a_grave_finding_is_not_lost_among_many_small_ones() -> None:
    small = {"candidate": "a1c1", "file": "s.py", "line": 1, "rule": "E1", "message": "m", "severity": "warning"}
    flood = [small] * 500 + [{**small, "rule": "S307", "severity": "error"}] + [{**small, "candidate": "nobody"}]
    found = finished(result(findings=flood)).findings["a1c1"]
    assert found[0].rule == "S307"
    assert len(found) == bundle.MAX_FINDINGS


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] + [p for k, v in children for p in paths(v, (*at, k))]


def spoil(document: Any, path: tuple[Any, ...], junk: Any) -> None:
    """Puts `junk` at the path, as far as earlier damage has left one."""
    inside = document
    for key in path[:-1]:
        try:
            inside = inside[key]
        except (TypeError, KeyError, IndexError):
            return
    listed = isinstance(inside, list) and isinstance(path[-1], int) and path[-1] < len(inside)
    if isinstance(inside, dict) or listed:
        inside[path[-1]] = copy.deepcopy(junk)


HONEST = result(
    cells=[
        cell("anchors", anchors_1={"outcome": "failed", "message": "no", "ms": 2}),
        cell("s11", s11_1={"outcome": "passed", "ms": 1}, s11_2={"outcome": "error", "message": "x", "ms": 1}),
    ],
    findings=[{"candidate": "a1c1", "file": "s.py", "line": 1, "rule": "E1", "message": "m", "severity": "error"}],
)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just("passed "),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(paths(HONEST)[1:]), JUNK), min_size=1, max_size=4))
def test_a_damaged_result_never_raises_and_gives_no_pass_that_was_not_reported(
    damage: list[tuple[tuple[Any, ...], Any]],
) -> None:
    document = json.loads(json.dumps(HONEST))
    for path, junk in damage:
        spoil(document, path, junk)
    happening = read(document)
    if isinstance(happening, RunFinished):
        passed = {i for c in happening.cells for i, (o, _, _) in c.cases.items() if o is CaseOutcome.PASSED}
        assert passed <= {"s11-1"}
        assert all(ms >= 0 for c in happening.cells for _, _, ms in c.cases.values())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_lost_run(data: bytes) -> None:
    assert isinstance(bundle.read_result(asked(), RUN, 1, data), RunLost)
