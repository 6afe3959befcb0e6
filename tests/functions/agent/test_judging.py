"""The verdict: passed, partial or failed, and how sure we are. Design sections 6 and 9."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import judging
from functions.agent.records import Candidate, Finding, Verdict
from functions.agent.trust import passes
from functions.agent.words import Confidence, Origin, Status, TrustState
from making import candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", *(case(f"s11-{n}", f"f({n + 1})", str((n + 1) ** 2)) for n in range(1, 4)))
SECOND = suite("s12", *(case(f"s12-{n}", f"f({n + 1})", str((n + 1) ** 2)) for n in range(1, 4)))
SUITES = [ANCHORS, FIRST, SECOND]
IDS = [c.id for s in SUITES for c in s.cases]
GRAVE = Finding("solution.py", 1, "S307", "eval", "error")


def verdict(*candidates: Candidate, level: str = "R2", suites: list | None = None) -> Verdict:  # type: ignore[type-arg]
    found = execution(SUITES if suites is None else suites, candidates, level).verdict
    assert found is not None
    return found


def all_passed(id: str = "a1c1", **changes: object) -> Candidate:
    return candidate(id, dict.fromkeys(IDS, True), **changes)


def test_all_anchors_and_trusted_cases_make_it_passed() -> None:
    found = verdict(all_passed())
    assert (found.status, found.winner, found.passed, found.total) == (Status.PASSED, "a1c1", 7, 7)
    assert found.reason == "It passes every test that can be trusted: 1 from the request and 6 generated."


def test_a_broken_anchor_makes_it_partial_and_is_named() -> None:
    found = verdict(candidate("a1c1", {**dict.fromkeys(IDS, True), "anchors-1": False}))
    assert found.status is Status.PARTIAL
    assert "f(1) == 1" in found.reason
    assert found.confidence is Confidence.UNVERIFIED


def test_a_missing_anchor_is_a_broken_one() -> None:
    found = verdict(candidate("a1c1", {i: True for i in IDS if i != "anchors-1"}))
    assert found.status is Status.PARTIAL


def test_a_grave_finding_is_never_passed_and_a_small_one_may_be() -> None:
    assert verdict(all_passed(findings=(GRAVE,))).status is Status.PARTIAL
    small = Finding("solution.py", 1, "E501", "long", "warning")
    assert verdict(all_passed(findings=(small,))).status is Status.PASSED


def test_nothing_to_trust_is_partial_and_unverified() -> None:
    found = verdict(candidate("a1c1", {"s11-1": True, "s11-2": False, "s11-3": True}), suites=[FIRST])
    assert (found.status, found.confidence) == (Status.PARTIAL, Confidence.UNVERIFIED)


def test_no_pass_at_all_or_no_run_at_all_is_failed() -> None:
    assert verdict(candidate("a1c1", dict.fromkeys(IDS, False))).status is Status.FAILED
    found = verdict(candidate("a1c1"), candidate("a2c1"))
    assert (found.status, found.winner) == (Status.FAILED, "a2c1")


def test_only_a_judge_out_of_reach_an_anchor_and_agreement_make_it_verified() -> None:
    two = (all_passed("a1c1"), all_passed("a2c1"))
    assert verdict(*two, level="R4").confidence is Confidence.VERIFIED
    assert verdict(*two, level="R3").confidence is Confidence.LIKELY
    assert verdict(all_passed(), level="R4").confidence is Confidence.LIKELY
    unanchored = [candidate(f"a{n}c1", dict.fromkeys(IDS[1:], True)) for n in (1, 2)]
    assert verdict(*unanchored, level="R4", suites=[FIRST, SECOND]).confidence is Confidence.LIKELY


def test_an_anchor_alone_with_the_generated_tests_against_it_is_unverified_and_not_settled() -> None:
    lone = candidate("a1c1", {i: i == "anchors-1" for i in IDS})
    apart = [ANCHORS, FIRST, suite("s12", case("s12-1", "f(9)", "80"))]
    judged = execution(apart, [lone])
    assert judged.verdict is not None
    assert judged.verdict.status is Status.PASSED
    assert judged.verdict.confidence is Confidence.UNVERIFIED
    assert not judging.settled(judged)
    second = execution(apart, [lone, candidate("a2c1", {i: i == "anchors-1" for i in IDS})])
    assert judging.settled(second)


def test_support_is_the_share_of_generated_cases_passed() -> None:
    half = candidate("a1c1", {"s11-1": True, "s11-2": False, "s11-3": True, "s12-1": False})
    assert judging.support(execution([FIRST, suite("s12", case("s12-1"))], [half]), half) == 0.5
    assert judging.support(execution([ANCHORS], [half]), half) == 1.0


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(IDS), st.booleans()), max_size=5),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.sampled_from([SUITES, [FIRST, SECOND], [ANCHORS], [FIRST], []]),
)
def test_passed_means_every_anchor_every_trusted_case_and_at_least_one_of_them(  # type: ignore[no-untyped-def]
    results, grave, suites
) -> None:
    known = {c.id for s in suites for c in s.cases}
    candidates = [
        candidate(f"a{n}c1", {i: p for i, p in r.items() if i in known}, findings=(GRAVE,) if g else ())
        for n, (r, g) in enumerate(zip(results, grave, strict=False), 1)
    ]
    judged = execution(suites, candidates)
    if judged.verdict is None or judged.verdict.status is not Status.PASSED:
        return
    winner = next(c for c in candidates if c.id == judged.verdict.winner)
    binding = [e for e in judged.ledger if e.state is TrustState.TRUSTED or e.origin is not Origin.GENERATED]
    assert binding
    assert all(passes(winner, e.id) for e in binding)
    assert not winner.findings
