"""The loop's own time per attempt: wall clock less model and sandbox (waiting for a slot counts as sandbox).

    ./assay bench loop [--n 100] [--at-once 20] [--json]

Replies come from a script over HTTP, the sandbox is the real one. The time of model and sandbox is, for each execution,
the union of the intervals in which a call was out, and in which a run was queued or going.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from functions.agent import usecases
from functions.agent.ports import Model, Models, ModelSpec, OnText, Ports, Question, Reply, Route, Task
from functions.agent.records import Execution
from functions.agent.words import Tier
from infra.config import Config
from infra.local import eventloop
from infra.local.cli.setup import prepare_sandbox
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from infra.models.scripted import Scripted

PROMPT = "Write a function `add` that adds two numbers. For example add(1, 2) returns 3. Number {n}."
CODE = Scripted("```python\ndef add(a, b):\n    return a + b\n```\n", match="Write the complete", repeat=True)
TESTS = Scripted(
    "```python\nassert add(2, 2) == 4\nassert add(0, 0) == 0\nassert add(-1, 1) == 0\n```\n",
    match="Write 6 tests",
    repeat=True,
)
Interval = tuple[float, float]


class Watch:
    """Notes for each execution when a model call or a run was out."""

    def __init__(self) -> None:
        self.intervals: dict[str, list[Interval]] = defaultdict(list)
        self.started: dict[str, float] = {}

    def others_s(self, execution_id: str) -> float:
        """Seconds in which at least one of them was out."""
        total, end = 0.0, 0.0
        for begin, until in sorted(self.intervals[execution_id]):
            total += max(0.0, until - max(begin, end))
            end = max(end, until)
        return total


class WatchedModels:
    """`Models` whose calls are noted. The execution is known by its number in the prompt."""

    def __init__(self, inner: Models, watch: Watch, ids: Mapping[str, str]) -> None:
        self._inner, self._watch, self._ids = inner, watch, ids

    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        return await self._inner.route(tier, wanted)

    def open(self, spec: ModelSpec) -> Model:
        return _Watched(self._inner.open(spec), self._watch, self._ids)


class _Watched:
    def __init__(self, inner: Model, watch: Watch, ids: Mapping[str, str]) -> None:
        self._inner, self._watch, self._ids = inner, watch, ids

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        began = time.time()
        try:
            return await self._inner.complete(question, on_text)
        finally:
            number = question.messages[-1].content.split("Number ", 1)[1].split(".", 1)[0]
            self._watch.intervals[self._ids[number]].append((began, time.time()))


class WatchedQueue:
    """The queue as the sandbox sees it: a run begins when it is queued, and ends when its result is."""

    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner, self._watch = inner, watch

    async def put(self, task: Task) -> None:
        now = time.time()
        run_id = task.name.split("-", 1)[1]
        if task.target == "sandbox":
            self._watch.started.setdefault(run_id, now)
        else:
            self._watch.intervals[run_id.split("-a", 1)[0]].append((self._watch.started[run_id], now))
        await self._inner.put(task)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="assay bench loop", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--n", type=int, default=100, help="executions (default 100)")
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    prepare_sandbox(sys.stderr, "python")
    figures = eventloop.run(measure(args.n, args.at_once))
    if args.json:
        print(json.dumps(figures))
    else:
        own = figures["overhead_ms"]
        print(f"own time per attempt: p50 {own['p50']} ms, p99 {own['p99']} ms (n {figures['n']})")
        print(f"executions a second, {args.at_once} at once: {figures['executions_per_s']}")
    return 0


async def measure(n: int, at_once: int) -> dict[str, Any]:
    """Runs `n` executions in steady state, `at_once` at a time, with as many before and after them."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        async with _script(Path(folder) / "script.json") as url:
            environment = {**os.environ, "ASSAY_DATA_DIR": folder, "ASSAY_SCRIPTED_URL": url}
            stack = LocalStack(Config.from_env(environment))
            # Every execution has the same code: nothing may be known of it.
            stack.sandbox.image = lambda language: ""  # type: ignore[method-assign]
            watch, ids = Watch(), dict[str, str]()
            stack.sandbox._queue = WatchedQueue(stack.queue, watch)
            ports = replace(stack.wired.ports, models=WatchedModels(stack.router, watch, ids))
            stack.wired = replace(stack.wired, ports=ports)
            async with LocalServer(stack):
                done = await _several(ports, ids, range(2 * at_once + n), at_once)
    # The first ones start all together and warm the runners, the last ones run alone: neither is the steady state.
    done = sorted(done, key=lambda d: d[1])[at_once : at_once + n]
    seconds = done[-1][1] - done[0][1]
    own = [(ended - e.created_at - watch.others_s(e.id)) * 1000 / len(e.attempts) for e, ended in done]
    cuts = statistics.quantiles(own, n=100, method="inclusive")
    return {
        "overhead_ms": {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)},
        "executions_per_s": round((n - 1) / seconds, 2),
        "n": n,
    }


@asynccontextmanager
async def _script(path: Path) -> AsyncIterator[str]:
    """The scripted model in a process of its own, as a model would be; its URL."""
    await asyncio.to_thread(path.write_text, json.dumps([asdict(CODE), asdict(TESTS)]), "utf-8")
    arguments = ("-m", "infra.models.scripted", "--script", str(path))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def _several(ports: Ports, ids: dict[str, str], numbers: range, at_once: int) -> list[tuple[Execution, float]]:
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> tuple[Execution, float]:
        async with gate:
            request = usecases.Request(uuid4().hex, "bench", PROMPT.format(n=number))
            ids[str(number)] = request.id
            await usecases.submit(ports, request, time.time())
            after = 0
            while True:
                for event in await ports.events.read(request.id, after, 30.0):
                    after = event.id
                    if event.kind == "done":
                        execution = await ports.records.get(Execution, request.id)
                        return execution, execution.completed_at or time.time()

    return await asyncio.gather(*(one(n) for n in numbers))
