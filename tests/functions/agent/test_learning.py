"""Which tier experience chooses, and what an execution adds to it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.agent.learning import ENOUGH, MEMORY, after, choose, models, track_id
from functions.agent.records import Attempt, Execution, Track, Usage, Verdict
from functions.agent.routing import ORDER, tier_for
from functions.agent.words import Confidence, Preference, Status, Strategy, Tier
from making import candidate, case, execution, suite

NAMES = {Tier.SIMPLE: "ollama/small", Tier.MEDIUM: "groq/middle", Tier.COMPLEX: "anthropic/large"}
BALANCED, FAST, QUALITY = Preference.BALANCED, Preference.FAST, Preference.QUALITY
SIMPLE, MEDIUM, COMPLEX = Tier.SIMPLE, Tier.MEDIUM, Tier.COMPLEX


def track(tier: Tier, solved: float = 0, of: float = 0, tokens: float = 1000, seconds: float = 10) -> Track:
    """`tokens` and `seconds` are of one execution."""
    return Track(track_id(NAMES[tier], "go"), NAMES[tier], "go", of, solved, of, of * tokens, of * seconds)


def tracks(simple: tuple[float, ...] = (), medium: tuple[float, ...] = (), large: tuple[float, ...] = ()) -> Any:
    return {t: track(t, *said) for t, said in zip(ORDER, (simple, medium, large), strict=True)}


def asked(scored: Tier, preference: Preference, known: Any, strategy: Strategy = Strategy.FIRST) -> tuple[Tier, str]:
    return choose(scored, preference, strategy, False, known)


@pytest.mark.parametrize(
    ("scored", "preference", "known", "tier", "reason"),
    [
        (SIMPLE, BALANCED, tracks((3, 11), (9, 10)), MEDIUM,
         "a simple request; medium is asked: simple solved 3 of 11 in Go, medium 9 of 10"),
        (MEDIUM, FAST, tracks((2, 8), (7, 8)), MEDIUM,
         "a medium request, fast preferred; medium is asked: simple solved 2 of 8 in Go, medium 7 of 8"),
        (SIMPLE, BALANCED, tracks((3, 11)), SIMPLE,
         "a simple request; simple solved 3 of 11 in Go, no experience with medium yet"),
        (SIMPLE, BALANCED, tracks((3, 11), (7, 7)), SIMPLE,
         "a simple request; simple solved 3 of 11 in Go, no experience with medium yet"),
        (SIMPLE, BALANCED, tracks((0, 7), (8, 8)), SIMPLE, "a simple request; simple solved 0 of 7 in Go"),
        (SIMPLE, BALANCED, tracks((4, 8), (8, 8)), SIMPLE, "a simple request; simple solved 4 of 8 in Go"),
        (SIMPLE, BALANCED, tracks((3, 8), (4, 8)), SIMPLE, "a simple request; simple solved 3 of 8 in Go"),
        (SIMPLE, BALANCED, tracks((90, 200), (110, 200)), SIMPLE, "a simple request; simple solved 90 of 200 in Go"),
        (SIMPLE, BALANCED, tracks((90, 200), (130, 200)), MEDIUM,
         "a simple request; medium is asked: simple solved 90 of 200 in Go, medium 130 of 200"),
        (SIMPLE, BALANCED, tracks(), SIMPLE, "a simple request; no experience in Go yet"),
        (MEDIUM, BALANCED, tracks((9, 10, 500), (9, 10, 900)), SIMPLE,
         "a medium request; simple is asked: it solved 9 of 10 in Go, with fewer tokens"),
        (MEDIUM, BALANCED, tracks((8, 8, 900, 4), (3, 9, 900, 9)), SIMPLE,
         "a medium request; simple is asked: it solved 8 of 8 in Go, in less time"),
        (MEDIUM, BALANCED, tracks((9, 10, 900, 9), (9, 10, 900, 9)), MEDIUM,
         "a medium request; medium solved 9 of 10 in Go"),
        (MEDIUM, BALANCED, tracks((8, 9, 500), (9, 10, 900)), MEDIUM, "a medium request; medium solved 9 of 10 in Go"),
        (MEDIUM, BALANCED, tracks((7, 7, 500), (9, 10, 900)), MEDIUM, "a medium request; medium solved 9 of 10 in Go"),
        (MEDIUM, BALANCED, tracks((10, 10, 1)), MEDIUM, "a medium request; no experience in Go yet"),
        (SIMPLE, QUALITY, tracks((10, 10, 1), (9, 10, 900)), MEDIUM,
         "a simple request, quality preferred; medium solved 9 of 10 in Go"),
        (SIMPLE, QUALITY, tracks((), (1, 10), (10, 10)), MEDIUM,
         "a simple request, quality preferred; medium solved 1 of 10 in Go"),
        (COMPLEX, BALANCED, tracks((), (), (0, 20)), COMPLEX, "a complex request; complex solved 0 of 20 in Go"),
        (COMPLEX, FAST, tracks((10, 10, 1), (5, 9)), MEDIUM,
         "a complex request, fast preferred; medium solved 5 of 9 in Go"),
    ],
)  # fmt: skip
def test_experience_moves_the_choice_and_says_why(
    scored: Tier, preference: Preference, known: Any, tier: Tier, reason: str
) -> None:
    known = {t: replace(k, executions=float(k.executions)) for t, k in known.items()}
    assert asked(scored, preference, known) == (tier, reason)


COUNTS = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
KNOWN = st.fixed_dictionaries(dict.fromkeys(ORDER, COUNTS)).map(
    lambda counts: {t: track(t, *said) for t, said in counts.items()}
)
ANY = (st.sampled_from(Tier), st.sampled_from(Preference), st.sampled_from(Strategy), st.booleans())


@given(*ANY, KNOWN, st.sets(st.sampled_from(Tier)))
def test_the_bounds_hold_whatever_is_known(
    scored: Tier, preference: Preference, strategy: Strategy, last: bool, known: Any, gone: set[Tier]
) -> None:
    known = {t: k for t, k in known.items() if t not in gone}
    usual, why = tier_for(scored, preference, strategy, last)
    tier, reason = choose(scored, preference, strategy, last, known)
    assert choose(scored, preference, strategy, last, dict(reversed(known.items()))) == (tier, reason)
    assert reason.startswith(why)
    if strategy is Strategy.ESCALATE:
        assert (tier, reason) == (usual, why)
        return
    assert abs(ORDER.index(tier) - ORDER.index(scored)) <= 1
    if tier is usual:
        return
    assert tier in known
    assert min(known[tier].executions, known[usual].executions) >= ENOUGH, "what is unknown is never preferred"
    if ORDER.index(tier) < ORDER.index(usual):
        assert preference is not QUALITY
        assert known[tier].solved >= 0.9 * known[tier].executions
    else:
        assert known[usual].solved < 0.5 * known[usual].executions
        assert known[tier].solved / known[tier].executions > known[usual].solved / known[usual].executions


@given(*ANY, COUNTS)
def test_where_all_tiers_are_one_model_nothing_changes(
    scored: Tier, preference: Preference, strategy: Strategy, last: bool, said: tuple[int, int]
) -> None:
    known = {t: track(SIMPLE, *said) for t in Tier}
    assert choose(scored, preference, strategy, last, known) == tier_for(scored, preference, strategy, last)


@pytest.mark.parametrize(("scored", "preference"), list(itertools.product(Tier, Preference)))
def test_a_neighbour_with_the_same_model_is_no_choice(scored: Tier, preference: Preference) -> None:
    known = {SIMPLE: track(MEDIUM, 1, 20), MEDIUM: track(MEDIUM, 1, 20), COMPLEX: track(COMPLEX)}
    assert asked(scored, preference, known)[0] is tier_for(scored, preference, Strategy.FIRST)[0]


# What an execution adds


def done(winner: str = "a1c1", status: Status = Status.PASSED, **changes: Any) -> Execution:
    """Two attempts, by the small and the middle model."""
    tests = suite("s11", case("s11-1", "f(1)", "1"))
    made = execution([tests], [candidate("a1c1", {"s11-1": True}), candidate("a2c1", {"s11-1": True})], language="go")
    names = [NAMES[SIMPLE].split("/"), NAMES[MEDIUM].split("/")]
    attempts = tuple(
        replace(a, llm_provider=p, llm_model=m, usage=Usage(100, 20), model_ms=1500, sandbox_ms=500)
        for a, (p, m) in zip(made.attempts, names, strict=True)
    )
    verdict = Verdict(status, Confidence.LIKELY, "", winner=winner)
    return replace(made, **{"status": status, "verdict": verdict, "attempts": attempts, **changes})


def test_an_execution_counts_for_every_model_and_is_solved_by_the_winners() -> None:
    ended = done("a2c1")
    assert models(ended) == (NAMES[SIMPLE], NAMES[MEDIUM])
    small, middle = after(track(SIMPLE), ended), after(track(MEDIUM), ended)
    assert (small.executions, small.solved) == (1, 0)
    assert middle == replace(track(MEDIUM), executions=1, solved=1, attempts=1, tokens=120, seconds=2)
    assert after(track(COMPLEX), ended) == track(COMPLEX)
    assert after(replace(track(SIMPLE), language="python"), ended).executions == 0


@pytest.mark.parametrize("status", [Status.PARTIAL, Status.FAILED])
def test_what_did_not_pass_is_not_solved(status: Status) -> None:
    small = after(track(SIMPLE), done(status=status))
    assert (small.executions, small.solved) == (1, 0)


@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING, Status.CANCELLED])
def test_what_was_cancelled_or_still_runs_teaches_nothing(status: Status) -> None:
    assert models(done(status=status)) == ()


@pytest.mark.parametrize(
    ("error", "counts"), [("model-unavailable", 0), ("stuck", 0), ("unusable-reply", 1), ("no-tests", 1)]
)
def test_a_failure_that_is_not_the_models_own_teaches_nothing(error: str, counts: int) -> None:
    p, m = NAMES[SIMPLE].split("/")
    attempt = Attempt("e-a1", "e", 1, Strategy.FIRST, SIMPLE, llm_provider=p, llm_model=m, error_type=error)
    ended = done(status=Status.FAILED, attempts=(attempt,), verdict=None)
    assert after(track(SIMPLE), ended).executions == counts


def test_the_past_fades() -> None:
    old = track(SIMPLE, 10, MEMORY)
    new = after(old, done())
    assert (new.executions, new.solved) == (MEMORY / 2 + 1, 6)
    assert new.tokens == old.tokens / 2 + 120
    known = old
    for _ in range(3 * MEMORY):
        known = after(known, done())
    assert known.executions <= MEMORY
    assert known.solved / known.executions > 0.95, "a model that got better is known as it is"
