"""Which test to believe. Every case has a state, an origin and its evidence; repair never edits a test, only this does.

An anchor was stated by the user. A generated case earns trust by votes: how many textually distinct candidates pass it,
how many of the others agree on another output, and whether the suites, written apart from each other, state the same
value for the same call. Candidates that break an anchor have no vote beside such as break none: who misread the request
for the code's sake would misread it for the tests' sake too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from functions.agent import claims, outputs
from functions.agent.claims import Claims
from functions.agent.records import Candidate, Case, LedgerEntry, Suite
from functions.agent.words import CaseOutcome, Origin, TrustState

TRUSTED_SHARE = 0.6
"""Of the distinct candidates; measured elsewhere: 3 of 5 votes → 82 % of such assertions are right, 1 of 5 → 42 %."""
SHOWN = 60
"""Characters of an output in a line of evidence."""
QUORUM = 3
"""Fewer distinct candidates than this can't condemn a test: they may all be wrong."""


@dataclass(frozen=True)
class Doubts:
    """What was found out about cases, by id: `vacuous` ones pass on a stub, which does nothing; `flaky` ones came out
    differently when the same code was run again. `without` names parts of the loop that are switched off."""

    vacuous: Collection[str] = ()
    flaky: Collection[str] = ()
    without: Collection[str] = ()


def ledger(
    suites: Sequence[Suite], candidates: Sequence[Candidate], doubts: Doubts = Doubts()
) -> tuple[LedgerEntry, ...]:
    """One entry a case, in the order of the suites, from all results there are."""
    vacuous = doubts.vacuous
    hollow = frozenset(c.id for s in suites for c in s.cases if c.id in vacuous and not claims.wants_truth(c))
    voters = distinct(candidates)
    keeping = keepers(candidates, suites, hollow)
    heard = keeping or candidates
    sound = [c for c in heard if returns_a_value(c, suites, hollow)]
    known = _Known(
        hollow,
        claims.collect(suites, hollow),
        claims.collect([s for s in suites if s.origin is not Origin.GENERATED], hollow),
        bool(sound) and len(voters) == 1 and _passes_every_generated_suite(suites, voters[0], hollow),
        frozenset(c.id for c in keeping),
        doubts,
    )
    return tuple(
        _entry(suite, case, candidates, _voters(suite, case, candidates, sound, heard), known)
        for suite in suites
        for case in suite.cases
    )


@dataclass(frozen=True)
class _Known:
    """What all entries are judged by. `clean`: the only candidate passes all of two suites. `keeping`: who breaks no
    anchor."""

    hollow: frozenset[str]
    claims: Claims
    stated: Claims
    clean: bool
    keeping: frozenset[str]
    doubts: Doubts


def keepers(candidates: Sequence[Candidate], suites: Sequence[Suite], hollow: Collection[str]) -> list[Candidate]:
    """The candidates that break nothing of what was stated; none where nothing was."""
    stated = [c.id for s in suites if s.origin is not Origin.GENERATED for c in s.cases if c.id not in hollow]
    if not stated:
        return []
    return [c for c in candidates if c.results and all(passes(c, i) for i in stated if i in c.results)]


def _voters(
    suite: Suite, case: Case, everyone: Sequence[Candidate], sound: Sequence[Candidate], heard: Sequence[Candidate]
) -> Sequence[Candidate]:
    if suite.origin is not Origin.GENERATED:
        return everyone
    return sound if case.error else heard


def returns_a_value(candidate: Candidate, suites: Sequence[Suite], hollow: Collection[str] = ()) -> bool:
    """Whether it passes a case that expects a value; one that never does has no vote on cases that expect an error.

    Code that always raises passes all of those, and proves nothing."""
    return any(passes(candidate, c.id) for s in suites for c in s.cases if not c.error and c.id not in hollow)


def distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that ran, each text once: copies don't get a second vote."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.results:
            seen.setdefault(candidate.sha256, candidate)
    return list(seen.values())


def passes(candidate: Candidate, case_id: str) -> bool:
    result = candidate.results.get(case_id)
    return result is not None and result.outcome is CaseOutcome.PASSED


def stuck(candidate: Candidate, suite: Suite) -> bool:
    """Whether the whole suite ended in one error beside code that passes something elsewhere: one test that does not
    compile takes all of its file along, and says nothing of the code."""
    own = [candidate.results[c.id] for c in suite.cases if c.id in candidate.results]
    alike = len(own) > 1 and len({(r.outcome, r.message) for r in own}) == 1 and own[0].outcome is CaseOutcome.ERROR
    return alike and any(r.outcome is CaseOutcome.PASSED for r in candidate.results.values())


def _passes_every_generated_suite(suites: Sequence[Suite], candidate: Candidate, hollow: Collection[str]) -> bool:
    cases = [[c.id for c in s.cases if c.id not in hollow] for s in suites if s.origin is Origin.GENERATED]
    generated = [ids for ids in cases if ids]
    return len(generated) >= 2 and all(passes(candidate, i) for ids in generated for i in ids)


def _entry(
    suite: Suite, case: Case, candidates: Sequence[Candidate], voters: Sequence[Candidate], known: _Known
) -> LedgerEntry:
    results = {c.id: c.results[case.id].outcome for c in candidates if case.id in c.results}
    heard = [c for c in voters if case.id in c.results]
    asked = distinct([c for c in heard if not stuck(c, suite)])
    votes = sum(passes(v, case.id) for v in asked)
    hollow = case.id in known.hollow
    if suite.origin is not Origin.GENERATED:
        state, evidence = TrustState.TRUSTED, [_stated(suite.origin)]
        evidence += ["a stub passes it too: alone it proves nothing"] * hollow
    elif case.id in known.doubts.flaky:
        state, evidence = TrustState.QUARANTINED, ["flaky: the same code passed and failed it"]
    elif hollow:
        state, evidence = TrustState.QUARANTINED, ["a stub passes it too: it accepts anything"]
    elif claims.contradicted(case, known.stated):
        state, evidence = TrustState.QUARANTINED, ["contradicts what was stated for the same call"]
    else:
        state, evidence = _generated(case, votes, len(asked), outputs.rivals(case.id, asked), known)
        if known.keeping and not votes:
            others = distinct([c for c in candidates if c.id not in known.keeping and case.id in c.results])
            state, more = _refused(state, len(asked), [passes(c, case.id) for c in others], known)
            evidence += more
    if len(asked) < len(distinct(heard)):
        evidence.append("its suite as a whole did not run with code that other suites ran")
    if asked:
        evidence.append(f"{votes} of {len(asked)} distinct candidates pass it")
    return LedgerEntry(case.id, case.name, state, suite.origin, tuple(evidence), results, hollow)


def _stated(origin: Origin) -> str:
    return "stated in the request" if origin is Origin.ANCHOR else "a test of the repository"


def _generated(
    case: Case, votes: int, asked: int, others: tuple[int, str], known: _Known
) -> tuple[TrustState, list[str]]:
    """`others`: how many candidates agree on another output than the expected one, and that output."""
    backers = claims.backers(case, known.claims)
    rivals = claims.contradicted(case, known.claims)
    evidence = [f"{backers} suites state the same call and value"] if backers > 1 else []
    if rivals:
        evidence.append("another test states another value for the same call")
    against, output = others
    if against > 1:
        evidence.append(f"{against} of {asked} distinct candidates give {output[:SHOWN]} instead")
    if known.clean:
        evidence.append("the candidate passes all of both suites")
    return _state(votes, asked, against, backers > 1 and not rivals, known), evidence


def _refused(state: TrustState, asked: int, others: Sequence[bool], known: _Known) -> tuple[TrustState, list[str]]:
    """The state of a case that no candidate passes which keeps to the request. `others`: how the rest does on it."""
    if any(others):
        worst = TrustState.DOUBTFUL if state is TrustState.TRUSTED else state
        return worst, ["only code that breaks an example of the request passes it"]
    if asked + len(others) >= QUORUM and "quarantine" not in known.doubts.without:
        return TrustState.QUARANTINED, []
    return state, []


def _state(votes: int, asked: int, against: int, agreed: bool, known: _Known) -> TrustState:
    """`agreed`: two suites that were written apart state the same value, and none another."""
    without = known.doubts.without
    if "quarantine" not in without and _condemned(votes, asked, against):
        return TrustState.QUARANTINED
    if known.clean or (0 < asked < QUORUM and agreed):  # too few votes to overrule two suites that agree
        return TrustState.TRUSTED
    if agreed and votes >= max(1, against):  # the code is at odds: two suites decide between equals
        return TrustState.TRUSTED
    if "agreement" not in without and votes >= 2 and _elected(votes, asked, against):
        return TrustState.TRUSTED
    return TrustState.DOUBTFUL


def _condemned(votes: int, asked: int, against: int) -> bool:
    nobody = (asked >= QUORUM and votes == 0) or (asked >= 5 and votes <= 1)
    return nobody or (against >= QUORUM and against > 2 * votes)


def _elected(votes: int, asked: int, against: int) -> bool:
    """By a clear majority, or by more votes than any other output has, where the others are at odds."""
    return votes / asked >= TRUSTED_SHARE or (votes >= QUORUM and votes >= 2 * against)
