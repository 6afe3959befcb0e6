"""What was judged before, looked up when a run starts and when its result comes; and kept for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from functions.agent import cache
from functions.agent.errors import Conflict, NotFound, StorageError
from functions.agent.events import RunFinished, RunLost
from functions.agent.ports import Ports
from functions.agent.records import Candidate, Execution, Judged


def trip(ports: Ports, execution: Execution) -> cache.Trip:
    """The run that the execution waits for, with the image that it would have here."""
    return cache.trip(execution, ports.sandbox.image(execution.language))


async def look_up(ports: Ports, asked: cache.Trip) -> Mapping[str, Judged]:
    """By key, all cells of the candidates that are known against every suite."""
    found: dict[str, Judged] = {}
    if not asked.keeps:
        return found
    for candidate in asked.unlike(asked.candidates):
        found |= await _of(ports, asked, candidate)
    return found


async def _of(ports: Ports, asked: cache.Trip, candidate: Candidate) -> Mapping[str, Judged]:
    """The candidate's cells by key, or nothing: half of them would not spare its run."""
    mine = {}
    for key in asked.keys(candidate).values():
        try:
            mine[key] = await ports.records.get(Judged, key)
        except (NotFound, StorageError):  # a damaged entry is none: the sandbox knows better
            return {}
    return mine


def left(asked: cache.Trip, known: Mapping[str, Judged]) -> tuple[Candidate, ...]:
    """The candidates that must be run: each text once, without those that are known."""
    unknown = [c for c in asked.candidates if any(key not in known for key in asked.keys(c).values())]
    return asked.unlike(unknown)


async def taken(ports: Ports, asked: cache.Trip, found: RunFinished, data: bytes, now: float) -> RunFinished | RunLost:
    """A result with what was left out of its run, after what is new in it was kept. Raises StorageError."""
    for judged in cache.worth_keeping(asked, found, cache.complete(data), now):
        with suppress(Conflict):  # it is there already: it says the same
            await ports.records.save(judged)
    whole = cache.completed(asked, found, {}) or cache.completed(asked, found, await look_up(ports, asked))
    if whole is None:
        return RunLost(found.attempt, found.run_id, "The result is not of all candidates; the run is repeated.")
    return whole
