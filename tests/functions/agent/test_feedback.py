"""What the model is told of a failure, and the signature by which the loop knows it again."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import feedback, heldout
from functions.agent.records import CaseResult, Execution, Finding, LedgerEntry
from functions.agent.words import CaseOutcome, Origin, RunStatus, TrustState
from jobs import cells, vectors
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


MANY = suite("s11", *(case(f"s11-{n}", f"f({n})", "0") for n in range(2, 11)))


def many(*failing: str) -> Execution:
    """Nine generated cases and an anchor, of which these fail."""
    return execution([ANCHORS, MANY], [candidate("a1c1", {i: i not in failing for i in ("anchors-1", *IDS)})])


IDS = [c.id for c in MANY.cases]
HIDDEN = [i for i in IDS if i in heldout.hidden(many())]
OPEN = [i for i in IDS if i not in HIDDEN]


def test_held_out_cases_are_not_shown_while_there_are_others() -> None:
    judged = many(*IDS)
    assert feedback.shown(judged, judged.candidates[0]) == (OPEN[0], "anchors-1")
    before = many(HIDDEN[0], OPEN[-1])
    assert IDS.index(HIDDEN[0]) < IDS.index(OPEN[-1]), "or the order alone would do"
    assert feedback.shown(before, before.candidates[0])[0] == OPEN[-1]
    kept = many(*OPEN)
    assert feedback.shown(kept, kept.candidates[0]) == (OPEN[0], "anchors-1"), "those that pass are not told either"
    for case_ in MANY.cases:
        assert (case_.name in told(judged)) == (case_.id == OPEN[0])


def test_when_only_held_out_cases_fail_one_is_shown() -> None:
    judged = many(*HIDDEN)
    assert feedback.shown(judged, judged.candidates[0])[0] == HIDDEN[0]
    assert set(feedback.shown(judged, judged.candidates[0])) & set(HIDDEN) == {HIDDEN[0]}


@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from(["anchors-1", *IDS])))
def test_what_is_told_is_what_is_said_to_be_shown_and_telling_it_again_is_the_same(failing: set[str]) -> None:
    judged = many(*failing)
    ids = feedback.shown(judged, judged.candidates[0])
    text = feedback.for_model(judged, judged.candidates[0])
    assert {c.id for s in judged.suites for c in s.cases if c.name in text} == set(ids)
    again = replace(judged, attempts=(replace(judged.attempts[0], shown=ids),))
    assert feedback.for_model(again, again.candidates[0]) == text


def test_a_doubtful_test_against_one_that_passes_is_not_mended() -> None:
    second = suite("s12", case("s12-1", "f(2)", "5"))
    judged = execution([FIRST, second], [candidate("a1c1", {"s11-1": True, "s11-2": False, "s12-1": False})])
    assert [c.id for c in feedback.failing(judged, judged.candidates[0])] == ["s11-2"]
    other = execution([FIRST, second], [candidate("a1c1", {"s11-1": False, "s11-2": True, "s12-1": False})])
    assert [c.id for c in feedback.failing(other, other.candidates[0])] == ["s11-1", "s12-1"]


def test_of_two_suites_that_say_the_same_one_is_told() -> None:
    second = suite("s12", case("s12-1", "f(2)", "4"))
    results = {"anchors-1": False, "s11-1": True, "s12-1": True}
    judged = execution([ANCHORS, FIRST, second], [candidate("a1c1", results)], prompt="Write f; mind f(2).")
    assert told(judged).count("f(2) == 4") == 1
    assert feedback.shown(judged, judged.candidates[0]) == ("anchors-1", "s11-1")


def test_a_pass_that_holds_only_beside_its_tests_is_explained() -> None:
    apart = "it passes only in one process with its tests; called from outside, it returns O(1), not 1"
    text = told(failing(apart))
    assert apart in text
    assert "not an object that only compares equal" in text
    assert "not an object that only compares equal" not in told(failing("assert 2 == 1"))
    assert feedback.BESIDE in vectors.ALONE
    assert feedback.BESIDE in inspect.getsource(cells)


def test_a_reason_that_stops_every_test_is_told_once_and_shows_no_test() -> None:
    def broken(suite_id: str) -> CaseResult:
        return CaseResult(CaseOutcome.ERROR, f"test_{suite_id}.py: SyntaxError: '(' was never closed (solution.py:3)")

    results = {"anchors-1": broken("anchors"), "s11-1": broken("s11"), "s11-2": broken("s11")}
    judged = execution([ANCHORS, FIRST], [candidate("a1c1", results)])
    assert "'(' was never closed" in told(judged)
    assert told(judged).startswith("No test gets anywhere, all for the same reason:\n")
    assert "assert f(" not in told(judged)
    assert feedback.shown(judged, judged.candidates[0]) == ()
    lone = execution([ANCHORS], [candidate("a1c1", {"anchors-1": broken("anchors")})])
    assert "assert f(1) == 1" in told(lone), "one test says nothing of others"
    other = {**results, "s11-2": CaseResult(CaseOutcome.ERROR, "ValueError: 2")}
    assert "assert f(1) == 1" in told(execution([ANCHORS, FIRST], [candidate("a1c1", other)]))


@pytest.mark.parametrize(
    ("language", "message", "kind"),
    [
        ("python", "assert 2 == 1", "AssertionError"),
        ("javascript", "expected 1, got 2", "assertion"),
        ("javascript", "TypeError: x is not a function", "TypeError"),
        ("java", "java.lang.NumberFormatException: For input string: x", "NumberFormatException"),
        ("csharp", "System.ArgumentException : bad", "ArgumentException"),
        ("go", "got 2, want 1", "assertion"),
        ("go", "panic: runtime error: index out of range [3] with length 3", "panic"),
    ],
)
def test_a_failure_is_named_in_the_words_of_its_language(language: str, message: str, kind: str) -> None:
    assert feedback.complaint(replace(failing(message), language=language))[0] == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("expected: <Solution$P@1b6d3586> but was: <Solution$P@4554617c>",
         "expected: <Solution$P@74a14482> but was: <Solution$P@1540e19d>"),
        ("goroutine 7 [running]: f(0xc000012345)", "goroutine 34 [running]: f(0xc0000a1b2c)"),
    ],
)  # fmt: skip
def test_addresses_of_other_languages_do_not_reach_the_signature(one: str, other: str) -> None:
    assert feedback.complaint(failing(one))[2] == feedback.complaint(failing(other))[2]


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
