"""The sandbox beside a bare process and the sandboxes that are installed: milliseconds a job, from call to result.

    ./assay bench sandbox [--rounds 15] [--languages python,java] [--json]

Each round runs every contender once, in turn, so that they share whatever else the machine does; figures are medians.
`ours` is the whole way through the runner, fully confined; the others run the plain command and confine it as far as
they go. A warm spare is waited for, since that is made off the way; what it costs is in docs/sandbox.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import _sandbox_extra as extra
from bench._sandbox_jobs import JOBS, Job
from bench._sandbox_peers import Prefix, installed
from jobs import cells, image, steps
from jobs.pool import Pool
from jobs.protocol import DEFAULTS, Candidate, Suite
from jobs.runner import Runner
from jobs.spare import Spare

READY_S = 20.0
Once = Callable[[int], Callable[[], Any]]
"""Gets everything ready for a round, whose number is new, and returns what is measured."""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="assay bench sandbox", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--languages", default="", help="only these, separated by commas")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    wanted = args.languages.split(",") if args.languages else [job.language for job in JOBS]
    figures: dict[str, dict[str, float]] = {}
    for job in JOBS:
        if job.language in wanted:
            print(f"measuring {job.language} …", file=sys.stderr, flush=True)
            figures |= measure(job, args.rounds)
    print(json.dumps(figures) if args.json else "\n".join(table(figures)))
    return 0


def table(figures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for name, row in figures.items():
        yield f"{name:18}" + "  ".join(f"{key} {value:g}" for key, value in row.items())


def measure(job: Job, rounds: int) -> dict[str, dict[str, float]]:
    """Name of the job → `<contender>_ms`, medians of `rounds`, of each way in which the language is judged."""
    os.umask(0o022)
    folder = image.make(job.language, lambda line: print(line, file=sys.stderr))
    with Runner(None, image.home() / "slots") as runner, ExitStack() as stack:
        pool = runner.warm(job.language)
        ways: dict[str, dict[str, Once]] = {job.name: {"ours": partial(_ours, job, pool, _beside, True)}}
        peers = installed()
        for name, prefix in peers.items():
            ways[job.name][name] = stack.enter_context(_plain(job, folder, prefix))
        if pool.language.spare is not None:
            ways[f"{job.name}_cold"] = {"ours": partial(_ours, job, pool, _beside, False)}
        if job.language == "python":
            ways[f"{job.name}_r4"] = {"ours": partial(_ours, job, pool, _apart, False)}
            ways["trivial_python"] = extra.trivial(pool, folder, peers)
        figures = _medians(ways, rounds)
        if job.language == "python":
            figures |= extra.python_figures(job, runner, pool, folder, peers, rounds)
    return figures


def _medians(ways: Mapping[str, Mapping[str, Once]], rounds: int) -> dict[str, dict[str, float]]:
    seen: dict[tuple[str, str], list[float]] = {}
    absent: set[tuple[str, str]] = set()
    for n in range(rounds + 1):  # the first fills caches and is not counted
        for name, contenders in ways.items():
            for contender, once in contenders.items():
                if (name, contender) in absent:
                    continue
                try:
                    ms = extra.timed(once(1000 + n))
                except extra.CannotRunError as error:
                    print(f"{name}: {contender} cannot run here and is left out: {error}", file=sys.stderr)
                    absent.add((name, contender))
                    continue
                if n:
                    seen.setdefault((name, contender), []).append(ms)
    figures: dict[str, dict[str, float]] = {name: {} for name in ways}
    for (name, contender), times in seen.items():
        figures[name][f"{contender}_ms"] = round(statistics.median(times), 1)
    return figures


def _ours(job: Job, pool: Pool, way: Callable[..., cells.Once], warm: bool, n: int) -> Callable[[], Any]:
    solution, test = job.files(n)
    candidate, suite = Candidate("a1c1", solution), Suite("s1", test, job.cases(), {})
    canary = pool.language.canary.fill(cells.token())

    def step(spare: Spare) -> None:
        once = way(spare, candidate, suite, canary, DEFAULTS)
        found = cells.run_cell(once, candidate, suite, canary[2], DEFAULTS, time.monotonic() + 60)
        if len(found.passed()) != len(suite.cases):
            raise SystemExit(f"{job.name}: {found.why or next(iter(found.cases.values())).message}")

    if warm and pool.language.spare is not None:
        pool.prepare(DEFAULTS)
        extra.wait(lambda: pool.ready() > 0, READY_S)
    return partial(extra.alone, pool, step, warm)


def _beside(spare: Spare, candidate: Candidate, suite: Suite, canary: steps.Canary, limits: Any) -> cells.Once:
    return steps.Beside(spare, candidate, suite, canary, limits, stub=False)


def _apart(spare: Spare, candidate: Candidate, suite: Suite, canary: steps.Canary, limits: Any) -> cells.Once:
    return steps.Apart(spare, candidate, suite, canary, limits)


@contextmanager
def _plain(job: Job, folder: Path, prefix: Prefix) -> Iterator[Once]:
    shell = job.shell.replace("{image}", str(folder)).replace("{node}", str(folder / "node_modules/.bin/node"))
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as base:
        yield partial(extra.plain, job, shell, prefix, base)
