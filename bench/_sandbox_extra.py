"""The figures of `bench sandbox` that are not one job beside the same job: floor, throughput, whole trips, memory."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench._sandbox_jobs import Job, write
from bench._sandbox_peers import Prefix
from jobs import cells, launch, steps, supervise, usage
from jobs.pool import Pool
from jobs.protocol import DEFAULTS, Candidate, Suite
from jobs.runner import Runner
from jobs.spare import Spare

FLOW_S = 6.0
SETTLE_S = 1.0
ROOT = Path(__file__).resolve().parents[1]


class CannotRunError(Exception):
    """A command that ours is measured beside does not work on this machine."""


def timed(run: Callable[[], Any]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    run()
    return (time.perf_counter() - begun) * 1000


def wait(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"nothing was ready within {seconds:g} s")
        time.sleep(0.01)


def carry_out(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRunError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-500:]}")


def alone(pool: Pool, step: Callable[[Spare], None], wants_spare: bool = False) -> None:
    """One step in a free slot."""
    with pool.batch() as batch:
        batch.submit(step, wants_spare).result()


def trivial(pool: Pool, folder: Path, peers: Mapping[str, Prefix]) -> dict[str, Callable[[int], Callable[[], Any]]]:
    """One call of one function, and whether its answer is right, without a test framework: ours is the process of the
    code (apart from tests), asked from here in the words that the tests' process uses."""
    code = "def add(a, b):\n    return a + b\n"

    def step(spare: Spare) -> None:
        slot = spare.slot
        steps.fill(slot.code.workspace, {"solution.py": code})
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                serve = {"mode": "serve", "modules": ["solution"]}
                running = launch.start(slot, slot.code, DEFAULTS, 10, job=serve, report=theirs.fileno())
            running.feed()
            number = _asked(ours, {"op": "module", "o": "solution", "a": []})
            answer = _asked(ours, {"op": "method", "o": {"t": "H", "n": number}, "a": ["add", 1, 2]})
        supervise.finish(slot, running, DEFAULTS, 10)
        if answer != 3:
            raise SystemExit(f"trivial_python: {answer!r}")

    script = f"{code}assert add(1, 2) == 3\n"
    python = str(folder / "bin" / "python")
    ways: dict[str, Callable[[], Any]] = {
        name: partial(carry_out, [*prefix("/usr"), python, "-c", script]) for name, prefix in peers.items()
    }
    ways["ours"] = partial(alone, pool, step)
    return {name: partial(_same, run) for name, run in ways.items()}


def _asked(connection: socket.socket, message: Mapping[str, Any]) -> Any:
    """The result that comes back: JSON with its length before it, both ways."""
    body = json.dumps(message).encode()
    connection.sendall(len(body).to_bytes(4, "big") + body)
    with connection.makefile("rb") as answers:
        return json.loads(answers.read(int.from_bytes(answers.read(4), "big")))["r"]


def _same(run: Callable[[], Any], n: int) -> Callable[[], Any]:
    return run


def python_figures(
    job: Job, runner: Runner, pool: Pool, folder: Path, peers: Mapping[str, Prefix], rounds: int
) -> dict[str, dict[str, float]]:
    """Jobs a second, one trip of five candidates and two suites, and the memory of an idle runner."""
    flow = {"ours_per_s": _flow(lambda n: partial(_one, pool, job, n))}
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as base:
        for name, prefix in peers.items():
            command = partial(plain, job, job.shell.replace("{image}", str(folder)), prefix, base)
            with suppress(CannotRunError):  # `measure` has said so already
                flow[f"{name}_per_s"] = _flow(command)
    document = json.dumps(_five_by_two(job)).encode()
    trips = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        result = runner.trip(document)
        trips.append((time.perf_counter() - begun) * 1000)
        if result["error"] or not all(c["complete"] for c in result["cells"]):
            raise SystemExit(f"trip: {result['error'] or result['cells'][0]['why']}")
    trip = round(statistics.median(trips[1:]), 1)
    return {"pytest_5_flow": flow, "trip_5x2x5": {"ours_ms": trip}, "idle": {"ours_mib": idle()}}


def _one(pool: Pool, job: Job, n: int) -> None:
    solution, test = job.files(n)
    candidate, suite = Candidate("a1c1", solution), Suite("s1", test, job.cases(), {})
    canary = pool.language.canary.fill(cells.token())

    def step(spare: Spare) -> None:
        once = steps.Beside(spare, candidate, suite, canary, DEFAULTS, stub=False)
        if len(cells.run_cell(once, candidate, suite, canary[2], DEFAULTS, time.monotonic() + 60).passed()) != 5:
            raise SystemExit("a job of the flow did not pass")

    alone(pool, step)


def plain(job: Job, shell: str, prefix: Prefix, base: str, n: int) -> Callable[[], None]:
    """The plain command in a new folder of `base`, which is all that it may write to."""
    work = tempfile.mkdtemp(dir=base)
    write(Path(work), *job.files(n))
    command = f"cd {work} && {shell.replace('{base}', base)}"
    return partial(carry_out, [*prefix(base), "/bin/sh", "-c", command])


def _flow(once: Callable[[int], Callable[[], None]]) -> float:
    """Jobs a second with one worker a core, over six seconds."""
    workers = len(os.sched_getaffinity(0))
    end = time.monotonic() + FLOW_S
    done = [0] * workers
    numbers = iter(range(10_000, 10_000_000))
    lock = threading.Lock()

    def work(index: int) -> None:
        while time.monotonic() < end:
            with lock:
                n = next(numbers)
            once(n)()
            done[index] += 1

    begun = time.monotonic()
    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(work, range(workers)))
    return round(sum(done) / (time.monotonic() - begun), 1)


def _five_by_two(job: Job) -> dict[str, Any]:
    solution, test = job.files(0)
    (name,) = test
    candidates = [{"id": f"a1c{i}", "files": {k: f"# {i}\n{v}" for k, v in solution.items()}} for i in range(5)]
    suites = [
        {
            "id": f"s{s}",
            "files": {name.replace("s1", f"s{s}"): test[name]},
            "cases": [{"id": f"s{s}-{i}", "test": f"test_s{s}.py::test_{i}"} for i in range(1, 6)],
        }
        for s in (1, 2)
    ]
    return {
        "schema": 1,
        "run_id": "bench",
        "execution_id": "bench",
        "language": job.language,
        "candidates": candidates,
        "suites": suites,
    }


def idle() -> float:
    """MiB of an idle, warm runner without spares: each process's share (PSS) of all of them together."""
    command = [sys.executable, str(ROOT / "jobs" / "runner.py"), "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"warm": "python"}\n')
        process.stdin.flush()
        process.stdout.readline()
        time.sleep(SETTLE_S)
        pids = [process.pid, *usage.descendants(process.pid)]
        total = usage.shared_out(pids)
        process.stdin.close()
        process.wait(30)
    return round(total / (1 << 20), 1)
