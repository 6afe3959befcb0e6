"""Run in a mount namespace of its own, on a disk of 1 MiB mounted at the folder given: fills it with each adapter."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from functions.agent.errors import StorageError
from functions.agent.people import Session
from functions.agent.ports import NewEvent, Task
from infra.local.blobs import LocalBlobs
from infra.local.database import Database
from infra.local.events import LocalEvents
from infra.local.queue import LocalQueue
from infra.local.records import LocalRecords


async def fill(write: Callable[[int], Awaitable[object]]) -> dict[str, object]:
    for count in range(1000):
        try:
            await write(count)
        except StorageError as error:
            return {"written": count, "detail": error.detail}
    return {}


async def main(folder: Path) -> None:
    text = "x" * 50_000
    blobs, database = LocalBlobs(folder / "blobs"), Database(folder)
    records, events, queue = LocalRecords(database), LocalEvents(database), LocalQueue(database)
    database.open()
    story = {"blobs": await fill(lambda n: blobs.put(f"b{n}", text.encode()))}
    story["blobs"]["files"] = sorted(p.name for p in (folder / "blobs").rglob("*") if p.is_file())
    for n in range(6):
        await blobs.delete(f"b{n}")
    story["records"] = await fill(lambda n: records.save(Session(f"s{n}", "u", title=text)))
    story["records"]["kept"] = (await records.query(Session, {})).total
    story["events"] = await fill(lambda n: events.append("x", [NewEvent("log", {"t": text})]))
    story["queue"] = await fill(lambda n: queue.put(Task(f"t{n}", "attempt", {"t": text})))
    for n in range(6, 1000):
        await blobs.delete(f"b{n}")
    await records.save(Session("after", "u"))
    story["integrity"] = {"check": database.rows("PRAGMA integrity_check")[0][0]}
    await database.aclose()
    print(json.dumps(story))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
