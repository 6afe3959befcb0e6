"""One greedy call against the loop, on the same model, judged by hidden tests that nothing of the loop ever sees.

    ./assay bench solve --tasks FILE.jsonl [--n N] [--seed S] [--parity odd] [--model M] [--prompt-field prompt]
                        [--without anchors,repair] [--cache FOLDER] [--replies PACK] [--pack PACK]

A task is {task_id, language, entry_point, prompt, hidden_test}. Replies are cached on disk by (model, request, seed):
a second run, or one that was cut, repeats in seconds what it has asked before. `--pack` adds those of a run to one
file, and `--replies` reads such a file: the model is set up only if something is asked that is not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench._figures import summarize, table
from bench._hidden import Hidden, split_hidden
from bench._replies import CachedModels, read_pack, write_pack
from functions.agent import delivery, usecases
from functions.agent.errors import ParseError
from functions.agent.parsing import parse
from functions.agent.records import Execution, ModelCall
from functions.agent.words import PARTS
from infra.config import Config
from infra.local import eventloop
from infra.local.cli.setup import prepare, prepare_sandbox
from infra.local.runners import RunnerProcess
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from infra.models.model_file import QWEN_CODER_1_5B

MODEL = "embedded"
AT_ONCE = 2


def main(argv: Sequence[str]) -> int:
    """Prints the table, or JSON with --json. Returns 0 when every task was done."""
    args = _arguments(argv)
    tasks = choose(read_tasks(args.tasks), args.n, args.seed, args.parity)
    config = Config.from_env(os.environ)
    prepare_sandbox(sys.stderr, "python")
    outcomes = eventloop.run(_all(args, tasks, config))
    figures = summarize(outcomes)
    print(json.dumps(figures, indent=2) if args.json else table(figures))
    if args.details:
        args.details.write_text("".join(json.dumps(o) + "\n" for o in outcomes), "utf-8")
    return 0


def read_tasks(path: Path) -> list[dict[str, Any]]:
    """The tasks of a JSONL file; a line that is none is named."""
    tasks = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        task = json.loads(line)
        missing = {"task_id", "language", "entry_point", "prompt", "hidden_test"} - set(task)
        if missing:
            raise SystemExit(f"{path}, line {number}: {', '.join(sorted(missing))} missing")
        tasks.append(task)
    return tasks


def choose(tasks: list[dict[str, Any]], n: int | None, seed: int, parity: str) -> list[dict[str, Any]]:
    """`n` tasks drawn with `seed`, of those whose number is odd or even where asked, in the order of the file."""
    if parity != "all":
        tasks = [t for t in tasks if int(t["task_id"].rsplit("/", 1)[-1]) % 2 == (parity == "odd")]
    if n is None or n >= len(tasks):
        return tasks
    drawn = set(random.Random(seed).sample(range(len(tasks)), n))
    return [t for i, t in enumerate(tasks) if i in drawn]


async def _all(args: argparse.Namespace, tasks: list[dict[str, Any]], config: Config) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        stack = LocalStack(replace(config, data_folder=Path(folder)))
        ready = partial(prepare, config, sys.stderr, args.model)
        packed = read_pack(args.replies) if args.replies else {}
        models = CachedModels(stack.router, args.cache, QWEN_CODER_1_5B.sha256, args.model, ready, packed)
        stack.wired = replace(stack.wired, ports=replace(stack.wired.ports, models=models))
        async with LocalServer(stack):
            judge = await RunnerProcess.start(None)
            bench = _Bench(args, stack, models, judge)
            gate = asyncio.Semaphore(AT_ONCE)
            progress = _Progress(len(tasks))

            async def one(task: dict[str, Any]) -> dict[str, Any]:
                async with gate:
                    outcome = await bench.task(task)
                progress.done(outcome)
                return outcome

            try:
                return await asyncio.gather(*(one(t) for t in tasks))
            finally:
                progress.close()
                await judge.end()
                print(f"{models.asked} of {len(models.used)} replies were asked for anew", file=sys.stderr)
                if args.pack:
                    write_pack(args.pack, models.used)


class _Progress:
    """A bar on a terminal, a line a task elsewhere; both on stderr, so that --json stays JSON."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = self._solved = 0
        self._began = time.monotonic()
        self._bar: Any = None
        if sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task("solving", total=total)
            self._bar.start()

    def done(self, outcome: dict[str, Any]) -> None:
        self._done += 1
        self._solved += outcome["loop"]["all"]
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=f"solved {self._solved} of {self._done}")
            return
        rest = (time.monotonic() - self._began) / self._done * (self._total - self._done)
        single, loop = outcome["single"], outcome["loop"]
        told = f"{loop['status']}, {loop['confidence']}, {loop['attempts']} attempts, {loop['tokens']} tokens"
        both = f"single {single['all']} ({single['tokens']} tokens), loop {loop['all']} ({told})"
        line = f"{self._done}/{self._total} {outcome['task_id']}: {both}; {rest / 60:.0f} min left"
        print(line, file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


class _Bench:
    def __init__(self, args: argparse.Namespace, stack: LocalStack, models: CachedModels, judge: RunnerProcess) -> None:
        self.args, self.stack, self.models, self.judge = args, stack, models, judge
        self.judging = asyncio.Lock()

    async def task(self, task: dict[str, Any]) -> dict[str, Any]:
        """Both ways of one task. The single shot is the loop's own first call: the same prompt, greedy."""
        prompt = task[self.args.prompt_field]
        hidden = split_hidden(task["hidden_test"], prompt)
        execution, seconds = await self._loop(task, prompt)
        call = await self._first_call(execution)
        single = _code_of(call, execution.language)
        best = delivery.winner(execution)
        return {
            "task_id": task["task_id"],
            "single": {
                **await self._score(single, hidden),
                "tokens": call.usage.total if call else 0,
                "seconds": (call.ms if call else 0) / 1000,
            },
            "loop": {
                **await self._score(dict(best.files) if best else {}, hidden),
                "status": str(execution.status),
                "confidence": str(execution.verdict.confidence) if execution.verdict else "unverified",
                "attempts": len(execution.attempts),
                "tokens": execution.usage.total,
                "seconds": seconds,
            },
        }

    async def _loop(self, task: dict[str, Any], prompt: str) -> tuple[Execution, float]:
        ports = self.stack.wired.ports
        began = time.time()
        asked = {"model": self.args.model, "without": self.args.without}
        request = usecases.Request(uuid4().hex, "bench", prompt, task["language"], **asked)
        execution = await usecases.submit(ports, request, began)
        after = 0
        while True:
            for event in await ports.events.read(execution.id, after, 30.0):
                after = event.id
                if event.kind == "done":
                    return await ports.records.get(Execution, execution.id), time.time() - began

    async def _first_call(self, execution: Execution) -> ModelCall | None:
        calls = await self.stack.records.query(ModelCall, {"execution_id": execution.id}, 1, 100)
        return next((c for c in calls.items if f"{execution.id}-a1-code1-0-" in c.id), None)

    async def _score(self, files: dict[str, str], hidden: Hidden) -> dict[str, bool]:
        """Whether all hidden assertions hold, and those that the prompt did not show."""
        if not files:
            return {"all": False, "unseen": False}
        run_id = uuid4().hex
        async with self.judging:
            result = json.loads(await self.judge.trip(run_id, hidden.bundle(run_id, files), 120.0))
        outcomes = {i: c["outcome"] for cell in result["cells"] for i, c in cell["cases"].items()}
        every = [outcomes.get(i) == "passed" for i in hidden.ids]
        unseen = [outcomes.get(i) == "passed" for i in hidden.unseen]
        return {"all": all(every), "unseen": all(unseen) if unseen else all(every)}


def _code_of(call: ModelCall | None, language: str) -> dict[str, str]:
    if call is None or call.text is None:
        return {}
    try:
        parsed = parse(call.text, language=language, expected=("solution.py",), finish_reason=call.finish_reason)
    except ParseError:
        return {}
    return dict(parsed.files)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="assay bench solve", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--tasks", type=Path, required=True, help="a JSONL file")
    parser.add_argument("--n", type=int, help="how many tasks (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parity", choices=("all", "odd", "even"), default="all", help="by the task's number")
    parser.add_argument("--model", default=MODEL, help="provider or provider/model (default: the embedded one)")
    parser.add_argument("--prompt-field", default="prompt")
    parts = lambda text: tuple(filter(None, text.split(",")))  # noqa: E731
    help_parts = f"parts of the loop to switch off, of {', '.join(PARTS)}"
    parser.add_argument("--without", type=parts, default=(), help=help_parts)
    default = Path("~/.cache/assay/replies").expanduser()
    parser.add_argument("--cache", type=Path, default=default, help=f"replies (default {default})")
    parser.add_argument("--replies", type=Path, help="a pack of replies that is looked into first")
    parser.add_argument("--pack", type=Path, help="the replies of this run are added to this file")
    parser.add_argument("--details", type=Path, help="one JSON line a task goes there")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)
