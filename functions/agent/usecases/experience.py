"""What executions teach about models: remembered when they end, used when the next one chooses its tier."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from functions.agent import learning
from functions.agent.errors import BadInput, Conflict, ModelError, NotFound
from functions.agent.ports import Ports
from functions.agent.records import Execution, Track
from functions.agent.routing import ORDER
from functions.agent.words import Strategy, Tier

MAX_CONFLICTS = 20


async def tier_for(ports: Ports, execution: Execution, strategy: Strategy, last: bool) -> tuple[Tier, str]:
    """The tier of the present attempt and why. Once the attempt has begun it is the one that it began with, whatever
    was learned since."""
    if execution.attempt is not None:
        return execution.attempt.tier, execution.attempt.reason
    known = await tracks(ports, execution)
    return learning.choose(execution.tier, execution.llm_preference, strategy, last, known)


async def tracks(ports: Ports, execution: Execution) -> Mapping[Tier, Track]:
    """What is known, in the execution's language, of the model that each tier asks first; an empty track where it is
    nothing. A tier that nobody can be asked in is left out."""
    found: dict[Tier, Track] = {}
    for tier in ORDER:
        with suppress(ModelError, BadInput):
            route = await ports.models.route(tier, execution.model)
            found[tier] = await _track(ports, route.specs[0].name, execution.language)
    return found


async def remember(ports: Ports, execution: Execution, now: float) -> None:
    """Counts an execution that has just ended. For the one caller who ended it: a second call would count it again.

    It is a statistic: a worker that is killed before this, or that meets too many others at it, leaves one out."""
    for model in learning.models(execution):
        for _ in range(MAX_CONFLICTS):
            track = await _track(ports, model, execution.language)
            with suppress(Conflict):
                await ports.records.save(replace(learning.after(track, execution), updated_at=now))
                break


async def _track(ports: Ports, model: str, language: str) -> Track:
    name = learning.track_id(model, language)
    try:
        return await ports.records.get(Track, name)
    except NotFound:
        return Track(name, model, language)
