"""Runs the harness as the zygote does, but unconfined: one job a line on stdin, one outcome a line on stdout.

`python drive.py HARNESS FOLDER [MODULE...]` in the image's interpreter. A job is {"mode", "code": files,
"tests": files, "skip", "stub", "backwards", "modules", "seconds"}; its outcome {"code", "events", "out", "served_out",
"ms"}, where `code` None means that it was killed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[[Any, int], int]


def _load(path: str, workdir: str, preload: list[str]) -> Run:
    spec = importlib.util.spec_from_file_location("assay_harness", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load(workdir, preload)  # type: ignore[no-any-return]


def _child(run: Run, job: Any, cwd: Path, descriptors: list[int]) -> int:
    """`descriptors` become 1, 2, 3 and so on, and nothing else stays open."""
    pid = os.fork()
    if pid:
        return pid
    code = 127
    try:
        high = [os.dup2(fd, 700 + i) for i, fd in enumerate(descriptors)]
        for number, fd in enumerate(high, 1):
            os.dup2(fd, number, inheritable=number < 3)
        os.closerange(len(high) + 1, 800)
        for name in ("CI", "BUILD_NUMBER"):  # a run has neither, and pytest says more with them
            os.environ.pop(name, None)
        os.environ["TMPDIR"] = os.environ["HOME"] = str(cwd / "tmp")
        os.chdir(cwd)
        for number, name in ((1, "stdout"), (2, "stderr")):
            setattr(sys, name, os.fdopen(number, "w", closefd=False, encoding="utf-8", errors="backslashreplace"))
        code = run(job, 3)
    except BaseException:
        import traceback

        os.write(2, traceback.format_exc().encode())
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _write(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _drain(readers: dict[int, bytearray], until: float, watched: int) -> bool:
    """Reads until the process behind the report pipe `watched` has gone; False when the time is up first."""
    while watched in readers:
        ready, _, _ = select.select(list(readers), [], [], max(0, until - time.monotonic()))
        if not ready:
            return False
        for fd in ready:
            data = os.read(fd, 1 << 16)
            readers[fd] += data
            if not data and fd == watched:
                return True
            if not data:
                readers = {k: v for k, v in readers.items() if k != fd}
    return True


def _ended(pid: int, seconds: float) -> int:
    """The exit code of a process that has `seconds` to leave by itself."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _event(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        event = None
    return event if isinstance(event, dict) else {"ev": "garbage", "line": line[:200]}


def outcome(run: Run, folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    begun = time.monotonic()
    mode = job.get("mode", "test")
    apart = mode == "apart"
    tests, code = folder / "t", folder / "s"
    _write(tests, job["tests"] if apart else {**job["code"], **job["tests"]})
    files = sorted(name for name in job["tests"] if name.rpartition("/")[2].startswith("test_"))
    pipes = [os.pipe() for _ in range(3)]
    pids = []
    how = {name: job.get(name, False) for name in ("stub", "backwards")}
    sent = {"mode": mode, "files": files, "skip": job.get("skip", []), **how}
    if apart:
        _write(code, job["code"])
        modules = job.get("modules", ["solution"])
        ours, theirs = socket.socketpair()
        out = [pipes[1][1], pipes[1][1]]
        pids.append(_child(run, {"mode": "serve", "modules": modules}, code, [*out, theirs.fileno()]))
        descriptors = [pipes[0][1], pipes[0][1], pipes[2][1], ours.fileno()]
        pids.append(_child(run, {**sent, "modules": modules}, tests, descriptors))
        ours.close()
        theirs.close()
    else:
        pids.append(_child(run, sent, tests, [pipes[0][1], pipes[0][1], pipes[2][1]]))
    for _, write in pipes:
        os.close(write)
    captured = {read: bytearray() for read, _ in pipes}
    report = pipes[2][0]
    in_time = _drain(captured, begun + job.get("seconds", 10), report)
    ms = (time.monotonic() - begun) * 1000
    ended = [_ended(pid, 1 if in_time else 0) for pid in reversed(pids)]
    _drain(captured, time.monotonic() + 0.2, pipes[0][0])
    for read, _ in pipes:
        os.close(read)
    texts = [bytes(captured[read]).decode("utf-8", "replace") for read, _ in pipes]
    events = [_event(line) for line in texts[2].splitlines()]
    return {"code": ended[0] if in_time else None, "events": events, "out": texts[0], "served_out": texts[1], "ms": ms}


def main() -> None:
    harness, place, *preload = sys.argv[1:]
    folder = Path(place)
    answers = os.fdopen(os.dup(1), "w")
    _write(folder / "t", {})
    _write(folder / "s", {})
    run = _load(harness, str(folder / "t"), preload)
    for line in sys.stdin:
        answers.write(json.dumps(outcome(run, folder, json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
