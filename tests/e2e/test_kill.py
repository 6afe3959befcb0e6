"""The server is killed, without a word, in the middle of the work: what it had begun ends once, at its next start."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import story
from infra.models.scripted import Scripted, ScriptedServer
from program import descendants, gone, serving
from replies import PROMPT, RIGHT, SUITES, code

SLOW = RIGHT.replace("    return", "    import time\n\n    time.sleep(0.2)\n    return")
"""Each of its tests takes a while, so that there is time to be killed in."""
NEVER = 600.0


async def until(condition: Callable[[], bool], within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.005)


def results(data: Path) -> list[Path]:
    return [f for f in data.glob("blobs/executions/*/results/*.json") if f.stat().st_size]


async def code_is_asked(model: ScriptedServer, data: Path, client: httpx.AsyncClient, id: str) -> None:
    await until(lambda: len(model.requests) == 1)


async def suites_are_asked(model: ScriptedServer, data: Path, client: httpx.AsyncClient, id: str) -> None:
    await until(lambda: len(model.requests) == 3)


async def candidates_run(model: ScriptedServer, data: Path, client: httpx.AsyncClient, id: str) -> None:
    async with asyncio.timeout(15):
        while (await client.get(f"/execute/{id}")).json()["phase"] != "testing":
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    assert not results(data)


async def the_result_is_there(model: ScriptedServer, data: Path, client: httpx.AsyncClient, id: str) -> None:
    await until(lambda: bool(results(data)))


Moment = Callable[[ScriptedServer, Path, httpx.AsyncClient, str], Awaitable[None]]
NOT_ANSWERED = replace(code(SLOW), delay_s=NEVER)
TESTS_NOT_ANSWERED = [replace(s, delay_s=NEVER) for s in SUITES]


@pytest.mark.parametrize(
    ("moment", "script", "questions"),
    [
        (code_is_asked, [NOT_ANSWERED, code(SLOW), *SUITES], ["code", "code", "tests", "tests"]),
        (
            suites_are_asked,
            [code(SLOW), *TESTS_NOT_ANSWERED, *SUITES],
            ["code", "tests", "tests", "tests", "tests"],
        ),
        (candidates_run, [code(SLOW), *SUITES], ["code", "tests", "tests"]),
        (the_result_is_there, [code(SLOW), *SUITES], ["code", "tests", "tests"]),
    ],
    ids=["while code is asked for", "while tests are asked for", "while tests run", "right after the result"],
)
async def test_what_was_under_way_ends_once(
    tmp_path: Path, moment: Moment, script: list[Scripted], questions: list[str]
) -> None:
    data = tmp_path / "data"
    async with ScriptedServer(script) as model:
        async with serving(data, model.url) as server, api(server.url) as client:
            answer = await client.post("/execute", json={"prompt": PROMPT, "output_preference": "zip"})
            id = str(answer.json()["execution_id"])
            reading = asyncio.create_task(story.read(client, id, cut=True))
            await moment(model, data, client, id)
            family = descendants(data)
            assert await server.end(signal.SIGKILL) == -signal.SIGKILL
            before = await reading
        assert len(family) >= 1
        assert not await gone(family, 5.0), "what it had started outlives it"
        async with serving(data, model.url) as server, api(server.url) as client:
            after = await story.read(client, id, str(before[-1][0]))
            body = (await client.get(f"/execute/{id}")).json()
            assert (await client.get("/executions")).json()["total"] == 1
        asked = ["code" if "file `solution.py`" in r["messages"][-1]["content"] else "tests" for r in model.requests]
    assert asked == questions, "a reply that was there is asked for again, or one that was not is missing"
    assert (body["status"], body["verdict"]["status"], len(body["attempts"])) == ("passed", "passed", 1)
    assert body["artifact_id"] == f"zip-{id}"
    ids = [n for n, _, _ in (*before, *after)]
    assert ids == sorted(set(ids))
    kinds = [kind for _, kind, _ in (*before, *after)]
    assert [kinds.count(kind) for kind in ("plan", "route", "tests", "attempt", "usage", "done")] == [1] * 6
    assert kinds[-1] == "done"
    assert kept(data, "Artifact") == [f"zip-{id}"]
    assert len(kept(data, "ModelCall")) == 3
    assert len(list(data.glob("blobs/artifacts/*"))) == 1


def api(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{url}/api", trust_env=False, timeout=30)


def kept(data: Path, kind: str) -> list[str]:
    """The ids of all records of a kind, as they stand in the file."""
    with closing(sqlite3.connect(data / "assay.db")) as database:
        rows = database.execute("SELECT body FROM records WHERE kind = ?", (kind,)).fetchall()
    return [json.loads(body)["id"] for (body,) in rows]
