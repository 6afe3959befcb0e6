"""What comes back from the sandbox: read, never believed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import result
from functions.agent.events import RunFinished, RunLost
from functions.agent.records import CaseResult
from functions.agent.words import CaseOutcome, Level
from making import candidate, case, execution, suite

RUN = "e-a1-r0"
ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"))
ASKED = execution([ANCHORS, FIRST], [candidate("a1c1")], limits={"wall_s": 30.0})
PASS = {"outcome": "passed", "ms": 2, "level": "R3"}


def cell(suite: str, **cases: Any) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in cases.items()}
    return {"candidate": "a1c1", "suite": suite, "status": "exited", "cases": names}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schema": 2, "run_id": RUN, "execution_id": "e", "error": None, "vacuous": [],
        "cells": [cell("anchors", anchors_1=PASS)],
        "findings": [], "probe": {"cpu": 2}, "wall_ms": 12.5, **changes,
    }  # fmt: skip


def read(said: Any) -> RunFinished | RunLost:
    data = said if isinstance(said, bytes) else json.dumps(said).encode()
    return result.read(ASKED, RUN, 1, data)


def finished(said: Any) -> RunFinished:
    happening = read(said)
    assert isinstance(happening, RunFinished), happening
    return happening


def test_what_was_reported_is_read_and_what_was_not_is_missing() -> None:
    happening = finished(
        document(
            cells=[
                cell("anchors", anchors_1={**PASS, "message": "not shown"}),
                {**cell("s11", s11_1={"outcome": "failed", "message": "m" * 9999, "ms": -5}), "why": "it ended early"},
            ]
        )
    )
    assert happening.cells[0].cases == {"anchors-1": CaseResult(CaseOutcome.PASSED, "", 2.0, Level.R3)}
    assert happening.cells[1].cases["s11-1"] == CaseResult(CaseOutcome.FAILED, "m" * result.MESSAGE_LIMIT)
    assert happening.cells[1].cases["s11-2"] == CaseResult(CaseOutcome.MISSING, "it ended early")
    assert (happening.sandbox_ms, happening.environment) == (12, {"cpu": 2})


@pytest.mark.parametrize("level", [v for v in Level if v])
def test_every_pass_has_the_level_at_which_it_was_judged(level: Level) -> None:
    happening = finished(document(cells=[cell("anchors", anchors_1={**PASS, "level": str(level)})]))
    assert happening.cells[0].cases["anchors-1"].level is level


def test_of_the_vacuous_cases_only_known_ones_are_kept() -> None:
    said = document(vacuous=["s11-2", "s99-1", "s11-2", 3, None, ["anchors-1"], "x" * 9999])
    assert finished(said).vacuous == {"s11-2"}


def test_of_the_flaky_cases_only_known_ones_are_kept() -> None:
    said = document(flaky=["s11-1", "s99-1", "s11-1", 3, None, ["anchors-1"], "x" * 9999])
    assert finished(said).flaky == {"s11-1"}
    assert finished(document()).flaky == frozenset()


@pytest.mark.parametrize(
    ("got", "kept"), [("[1, 2]", "[1, 2]"), ("g" * 999, "g" * 240), *((v, "") for v in ("", None, 3, ["3"], {}, True))]
)
@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_what_the_code_gave_is_kept_whether_it_was_right_or_not(outcome: str, got: Any, kept: str) -> None:
    entry = PASS if outcome == "passed" else {"outcome": "failed", "message": "no"}
    happening = finished(document(cells=[cell("anchors", anchors_1={**entry, "got": got})]))
    assert happening.cells[0].cases["anchors-1"].got == kept


def test_cases_that_were_not_asked_for_are_ignored() -> None:
    happening = finished(
        document(cells=[cell("anchors", anchors_1={"outcome": "failed"}, s99_1={"outcome": "passed"})])
    )
    assert set(happening.cells[0].cases) == {"anchors-1"}


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"{", b"[]", b"null", b"3", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"schema": 2}', b"\x00"),
        *(
            document(schema=1),
            document(run_id="e-a1-r1"),
            document(execution_id="other"),
            document(error={"detail": "no fence"}),
        ),
        *(
            document(error="broken"),
            document(cells=None),
            document(cells=[]),
            document(cells=[1]),
            document(cells={"a": 1}),
        ),
        *(
            document(vacuous=None),
            document(vacuous="s11-1"),
            document(vacuous={"s11-1": 1}),
            *(document(flaky=v) for v in (None, "s11-1", {"s11-1": 1}, 3)),
            document(probe=[1]),
            document(wall_ms="soon"),
            document(wall_ms=None),
        ),
        *(document(findings=[1]), document(findings={}.keys and 3), document(findings=[{"file": "x"}])),
        document(cells=[cell("unknown")]),
        document(cells=[cell("anchors", anchors_1=PASS), cell("anchors", anchors_1=PASS)]),
        document(cells=[cell("anchors", anchors_1="passed")]),
        document(cells=[cell("anchors", anchors_1={"outcome": "PASSED"})]),
        document(cells=[cell("anchors", anchors_1={"outcome": ["passed"]})]),
        *(
            document(cells=[cell("anchors", anchors_1={**PASS, "level": v})])
            for v in ("", "R1", "r3", None, 3, ["R3"], {})
        ),
        document(cells=[cell("anchors", anchors_1={"outcome": "passed"})]),
        document(cells=[cell("anchors", anchors_1={"outcome": "failed", "level": "R3"})]),
        document(cells=[cell("anchors", anchors_1={**PASS, "ms": float("nan")})]),
        document(cells=[cell("anchors", anchors_1={**PASS, "ms": float("inf")})]),
        document(cells=[cell("anchors", anchors_1={**PASS, "ms": {}})]),
        document(cells=[{**cell("anchors", anchors_1=PASS), "status": "fine"}]),
        document(cells=[{**cell("anchors", anchors_1=PASS), "cases": [PASS]}]),
        document(cells=[{**cell("anchors", anchors_1=PASS), "suite": ["anchors"]}]),
        document(cells=[{**cell("anchors", anchors_1=PASS), "stdout": "text"}]),
        json.dumps(document()).replace("12.5", "1e999").encode(),
        json.dumps(document()).replace("12.5", "9" * 400).encode(),
        json.dumps(document()).replace('"ms": 2', '"ms": 1e999').encode(),
        json.dumps(document()).encode() + b" " * result.MAX_RESULT_BYTES,
    ],
)
def test_what_is_malformed_is_a_lost_run(said: Any) -> None:
    happening = read(said)
    assert isinstance(happening, RunLost)
    assert len(happening.detail) <= 330
    assert happening.run_id == RUN


def test_numbers_that_records_cannot_keep_do_not_come_through() -> None:
    raw = json.dumps(document(probe={"a": [1.5, "x"], "b": 7})).replace("1.5", "1e999")
    happening = finished(raw.encode())
    assert happening.environment == {"a": [None, "x"], "b": 7}


def test_a_grave_finding_is_not_lost_among_many_small_ones() -> None:
    small = {"candidate": "a1c1", "file": "s.py", "line": 1, "rule": "E1", "message": "m", "severity": "warning"}
    flood = [small] * 500 + [{**small, "rule": "S307", "severity": "error"}] + [{**small, "candidate": "nobody"}]
    found = finished(document(findings=flood)).findings["a1c1"]
    assert found[0].rule == "S307"
    assert len(found) == result.MAX_FINDINGS


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


HONEST = document(
    vacuous=["s11-1"],
    flaky=["s11-2"],
    cells=[
        cell("anchors", anchors_1={"outcome": "failed", "message": "no", "ms": 2}),
        cell(
            "s11",
            s11_1={"outcome": "passed", "ms": 1, "level": "vectors", "got": "4"},
            s11_2={"outcome": "error", "message": "x", "ms": 1},
        ),
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
    said = json.loads(json.dumps(HONEST))
    for path, junk in damage:
        spoil(said, path, junk)
    happening = read(said)
    if isinstance(happening, RunFinished):
        passed = {i for c in happening.cells for i, r in c.cases.items() if r.outcome is CaseOutcome.PASSED}
        assert passed <= {"s11-1"}
        results = [r for c in happening.cells for r in c.cases.values()]
        assert all(r.ms >= 0 for r in results)
        assert all((r.outcome is CaseOutcome.PASSED) == (r.level is not Level.NONE) for r in results)
        assert happening.vacuous <= {"s11-1"}
        assert happening.flaky <= {"s11-2"}
        assert all(isinstance(r.got, str) and len(r.got) <= result.GOT_LIMIT for r in results)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_lost_run(data: bytes) -> None:
    assert isinstance(result.read(ASKED, RUN, 1, data), RunLost)
