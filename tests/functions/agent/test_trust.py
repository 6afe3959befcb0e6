"""Which tests are believed, and why: design sections 6 and 9."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import trust
from functions.agent.records import Candidate, CaseResult, LedgerEntry, Suite
from functions.agent.words import CaseOutcome, Origin, TrustState
from making import candidate, case, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"))
SECOND = suite("s12", case("s12-1", "f(2)", "4"), case("s12-2", "f(5)", "25"))


def state(id: str, suites: list[Suite], *candidates: Candidate) -> TrustState:
    return entry(id, suites, *candidates).state


def entry(id: str, suites: list[Suite], *candidates: Candidate) -> LedgerEntry:
    return next(e for e in trust.ledger(suites, candidates) if e.id == id)


def voters(id: str, *votes: bool) -> list[Candidate]:
    return [candidate(f"a{n}c1", {id: vote}) for n, vote in enumerate(votes, 1)]


def test_what_the_user_or_the_repository_states_is_trusted_whoever_fails_it() -> None:
    repository = suite("repo", case("repo-1", "f(9)", "81"), origin=Origin.REPOSITORY)
    for id, stated in (("anchors-1", ANCHORS), ("repo-1", repository)):
        found = entry(id, [stated], *voters(id, False, False, False, False, False))
        assert found.state is TrustState.TRUSTED
        assert "0 of 5 distinct candidates pass it" in found.evidence


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((True, True, True, True, True), TrustState.TRUSTED),
        ((True, True, True, False, False), TrustState.TRUSTED),
        ((True, True, False, False, False), TrustState.DOUBTFUL),
        ((True, False, False, False, False), TrustState.QUARANTINED),
        ((False, False, False, False, False), TrustState.QUARANTINED),
        ((False, False, False), TrustState.QUARANTINED),
        ((True, False, False), TrustState.DOUBTFUL),
        ((False, False), TrustState.DOUBTFUL),
        ((True, True), TrustState.TRUSTED),
        ((True, False), TrustState.DOUBTFUL),
        ((True,), TrustState.DOUBTFUL),
        ((), TrustState.DOUBTFUL),
    ],
)
def test_votes_of_distinct_candidates_decide(votes: tuple[bool, ...], expected: TrustState) -> None:
    assert state("s11-1", [FIRST], *voters("s11-1", *votes)) is expected


def test_copies_of_one_text_have_one_vote() -> None:
    copies = [candidate(f"a{n}c1", {"s11-1": True}, sha256="same") for n in range(1, 6)]
    assert state("s11-1", [FIRST], *copies) is TrustState.DOUBTFUL


def test_a_copy_that_ran_before_the_suite_was_written_does_not_silence_the_later_one() -> None:
    early = [candidate("a1c1", {"anchors-1": True}, sha256="x"), candidate("a1c2", {"anchors-1": True}, sha256="y")]
    late = [candidate("a2c1", {"s11-1": True}, sha256="x"), candidate("a2c2", {"s11-1": True}, sha256="y")]
    assert state("s11-1", [ANCHORS, FIRST], *early, *late) is TrustState.TRUSTED


def test_with_one_candidate_two_suites_that_state_the_same_are_believed_even_against_it() -> None:
    lone = candidate("a1c1", {"s11-1": False, "s11-2": True, "s12-1": False, "s12-2": True})
    assert state("s11-1", [FIRST, SECOND], lone) is TrustState.TRUSTED
    assert state("s11-2", [FIRST, SECOND], lone) is TrustState.DOUBTFUL
    assert state("s11-1", [FIRST, SECOND]) is TrustState.DOUBTFUL


def test_with_one_candidate_that_passes_all_of_both_suites_all_of_them_are_believed() -> None:
    lone = candidate("a1c1", {c.id: True for s in (FIRST, SECOND) for c in s.cases})
    assert {e.state for e in trust.ledger([FIRST, SECOND], [lone])} == {TrustState.TRUSTED}
    only_one_suite = candidate("a1c1", {c.id: True for c in FIRST.cases})
    assert state("s11-1", [FIRST], only_one_suite) is TrustState.DOUBTFUL


def test_code_that_breaks_an_example_has_no_vote_beside_code_that_breaks_none() -> None:
    breakers = [candidate(f"a1c{n}", {"anchors-1": False, "s11-1": True, "s11-2": False}) for n in (1, 2, 3)]
    keeper = candidate("a2c1", {"anchors-1": True, "s11-1": False, "s11-2": True})
    agreed = suite("s12", case("s12-1", "f(2)", "5"))
    asked = suite("s11", case("s11-1", "f(2)", "5"), case("s11-2", "f(3)", "9"))
    suites = [suite("anchors", case("anchors-1", "f(1)", "1")), asked, agreed]
    found = {e.id: e for e in trust.ledger(suites, [*breakers, keeper])}
    assert found["s11-1"].state is TrustState.DOUBTFUL
    assert "only code that breaks an example of the request passes it" in found["s11-1"].evidence
    assert found["s11-2"].state is not TrustState.QUARANTINED, "three that break an example would condemn it"
    assert found["anchors-1"].evidence[-1] == "1 of 4 distinct candidates pass it"
    nobody = [replace(c, results={**c.results, "s11-1": c.results["anchors-1"]}) for c in breakers]
    failing = replace(keeper, results={**keeper.results, "s11-1": breakers[0].results["anchors-1"]})
    assert {e.id: e for e in trust.ledger(suites, [*nobody, failing])}["s11-1"].state is TrustState.QUARANTINED


def test_suites_that_contradict_each_other_do_not_agree() -> None:
    other = suite("s12", case("s12-1", "f(2)", "5"), case("s12-2", "f(2)", "4"))
    lone = candidate("a1c1", {"s11-1": False, "s12-1": False, "s12-2": False})
    found = entry("s11-1", [FIRST, other], lone)
    assert found.state is TrustState.DOUBTFUL
    assert "another test states another value for the same call" in found.evidence


def test_a_generated_test_against_an_anchor_is_quarantined_however_many_pass_it() -> None:
    lying = suite("s11", case("s11-1", "f(1)", "2"), case("s11-2", "f(1)", "1.0"))
    candidates = [candidate(f"a{n}c1", {"s11-1": True, "s11-2": True, "anchors-1": False}) for n in range(1, 6)]
    found = entry("s11-1", [ANCHORS, lying], *candidates)
    assert found.state is TrustState.QUARANTINED
    assert "contradicts what was stated for the same call" in found.evidence
    assert state("s11-2", [ANCHORS, lying], *candidates) is TrustState.TRUSTED, "1.0 is 1 in other words"


def test_the_ledger_keeps_what_each_candidate_did() -> None:
    a, b = candidate("a1c1", {"s11-1": True}), candidate("a2c1", {"s11-1": CaseOutcome.MISSING})
    assert entry("s11-1", [FIRST], a, b).results == {"a1c1": CaseOutcome.PASSED, "a2c1": CaseOutcome.MISSING}


def test_code_that_only_ever_raises_has_no_vote_on_tests_that_expect_an_error() -> None:
    raising = "def test_2():\n    with pytest.raises(ValueError):\n        f(-1)"
    both = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", source=raising, error=True))
    stubs = [candidate(f"a{n}c1", {"s11-1": False, "s11-2": True}) for n in range(1, 4)]
    assert state("s11-2", [both], *stubs) is TrustState.DOUBTFUL
    honest = [candidate(f"a{n}c1", {"s11-1": True, "s11-2": True}) for n in (4, 5)]
    assert state("s11-2", [both], *stubs, *honest) is TrustState.TRUSTED


def test_a_generated_case_that_a_stub_passes_is_quarantined_and_backs_nothing() -> None:
    everything = [candidate(f"a{n}c1", dict.fromkeys(("anchors-1", "s11-1", "s12-1"), True)) for n in range(1, 4)]
    entries = {e.id: e for e in trust.ledger([ANCHORS, FIRST, SECOND], everything, trust.Doubts(["s11-1"]))}
    assert entries["s11-1"].state is TrustState.QUARANTINED
    assert entries["s11-1"].vacuous
    assert "a stub passes it too: it accepts anything" in entries["s11-1"].evidence
    assert not any("suites state the same" in line for line in entries["s12-1"].evidence)
    assert not entries["s12-1"].vacuous


def test_an_anchor_that_a_stub_passes_stays_and_says_so() -> None:
    found = trust.ledger([ANCHORS], [candidate("a1c1", {"anchors-1": True})], trust.Doubts(["anchors-1"]))[0]
    assert (found.state, found.vacuous) == (TrustState.TRUSTED, True)
    assert "a stub passes it too: alone it proves nothing" in found.evidence


def test_a_vacuous_anchor_condemns_no_generated_case() -> None:
    lying = suite("s11", case("s11-1", "f(1)", "2"))
    entries = trust.ledger([ANCHORS, lying], voters("s11-1", True, True), trust.Doubts(["anchors-1"]))
    assert {e.id: e.state for e in entries}["s11-1"] is TrustState.TRUSTED


def test_a_case_that_asks_for_a_truthy_value_is_not_vacuous_because_a_stub_s_object_is_one() -> None:
    vector = {"call": "f", "args": [2], "expect": {"truthy": True}}
    lone = suite("s11", case("s11-1", source="assert.ok(f(2));", vector=vector))
    found = trust.ledger([lone], voters("s11-1", True, True), trust.Doubts(["s11-1"]))[0]
    assert (found.state, found.vacuous) == (TrustState.TRUSTED, False)
    false = suite("s11", replace(lone.cases[0], vector={**vector, "expect": {"truthy": False}}))
    assert trust.ledger([false], voters("s11-1", True, True), trust.Doubts(["s11-1"]))[0].vacuous


def test_vacuous_cases_give_no_vote_on_errors_and_make_no_suite_clean() -> None:
    errors = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", error=True))
    raising = [candidate(f"a{n}c1", {"s11-1": True, "s11-2": True}) for n in range(1, 4)]
    assert {e.id: e.state for e in trust.ledger([errors], raising, trust.Doubts(["s11-1"]))}[
        "s11-2"
    ] is TrustState.DOUBTFUL
    lone = candidate("a1c1", {c.id: True for s in (FIRST, SECOND) for c in s.cases})
    hollow = [c.id for c in SECOND.cases]
    assert {e.id: e.state for e in trust.ledger([FIRST, SECOND], [lone], trust.Doubts(hollow))}[
        "s11-2"
    ] is TrustState.DOUBTFUL


def test_a_suite_that_does_not_compile_is_not_believed_against_code_that_other_suites_ran() -> None:
    broken = CaseResult(CaseOutcome.ERROR, "Test_s11.java:3: incompatible types")
    lone = candidate("a1c1", {"s11-1": broken, "s11-2": broken, "s12-1": True, "s12-2": False})
    found = entry("s11-1", [FIRST, SECOND], lone)
    assert found.state is TrustState.DOUBTFUL
    assert "its suite as a whole did not run with code that other suites ran" in found.evidence
    assert state("s12-1", [FIRST, SECOND], lone) is TrustState.TRUSTED
    nothing = candidate("a1c1", {"s11-1": broken, "s11-2": broken, "s12-1": broken, "s12-2": broken})
    assert state("s11-1", [FIRST, SECOND], nothing) is TrustState.TRUSTED, "then it is the code that does not compile"
    other = CaseResult(CaseOutcome.ERROR, "ValueError: 2")
    apart = candidate("a1c1", {"s11-1": broken, "s11-2": other, "s12-1": False, "s12-2": True})
    assert state("s11-1", [FIRST, SECOND], apart) is TrustState.TRUSTED


CASES = [c.id for s in (ANCHORS, FIRST, SECOND) for c in s.cases]
OUTCOMES = st.dictionaries(st.sampled_from(CASES), st.booleans() | st.sampled_from(CaseOutcome), max_size=len(CASES))
CANDIDATES = st.lists(st.tuples(OUTCOMES, st.sampled_from("abcdefgh")), max_size=8).map(
    lambda drawn: [candidate(f"a{n}c1", r, sha256=sha) for n, (r, sha) in enumerate(drawn, 1)]
)


@settings(max_examples=150, deadline=None)
@given(CANDIDATES)
def test_a_generated_test_that_nobody_passes_is_believed_only_while_votes_are_few_and_suites_agree(
    candidates: list[Candidate],
) -> None:
    for found in trust.ledger([ANCHORS, FIRST, SECOND], candidates):
        passed = any(trust.passes(c, found.id) for c in candidates)
        if found.state is TrustState.TRUSTED and found.origin is Origin.GENERATED and not passed:
            own = next(s for s in (FIRST, SECOND) if found.id in {c.id for c in s.cases})
            asked = trust.distinct([c for c in candidates if found.id in c.results and not trust.stuck(c, own)])
            assert 0 < len(asked) < trust.QUORUM
            assert "2 suites state the same call and value" in found.evidence


@settings(max_examples=150, deadline=None)
@given(CANDIDATES, st.sets(st.sampled_from(CASES)))
def test_no_generated_case_that_a_stub_passes_is_ever_believed(candidates: list[Candidate], vacuous: set[str]) -> None:
    for found in trust.ledger([ANCHORS, FIRST, SECOND], candidates, trust.Doubts(vacuous)):
        believed = found.origin is Origin.GENERATED and found.state is not TrustState.QUARANTINED
        assert not (believed and found.id in vacuous)
        assert found.vacuous == (found.id in vacuous)


@settings(max_examples=150, deadline=None)
@given(CANDIDATES, st.sampled_from("abcdefghij"))
def test_one_more_candidate_that_fails_never_makes_a_quarantined_test_trusted(
    candidates: list[Candidate], sha: str
) -> None:
    suites = [ANCHORS, FIRST, SECOND]
    before = {e.id: e.state for e in trust.ledger(suites, candidates)}
    failing = candidate("a9c1", dict.fromkeys(CASES, False), sha256=sha)
    for after in trust.ledger(suites, [*candidates, failing]):
        assert not (before[after.id] is TrustState.QUARANTINED and after.state is TrustState.TRUSTED)
