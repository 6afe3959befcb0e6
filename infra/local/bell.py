"""Wakes those who wait for a change of the database: at once for one made here, within 250 ms for another process's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from functions.agent.errors import StorageError
from infra.local.database import Database

CHECK_S = 0.25


class Listener:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float | None) -> None:
        """Returns after the next ring, or one since the last wait, or when `timeout_s` is over. Look again then."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()


class Bell:
    """Topics with their listeners; a topic exists only while somebody listens, and so does the timer.

    SQLite's data_version says with one cheap question for all listeners whether another connection wrote anything.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._topics: dict[str, set[Listener]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._seen = 0

    @contextmanager
    def listen(self, topic: str) -> Iterator[Listener]:
        """From here on nothing is missed: look at the data after this begins, then wait."""
        listener = Listener()
        if self._timer is None:
            self._seen = self._data_version()
            self._start()
        self._topics.setdefault(topic, set()).add(listener)
        try:
            yield listener
        finally:
            listeners = self._topics[topic]
            listeners.discard(listener)
            if not listeners:
                del self._topics[topic]
            if not self._topics and self._timer:
                self._timer.cancel()
                self._timer = None

    def ring(self, topic: str) -> None:
        for listener in self._topics.get(topic, ()):
            listener.ring()

    @property
    def topics(self) -> int:
        """How many topics have a listener."""
        return len(self._topics)

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(CHECK_S, self._check)

    def _check(self) -> None:
        self._start()
        try:
            version = self._data_version()
        except StorageError:
            version = -1  # each listener looks itself and meets the error where it has a caller
        if version != self._seen:
            self._seen = version
            for topic in self._topics:
                self.ring(topic)

    def _data_version(self) -> int:
        return int(self._database.rows("PRAGMA data_version")[0][0])
