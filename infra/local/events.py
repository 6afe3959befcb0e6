"""Events in SQLite: an append-only log a stream."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence

from functions.agent.ports import Event, NewEvent
from infra.local.bell import Bell
from infra.local.database import Database
from infra.local.text import dump


class LocalEvents:
    """`ports.Events` over one `Database`. `now` dates the events, in seconds since the epoch."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self.bell = Bell(database)

    async def append(self, stream: str, events: Sequence[NewEvent]) -> None:
        """All of them or none, in one transaction. Raises StorageError."""
        rows = [(e.key or None, e.kind, dump(e.data, "data"), self._now()) for e in events]
        if not rows:
            return
        with self._database.transaction():
            ((last,),) = self._database.rows("SELECT coalesce(max(id), 0) FROM events WHERE stream = ?", (stream,))
            for row in rows:
                last += self._database.execute(
                    "INSERT INTO events (stream, id, key, kind, data, at) VALUES (?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (stream, last + 1, *row),
                )
        self.bell.ring(stream)

    async def read(self, stream: str, after: int = 0, wait_s: float = 0.0) -> Sequence[Event]:
        found = self._after(stream, after)
        if found or wait_s <= 0:
            return found
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait_s
        with self.bell.listen(stream) as listener:
            while not (found := self._after(stream, after)) and (left := deadline - clock()) > 0:
                await listener.wait(left)
        return found

    def _after(self, stream: str, after: int) -> tuple[Event, ...]:
        rows = self._database.rows(
            "SELECT id, kind, data, at FROM events WHERE stream = ? AND id > ? ORDER BY id", (stream, after)
        )
        return tuple(Event(id, kind, json.loads(data), at) for id, kind, data, at in rows)
