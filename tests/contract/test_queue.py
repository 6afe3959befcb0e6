"""What every `ports.Queue` does, seen from the entry point. A new adapter joins with one line in ADAPTERS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from functions.agent.errors import Busy
from functions.agent.ports import Queue, Task
from infra.local.backoff import Backoff
from infra.local.database import Database
from infra.local.outcome import DONE, Outcome
from infra.local.queue import Limits, LocalQueue


@dataclass
class EntryPoint:
    """Where tasks arrive: it notes them, and refuses as many deliveries of a target as `refusals` says."""

    refusals: dict[str, int] = field(default_factory=dict)
    got: list[tuple[str, Mapping[str, Any], float]] = field(default_factory=list)

    def take(self, target: str, payload: Mapping[str, Any]) -> None:
        self.got.append((target, payload, time.monotonic()))
        if self.refusals.get(target, 0) > 0:
            self.refusals[target] -= 1
            raise Busy("Not now.")

    async def count(self, wanted: int, within_s: float = 10.0) -> None:
        """Waits for `wanted` deliveries, then a little longer, so that one too many shows."""
        async with asyncio.timeout(within_s):
            while len(self.got) < wanted:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        assert len(self.got) == wanted


@asynccontextmanager
async def local(folder: Path, entry: EntryPoint) -> AsyncIterator[Queue]:
    database = Database(folder)
    queue = LocalQueue(database, Limits(backoff=Backoff(first_s=0.02)))

    async def deliver(task: Task, attempt: int) -> Outcome:
        entry.take(task.target, task.payload)
        return DONE

    running = asyncio.create_task(queue.run(deliver))
    yield queue
    queue.stop()
    await running
    await database.aclose()


ADAPTERS = {"local": local}


@pytest.fixture
def entry() -> EntryPoint:
    return EntryPoint()


@pytest.fixture(params=ADAPTERS)
async def queue(request: pytest.FixtureRequest, tmp_path: Path, entry: EntryPoint) -> AsyncIterator[Queue]:
    async with ADAPTERS[request.param](tmp_path, entry) as adapter:
        yield adapter


async def test_a_task_arrives_whole(queue: Queue, entry: EntryPoint) -> None:
    payload = {"execution_id": "x1", "attempt": 1, "deep": {"list": [None, True, "é"]}}
    await queue.put(Task("x1-a1", "attempt", payload))
    await entry.count(1)
    assert entry.got[0][:2] == ("attempt", payload)


async def test_a_name_is_taken_once_before_and_after_the_delivery(queue: Queue, entry: EntryPoint) -> None:
    for n in range(3):
        await queue.put(Task("x1-a1", "attempt", {"n": n}, delay_s=0.05))
    await entry.count(1)
    await queue.put(Task("x1-a1", "attempt", {"n": 9}))
    await queue.put(Task("x1-a2", "attempt", {"n": 10}))
    await entry.count(2)
    assert [payload["n"] for _, payload, _ in entry.got] == [0, 10]


async def test_of_fifty_puts_of_one_name_one_is_delivered(queue: Queue, entry: EntryPoint) -> None:
    await asyncio.gather(*(queue.put(Task("same", "attempt", {"n": n})) for n in range(50)))
    await entry.count(1)


async def test_names_may_hold_what_identifiers_hold(queue: Queue, entry: EntryPoint) -> None:
    names = ["x1-a1", "x1_a1", "x1:a1", "x1/a1", "x1 a1", "ž", "x" * 400]
    for name in names:
        await queue.put(Task(name, "attempt", {"name": name}))
    await entry.count(len(names))
    assert {payload["name"] for _, payload, _ in entry.got} == set(names)


async def test_a_delay_is_kept_and_hinders_nobody(queue: Queue, entry: EntryPoint) -> None:
    start = time.monotonic()
    await queue.put(Task("late", "deadline", {}, delay_s=0.4))
    await queue.put(Task("now", "attempt", {}))
    await entry.count(2)
    assert [target for target, _, _ in entry.got] == ["attempt", "deadline"]
    assert 0.39 <= entry.got[1][2] - start < 5


async def test_a_refused_task_comes_again_with_the_same_payload(queue: Queue, entry: EntryPoint) -> None:
    entry.refusals["attempt"] = 2
    await queue.put(Task("x1-a1", "attempt", {"n": 1}))
    await entry.count(3)
    assert [payload for _, payload, _ in entry.got] == [{"n": 1}] * 3


async def test_a_target_that_refuses_does_not_stop_the_others(queue: Queue, entry: EntryPoint) -> None:
    entry.refusals["attempt"] = 3
    await queue.put(Task("a", "attempt", {}))
    await queue.put(Task("b", "deliver", {}))
    await entry.count(5)
    assert [target for target, _, _ in entry.got].count("deliver") == 1
