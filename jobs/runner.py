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
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobs import image, language, lint, probe
from jobs.cells import run_cell
from jobs.failure import SandboxFailure
from jobs.judge import LEVEL
from jobs.protocol import SCHEMA, Bundle, BundleError, parse_bundle, write_once
from jobs.slot import Slot

T = TypeVar("T")


class Runner:
    """One slot, kept warm for one language after the other. Use as a context manager."""

    def __init__(self, image_dir: Path | None, state: Path) -> None:
        self._image = image_dir
        self._state = state
        self._slot: Slot | None = None
        self._probe: probe.Probe | None = None

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        if self._slot is not None:
            self._slot.__exit__()
            self._slot = None

    def warm(self, name: str) -> Slot:
        """The started slot of a language. Raises SandboxFailure below the floor, or when the image is not there."""
        if self._slot is not None and self._slot.language.name == name:
            return self._slot
        self.__exit__()
        folder = self._image or image.location(name)
        if not image.is_ready(folder):
            raise SandboxFailure(
                f"the sandbox's image for {name} is not there: make it with `python -m jobs.image {name}`"
            )
        self._probe = self._probe or probe.probe()
        probe.require(self._probe)
        self._slot = Slot(self._state, self._probe, language.load(name, folder)).__enter__()
        return self._slot

    def trip(self, data: bytes) -> dict[str, Any]:
        """The result document of a bundle. Never raises for what a bundle or a sandbox can do wrong."""
        begun = time.monotonic()
        result: dict[str, Any] = {
            **_names(data),
            "error": None,
            "level": LEVEL,
            "probe": {},
            "cells": [],
            "findings": [],
        }
        try:
            bundle = parse_bundle(data)
            slot = self.warm(bundle.language)
            result["probe"] = slot.probe.to_json()
            result |= self._judged(slot, bundle, begun + bundle.limits.wall_s)
        except (BundleError, SandboxFailure, OSError) as failure:
            result["error"] = {"type": "sandbox_failed", "detail": str(failure)}
        result["wall_ms"] = round((time.monotonic() - begun) * 1000, 3)
        return result

    def _judged(self, slot: Slot, bundle: Bundle, deadline: float) -> dict[str, Any]:
        pairs = [(candidate, suite) for candidate in bundle.candidates for suite in bundle.suites]
        cells = [_twice(slot, partial(run_cell, slot, *pair, bundle.limits, deadline)).to_json() for pair in pairs]
        left = deadline - time.monotonic()
        checked = partial(lint.lint, slot, bundle.candidates, bundle.limits, left)
        findings = _twice(slot, checked) if left > 0 else []
        return {"cells": cells, "findings": findings}


def _twice(slot: Slot, step: Callable[[], T]) -> T:
    """A zygote that died, for whatever reason, gets one successor. Raises SandboxFailure."""
    try:
        return step()
    except SandboxFailure:
        slot.restart()
        return step()


def _names(data: bytes) -> dict[str, Any]:
    """What the result says of whose it is, even when the bundle is not acceptable."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raw = None
    known = raw if isinstance(raw, dict) else {}
    names = ("run_id", "execution_id", "language")
    return {"schema": SCHEMA, **{n: known[n] if isinstance(known.get(n), str) else "" for n in names}}


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
    parser.add_argument("--serve", action="store_true", help="stay, and take one job a line on stdin")
    options = parser.parse_args(arguments)
    if not options.serve and (options.bundle is None or options.result is None):
        parser.error("--bundle and --result are needed, or --serve")
    os.umask(0o022)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    with Runner(options.image, options.state) as runner:
        if options.serve:
            serve(runner)
            return 0
        try:
            write_once(options.result, runner.trip(options.bundle.read_bytes()))
        except OSError as error:
            print(f"runner: {error}", file=sys.stderr)
            return 3
    return 0


def _leave(*_: object) -> None:
    """Unwinds through every `finally`, so that no process of a run stays behind."""
    raise SystemExit(130)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
