"""Which tier to ask, in the light of what its model has solved in this language before.

The complexity score chooses a tier and the preference shifts it (`routing`); experience moves that choice by one tier
at most, and never further than one from the scored one:

- up, where less than half was solved and the next tier's model is clearly better: its rate is higher by `MARGIN` and by
  more than the standard error of the difference. Both rates are drawn towards one half, (solved + 1) / (n + 2), so that
  a short lucky streak proves little. It is no strict test: a wrong move costs one tier, and later ones put it right.
- down, unless quality is preferred, where the lower tier's model solved `SURE` of its own, and with fewer tokens or in
  less time an execution.

Either needs `ENOUGH` executions of both models: what is not known is never preferred. A model's executions are those of
all requests in the language, and those that it took over from another are the harder ones: a raise is earned against
the odds, and a model that was trusted with too much falls below `SURE` and loses it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

from functions.agent.languages import LANGUAGES
from functions.agent.records import Attempt, Execution, Track
from functions.agent.routing import ORDER, tier_for
from functions.agent.words import Preference, Status, Strategy, Tier

ENOUGH = 8
POOR = 0.5
SURE = 0.9
MARGIN = 0.15
MEMORY = 200
"""Executions after which all that is known counts half: so models that got better, or worse, are known as they are."""
_OWN_FAULTS = ("unusable-reply", "no-tests")


def track_id(model: str, language: str) -> str:
    """`model` is `provider/model`."""
    return f"track:{model}:{language}"


def models(execution: Execution) -> tuple[str, ...]:
    """`provider/model` of all that had a part in an execution that has ended; none where a user ended it.

    An attempt that failed for another reason than what the model wrote is no part."""
    if not execution.status.terminal or execution.status is Status.CANCELLED:
        return ()
    return tuple(dict.fromkeys(_model(a) for a in execution.attempts if _is_part(a)))


def after(track: Track, execution: Execution) -> Track:
    """The track with one more execution; the same one where its model had no part in it."""
    if track.model not in models(execution) or track.language != execution.language:
        return track
    mine = [a for a in execution.attempts if _is_part(a) and _model(a) == track.model]
    verdict = execution.verdict
    winner = verdict.winner if verdict and verdict.status is Status.PASSED else None
    solved = any(c.id == winner for a in mine for c in a.candidates)
    before = _faded(track) if track.executions >= MEMORY else track
    return replace(
        before,
        executions=before.executions + 1,
        solved=before.solved + solved,
        attempts=before.attempts + len(mine),
        tokens=before.tokens + sum(a.usage.total for a in mine),
        seconds=before.seconds + sum(a.model_ms + a.sandbox_ms for a in mine) / 1000,
    )


def choose(
    scored: Tier, preference: Preference, strategy: Strategy, last: bool, tracks: Mapping[Tier, Track]
) -> tuple[Tier, str]:
    """The tier to ask and a sentence for the user. `tracks` has that of each tier's first model; a tier without one
    can't be asked."""
    tier, why = tier_for(scored, preference, strategy, last)
    own = tracks.get(tier)
    if strategy is Strategy.ESCALATE or own is None or len({t.id for t in tracks.values()}) < 2:
        return tier, why
    label = LANGUAGES[own.language].label if own.language in LANGUAGES else own.language
    higher, lower = (_beside(tier, step, scored, tracks) for step in (1, -1))
    if higher is not None and _poor(own) and _clearly_better(tracks[higher], own):
        said = f"{tier} {_score(own)} in {label}, {higher} {_numbers(tracks[higher])}"
        return higher, f"{why}; {higher} is asked: {said}"
    cheaper = _cheaper(tracks[lower], own) if lower is not None and preference is not Preference.QUALITY else ""
    if lower is not None and cheaper and _sure(tracks[lower]):
        return lower, f"{why}; {lower} is asked: it {_score(tracks[lower])} in {label}, {cheaper}"
    if round(own.executions) < 1:
        return tier, f"{why}; no experience in {label} yet"
    unknown = higher is not None and _poor(own) and tracks[higher].executions < ENOUGH
    return tier, f"{why}; {tier} {_score(own)} in {label}" + (f", no experience with {higher} yet" if unknown else "")


def _beside(tier: Tier, step: int, scored: Tier, tracks: Mapping[Tier, Track]) -> Tier | None:
    """The next tier up or down, where it is allowed, can be asked and has another model."""
    place = ORDER.index(tier) + step
    if not 0 <= place < len(ORDER) or abs(place - ORDER.index(scored)) > 1:
        return None
    other = ORDER[place]
    return other if other in tracks and tracks[other].id != tracks[tier].id else None


def _poor(track: Track) -> bool:
    return track.executions >= ENOUGH and track.solved < POOR * track.executions


def _sure(track: Track) -> bool:
    return track.executions >= ENOUGH and track.solved >= SURE * track.executions


def _clearly_better(one: Track, other: Track) -> bool:
    if one.executions < ENOUGH:
        return False
    rates = [((t.solved + 1) / (t.executions + 2), t.executions + 2) for t in (one, other)]
    error = sqrt(sum(rate * (1 - rate) / n for rate, n in rates))
    difference = rates[0][0] - rates[1][0]
    return difference >= MARGIN and difference > error


def _cheaper(one: Track, other: Track) -> str:
    """In what, by words; empty where it is not, or where too little is known."""
    if min(one.executions, other.executions) < ENOUGH:
        return ""
    if one.tokens / one.executions < other.tokens / other.executions:
        return "with fewer tokens"
    return "in less time" if one.seconds / one.executions < other.seconds / other.executions else ""


def _score(track: Track) -> str:
    return f"solved {_numbers(track)}"


def _numbers(track: Track) -> str:
    return f"{round(track.solved)} of {round(track.executions)}"


def _faded(track: Track) -> Track:
    names = ("executions", "solved", "attempts", "tokens", "seconds")
    return replace(track, **{name: getattr(track, name) / 2 for name in names})


def _model(attempt: Attempt) -> str:
    return f"{attempt.llm_provider}/{attempt.llm_model}"


def _is_part(attempt: Attempt) -> bool:
    return attempt.error_type in _OWN_FAULTS or any(c.results for c in attempt.candidates)
