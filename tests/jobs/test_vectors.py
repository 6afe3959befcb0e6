"""Calls from outside: which answers settle a case, and what a lying, dying or silent process comes to."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import vectors
from jobs.capture import Capture
from jobs.judge import Ending
from jobs.protocol import DEFAULTS, Vector
from jobs.report import CaseResult
from jobs.supervise import Outcome

TWO = {"a": Vector("f", (1,), value=2), "b": Vector("f", (-1,), error="RangeError")}
GOOD = [
    {"ev": "supported", "ids": ["a", "b"]},
    {"ev": "start", "id": "a"},
    {"ev": "value", "id": "a", "value": 2, "ms": 0.5},
    {"ev": "start", "id": "b"},
    {"ev": "raised", "id": "b", "errors": ["RangeError", "Error"], "message": "no"},
    {"ev": "finish", "code": 0},
]
RULES = vectors.Rules({"RangeError": "Error", "TypeError": "Error", "Error": ""})
EXITED, KILLED, TIMED_OUT = Ending("exited", 0), Ending("exited", -11), Ending("timeout", None)


def lines(events: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(e).encode() + b"\n" for e in events)


def judged(events: Sequence[Any], ending: Ending = EXITED) -> Mapping[str, CaseResult | None]:
    return vectors.judge(lines(events), True, ending, TWO, list(TWO), RULES)


def test_right_answers_pass_at_their_level() -> None:
    assert judged(GOOD) == {
        "a": CaseResult("passed", "", 0.5, "vectors", got="2"),
        "b": CaseResult("passed", "", 0.0, "vectors", got="raises RangeError"),
    }


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"ev": "value", "id": "a", "value": 3}, "returns 3, not 2"),
        ({"ev": "value", "id": "a", "value": {"t": "o", "v": "Liar: 2"}}, "returns Liar: 2, not 2"),
        ({"ev": "value", "id": "a", "value": {"x": 1}}, "no known kind"),
        ({"ev": "value", "id": "a"}, "returns null, not 2"),
        ({"ev": "raised", "id": "a", "errors": ["Oops"], "message": "bad"}, "raises Oops (bad), not 2"),
        ({"ev": "raised", "id": "a", "errors": 5, "message": 5}, "raises an error"),
    ],
)
def test_a_wrong_answer_fails_and_says_which(event: Mapping[str, Any], said: str) -> None:
    case = judged([*GOOD[:2], event, *GOOD[3:]])["a"]
    assert case is not None
    assert case.outcome == "failed"
    assert said in case.message


@pytest.mark.parametrize(
    ("event", "got"),
    [
        ({"ev": "value", "id": "a", "value": 3}, "3"),
        ({"ev": "value", "id": "a", "value": {"t": "f", "v": "3.0"}}, "3"),
        ({"ev": "value", "id": "a", "value": []}, "[]"),
        ({"ev": "value", "id": "a"}, "null"),
        ({"ev": "value", "id": "a", "value": {"t": "o", "v": "Liar: 2"}}, ""),
        ({"ev": "value", "id": "a", "value": {"x": 1}}, ""),
        ({"ev": "raised", "id": "a", "errors": ["Oops", "Error"], "message": "bad"}, "raises Oops"),
        ({"ev": "raised", "id": "a", "errors": ["O" * 5000, "Error"]}, f"raises {'O' * 100}"),
        ({"ev": "raised", "id": "a", "errors": 5, "message": 5}, "raises an error"),
    ],
)
def test_a_wrong_answer_is_kept_as_what_the_code_gave(event: Mapping[str, Any], got: str) -> None:
    case = judged([*GOOD[:2], event, *GOOD[3:]])["a"]
    assert case is not None
    assert (case.outcome, case.got) == ("failed", got)


def test_what_is_equal_in_the_language_was_given_alike() -> None:
    rules = vectors.Rules(empty_is_nothing=True)
    said = [{"ev": "supported", "ids": ["a"]}, GOOD[1], {"ev": "value", "id": "a", "value": []}, GOOD[5]]
    case = vectors.judge(lines(said), True, EXITED, TWO, ["a"], rules)["a"]
    assert case is not None
    assert case.got == "null"


def test_what_was_not_answered_was_not_seen() -> None:
    assert [case.got for case in judged(GOOD[:3], KILLED).values() if case] == ["2", ""]


def test_a_nil_may_come_out_as_empty_where_the_language_says_so() -> None:
    nothing = Vector("f", (), value=None)
    assert nothing.accepts([], empty_is_nothing=True)
    assert nothing.accepts({"t": "d", "v": []}, empty_is_nothing=True)
    assert not nothing.accepts([])
    assert not nothing.accepts([0], empty_is_nothing=True)
    assert not nothing.accepts("", empty_is_nothing=True)
    assert not Vector("f", (), value=[1]).accepts([], empty_is_nothing=True)


def test_another_error_is_not_the_error() -> None:
    case = judged([*GOOD[:4], {"ev": "raised", "id": "b", "errors": ["TypeError"]}, GOOD[5]])["b"]
    assert case is not None
    assert case.outcome == "failed"
    assert "not raise RangeError" in case.message


def test_any_error_will_do_where_none_is_named() -> None:
    assert Vector("f", (), error="").accepts(2) is False
    right = vectors.judge(
        lines([{"ev": "supported", "ids": ["a"]}, *GOOD[1:2], {"ev": "raised", "id": "a", "errors": ["X"]}, GOOD[5]]),
        *(True, EXITED, {"a": Vector("f", (), error="")}, ["a"], RULES),
    )
    assert right["a"] == CaseResult("passed", "", 0.0, "vectors", got="raises X")


@pytest.mark.parametrize(
    ("names", "right"),
    [
        (["RangeError", "Error"], True),
        (["TooFar", "RangeError", "Error"], True),
        (["RangeError"], True),
        (["TypeError", "RangeError", "Error"], False),
        (["Error", "RangeError"], False),
        (["RangeError", "RangeError"], False),
    ],
)
def test_one_error_is_not_several_unrelated_ones(names: list[str], right: bool) -> None:
    case = judged([*GOOD[:4], {"ev": "raised", "id": "b", "errors": names, "message": ""}, GOOD[5]])["b"]
    assert case is not None
    assert (case.outcome == "passed") is right


def test_a_call_that_the_code_has_made_impossible_fails() -> None:
    case = judged([{"ev": "supported", "ids": ["a"], "refused": ["b"]}, *GOOD[1:3], GOOD[5]])["b"]
    assert case is not None
    assert case.outcome == "error"
    assert "cannot be called with plain data" in case.message


def test_a_call_that_cannot_be_made_is_left_to_the_tests() -> None:
    events = [{"ev": "supported", "ids": ["a"]}, *GOOD[1:3], GOOD[5]]
    assert judged(events)["b"] is None


def test_no_call_is_withdrawn_once_the_code_runs() -> None:
    again = judged([*GOOD[:2], {"ev": "supported", "ids": []}, *GOOD[2:]])
    assert {case.outcome for case in again.values() if case} == {"error"}
    assert None not in again.values()


@pytest.mark.parametrize(
    "events",
    [
        *([], [GOOD[5]], [GOOD[1]], [*GOOD, GOOD[5]], [*GOOD[:2], GOOD[4], GOOD[5]], [*GOOD[:3], GOOD[2], GOOD[5]]),
        *([{"ev": "broken", "message": "x"}], [{"ev": "what"}], [[1]], [{"ev": "supported", "ids": "ab"}]),
    ],
)
def test_nothing_passes_on_a_garbled_report(events: list[Any]) -> None:
    assert all(case is not None and case.outcome == "error" for case in judged(events).values())


def test_code_that_does_not_load_says_why() -> None:
    events = [GOOD[0], {"ev": "broken", "message": "SyntaxError: line 3"}]
    found = judged(events, Ending("exited", 2))
    assert all(case is not None and "cannot be built: SyntaxError: line 3" in case.message for case in found.values())


def test_leaving_early_passes_nothing_more() -> None:
    found = judged(GOOD[:3])
    assert found["a"] == CaseResult("passed", "", 0.5, "vectors", got="2")
    assert found["b"] is not None
    assert found["b"].outcome == "error"


def test_the_call_that_ends_the_process_is_the_culprit_and_the_rest_waits() -> None:
    found = judged(GOOD[:2], KILLED)
    assert set(found) == {"a"}
    assert found["a"] is not None
    assert "signal 11 in this call" in found["a"].message
    assert set(judged([*GOOD[:3], GOOD[3]], TIMED_OUT)) == {"a", "b"}


@given(
    st.lists(
        st.sampled_from(GOOD)
        | st.dictionaries(st.sampled_from(["ev", "id", "value"]), st.none() | st.text(max_size=3)),
        max_size=8,
    )
)
def test_no_report_makes_it_raise(events: list[Any]) -> None:
    for case in judged(events).values():
        assert case is None or case.outcome in ("passed", "failed", "error")


def outcome(events: Sequence[Any], ending: Ending) -> Outcome:
    report = Capture()
    report.add(lines(events))
    return Outcome(ending, Capture(), Capture(), report, 1.0, 1.0, 1.0, 0)


def test_after_a_crash_the_other_calls_go_again() -> None:
    asked: list[list[str]] = []

    def once(calls: Sequence[Mapping[str, Any]], wall_s: float) -> Outcome:
        asked.append([call["id"] for call in calls])
        assert all(set(call) == {"id", "call", "args"} for call in calls), "nothing expected ever goes out"
        if len(asked) == 1:
            return outcome(GOOD[:2], KILLED)
        return outcome([{"ev": "supported", "ids": ["b"]}, *GOOD[3:]], EXITED)

    found = vectors.ask(once, TWO, RULES, DEFAULTS, time.monotonic() + 60)
    assert asked == [["a", "b"], ["b"]]
    assert found["a"] is not None
    assert found["a"].outcome == "error"
    assert found["b"] is not None
    assert found["b"].level == "vectors"


def test_it_ends_however_often_the_code_crashes() -> None:
    many = {str(n): Vector("f", (n,), value=n) for n in range(9)}

    def once(calls: Sequence[Mapping[str, Any]], wall_s: float) -> Outcome:
        first = calls[0]["id"]
        return outcome([{"ev": "supported", "ids": list(many)}, {"ev": "start", "id": first}], KILLED)

    found = vectors.ask(once, many, RULES, DEFAULTS, time.monotonic() + 60)
    assert {case.outcome for case in found.values() if case} == {"error"}
    assert len(found) == 9
