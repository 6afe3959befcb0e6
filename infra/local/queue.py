"""The durable queue of one machine: what is put survives a kill and is delivered at least once."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from functions.agent.errors import AssayError, BadInput, StorageError
from functions.agent.ports import Task
from infra.local.backoff import Backoff
from infra.local.bell import Bell
from infra.local.database import Database
from infra.local.outcome import DONE, Deliver, Done, Outcome, Retry, describe, storable
from infra.local.task_store import DeadTask, Leased, TaskStore

__all__ = ["DONE", "Deliver", "Done", "Limits", "LocalQueue", "Outcome", "Retry"]

log = logging.getLogger(__name__)

NAMES_KEPT_S = 48 * 3600.0
"""A name stays taken after its task ended; Cloud Tasks promises no more than a day."""

CARE_S = 60.0
LEASE_MARGIN_S = 60.0
"""A lease outlives the cut-off of its delivery, so nothing is delivered twice while this process lives."""

_TOPIC = "tasks"


@dataclass(frozen=True)
class Limits:
    """`parallel` is how many deliveries of a target run at once, `other` that of a target which is not named;
    a delivery is cut off after `lease_s` and counts as failed."""

    parallel: Mapping[str, int] = field(default_factory=dict)
    other: int = 16
    lease_s: float = 1800.0
    backoff: Backoff = field(default_factory=Backoff)


class LocalQueue:
    """`ports.Queue` over one `Database`, with its own dispatcher. `now` is the epoch in seconds, `chance` in [0, 1)."""

    def __init__(
        self,
        database: Database,
        limits: Limits | None = None,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = TaskStore(database)
        self._bell = Bell(database)
        self._limits = limits or Limits()
        self._now = now
        self._chance = chance
        self._running: dict[asyncio.Task[None], Leased] = {}
        self._busy: Counter[str] = Counter()
        self._stopping = False
        self._grace_s = 0.0
        self._cared_at = 0.0

    async def put(self, task: Task) -> None:
        """As the port says. Raises BadInput for an empty name or target, StorageError."""
        if not task.name or not task.target:
            raise BadInput("target" if task.name else "name", "A task needs a name and a target.")
        if self._store.add(task, self._now()):
            self._bell.ring(_TOPIC)

    def recover(self) -> int:
        """Frees at once what a killed process held; returns how many tasks. Only for who holds the data directory."""
        return self._store.release(self._now(), self._limits.backoff.max_attempts, expired_only=False)

    def counts(self) -> dict[str, int]:
        """How many tasks are waiting, running, done, dead; states without a task are left out."""
        return self._store.counts()

    def dead(self) -> list[DeadTask]:
        """The dead letters, newest first."""
        return self._store.dead()

    def requeue(self, name: str) -> None:
        """Sends a dead letter again with all its attempts. Raises NotFound."""
        self._store.revive(name, self._now())
        self._bell.ring(_TOPIC)

    async def run(self, deliver: Deliver) -> None:
        """Delivers until `stop()` or its cancellation. A storage error is logged and tried again: it may pass."""
        try:
            with self._bell.listen(_TOPIC) as listener:
                while not self._stopping:
                    await listener.wait(self._deliver_due(deliver))
            if self._running:
                await asyncio.wait(self._running, timeout=self._grace_s)
        finally:
            self._stopping = True
            for running in self._running:
                running.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def stop(self, grace_s: float = 10.0) -> None:
        """Lets `run` return for good: nothing new starts; what runs has `grace_s` seconds, then it is given back."""
        self._grace_s = grace_s
        self._stopping = True
        self._bell.ring(_TOPIC)

    def _deliver_due(self, deliver: Deliver) -> float:
        """Starts what is due and has room; returns the seconds until the next look."""
        try:
            now = self._now()
            self._care(now)
            while leased := self._store.take(now, now + self._limits.lease_s + LEASE_MARGIN_S, self._full()):
                self._busy[leased.task.target] += 1
                running = asyncio.create_task(self._carry_out(deliver, leased))
                self._running[running] = leased
                running.add_done_callback(self._left)
            due = self._store.next_due(self._full())
        except StorageError as error:
            log.error("the queue rests for a second: %s", error.detail)
            return 1.0
        # The wall clock may jump, so even a far due time is looked at every second.
        return CARE_S if due is None else min(max(due - self._now(), 0.001), 1.0)

    def _full(self) -> list[str]:
        limits = self._limits
        return [target for target, busy in self._busy.items() if busy >= limits.parallel.get(target, limits.other)]

    async def _carry_out(self, deliver: Deliver, leased: Leased) -> None:
        task, attempt = leased.task, leased.attempt
        outcome: Outcome
        try:
            async with asyncio.timeout(self._limits.lease_s) as lease:
                outcome = await deliver(task, attempt)
        except Exception as error:  # whatever it is, the task must not be lost, and its reason is kept
            cut_off = f"It was not over after {self._limits.lease_s:g} s."
            reason = cut_off if lease.expired() else storable(describe(error))
            outcome = Retry(reason=reason)
            expected = lease.expired() or isinstance(error, AssayError)
            log.warning("task %s, attempt %d: %s", task.name, attempt, reason, exc_info=None if expected else error)
        while True:
            try:
                return self._settle(leased, outcome)
            except StorageError as error:
                log.error("the outcome of task %s is not kept yet: %s", task.name, error.detail)
                await asyncio.sleep(1)

    def _settle(self, leased: Leased, outcome: Outcome) -> None:
        name, attempt, now, backoff = leased.task.name, leased.attempt, self._now(), self._limits.backoff
        if isinstance(outcome, Done):
            return self._store.finish(name, now)
        reason = storable(outcome.reason)
        if attempt >= backoff.max_attempts:
            log.error("task %s is dead after %d attempts: %s", name, attempt, reason)
            self._store.bury(name, reason, now)
        else:
            rest = backoff.delay_s(attempt, self._chance()) if outcome.after_s is None else max(0.0, outcome.after_s)
            self._store.retry(name, reason, now + rest)
        return None

    def _left(self, running: asyncio.Task[None]) -> None:
        leased = self._running.pop(running)
        self._busy[leased.task.target] -= 1
        self._bell.ring(_TOPIC)
        if not running.cancelled():
            return
        try:
            if self._stopping:
                self._store.give_back(leased.task.name, self._now())
            else:
                self._settle(leased, Retry(reason="The delivery was cancelled from inside."))
        except StorageError as error:
            log.error("task %s comes again when its lease is over: %s", leased.task.name, error.detail)

    def _care(self, now: float) -> None:
        """Once a minute: frees what other processes left behind, forgets old names."""
        if abs(now - self._cared_at) >= CARE_S:
            self._store.release(now, self._limits.backoff.max_attempts, expired_only=True)
            self._store.forget(now - NAMES_KEPT_S)
            self._cared_at = now
