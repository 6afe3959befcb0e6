"""What every `ports.Events` does. A new adapter joins with one line in ADAPTERS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from functions.agent.errors import BadInput
from functions.agent.ports import Events, NewEvent
from functions.agent.words import Status
from infra.local.database import Database
from infra.local.events import LocalEvents


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Events]:
    database = Database(folder)
    yield LocalEvents(database)
    await database.aclose()


ADAPTERS = {"local": local}


@pytest.fixture(params=ADAPTERS)
async def events(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Events]:
    async with ADAPTERS[request.param](tmp_path) as adapter:
        yield adapter


def log(text: str, key: str = "") -> NewEvent:
    return NewEvent("log", {"text": text}, key)


async def texts(events: Events, stream: str = "x", after: int = 0) -> list[str]:
    return [e.data["text"] for e in await events.read(stream, after)]


async def test_ids_grow_from_one_and_nothing_is_lost_on_the_way(events: Events) -> None:
    before = time.time()
    await events.append("x", [NewEvent("phase", {"phase": Status.PENDING, "list": [1, {"a": None}]}), log("é\u2028")])
    await events.append("x", [log("c")])
    read = await events.read("x")
    assert read[0].id == 1
    assert [e.id for e in read] == sorted({e.id for e in read})
    assert [(e.kind, e.data) for e in read] == [
        ("phase", {"phase": "pending", "list": [1, {"a": None}]}),
        ("log", {"text": "é\u2028"}),
        ("log", {"text": "c"}),
    ]
    assert all(before - 1 <= e.at <= time.time() + 1 for e in read)


async def test_reading_goes_on_after_any_id(events: Events) -> None:
    await events.append("x", [log(str(n)) for n in range(5)])
    ids = [e.id for e in await events.read("x")]
    assert await texts(events, after=ids[1]) == ["2", "3", "4"]
    assert await texts(events, after=ids[-1]) == []
    assert await texts(events, after=10**12) == []


async def test_streams_are_apart(events: Events) -> None:
    await events.append("x", [log("of x", "k")])
    await events.append("y", [log("of y", "k")])
    assert await texts(events, "x") == ["of x"]
    assert await texts(events, "y") == ["of y"]
    assert (await events.read("y"))[0].id == 1
    assert await events.read("z") == ()


async def test_a_key_counts_once_in_its_stream(events: Events) -> None:
    await events.append("x", [log("first", "k"), log("same append", "k"), log("free"), log("free")])
    await events.append("x", [log("later", "k"), log("other", "k2")])
    assert await texts(events) == ["first", "free", "free", "other"]


async def test_a_repeated_append_leaves_no_trace(events: Events) -> None:
    batch = [log("a", "1"), log("b", "2")]
    await events.append("x", batch)
    seen = await events.read("x")
    await asyncio.gather(*(events.append("x", batch) for _ in range(20)))
    assert await events.read("x") == seen


async def test_appending_nothing_is_nothing(events: Events) -> None:
    await events.append("x", [])
    assert await events.read("x") == ()


async def test_concurrent_appends_keep_each_batch_in_order_and_all_ids_apart(events: Events) -> None:
    await asyncio.gather(*(events.append("x", [log(f"{n}.{i}") for i in range(5)]) for n in range(40)))
    read = await events.read("x")
    assert len(read) == len({e.id for e in read}) == 200
    assert [e.id for e in read] == sorted(e.id for e in read)
    for n in range(40):
        assert [t for t in (e.data["text"] for e in read) if t.startswith(f"{n}.")] == [f"{n}.{i}" for i in range(5)]


async def test_of_fifty_appends_with_one_key_one_is_kept(events: Events) -> None:
    await asyncio.gather(*(events.append("x", [log(str(n), "once")]) for n in range(50)))
    assert len(await events.read("x")) == 1


async def test_a_batch_with_a_bad_event_is_refused_whole(events: Events) -> None:
    with pytest.raises(BadInput):
        await events.append("x", [log("good"), NewEvent("usage", {"usd": float("inf")})])
    assert await events.read("x") == ()


async def test_waiting_ends_with_the_first_event(events: Events) -> None:
    reader = asyncio.create_task(events.read("x", wait_s=10))
    await asyncio.sleep(0.05)
    await events.append("y", [log("not this one")])
    await asyncio.sleep(0.05)
    assert not reader.done()
    start = time.monotonic()
    await events.append("x", [log("now")])
    assert [e.data["text"] for e in await reader] == ["now"]
    assert time.monotonic() - start < 1.0


async def test_waiting_is_for_what_comes_after_the_id(events: Events) -> None:
    await events.append("x", [log("old")])
    reader = asyncio.create_task(events.read("x", after=1, wait_s=10))
    await asyncio.sleep(0.05)
    assert not reader.done()
    await events.append("x", [log("new")])
    assert [e.data["text"] for e in await reader] == ["new"]


async def test_a_wait_that_brings_nothing_is_over_in_time(events: Events) -> None:
    start = time.monotonic()
    assert await events.read("x", wait_s=0.3) == ()
    assert 0.25 < time.monotonic() - start < 2.0


async def test_a_reader_that_follows_sees_every_event_once(events: Events) -> None:
    async def follow() -> list[str]:
        seen: list[str] = []
        last = 0
        while "end" not in seen:
            for event in await events.read("x", last, wait_s=5):
                seen.append(event.data["text"])
                last = event.id
        return seen

    readers = [asyncio.create_task(follow()) for _ in range(10)]
    for n in range(60):
        await events.append("x", [log(str(n))])
        if n % 7 == 0:
            await asyncio.sleep(0.002)
    await events.append("x", [log("end")])
    assert await asyncio.gather(*readers) == [[*map(str, range(60)), "end"]] * 10


async def test_a_reader_that_gives_up_disturbs_nobody(events: Events) -> None:
    gone, stays = (asyncio.create_task(events.read("x", wait_s=10)) for _ in range(2))
    await asyncio.sleep(0.05)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await events.append("x", [log("on")])
    assert [e.data["text"] for e in await stays] == ["on"]
