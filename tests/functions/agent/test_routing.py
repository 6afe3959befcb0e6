"""From a score to a tier."""

from __future__ import annotations

import itertools

import pytest

from functions.agent.routing import ORDER, tier_for
from functions.agent.words import Preference, Strategy, Tier


@pytest.mark.parametrize(
    ("scored", "preference", "tier"),
    [
        (Tier.SIMPLE, Preference.BALANCED, Tier.SIMPLE),
        (Tier.SIMPLE, Preference.FAST, Tier.SIMPLE),
        (Tier.SIMPLE, Preference.QUALITY, Tier.MEDIUM),
        (Tier.MEDIUM, Preference.FAST, Tier.SIMPLE),
        (Tier.COMPLEX, Preference.QUALITY, Tier.COMPLEX),
    ],
)
def test_the_preference_shifts_the_tier_by_one(scored: Tier, preference: Preference, tier: Tier) -> None:
    assert tier_for(scored, preference, Strategy.FIRST)[0] is tier


@pytest.mark.parametrize(("scored", "preference"), list(itertools.product(Tier, Preference)))
def test_raising_goes_one_up_from_what_was_used_and_the_last_attempt_takes_the_best(
    scored: Tier, preference: Preference
) -> None:
    usual, _ = tier_for(scored, preference, Strategy.REPAIR, last=True)
    raised, why = tier_for(scored, preference, Strategy.ESCALATE)
    assert ORDER.index(raised) == min(ORDER.index(usual) + 1, 2)
    assert ("raised" in why) == (raised is not usual)
    assert tier_for(scored, preference, Strategy.ESCALATE, last=True)[0] is Tier.COMPLEX
