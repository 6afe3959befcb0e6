"""Runs one confined process in a slot from start to end: collects its output, watches its limits, kills all of it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs import child
from jobs.capture import Capture
from jobs.confine import Confinement
from jobs.enclosure import readable
from jobs.failure import SandboxFailure
from jobs.judge import Ending
from jobs.protocol import Limits
from jobs.slot import Slot
from jobs.watch import OUTPUT_BYTES, Watch

POLL_S = 0.05
REPORT_BYTES = 1 << 20
_BY_SIGNAL = {signal.SIGXCPU: "cpu_limit", signal.SIGXFSZ: "file_size_limit", signal.SIGSYS: "syscall_kill"}


@dataclass(frozen=True)
class Outcome:
    """What is left of a process. `leftovers`: processes that it had started and not ended."""

    ending: Ending
    stdout: Capture
    stderr: Capture
    report: Capture
    wall_ms: float
    cpu_ms: float
    max_rss_mb: float
    leftovers: int


def run(slot: Slot, step: Mapping[str, Any], limits: Limits, wall_s: float) -> Outcome:
    """`step` is {"argv": [...]} or {"job": ...}; it may take `wall_s` seconds. Raises SandboxFailure."""
    begun = time.monotonic()
    captures = (Capture(), Capture(), Capture(REPORT_BYTES))
    pipes = [os.pipe() for _ in captures]
    readers = {read: capture for (read, _), capture in zip(pipes, captures, strict=True)}
    try:
        try:
            pid, error = _start(slot, step, limits, wall_s, [write for _, write in pipes])
        finally:
            for _, write in pipes:
                os.close(write)
        status = "spawn_error" if error else _watch(slot, pid, readers, Watch(slot, limits), begun + wall_s)
        leftovers = slot.ask({"op": "kill"}, "killed")["leftovers"]
        for reader, capture in readers.items():
            _drain(reader, capture)
    finally:
        for reader in readers:
            os.close(reader)
    end = slot.exits.pop(pid, None)
    if end is None:
        raise SandboxFailure("the sandbox lost a process")
    return Outcome(
        _ending(status, end, Watch.cpu_s(wall_s)),
        *captures,
        wall_ms=round((time.monotonic() - begun) * 1000, 3),
        cpu_ms=round(end["cpu_ms"], 3),
        max_rss_mb=round(end["rss_kb"] / 1024, 1),
        leftovers=leftovers,
    )


def _start(slot: Slot, step: Mapping[str, Any], limits: Limits, wall_s: float, writers: list[int]) -> tuple[int, str]:
    wanted = Confinement(
        uid=slot.uid,
        read=(*readable(slot.language), str(slot.workspace.root)),
        write=(str(slot.workspace.tmp),),
        cpu_s=Watch.cpu_s(wall_s),
        memory_mb=limits.memory_mb,
        processes=slot.process_limit(limits.processes),
        file_mb=min(64, limits.disk_mb),
    )
    request = {"op": "run", "cwd": str(slot.workspace.root), "env": slot.environment(), **step}
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        request["confinement"] = wanted.to_json()
        answer = slot.ask(request, "started", [nothing, *writers])
    finally:
        os.close(nothing)
    kind, _, reason = answer["error"].partition(": ")
    if answer["error"] and kind != child.SPAWN:
        raise SandboxFailure(f"the confinement does not stand: {reason or answer['error']}")
    return answer["pid"], answer["error"]


def _watch(slot: Slot, pid: int, readers: dict[int, Capture], watch: Watch, deadline: float) -> str:
    """Reads until the process ends or breaks a limit; returns the RunStatus word."""
    poller = select.poll()
    for reader in readers:
        os.set_blocking(reader, False)
        poller.register(reader, select.POLLIN)
    poller.register(slot.control, select.POLLIN)
    next_look = time.monotonic() + POLL_S
    while pid not in slot.exits:
        now = time.monotonic()
        if now >= deadline:
            return "timeout"
        for number, _ in poller.poll(max(1, (min(deadline, next_look) - now) * 1000)):
            if number == slot.control.fileno():
                slot.receive()
            elif not _read(number, readers[number]):
                poller.unregister(number)
        if sum(c.total for c in readers.values()) > OUTPUT_BYTES:
            return "output_limit"
        if time.monotonic() >= next_look:
            if broken := watch.look():
                return broken
            next_look = time.monotonic() + POLL_S
    return "exited"


def _read(reader: int, capture: Capture) -> bool:
    """One read; False at the end of the stream."""
    with contextlib.suppress(BlockingIOError):
        data = os.read(reader, 1 << 16)
        capture.add(data)
        return bool(data)
    return True


def _drain(reader: int, capture: Capture) -> None:
    """What is left in the pipe of a dead process: all writers are gone, so this ends."""
    os.set_blocking(reader, False)
    with contextlib.suppress(BlockingIOError):
        while data := os.read(reader, 1 << 16):
            capture.add(data)


def _ending(status: str, end: Mapping[str, Any], cpu_s: int) -> Ending:
    code = end["code"]
    if status == "exited" and code < 0:
        by_signal = _BY_SIGNAL.get(signal.Signals(-code)) if -code in signal.valid_signals() else None
        hard_cpu = code == -signal.SIGKILL and end["cpu_ms"] >= cpu_s * 1000
        return Ending(by_signal or ("cpu_limit" if hard_cpu else "exited"), code)
    return Ending(status, None if status != "exited" else code)
