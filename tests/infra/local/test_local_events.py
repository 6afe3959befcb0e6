from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from functions.agent.errors import StorageError
from functions.agent.ports import NewEvent
from infra.local.database import Database
from infra.local.events import LocalEvents

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path)
    yield database
    await database.aclose()


async def test_the_clock_is_the_one_given(database: Database) -> None:
    events = LocalEvents(database, now=lambda: 123.5)
    await events.append("x", [NewEvent("log", {})])
    assert (await events.read("x"))[0].at == 123.5


async def test_waiting_leaves_nothing_behind(database: Database) -> None:
    events = LocalEvents(database)
    readers = [asyncio.create_task(events.read(f"s{n}", wait_s=0.1 if n % 2 else 30)) for n in range(50)]
    await asyncio.sleep(0.05)
    assert events.bell.topics == 50
    for reader in readers[::2]:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    assert events.bell.topics == 0
    assert len(asyncio.all_tasks()) == 1


async def test_five_hundred_waiting_readers_wake_at_once(database: Database) -> None:
    events = LocalEvents(database)
    readers = [asyncio.create_task(events.read(f"s{n % 100}", wait_s=30)) for n in range(500)]
    await asyncio.sleep(0.05)
    start = time.perf_counter()
    for n in range(100):
        await events.append(f"s{n}", [NewEvent("log", {"n": n})])
    seen = await asyncio.gather(*readers)
    assert time.perf_counter() - start < 2.0
    assert [batch[0].data["n"] for batch in seen] == [n % 100 for n in range(500)]


async def test_a_reader_sees_within_a_moment_what_another_process_appends(database: Database, tmp_path: Path) -> None:
    events = LocalEvents(database)
    reader = asyncio.create_task(events.read("x", wait_s=20))
    await asyncio.sleep(0.05)
    code = (
        "import asyncio, sys, time; from pathlib import Path; from functions.agent.ports import NewEvent;"
        "from infra.local.database import Database; from infra.local.events import LocalEvents;"
        "asyncio.run(LocalEvents(Database(Path(sys.argv[1]))).append('x', [NewEvent('log', {'pid': 1})]))"
    )
    environment = {"PATH": os.environ["PATH"]}
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, env=environment, timeout=20, check=True
    )
    assert done.returncode == 0
    start = time.monotonic()
    assert (await reader)[0].data == {"pid": 1}
    assert time.monotonic() - start < 1.0


async def test_what_another_connection_writes_before_the_wait_begins_is_not_missed(
    database: Database, tmp_path: Path
) -> None:
    other = Database(tmp_path)
    here, there = LocalEvents(database), LocalEvents(other)
    for n in range(5):
        reader = asyncio.create_task(here.read("x", after=n, wait_s=10))
        await there.append("x", [NewEvent("log", {"n": n})])
        start = time.monotonic()
        assert [e.data["n"] for e in await reader] == [n]
        assert time.monotonic() - start < 1.0
    await other.aclose()


async def test_processes_that_append_at_once_share_the_ids(database: Database, tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from functions.agent.ports import NewEvent\n"
        "from infra.local.database import Database; from infra.local.events import LocalEvents\n"
        "async def main():\n"
        "    events = LocalEvents(Database(Path(sys.argv[1])))\n"
        "    for n in range(200):\n"
        "        await events.append('x', [NewEvent('log', {'by': sys.argv[2], 'n': n}), NewEvent('k', {}, str(n))])\n"
        "asyncio.run(main())\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(p)], cwd=ROOT, stderr=subprocess.PIPE)
        for p in range(3)
    ]
    assert [p.communicate(timeout=60)[1] for p in processes] == [b""] * 3
    read = await LocalEvents(database).read("x")
    assert [e.id for e in read] == list(range(1, 801))
    for p in range(3):
        assert [e.data["n"] for e in read if e.data.get("by") == str(p)] == list(range(200))


async def test_a_reader_learns_that_the_database_was_closed(tmp_path: Path) -> None:
    database = Database(tmp_path)
    reader = asyncio.create_task(LocalEvents(database).read("x", wait_s=10))
    await asyncio.sleep(0.05)
    await database.aclose()
    with pytest.raises(StorageError):
        await asyncio.wait_for(reader, 2)
