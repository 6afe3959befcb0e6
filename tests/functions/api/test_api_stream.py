"""GET /execute/{id}/stream over a real connection: ids, replay, silence, slow readers and readers that go away."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from functions.agent.ports import NewEvent
from functions.agent.records import Execution
from functions.agent.words import Status
from infra import wiring
from infra.models.scripted import Scripted
from replies import PROMPT
from running import Running, Serve
from story import Event, read

SILENT = [Scripted(delay_s=60.0, repeat=True)]


async def submit(running: Running) -> str:
    """An execution whose model says nothing for as long as a test lasts."""
    return str((await running.client.post("/execute", json={"prompt": PROMPT})).json()["execution_id"])


async def ended(running: Running, *, late: bool = False) -> tuple[str, list[Event]]:
    """An execution that was cancelled, and its whole story. `late`: the model's last words came after the end."""
    id = await submit(running)
    await running.client.post(f"/execute/{id}/cancel")
    if late:
        await running.stack.events.append(id, [NewEvent("delta", {"text": "too late"})])
    return id, await read(running.client, id)


@asynccontextmanager
async def opened(client: httpx.AsyncClient, id: str, after: str | None = None) -> AsyncIterator[httpx.Response]:
    headers = {} if after is None else {"Last-Event-ID": after}
    async with client.stream("GET", f"/execute/{id}/stream", headers=headers) as answer:
        yield answer


async def test_ids_grow_and_any_of_them_is_a_place_to_go_on_from(serve: Serve) -> None:
    async with serve(SILENT) as running:
        id, story = await ended(running)
        ids = [n for n, _, _ in story]
        assert ids == sorted(set(ids))
        assert ids[0] >= 1
        assert [kind for _, kind, _ in story][-1] == "done"
        for n in ids[:-1]:
            assert await read(running.client, id, str(n)) == [e for e in story if e[0] > n]
        async with opened(running.client, id, str(ids[-1])) as over:
            assert (over.status_code, await over.aread()) == (204, b"")


@pytest.mark.parametrize("garbage", ["", "x", "-1", "1.5", "0x1", "١", "9" * 18, "9" * 20, "9" * 200, "1 OR 1=1"])
async def test_an_id_that_is_none_of_this_log_replays_all_of_it(serve: Serve, garbage: str) -> None:
    async with serve(SILENT) as running:
        id, story = await ended(running)
        headers = {"Last-Event-ID": garbage.encode()}
        async with running.client.stream("GET", f"/execute/{id}/stream", headers=headers) as answer:
            text = (await answer.aread()).decode()
        assert [int(n) for n in re.findall(r"^id: (\d+)$", text, re.MULTILINE)] == [n for n, _, _ in story]


async def test_an_id_of_another_log_does_not_keep_a_reader_waiting_for_ever(serve: Serve) -> None:
    async with serve(SILENT) as running:
        id = await submit(running)
        reading = asyncio.create_task(read(running.client, id, "500"))
        await asyncio.sleep(0.2)
        await running.client.post(f"/execute/{id}/cancel")
        assert [kind for _, kind, _ in await asyncio.wait_for(reading, 3)][-1] == "done"


async def test_last_words_after_the_end_keep_nobody_waiting(serve: Serve) -> None:
    async with serve(SILENT) as running:
        id, story = await ended(running, late=True)
        assert story[-1][1] == "done"
        async with asyncio.timeout(3), opened(running.client, id, str(story[-1][0])) as over:
            assert over.status_code == 204


async def test_silence_is_broken_by_a_comment(serve: Serve) -> None:
    async with serve(SILENT) as running:
        wiring.install(replace(running.stack.wired, keep_alive_s=0.1))
        id = await submit(running)
        comments = 0
        async with asyncio.timeout(5), opened(running.client, id) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 1000"
            async for line in lines:
                comments += line == ": still here"
                if comments == 3:
                    break


async def test_a_stream_whose_end_was_never_told_ends_all_the_same(serve: Serve) -> None:
    async with serve(SILENT) as running:
        wiring.install(replace(running.stack.wired, keep_alive_s=0.1))
        now = time.time()
        execution = await running.stack.records.save(Execution("e1", "local", PROMPT, "python", now, updated_at=now))
        reading = asyncio.create_task(read(running.client, "e1"))
        await asyncio.sleep(0.3)
        assert not reading.done()
        await running.stack.records.save(replace(execution, status=Status.CANCELLED))
        assert await asyncio.wait_for(reading, 3) == []


async def test_a_slow_reader_gets_everything(serve: Serve) -> None:
    async with serve(SILENT) as running:
        id = await submit(running)
        text = "x" * 100_000
        await running.stack.events.append(id, [NewEvent("log", {"n": n, "text": text}) for n in range(60)])
        await running.client.post(f"/execute/{id}/cancel")
        size = 0
        async with opened(running.client, id) as answer:
            async for piece in answer.aiter_raw(200_000):
                size += len(piece)
                await asyncio.sleep(0.005)
                health = await running.client.get("/health")
                assert health.status_code == 200, "others are served meanwhile"
        assert size > 60 * len(text)


async def test_a_reader_that_goes_away_leaves_nothing_behind(serve: Serve) -> None:
    async with serve(SILENT) as running:
        id = await submit(running)
        while not running.model.requests:
            await asyncio.sleep(0.01)
        async with httpx.AsyncClient(base_url=str(running.client.base_url), trust_env=False) as leaving:
            before = asyncio.all_tasks()
            for _ in range(5):
                async with opened(leaving, id) as answer:
                    await anext(answer.aiter_lines())
                    assert running.stack.events.bell.topics == 1
        for _ in range(100):
            left = {t for t in asyncio.all_tasks() - before if not t.done()}
            if running.stack.events.bell.topics == 0 and not left:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"still there after 5 s: {left}")
