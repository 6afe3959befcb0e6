"""The judge and its reader of reports: pure, so that they are tested against any report that can be thought of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.judge import Ending, judge
from jobs.report import MESSAGE_LIMIT, OUTCOMES

TESTS = ("t.py::test_1", "t.py::test_2", "t.py::test_3")
OK, FAIL = Ending("exited", 0), Ending("exited", 1)
TIMEOUT = Ending("timeout", None)


def lines(*events: Any) -> bytes:
    return b"".join(json.dumps(e).encode() + b"\n" for e in events)


def collected(*ids: str) -> dict[str, Any]:
    return {"ev": "collected", "ids": list(ids)}


def done(test: str, outcome: str = "passed", message: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    return {"ev": "start", "id": test}, {"ev": "case", "id": test, "outcome": outcome, "message": message, "ms": 1.5}


def whole(outcomes: dict[str, str], code: int | None = None) -> bytes:
    bad = any(o in ("failed", "error") for o in outcomes.values())
    events = [e for test, outcome in outcomes.items() for e in done(test, outcome, "why")]
    return lines(collected(*outcomes), *events, {"ev": "finish", "code": int(bad) if code is None else code})


def outcomes_of(report: bytes, ending: Ending = OK, **more: Any) -> list[str]:
    return [judge(report, True, TESTS, ending, **more).cases[t].outcome for t in TESTS]


@given(st.lists(st.sampled_from(OUTCOMES), min_size=3, max_size=3))
def test_an_honest_report_is_taken_as_it_is(outcomes: list[str]) -> None:
    bad = any(o in ("failed", "error") for o in outcomes)
    verdict = judge(whole(dict(zip(TESTS, outcomes, strict=True))), True, TESTS, FAIL if bad else OK)
    assert [verdict.cases[t].outcome for t in TESTS] == outcomes
    assert verdict.complete
    assert not verdict.why
    assert verdict.cases[TESTS[0]].ms == 1.5


@pytest.mark.parametrize(
    ("got", "kept"), [("[1, 2]", "[1, 2]"), ("", ""), ("x" * 200, "x" * 200), ("x" * 201, ""), (3, ""), (None, "")]
)
def test_what_the_code_gave_is_kept_and_decides_nothing(got: Any, kept: str) -> None:
    start, case = done(TESTS[0])
    report = lines(collected(*TESTS), start, {**case, "got": got}, *done(TESTS[1]), *done(TESTS[2]))
    verdict = judge(report + lines({"ev": "finish", "code": 0}), True, TESTS, OK)
    assert [verdict.cases[test].outcome for test in TESTS] == ["passed"] * 3
    assert [verdict.cases[test].got for test in TESTS] == [kept, "", ""]


def test_a_case_of_several_tests_gave_no_single_value() -> None:
    one, two = ({"ev": "case", "id": f"t.py::test_1[{n}]", "outcome": "passed", "ms": 1, "got": "1"} for n in (1, 2))
    starts = [{"ev": "start", "id": event["id"]} for event in (one, two)]
    events = [collected(one["id"], two["id"]), starts[0], one, starts[1], two, {"ev": "finish", "code": 0}]
    assert judge(lines(*events), True, TESTS[:1], OK).cases[TESTS[0]].got == ""


HONEST = whole(dict.fromkeys(TESTS, "passed"))


@pytest.mark.parametrize(
    ("report", "ending", "why"),
    [
        (b"", OK, "ended by itself with exit code 0 before any test was collected"),
        (b"", Ending("exited", -11), "was killed by signal 11 before any test was collected"),
        (b"", TIMEOUT, "timed out before any test was collected"),
        (HONEST, FAIL, "does not agree with exit code 1"),
        (HONEST, Ending("exited", 7), "does not agree with exit code 7"),
        (whole(dict.fromkeys(TESTS, "failed"), code=0), OK, "does not agree with exit code 0"),
        (HONEST[:-3], OK, "breaks off in the middle of a line"),
        (HONEST + HONEST, OK, "goes on after its end"),
        (HONEST + b"5 passed\n", OK, "not JSON"),
        (b"5 passed in 0.1s\n", OK, "not JSON"),
        (b"[" * 100_000 + b"\n", OK, "not JSON"),
        (b"[]\n", OK, "not an event"),
        (b"\xff\xfe\n", OK, "not JSON"),
        (lines(collected(*TESTS), collected(*TESTS)), OK, "collects twice"),
        (lines(collected(TESTS[0], TESTS[0])), OK, "collects a test twice"),
        (lines(collected(*TESTS, "t.py::test_9")), OK, "names 't.py::test_9'"),
        (lines(collected(*TESTS), *done(TESTS[0]), *done(TESTS[0])), OK, "starts a test twice"),
        (lines(collected(*TESTS), *done(TESTS[0]), done(TESTS[0])[1]), OK, "two outcomes"),
        (lines(collected(*TESTS), done(TESTS[0])[1]), OK, "two outcomes for a test, or one for a test that was not"),
        (lines(*done(TESTS[0]), collected(*TESTS)), OK, "not collected"),
        (lines(collected(*TESTS), *done(TESTS[0], "great")), OK, "without a proper outcome"),
        (lines({"ev": "finish", "code": True}), OK, "nobody knows"),
        (lines({"ev": "finish", "code": 0}), OK, "before any test was collected"),
        (lines(collected(*TESTS), *done(TESTS[0])), OK, "in the middle of the tests"),
        (lines({"ev": "broken", "message": "SyntaxError: x"}), Ending("exited", 2), "SyntaxError: x"),
    ],
)
def test_a_report_that_is_not_right_lets_nothing_pass(report: bytes, ending: Ending, why: str) -> None:
    verdict = judge(report, True, TESTS, ending)
    assert {c.outcome for c in verdict.cases.values()} == {"error"}
    assert set(verdict.cases) == set(TESTS)
    assert why in verdict.cases[TESTS[0]].message
    assert not verdict.complete
    assert verdict.why
    assert verdict.again == ()


def test_a_report_that_was_cut_off_lets_nothing_pass() -> None:
    assert "is too long" in judge(HONEST, False, TESTS, OK).why


def test_no_test_at_all_is_not_a_pass() -> None:
    verdict = judge(lines(collected(), {"ev": "finish", "code": 5}), True, TESTS, Ending("exited", 5))
    assert {c.outcome for c in verdict.cases.values()} == {"missing"}
    assert (verdict.complete, verdict.why) == (False, "no test was collected")


def test_a_test_that_is_not_there_is_missing_and_spoils_only_itself() -> None:
    verdict = judge(whole({TESTS[0]: "passed", TESTS[1]: "passed"}), True, TESTS, OK)
    assert [verdict.cases[t].outcome for t in TESTS] == ["passed", "passed", "missing"]
    assert not verdict.complete
    assert TESTS[2] in verdict.why


def test_parameters_of_a_test_count_together_and_the_worst_wins() -> None:
    one = f"{TESTS[0]}[1]", f"{TESTS[0]}[a::b[2]]"
    report = whole({one[0]: "passed", one[1]: "failed", TESTS[1]: "passed", TESTS[2]: "skipped"})
    verdict = judge(report, True, TESTS, FAIL)
    assert [verdict.cases[t].outcome for t in TESTS] == ["failed", "passed", "skipped"]
    assert verdict.cases[TESTS[0]].ms == 3.0


@pytest.mark.parametrize("ending", [TIMEOUT, Ending("memory_limit", None), Ending("exited", -11)])
def test_the_test_that_ended_the_process_is_to_blame_and_the_rest_may_go_again(ending: Ending) -> None:
    report = lines(collected(*TESTS), *done(TESTS[0]), {"ev": "start", "id": TESTS[1]}) + b'{"ev": "ca'
    verdict = judge(report, True, TESTS, ending)
    assert [verdict.cases[t].outcome for t in TESTS] == ["passed", "error", "missing"]
    assert verdict.cases[TESTS[1]].message == f"the process {ending.words} while this test ran"
    assert verdict.again == (TESTS[2],)
    assert not verdict.complete


def test_what_was_left_out_is_not_run_again() -> None:
    report = lines(collected(*TESTS), {"ev": "start", "id": TESTS[1]})
    assert judge(report, True, TESTS, TIMEOUT, left_out=(TESTS[0],)).again == (TESTS[2],)


def test_what_was_left_out_does_not_make_a_report_incomplete() -> None:
    report = lines(collected(*TESTS), *done(TESTS[1]), *done(TESTS[2]), {"ev": "finish", "code": 0})
    assert judge(report, True, TESTS, OK, left_out=(TESTS[0],)).complete


def test_a_process_that_ends_between_tests_blames_none_and_is_not_run_again() -> None:
    verdict = judge(lines(collected(*TESTS), *done(TESTS[0])), True, TESTS, TIMEOUT)
    assert verdict.again == ()
    assert outcomes_of(lines(collected(*TESTS), *done(TESTS[0])), TIMEOUT) == ["passed", "missing", "missing"]


def test_messages_are_cut_and_encodable() -> None:
    report = lines(collected(*TESTS), *done(TESTS[0], "failed", "\ud800" + "x" * 5000), {"ev": "start", "id": TESTS[1]})
    message = judge(report, True, TESTS, TIMEOUT).cases[TESTS[0]].message
    assert len(message) == MESSAGE_LIMIT
    assert message.encode().startswith(b"?x")


EVENTS = st.one_of(
    st.builds(collected, st.sampled_from(TESTS)),
    st.just(collected(*TESTS)),
    st.sampled_from([e for t in TESTS for o in ("passed", "failed") for e in done(t, o)]),
    st.builds(lambda c: {"ev": "finish", "code": c}, st.sampled_from([0, 1, None, "0"])),
    st.dictionaries(
        st.sampled_from(["ev", "id", "ids", "code", "outcome"]), st.sampled_from([*TESTS, "case", 0, None])
    ),
)


@settings(max_examples=200)
@given(st.lists(EVENTS, max_size=12), st.binary(max_size=6), st.sampled_from([OK, FAIL, TIMEOUT, Ending("exited", -9)]))
def test_any_report_gives_every_test_an_outcome_and_no_pass_without_a_case(
    events: list[Any], rest: bytes, ending: Ending
) -> None:
    verdict = judge(lines(*events) + rest, True, TESTS, ending)
    assert set(verdict.cases) == set(TESTS)
    assert verdict.complete <= (not verdict.why)
    said = [
        e.get("id") for e in events if isinstance(e, dict) and e.get("ev") == "case" and e.get("outcome") == "passed"
    ]
    for test, case in verdict.cases.items():
        assert case.outcome != "passed" or test in said
    if verdict.complete:
        assert sum(e.get("ev") == "finish" for e in events) == 1


CANARIES = ("test_k1.py::test_a", "test_k1.py::test_b")


def with_canaries(outcomes: dict[str, str], finish: bool = True) -> bytes:
    events: list[dict[str, Any]] = [{"ev": "collected", "ids": [*TESTS, *CANARIES]}]
    for test in (*TESTS, *CANARIES):
        if test in outcomes:
            events += [{"ev": "start", "id": test}, {"ev": "case", "id": test, "outcome": outcomes[test]}]
    events += [{"ev": "finish", "code": 1}] if finish else []
    return b"".join(json.dumps(e).encode() + b"\n" for e in events)


PASSED = dict.fromkeys(TESTS, "passed")
SONG = Ending("exited", 1)


def test_a_pass_beside_canaries_that_failed_is_of_level_r3() -> None:
    report = with_canaries({**PASSED, CANARIES[0]: "failed", CANARIES[1]: "error"})
    judged = judge(report, True, TESTS, SONG, (), CANARIES)
    assert judged.complete
    assert {(c.outcome, c.level) for c in judged.cases.values()} == {("passed", "R3")}
    assert set(judged.cases) == set(TESTS)


@pytest.mark.parametrize("outcome", ["passed", "skipped"])
def test_one_canary_that_does_not_fail_spoils_every_outcome(outcome: str) -> None:
    report = with_canaries({**PASSED, CANARIES[0]: "failed", CANARIES[1]: outcome})
    judged = judge(report, True, TESTS, SONG, (), CANARIES)
    assert {c.outcome for c in judged.cases.values()} == {"error"}
    assert "must fail" in judged.why


def test_canaries_that_were_left_out_spoil_every_outcome_too() -> None:
    judged = judge(with_canaries({**PASSED, CANARIES[0]: "failed"}), True, TESTS, SONG, (), CANARIES)
    assert {c.outcome for c in judged.cases.values()} == {"error"}


def test_what_was_told_before_the_process_was_killed_is_of_level_r2() -> None:
    first = TESTS[0]
    report = with_canaries({first: "passed"}, finish=False)
    judged = judge(report, True, TESTS, Ending("exited", -9), (), CANARIES)
    assert (judged.cases[first].outcome, judged.cases[first].level) == ("passed", "R2")


def test_nobody_but_us_knows_the_canaries() -> None:
    other = with_canaries({**PASSED, CANARIES[0]: "failed", CANARIES[1]: "failed"})
    judged = judge(other, True, TESTS, SONG, (), ("test_k2.py::test_a", "test_k2.py::test_b"))
    assert {c.outcome for c in judged.cases.values()} == {"error"}


def test_the_compilers_warnings_come_before_any_test() -> None:
    finding = b'{"ev":"finding","file":"a","line":1}\n'
    early = judge(finding + HONEST, True, TESTS, OK)
    assert [f["file"] for f in early.findings] == ["a"]
    late = judge(HONEST.replace(b'{"ev": "finish"', finding + b'{"ev": "finish"'), True, TESTS, OK)
    assert not late.complete
