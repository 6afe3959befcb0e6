"""The sandbox port on one machine: the cloud's runner, kept warm in a small pool, and the cloud's way of the result.

`start` only queues; the queue's dispatcher calls `run`, which leaves the result in the blob store and then queues for
the controller the very body that Pub/Sub would push. So a run survives a restart, and can be carried out twice.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions.agent.errors import Conflict, NotFound, SandboxError
from functions.agent.ports import Blobs, Queue, Task
from infra.local.runners import RunnerProcess, image_id, make_image

REMEMBERED = 1000  # cancelled runs that may still be in the queue
SPARE_S = 60.0  # what a runner may take beyond the bundle's own time before it counts as dead
DEFAULT_WALL_S = 120.0
TRIES = 2


@dataclass
class _Run:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    runner: RunnerProcess | None = None
    cancelled: bool = False


class LocalSandbox:
    """`slots` runs go at a time.

    `image`: the folder of the image, or what makes it (in a thread, once), or None for each language's standard place,
    where a missing one is made."""

    def __init__(self, blobs: Blobs, queue: Queue, image: Path | Callable[[], Path] | None, slots: int) -> None:
        self._blobs = blobs
        self._queue = queue
        self._image = image
        self._made: set[str] = set()
        self._making = asyncio.Lock()
        self._slots = asyncio.Semaphore(slots)
        self._free: list[RunnerProcess] = []
        self._runs: dict[str, _Run] = {}
        self._waiting: set[str] = set()
        self._cancelled: deque[str] = deque(maxlen=REMEMBERED)
        self._closed = False

    async def start(self, execution_id: str, run_id: str, bundle: str, result: str) -> None:
        """Queues the run; a second start of the same run is the same task."""
        payload = {"execution_id": execution_id, "run_id": run_id, "bundle": bundle, "result": result}
        self._waiting.add(run_id)
        await self._queue.put(Task(name=f"run-{run_id}", target="sandbox", payload=payload))

    async def cancel(self, execution_id: str, run_id: str) -> None:
        """Ends the run's processes within two seconds, or keeps it from starting; it leaves no result."""
        self._cancelled.append(run_id)
        self._waiting.discard(run_id)
        run = self._runs.get(run_id)
        if run is not None:
            run.cancelled = True
            if run.runner is not None:
                await run.runner.end()

    async def waits(self, execution_id: str, run_id: str) -> bool:
        """True from `start` (or, after a restart, from its turn) until it is over."""
        return run_id in self._waiting

    def image(self, language: str) -> str:
        """Of an image that is still to be made nothing is known."""
        return "" if callable(self._image) else image_id(language, self._image)

    async def run(self, payload: Mapping[str, Any]) -> None:
        """Carries out what `start` queued. A sandbox that fails twice leaves a result that says so.

        Raises StorageError, and SandboxError only when it is being closed: the task then comes again."""
        run_id, result = payload["run_id"], payload["result"]
        self._waiting.add(run_id)
        async with self._alone(run_id) as run:
            if not await self._exists(result):
                document = await self._document(run, payload)
                if document is None:
                    self._waiting.discard(run_id)
                    return
                with suppress(Conflict):  # another worker was faster; its result is the one
                    await self._blobs.put(result, document, once=True)
            await self._queue.put(Task(name=f"result-{run_id}", target="controller", payload=push_body(run_id, result)))
        self._waiting.discard(run_id)

    async def aclose(self) -> None:
        """Ends every runner with what it runs; runs that were going are not answered."""
        self._closed = True
        going = [run.runner for run in self._runs.values() if run.runner is not None]
        await asyncio.gather(*(runner.end() for runner in (*self._free, *going)))
        self._free.clear()

    @asynccontextmanager
    async def _alone(self, run_id: str) -> AsyncIterator[_Run]:
        """One delivery of a run at a time; a second one finds the first one's result."""
        run = self._runs.setdefault(run_id, _Run(cancelled=run_id in self._cancelled))
        run.users += 1
        try:
            async with run.lock:
                yield run
        finally:
            run.users -= 1
            if not run.users:
                del self._runs[run_id]

    async def _exists(self, name: str) -> bool:
        try:
            await self._blobs.get(name)
        except NotFound:
            return False
        return True

    async def _document(self, run: _Run, payload: Mapping[str, Any]) -> bytes | None:
        """The result, or None for a cancelled run."""
        try:
            bundle = await self._blobs.get(payload["bundle"])
        except NotFound as error:
            return failed(payload, error.detail)
        wall_s, language = outline(bundle)
        problem = ""
        async with self._slots:
            for _ in range(TRIES):
                if run.cancelled:
                    return None
                try:
                    return await self._trip(run, payload["run_id"], bundle, language, wall_s + SPARE_S)
                except SandboxError as error:
                    problem = error.detail
                if self._closed:
                    raise SandboxError("The sandbox is being closed.")
        return None if run.cancelled else failed(payload, problem)

    async def _trip(self, run: _Run, run_id: str, bundle: bytes, language: str, within_s: float) -> bytes:
        image = await self._ready(language)
        runner = self._free.pop() if self._free else await RunnerProcess.start(image)
        run.runner = runner
        good = False
        try:
            if run.cancelled or self._closed:
                raise SandboxError("The run was cancelled.")
            document = await runner.trip(run_id, bundle, within_s)
            good = not (run.cancelled or self._closed)
        finally:
            run.runner = None
            if good:
                self._free.append(runner)
            else:
                await asyncio.shield(runner.end())
        if not good:
            raise SandboxError("The run was cancelled.")
        return document

    async def _ready(self, language: str) -> Path | None:
        async with self._making:
            if self._image is None and language not in self._made:
                await make_image(language)
                self._made.add(language)
            elif callable(self._image):
                self._image = await asyncio.to_thread(self._image)
        return self._image if isinstance(self._image, Path) else None


def outline(bundle: bytes) -> tuple[float, str]:
    """(seconds that the bundle asks for, language), as far as it can be read; the runner is the one who judges it."""
    try:
        top = json.loads(bundle)
        return float(top["limits"]["wall_s"]), str(top["language"])
    except (ValueError, KeyError, TypeError):
        return DEFAULT_WALL_S, "python"


def failed(payload: Mapping[str, Any], detail: str) -> bytes:
    """The result document of a run that never reached the runner's judgement."""
    names = {name: payload[name] for name in ("run_id", "execution_id")}
    error = {"type": "sandbox_failed", "detail": detail}
    rest: dict[str, Any] = {"probe": {}, "cells": [], "findings": [], "vacuous": [], "wall_ms": 0}
    return json.dumps({"schema": 2, **names, "language": "", "error": error, **rest}).encode()


def push_body(run_id: str, result: str) -> dict[str, Any]:
    """What Pub/Sub pushes when Cloud Storage says that an object is complete."""
    data = base64.b64encode(json.dumps({"name": result, "bucket": "local"}).encode()).decode()
    attributes = {"eventType": "OBJECT_FINALIZE", "objectId": result, "bucketId": "local"}
    return {"message": {"data": data, "attributes": attributes, "messageId": run_id}, "subscription": "local"}
