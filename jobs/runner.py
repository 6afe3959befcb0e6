"""The judge: takes a bundle to the sandbox and writes one result.

`python jobs/runner.py --bundle FILE --result FILE [--image DIR]` makes one trip. With `--serve` it stays: one JSON
object a line on stdin, {"bundle": path, "result": path, "run_id": id}, is answered by one line,
{"run_id", "written": true}; {"warm": language} gets ready for the first job. Exit code 0 whenever a result was written,
whatever it says; 2 for a wrong call; 3 when nothing could be written.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobs import image, language, probe
from jobs.failure import SandboxFailure, require_linux
from jobs.pool import Pool
from jobs.protocol import DEFAULTS, RESULT_SCHEMA, BundleError, parse_bundle, write_once
from jobs.trip import Trip


class Runner:
    """A pool of `slots` slots, kept warm for one language after the other. Use as a context manager."""

    def __init__(self, image_dir: Path | None, state: Path, slots: int = 0) -> None:
        self._image = image_dir
        self._state = state
        self._size = slots
        self._pool: Pool | None = None
        self._probe: probe.Probe | None = None
        self._limits = DEFAULTS

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            pool.__exit__()

    def warm(self, name: str) -> Pool:
        """The started slots of a language. Raises SandboxFailure below the floor, or when the image is not there."""
        if self._pool is not None and self._pool.language.name == name:
            return self._pool
        self.__exit__()
        folder = self._image or image.location(name)
        if not image.is_ready(folder):
            raise SandboxFailure(
                f"the sandbox's image for {name} is not there: make it with `python -m jobs.image {name}`"
            )
        require_linux()
        self._probe = self._probe or probe.probe()
        probe.require(self._probe)
        loaded = language.load(name, folder)
        # Without uids or namespaces all slots share one number of processes, and one slot's forks would be the other's.
        size = 1 if self._probe.fence == "landlock" else self._size or len(os.sched_getaffinity(0))
        self._pool = Pool(self._state, self._probe, loaded, image.interpreter(folder), size).__enter__()
        return self._pool

    def prepare(self) -> None:
        """Starts processes ahead of the next job, with the limits that the last one had. Waits for nothing."""
        if self._pool is not None:
            self._pool.prepare(self._limits)

    def trip(self, data: bytes) -> dict[str, Any]:
        """The result document of a bundle. Never raises for what a bundle or a sandbox can do wrong."""
        begun = time.monotonic()
        result = failed(data, "")
        try:
            bundle = parse_bundle(data)
            pool = self.warm(bundle.language)
            result["probe"] = pool.probe.to_json()
            self._limits = bundle.limits
            result |= {"error": None, **Trip(pool, bundle, begun + bundle.limits.wall_s).run()}
        except (BundleError, SandboxFailure, OSError) as failure:
            result["error"] = {"type": "sandbox_failed", "detail": str(failure)}
        except Exception as mistake:  # ours; whoever waits must learn of it all the same
            traceback.print_exc()
            detail = f"the runner made a mistake: {type(mistake).__name__}: {mistake}"
            result["error"] = {"type": "sandbox_failed", "detail": detail[:500]}
        result["wall_ms"] = round((time.monotonic() - begun) * 1000, 3)
        return result


def failed(data: bytes, detail: str) -> dict[str, Any]:
    """The result document of a trip that the sandbox could not make. It says whose it is even where `data` is no
    acceptable bundle."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raw = None
    known = raw if isinstance(raw, dict) else {}
    names = ("run_id", "execution_id", "language")
    return {
        "schema": RESULT_SCHEMA,
        **{name: known[name] if isinstance(known.get(name), str) else "" for name in names},
        "error": {"type": "sandbox_failed", "detail": detail},
        "probe": {},
        "cells": [],
        "findings": [],
        "vacuous": [],
        "flaky": [],
        "wall_ms": 0.0,
    }


def serve(runner: Runner) -> None:
    """Answers one line for each line of stdin until it ends."""
    for line in sys.stdin:
        job = json.loads(line)
        if "warm" in job:
            answer = _warmed(runner, job["warm"])
        else:
            write_once(Path(job["result"]), runner.trip(Path(job["bundle"]).read_bytes()))
            answer = {"run_id": job["run_id"], "written": True}
        print(json.dumps(answer), flush=True)
        runner.prepare()


def _warmed(runner: Runner, name: str) -> dict[str, Any]:
    try:
        return {"warm": name, "error": None, "probe": runner.warm(name).probe.to_json()}
    except SandboxFailure as failure:
        return {"warm": name, "error": str(failure)}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="runner", description="Run candidates against suites in the sandbox.")
    parser.add_argument("--bundle", type=Path, help="the bundle, a JSON file")
    parser.add_argument("--result", type=Path, help="where the result goes; must not exist")
    parser.add_argument(
        "--image", type=Path, help="the language's image; the default is where `python -m jobs.image` puts it"
    )
    parser.add_argument("--state", type=Path, default=image.home() / "slots", help="where the slots live")
    parser.add_argument("--slots", type=int, default=0, help="steps at once; the default is one a core")
    parser.add_argument("--serve", action="store_true", help="stay, and take one job a line on stdin")
    options = parser.parse_args(arguments)
    if not options.serve and (options.bundle is None or options.result is None):
        parser.error("--bundle and --result are needed, or --serve")
    os.umask(0o022)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    with Runner(options.image, options.state, options.slots) as runner:
        if options.serve:
            serve(runner)
            return 0
        try:
            data = options.bundle.read_bytes()
            try:
                result = runner.trip(data)
            except SystemExit:  # who waits for the result learns it now, not when its patience ends
                result = failed(data, "the sandbox was told to stop before the run was over")
            write_once(options.result, result)
        except OSError as error:
            print(f"runner: {error}", file=sys.stderr)
            return 3
    return 0


def _leave(*_: object) -> None:
    """Unwinds through every `finally`, so that no process of a run stays behind."""
    raise SystemExit(130)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
