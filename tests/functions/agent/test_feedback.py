"""What the model is told of a failure, and the signature by which the loop knows it again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import feedback
from functions.agent.records import CaseResult, Execution, Finding, LedgerEntry
from functions.agent.words import CaseOutcome, Origin, RunStatus, TrustState
from making import FAILED, candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"))


def failing(message: str, id: str = "anchors-1", **changes: object) -> Execution:
    results = {
        i: CaseResult(FAILED if i == id else CaseOutcome.PASSED, message) for i in ("anchors-1", "s11-1", "s11-2")
    }
    return execution([ANCHORS, FIRST], [candidate("a1c1", results, **changes)])


def told(judged: Execution) -> str:
    return feedback.for_model(judged, judged.candidates[-1])


NOISY = [
    "assert 2 == 1 at 0x7f3a9c001f40 in 0.03s",
    "assert 2 == 1 at 0x55d0deadbeef in 1.7 s",
    "\x1b[31massert 2 == 1 at 0x7ffffffff000 in 12ms\x1b[0m",
]


def test_the_signature_is_the_same_whatever_addresses_times_folders_and_colours() -> None:
    assert len({feedback.complaint(failing(m))[2] for m in NOISY}) == 1
    paths = [
        "no file /tmp/tmpab12cd34/x.py",
        "no file /var/run/slot-3/tmpzz99yy88/x.py",
        "no file /tmp/tmp_a0b1c2d/x.py",
    ]
    assert len({feedback.complaint(failing(m))[2] for m in paths}) == 1
    folders = ["is a folder: '/tmp/tmpab12cd34'", "is a folder: '/tmp/tmpqq00ww11'"]
    assert len({feedback.complaint(failing(m))[2] for m in folders}) == 1


def test_the_signature_differs_for_another_case_exception_or_value() -> None:
    different = [
        failing("assert 2 == 1"),
        failing("assert 3 == 1"),
        failing("ValueError: 2"),
        failing("KeyError: 2"),
        failing("assert 2 == 1", id="s11-1"),
        failing("assert 2 == 1", status=RunStatus.TIMEOUT),
    ]
    signatures = [feedback.complaint(e)[2] for e in different]
    assert len(set(signatures)) == len(different)
    assert all(len(s) == 16 for s in signatures)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=40),
    st.integers(2**24, 2**47),
    st.integers(2**24, 2**47),
    st.floats(0, 1000).map(lambda s: f"{s:.2f}s"),
    st.text(alphabet="abcdefgh0123456789_", min_size=8, max_size=8),
)
def test_noise_of_any_kind_never_reaches_the_signature(text: str, a: int, b: int, time: str, folder: str) -> None:
    one = feedback.complaint(failing(f"ValueError: {text!r} {hex(a)} took 1.00s in /tmp/tmpaaaaaaaa/m.py"))
    two = feedback.complaint(failing(f"ValueError: {text!r} {hex(b)} took {time} in /tmp/tmp{folder}/m.py"))
    assert one == two


def test_an_anchor_is_mended_before_a_trusted_case_and_that_before_a_doubtful_one() -> None:
    entries = [
        LedgerEntry("anchors-1", "", TrustState.TRUSTED, Origin.ANCHOR),
        LedgerEntry("s11-1", "", TrustState.DOUBTFUL, Origin.GENERATED),
        LedgerEntry("s11-2", "", TrustState.TRUSTED, Origin.GENERATED),
    ]
    judged = replace(failing(""), ledger=tuple(entries))
    none = candidate("a1c1", dict.fromkeys(("anchors-1", "s11-1", "s11-2"), False))
    assert [c.id for c in feedback.failing(judged, none)] == ["anchors-1", "s11-2", "s11-1"]
    quarantined = replace(judged, ledger=(*entries[:1], replace(entries[1], state=TrustState.QUARANTINED)))
    assert [c.id for c in feedback.failing(quarantined, none)] == ["anchors-1"]


def test_a_quarantined_test_is_neither_mended_nor_kept() -> None:
    crowd = [candidate(f"a{n}c1", {"anchors-1": False, "s11-1": False, "s11-2": True}) for n in range(1, 4)]
    judged = execution([ANCHORS, FIRST], crowd)
    assert "f(2) == 4" not in told(judged)
    assert "f(1) == 1" in told(judged)


def test_nobody_passes_anything_is_never_told_as_a_pass() -> None:
    crowd = [candidate(f"a{n}c1", {"s11-1": False, "s11-2": False}) for n in range(1, 4)]
    judged = execution([FIRST], crowd)
    assert {e.state for e in judged.ledger} == {TrustState.QUARANTINED}
    kind, message, signature = feedback.complaint(judged)
    assert kind == "no-trusted-test"
    assert message
    assert signature


def test_the_model_sees_the_failing_test_as_it_is_indented_what_happened_and_what_to_keep() -> None:
    source = "def test_1():\n    with pytest.raises(ValueError):\n        f(-1)"
    anchors = suite("anchors", case("anchors-1", source=source))
    results = {"anchors-1": CaseResult(FAILED, "DID NOT RAISE"), "s11-1": CaseResult(CaseOutcome.PASSED)}
    text = told(execution([anchors, FIRST], [candidate("a1c1", results)]))
    assert "with pytest.raises(ValueError):\n    f(-1)" in text
    assert "DID NOT RAISE" in text
    assert text.endswith("These tests pass and must still pass:\nassert f(2) == 4")


def test_a_long_test_or_message_leaves_room_for_the_end_of_the_other() -> None:
    source = "def test_1():\n    assert f([" + ", ".join(map(str, range(2000))) + "]) == 1"
    anchors = suite("anchors", case("anchors-1", source=source))
    results = {"anchors-1": CaseResult(FAILED, "x" * 5000 + "ValueError: the end")}
    text = told(execution([anchors], [candidate("a1c1", results)]))
    assert text.rstrip().endswith("ValueError: the end")
    assert "]) == 1" in text


def test_grave_findings_are_told_and_are_a_failure_of_their_own() -> None:
    grave = Finding("solution.py", 3, "S307", "eval is dangerous", "error")
    passed = candidate("a1c1", {"anchors-1": True, "s11-1": True, "s11-2": True}, findings=(grave,))
    judged = execution([ANCHORS, FIRST], [passed])
    assert feedback.complaint(judged)[:2] == ("finding", "solution.py:3: S307 eval is dangerous")
    assert "line 3: S307 eval is dangerous" in told(judged)


@pytest.mark.parametrize("status", [RunStatus.TIMEOUT, RunStatus.MEMORY_LIMIT, RunStatus.SYSCALL_KILL])
def test_a_run_that_was_ended_is_named_as_such(status: RunStatus) -> None:
    kind, message, _ = feedback.complaint(failing("x", status=status))
    assert kind == status
    assert message in told(failing("x", status=status))


def test_without_a_candidate_the_reply_was_unusable_and_a_pass_has_no_complaint() -> None:
    assert feedback.complaint(execution([ANCHORS]))[0] == "unusable-reply"
    assert feedback.complaint(execution([ANCHORS], [candidate("a1c1", {"anchors-1": True})])) == ("", "", "")


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["anchors-1", "s11-1", "s11-2"]), st.tuples(st.sampled_from(CaseOutcome), st.text())
    ),
    st.integers(1, 4000),
    st.lists(st.text(min_size=1), max_size=3),
    st.sampled_from([None, *RunStatus]),
)
def test_feedback_is_never_longer_than_the_limit(  # type: ignore[no-untyped-def]
    results, factor: int, findings, status
) -> None:
    made = replace(
        candidate("a1c1"),
        results={i: CaseResult(o, (m * factor)[:20_000]) for i, (o, m) in results.items()},
        findings=tuple(Finding("f", 1, "R", (m * factor)[:20_000], "error") for m in findings),
        status=status,
    )
    judged = execution([ANCHORS, FIRST], [made])
    assert len(feedback.for_model(judged, made)) <= feedback.LIMIT
    assert len(feedback.complaint(judged)[1]) <= feedback.LIMIT
    assert told(judged) == told(judged)
