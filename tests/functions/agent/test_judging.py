"""The verdict: passed, partial or failed, and how sure we are. Design sections 6 and 9."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import judging
from functions.agent.records import Candidate, CaseResult, Execution, Finding, Suite, Verdict
from functions.agent.trust import passes
from functions.agent.words import CaseOutcome, Confidence, Level, Origin, Status, TrustState
from making import FAILED, candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", *(case(f"s11-{n}", f"f({n + 1})", str((n + 1) ** 2)) for n in range(1, 4)))
SECOND = suite("s12", *(case(f"s12-{n}", f"f({n + 1})", str((n + 1) ** 2)) for n in range(1, 4)))
SUITES = [ANCHORS, FIRST, SECOND]
IDS = [c.id for s in SUITES for c in s.cases]
GRAVE = Finding("solution.py", 1, "S307", "eval", "error")


def verdict(*candidates: Candidate, suites: list[Suite] | None = None, **changes: Any) -> Verdict:
    found = execution(SUITES if suites is None else suites, candidates, **changes).verdict
    assert found is not None
    return found


def all_passed(id: str = "a1c1", **changes: Any) -> Candidate:
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


def two(level: str) -> tuple[Candidate, Candidate]:
    return all_passed("a1c1", level=level), all_passed("a2c1", level=level)


@pytest.mark.parametrize(
    ("level", "confidence"),
    [("R3", Confidence.LIKELY), ("R4", Confidence.VERIFIED), ("vectors", Confidence.VERIFIED)],
)
def test_only_a_judge_out_of_reach_makes_it_verified(level: str, confidence: Confidence) -> None:
    found = verdict(*two(level))
    assert (found.status, found.confidence, found.level) == (Status.PASSED, confidence, level)


def test_verified_takes_an_anchor_and_a_second_candidate_too() -> None:
    assert verdict(all_passed(level="R4")).confidence is Confidence.LIKELY
    unanchored = [candidate(f"a{n}c1", dict.fromkeys(IDS[1:], True), level="R4") for n in (1, 2)]
    assert verdict(*unanchored, suites=[FIRST, SECOND]).confidence is Confidence.LIKELY


def at(levels: Mapping[str, str]) -> list[Candidate]:
    """Two candidates that pass everything at `vectors`, but for what is said here."""
    results = {i: CaseResult(CaseOutcome.PASSED, level=Level(levels.get(i, "vectors"))) for i in IDS}
    return [candidate(f"a{n}c1", results) for n in (1, 2)]


def test_the_level_is_the_weakest_of_the_passes_that_count() -> None:
    assert verdict(*at({})).level is Level.VECTORS
    weak = verdict(*at({"s12-3": "R3"}))
    assert (weak.level, weak.confidence) == (Level.R3, Confidence.LIKELY)
    assert verdict(*at({"s12-3": "R4"})).confidence is Confidence.VERIFIED


def test_cases_that_expect_an_error_and_doubtful_ones_do_not_weaken_it() -> None:
    errors = suite("s12", *(replace(c, error=True) for c in SECOND.cases))
    assert verdict(*at({"s12-3": "R3"}), suites=[ANCHORS, FIRST, errors]).level is Level.VECTORS
    alone = suite("s12", case("s12-1", "f(9)", "81"))
    one, other = at({"s12-1": "R3"})
    judged = execution([ANCHORS, alone], [one, replace(other, results={"s12-1": CaseResult(FAILED)})])
    assert judged.ledger[1].state is TrustState.DOUBTFUL
    assert judged.verdict is not None
    assert (judged.verdict.winner, judged.verdict.level) == ("a1c1", Level.VECTORS)


@pytest.mark.parametrize("level", ["", "R2"])
def test_passes_that_nothing_shows_able_to_fail_are_no_pass(level: str) -> None:
    found = verdict(*two(level))
    assert (found.status, found.confidence, found.level) == (Status.PARTIAL, Confidence.UNVERIFIED, level)
    assert "nothing shows that wrong code would have failed" in found.reason


def test_some_passes_at_a_low_level_weaken_the_verdict_and_do_not_take_it_away() -> None:
    found = verdict(*at({"s11-1": "R2", "s12-1": "R2"}))
    assert (found.status, found.confidence, found.level) == (Status.PASSED, Confidence.LIKELY, Level.R2)


def test_anchors_that_a_stub_passes_bind_but_prove_nothing() -> None:
    alone = verdict(candidate("a1c1", {"anchors-1": True}), suites=[ANCHORS], vacuous=["anchors-1"])
    assert alone.status is Status.PARTIAL
    assert "code which does nothing" in alone.reason
    broken = candidate("a1c1", {**dict.fromkeys(IDS, True), "anchors-1": False})
    assert verdict(broken, vacuous=["anchors-1"]).status is Status.PARTIAL
    assert verdict(*two("R4"), vacuous=["anchors-1"]).confidence is Confidence.LIKELY, "it is no anchor for confidence"


def shown(judged: Execution, *ids: str) -> Verdict:
    """The verdict when the second attempt was told of these cases."""
    attempts = (judged.attempts[0], replace(judged.attempts[1], shown=ids))
    return judging.verdict_of(replace(judged, attempts=attempts))


def test_verified_takes_a_trusted_case_that_the_code_s_writer_never_saw() -> None:
    judged = execution(SUITES, two("R4"))
    assert shown(judged).confidence is Confidence.VERIFIED
    assert shown(judged, "s11-1", "s11-2").confidence is Confidence.VERIFIED, "f(4) is still unseen"
    all_seen = shown(judged, "s11-1", "s11-2", "s11-3")
    assert (all_seen.status, all_seen.confidence) == (Status.PASSED, Confidence.LIKELY), "the other suite has the same"


def test_an_unseen_case_that_is_not_trusted_does_not_make_it_verified() -> None:
    alone = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(9)", "80"), case("s11-3", "f(3)", "9"))
    results = {"anchors-1": True, "s11-1": True, "s11-3": True}
    judged = execution([ANCHORS, alone], [candidate(f"a{n}c1", results, level="R4") for n in (1, 2)])
    assert [str(e.state) for e in judged.ledger][1:] == ["trusted", "doubtful", "trusted"]
    assert shown(judged).confidence is Confidence.VERIFIED
    assert shown(judged, "s11-1", "s11-3").confidence is Confidence.LIKELY


def test_generated_tests_that_are_against_the_code_make_it_neither_verified_nor_likely() -> None:
    many = suite("s12", *(case(f"s12-{n}", f"f({n + 9})", "0") for n in range(1, 9)))
    judged = execution([*SUITES[:2], many], [candidate(f"a{n}c1", passing(), level="R4") for n in (1, 2)])
    assert judging.verdict_of(judged).status is Status.PASSED
    assert judging.verdict_of(judged).confidence is Confidence.UNVERIFIED
    outvoted = execution([*SUITES[:2], many], [candidate(f"a{n}c1", passing(3), level="R4") for n in (1, 2, 3)])
    assert judging.verdict_of(outvoted).confidence is Confidence.LIKELY, "three that agree outvote half of the tests"


def passing(extra: int = 0) -> dict[str, bool]:
    """The anchor, the first suite, and so many of the other one."""
    return dict.fromkeys(["anchors-1", *(c.id for c in FIRST.cases), *(f"s12-{n}" for n in range(1, extra + 1))], True)


def test_cases_that_the_request_has_are_no_unseen_ones() -> None:
    calls = "f(2), f(3) and f( 4 ) are 4, 9 and 16"
    judged = execution(SUITES, two("R4"), prompt=calls)
    assert judging.verdict_of(judged).confidence is Confidence.LIKELY


def test_an_anchor_alone_with_the_generated_tests_against_it_is_unverified_and_not_settled() -> None:
    lone = candidate("a1c1", {i: i == "anchors-1" for i in IDS})
    apart = [ANCHORS, FIRST, suite("s12", case("s12-1", "f(9)", "80"))]
    judged = execution(apart, [lone])
    assert judged.verdict is not None
    assert judged.verdict.status is Status.PASSED
    assert judged.verdict.confidence is Confidence.UNVERIFIED
    assert not judging.settled(judged)
    alike = [candidate(f"a2c{n}", {i: i == "anchors-1" for i in IDS}) for n in (1, 2)]
    assert not judging.settled(execution(apart, [lone, *alike[:1]])), "two versions do not outvote the tests"
    assert judging.settled(execution(apart, [lone, *alike])), "three do"


def test_a_leader_is_ahead_by_the_distinct_versions_that_behave_like_it() -> None:
    right = {"anchors-1": True, "s11-1": True, "s12-1": True}
    wrong = {"anchors-1": True, "s11-1": False, "s12-1": True}
    broken = {"anchors-1": False, "s11-1": False, "s12-1": True}
    suites = [ANCHORS, suite("s11", case("s11-1", "f(2)", "4")), suite("s12", case("s12-1", "f(3)", "9"))]
    versions = [candidate(f"a1c{n}", right) for n in (1, 2)]
    assert judging.ahead(execution(suites, versions)) == 2
    assert judging.ahead(execution(suites, [*versions, replace(versions[0], id="a2c1")])) == 2, "copies do not count"
    assert judging.ahead(execution(suites, [*versions, candidate("a2c1", wrong)])) == 1
    out = [candidate(f"a3c{n}", broken) for n in (1, 2, 3)]
    assert judging.ahead(execution(suites, [*versions, *out])) == 2, "who breaks an anchor is out of the race"
    assert judging.ahead(execution(suites)) == 0


def test_only_tests_that_mean_something_can_be_against_a_candidate() -> None:
    passing = {"anchors-1": True, "s11-1": True, "s11-2": False, "s11-3": False, "s11-4": False}
    asked = suite(
        *("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(1)", "7"), case("s11-3", "f(3)", "9")),
        case("s11-4", "f(4)", "16"),
    )
    lone = candidate("a1c1", passing)
    judged = replace(execution([ANCHORS, asked], [lone], ["s11-3"]), flaky=("s11-4",))
    assert judging.support(judged, lone) == 1.0, "one contradicts the anchor, one is vacuous, one is flaky"


@pytest.mark.parametrize(
    ("prompt", "support"), [("Clamp n.", 1.0), ("Clamp n; raise ValueError for None.", 0.5), ("Throws on null", 0.5)]
)
def test_an_error_that_nobody_asked_for_is_not_held_against_a_candidate(prompt: str, support: float) -> None:
    lone = candidate("a1c1", {"s11-1": True, "s11-2": False})
    asked = suite("s11", case("s11-1", "f(2)", "4"), replace(case("s11-2", "f(None)", ""), error="ValueError"))
    assert judging.support(replace(execution([asked], [lone]), prompt=prompt), lone) == support


def test_what_the_request_states_makes_less_agreement_enough_for_the_first_candidate() -> None:
    asked = suite("s11", *(case(f"s11-{n}", f"f({n + 1})", str((n + 1) ** 2)) for n in range(1, 6)))
    half = {f"s11-{n}": n < 4 for n in range(1, 6)}
    assert judging.settled(execution([ANCHORS, asked], [candidate("a1c1", {"anchors-1": True, **half})]))
    less = {f"s11-{n}": n < 3 for n in range(1, 6)}
    assert not judging.settled(execution([ANCHORS, asked], [candidate("a1c1", {"anchors-1": True, **less})]))
    lucky = [candidate("a1c1", {"anchors-1": False}), candidate("a1c2", {"anchors-1": True, **half})]
    assert not judging.settled(execution([ANCHORS, asked], lucky)), "of several, one may be lucky"
    pair = [candidate(f"a1c{n}", half) for n in (1, 2)]
    assert not judging.settled(execution([asked], pair)), "nothing is stated here"


def test_support_is_the_share_of_generated_cases_passed() -> None:
    half = candidate("a1c1", {"s11-1": True, "s11-2": False, "s11-3": True, "s12-1": False})
    assert judging.support(execution([FIRST, suite("s12", case("s12-1"))], [half]), half) == 0.5
    assert judging.support(execution([ANCHORS], [half]), half) == 1.0


def test_what_a_passed_one_lacks_to_be_verified_is_named() -> None:
    pair = [candidate(f"a1c{n}", dict.fromkeys(IDS, True), level="R4") for n in (1, 2)]
    assert verdict(*pair).gaps == ()
    assert verdict(*pair).confidence is Confidence.VERIFIED
    assert verdict(pair[0]).gaps == ("no other version of the code was found to behave alike",)
    lone = verdict(all_passed(), suites=[FIRST, SECOND])
    assert list(lone.gaps) == [
        "code and tests could not be kept apart",
        "the request states no value that could be tested",
        "no other version of the code was found to behave alike",
    ]
    failing = {"anchors-1": True, "s11-1": True, "s11-2": False, "s11-3": False}
    gaps = verdict(candidate("a1c1", failing), suites=[ANCHORS, FIRST]).gaps
    assert gaps[-1] == "it fails 67% of the tests that were made up for it"
    assert verdict(candidate("a1c1", dict.fromkeys(IDS, False))).gaps == (), "it is not a passed one"


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
