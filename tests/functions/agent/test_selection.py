"""The best of all candidates: anchors first, then what could be delivered as passed, then dual agreement."""

from __future__ import annotations

from math import sqrt

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import selection, trust
from functions.agent.records import Candidate, Finding, LedgerEntry
from functions.agent.words import Origin, TrustState
from making import candidate, case, suite

SUITES = [
    suite("anchors", case("anchors-1", "f(1)", "1"), case("anchors-2", "f(0)", "0")),
    suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"), case("s11-3", "f(4)", "16")),
    suite("s12", case("s12-1", "f(2)", "4"), case("s12-2", "f(5)", "25")),
]
IDS = [c.id for s in SUITES for c in s.cases]


def best(*candidates: Candidate) -> str:
    chosen = selection.best(candidates, trust.ledger(SUITES, candidates))
    assert chosen is not None
    return chosen.id


def passing(id: str, *cases: str, **changes: object) -> Candidate:
    return candidate(id, {i: i in cases for i in IDS}, **changes)


def test_nobody_who_did_not_run_wins() -> None:
    assert selection.best([], []) is None
    assert selection.best([candidate("a1c1")], []) is None
    assert best(candidate("a1c1"), passing("a2c1")) == "a2c1"


def test_an_anchor_outranks_any_number_of_generated_tests() -> None:
    crowd = [passing(f"a{n}c1", "anchors-1", *IDS[2:]) for n in (1, 2, 3)]
    assert best(*crowd, passing("a4c1", "anchors-1", "anchors-2")) == "a4c1"


def test_an_anchor_that_a_stub_passes_outranks_nothing() -> None:
    lone, crowd = passing("a1c1", "anchors-1"), [passing(f"a{n}c1", *IDS[2:]) for n in (2, 3)]
    candidates = [lone, *crowd]
    chosen = selection.best(candidates, trust.ledger(SUITES, candidates, trust.Doubts(["anchors-1"])))
    assert chosen is crowd[0]
    assert best(*candidates) == "a1c1"


def test_agreement_is_the_root_of_the_cluster_times_the_trusted_tests_passed() -> None:
    pair = [passing(f"a{n}c1", "anchors-1", "s11-1", "s11-2") for n in (1, 2)]
    other = passing("a3c1", "anchors-1", "s11-1", "s12-2")
    candidates = [*pair, other]
    ledger = trust.ledger(SUITES, candidates)
    trusted = [e.id for e in ledger if e.state is TrustState.TRUSTED]
    rank = selection.rank(pair[0], candidates, ledger)
    assert rank[2] == sqrt(2) * sum(trust.passes(pair[0], i) for i in trusted)
    assert best(other, *pair) == "a1c1"


def test_copies_do_not_swell_a_cluster() -> None:
    one = passing("a1c1", "anchors-1", "s11-1", sha256="x")
    copies = [passing(f"a{n}c1", "anchors-1", "s11-1", sha256="x") for n in (2, 3)]
    ledger = trust.ledger(SUITES, [one, *copies])
    assert selection.cluster(one, [one, *copies], ledger) == {"x"}


def test_one_that_passes_all_that_is_trusted_beats_a_crowd_that_does_not() -> None:
    ledger = [
        LedgerEntry(i, i, TrustState.TRUSTED, Origin.ANCHOR if i.startswith("anchors") else Origin.GENERATED)
        for i in IDS[:5]
    ]
    crowd = [passing(f"a{n}c1", *IDS[:4]) for n in (1, 2, 3)]
    lone = passing("a4c1", *IDS[:5])
    assert selection.best([*crowd, lone], ledger) is lone


def test_of_two_equals_the_one_without_a_grave_finding_wins_and_then_the_older() -> None:
    grave = Finding("solution.py", 1, "S307", "eval", "error")
    assert best(passing("a1c1", *IDS, findings=(grave,)), passing("a2c1", *IDS)) == "a2c1"
    assert best(passing("a1c1", *IDS), passing("a2c1", *IDS)) == "a1c1"


RESULTS = st.lists(st.sets(st.sampled_from(IDS)), min_size=1, max_size=6).map(
    lambda drawn: [passing(f"a{n}c1", *cases) for n, cases in enumerate(drawn, 1)]
)


@settings(max_examples=120, deadline=None)
@given(RESULTS, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_the_winner_only_among_equals(candidates: list[Candidate], random) -> None:  # type: ignore[no-untyped-def]
    ledger = trust.ledger(SUITES, candidates)
    shuffled = random.sample(candidates, len(candidates))
    ranks = [selection.rank(selection.best(c, ledger), candidates, ledger) for c in (candidates, shuffled)]  # type: ignore[arg-type]
    assert ranks[0] == ranks[1]
    assert {e.id: e.state for e in trust.ledger(SUITES, shuffled)} == {e.id: e.state for e in ledger}


@settings(max_examples=120, deadline=None)
@given(RESULTS)
def test_no_candidate_passes_more_anchors_than_the_winner(candidates: list[Candidate]) -> None:
    ledger = trust.ledger(SUITES, candidates)
    anchors = [e.id for e in ledger if e.origin is Origin.ANCHOR]
    winner = selection.best(candidates, ledger)
    assert winner is not None
    assert all(
        sum(trust.passes(c, i) for i in anchors) <= sum(trust.passes(winner, i) for i in anchors) for c in candidates
    )
