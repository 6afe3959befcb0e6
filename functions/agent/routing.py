"""From the complexity of a request to a model tier, and why. The tier's failover chain comes from the `Models` port."""

from __future__ import annotations

from functions.agent.words import Preference, Strategy, Tier

ORDER = (Tier.SIMPLE, Tier.MEDIUM, Tier.COMPLEX)
_SHIFT = {Preference.FAST: -1, Preference.BALANCED: 0, Preference.QUALITY: 1}


def tier_for(scored: Tier, preference: Preference, strategy: Strategy, last: bool = False) -> tuple[Tier, str]:
    """The tier to ask and a sentence for the user. `last` marks the final attempt, which takes the best tier."""
    place = usual = _within(ORDER.index(scored) + _SHIFT[preference])
    reason = f"a {scored} request"
    if preference is not Preference.BALANCED:
        reason += f", {preference} preferred"
    if strategy is Strategy.ESCALATE:
        place = len(ORDER) - 1 if last else _within(usual + 1)
    if place > usual:
        reason += ", raised since lower tries failed"
    return ORDER[place], reason


def _within(place: int) -> int:
    return max(0, min(place, len(ORDER) - 1))
