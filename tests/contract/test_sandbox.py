"""What every `ports.Sandbox` does, seen from blobs and queue. A new adapter joins with one line in ADAPTERS."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from functions.agent.errors import NotFound, SandboxError
from functions.agent.ports import Sandbox, Task
from infra.local.blobs import LocalBlobs
from infra.local.sandbox import LocalSandbox
from jobs import image, usage
from jobs.probe import FIRST_UID
from jobs.slot import SLOTS

SAMPLES = Path(__file__).parents[2] / "jobs" / "images" / "python" / "sample"
SLEEP = "import time\nprint('asleep', flush=True)\ntime.sleep(60)\n"


@dataclass
class Inbox:
    """A queue that keeps what it is given; a name is taken once."""

    tasks: dict[str, Task] = field(default_factory=dict)

    async def put(self, task: Task) -> None:
        self.tasks.setdefault(task.name, task)


@dataclass
class World:
    """A sandbox with its blobs and its queue; `drive` does what the queue's dispatcher does for a run."""

    sandbox: Sandbox
    blobs: LocalBlobs
    inbox: Inbox
    drive: Callable[[str], Any]

    async def start(self, run_id: str, bundle: dict[str, Any]) -> str:
        name = f"runs/{run_id}/result.json"
        await self.blobs.put(f"runs/{run_id}/bundle.json", json.dumps({**bundle, "run_id": run_id}).encode())
        await self.sandbox.start("e1", run_id, f"runs/{run_id}/bundle.json", name)
        return name

    async def result(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(await self.blobs.get(name))
        return document


@asynccontextmanager
async def local(folder: Path, chosen: Path | Callable[[], Path]) -> AsyncIterator[World]:
    blobs, inbox = LocalBlobs(folder / "blobs"), Inbox()
    sandbox = LocalSandbox(blobs, inbox, chosen, slots=2)
    yield World(sandbox, blobs, inbox, lambda run_id: sandbox.run(inbox.tasks[f"run-{run_id}"].payload))
    await sandbox.aclose()


ADAPTERS = {"local": local}


@pytest.fixture(params=ADAPTERS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with ADAPTERS[request.param](tmp_path, lambda: image.make("python")) as made:
        yield made


def sample(name: str = "pass", code: str | None = None) -> dict[str, Any]:
    bundle: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())["bundle"]
    if code is not None:
        bundle["candidates"][0]["files"] = {"solution.py": code}
    return bundle


async def test_a_run_leaves_one_result_and_wakes_the_controller(world: World) -> None:
    name = await world.start("e1-a1", sample())
    assert set(world.inbox.tasks) == {"run-e1-a1"}
    assert world.inbox.tasks["run-e1-a1"].target == "sandbox"
    await world.drive("e1-a1")
    result = await world.result(name)
    assert (result["error"], result["run_id"]) == (None, "e1-a1")
    assert {c["outcome"] for c in result["cells"][0]["cases"].values()} == {"passed"}
    task = world.inbox.tasks["result-e1-a1"]
    message = task.payload["message"]
    assert task.target == "controller"
    assert json.loads(base64.b64decode(message["data"]))["name"] == name
    assert message["attributes"] == {"eventType": "OBJECT_FINALIZE", "objectId": name, "bucketId": "local"}


async def test_starting_and_delivering_twice_is_one_run(world: World) -> None:
    name = await world.start("e1-a1", sample())
    await world.sandbox.start("e1", "e1-a1", "runs/e1-a1/bundle.json", name)
    assert len(world.inbox.tasks) == 1
    await asyncio.gather(world.drive("e1-a1"), world.drive("e1-a1"))
    first = await world.result(name)
    await world.drive("e1-a1")
    assert await world.result(name) == first


async def test_code_that_fails_is_a_result_not_an_error(world: World) -> None:
    name = await world.start("e1-a1", sample("compile_error"))
    await world.drive("e1-a1")
    result = await world.result(name)
    assert result["error"] is None
    assert {c["outcome"] for c in result["cells"][0]["cases"].values()} == {"error"}


async def test_runs_go_side_by_side_and_keep_apart(world: World) -> None:
    names = [await world.start(f"e1-a{n}", sample("pass" if n % 2 else "fail")) for n in range(6)]
    await asyncio.gather(*(world.drive(f"e1-a{n}") for n in range(6)))
    for n, name in enumerate(names):
        result = await world.result(name)
        assert result["run_id"] == f"e1-a{n}"
        wanted = {"passed" if n % 2 else "failed"}
        assert {c["outcome"] for c in result["cells"][0]["cases"].values()} == wanted


async def test_a_run_waits_from_its_start_to_its_end(world: World) -> None:
    assert not await world.sandbox.waits("e1", "e1-a1")
    await world.start("e1-a1", sample())
    assert await world.sandbox.waits("e1", "e1-a1")
    await world.drive("e1-a1")
    assert not await world.sandbox.waits("e1", "e1-a1")
    await world.start("e1-a2", sample())
    await world.sandbox.cancel("e1", "e1-a2")
    assert not await world.sandbox.waits("e1", "e1-a2")


async def test_a_cancelled_run_ends_within_two_seconds_without_a_result(world: World) -> None:
    before = slot_processes()
    name = await world.start("e1-a1", sample(code=SLEEP))
    going = asyncio.create_task(world.drive("e1-a1"))
    async with asyncio.timeout(20):
        while not slot_processes() - before:
            await asyncio.sleep(0.02)
    begun = time.monotonic()
    await world.sandbox.cancel("e1", "e1-a1")
    await going
    assert time.monotonic() - begun < 2
    async with asyncio.timeout(2):
        while slot_processes() - before:
            await asyncio.sleep(0.02)
    with pytest.raises(NotFound):
        await world.blobs.get(name)
    assert "result-e1-a1" not in world.inbox.tasks
    await world.drive("e1-a1")
    with pytest.raises(NotFound):
        await world.blobs.get(name)
    other = await world.start("e1-a2", sample())
    await world.drive("e1-a2")
    assert (await world.result(other))["error"] is None


async def test_a_bundle_that_is_gone_is_answered_with_an_error(world: World) -> None:
    await world.sandbox.start("e1", "e1-a1", "runs/nothing.json", "runs/result.json")
    await world.drive("e1-a1")
    assert (await world.result("runs/result.json"))["error"]["type"] == "sandbox_failed"
    assert "result-e1-a1" in world.inbox.tasks


async def test_what_is_no_bundle_is_answered_with_an_error(world: World) -> None:
    await world.blobs.put("b.json", b"{}")
    await world.sandbox.start("e1", "e1-a1", "b.json", "r.json")
    await world.drive("e1-a1")
    assert (await world.result("r.json"))["error"]["type"] == "sandbox_failed"


async def test_the_image_of_a_language_has_a_steady_name_of_its_own(world: World) -> None:
    await world.start("e1-a1", sample())
    await world.drive("e1-a1")
    name = world.sandbox.image("python")
    assert name
    assert world.sandbox.image("python") == name
    assert world.sandbox.image("klingon") == ""


async def test_without_an_image_the_result_says_so_after_a_second_try(tmp_path: Path) -> None:
    async with local(tmp_path, tmp_path / "nothing") as world:
        name = await world.start("e1-a1", sample())
        await world.drive("e1-a1")
        error = (await world.result(name))["error"]
        assert error["type"] == "sandbox_failed"
        assert "image" in error["detail"]


async def test_a_runner_that_died_is_replaced_and_the_run_repeated(world: World) -> None:
    first = await world.start("e1-a1", sample())
    await world.drive("e1-a1")
    for pid in runner_processes():
        os.kill(pid, 9)
    second = await world.start("e1-a2", sample())
    await world.drive("e1-a2")
    assert (await world.result(first))["error"] is None
    assert (await world.result(second))["error"] is None


async def test_closing_ends_the_run_and_leaves_it_for_the_next_start(tmp_path: Path) -> None:
    before = slot_processes()
    async with local(tmp_path, lambda: image.make("python")) as world:
        name = await world.start("e1-a1", sample(code=SLEEP))
        going = asyncio.create_task(world.drive("e1-a1"))
        async with asyncio.timeout(20):
            while not slot_processes() - before:
                await asyncio.sleep(0.02)
    with pytest.raises(SandboxError):
        await going
    with pytest.raises(NotFound):
        await world.blobs.get(name)
    async with asyncio.timeout(2):
        while slot_processes() - before:
            await asyncio.sleep(0.02)
    assert runner_processes() == set()


def slot_processes() -> set[int]:
    """Processes that run code under test: those with a slot's uid, or, without uids, below one of our runners."""
    return set(usage.processes_of(range(FIRST_UID, FIRST_UID + 2 * SLOTS)))


def runner_processes() -> set[int]:
    """Our own children that are runners."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
            except OSError:
                continue
            if parent == os.getpid() and b"runner.py\0--serve" in line:
                found.add(int(entry.name))
    return found
