"""Watches one confined process from start to end: collects its output, holds its limits, kills all of it."""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs import launch
from jobs.capture import Capture
from jobs.failure import SandboxFailure
from jobs.judge import Ending
from jobs.launch import Running
from jobs.protocol import Limits
from jobs.slot import Slot
from jobs.watch import OUTPUT_BYTES, Watch

POLL_S = 0.05
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


def finish(slot: Slot, main: Running, limits: Limits, wall_s: float, beside: Sequence[Running] = ()) -> Outcome:
    """Waits for `main`, at most `wall_s` seconds, and ends all of the slot with it; `beside` count with their output.

    Raises SandboxFailure."""
    begun = time.monotonic()
    every = (main, *beside)
    try:
        watch = Watch(slot, limits, [running.place for running in every])
        status = "spawn_error" if main.error else _watch(slot, every, watch, begun + wall_s)
        leftovers = slot.kill(*(running.place for running in every))
        for running in every:
            for reader, capture in running.readers.items():
                launch.drain(reader, capture)
    finally:
        for running in every:
            running.close()
    end = slot.exits.pop(main.pid, None)
    others = [slot.exits.pop(running.pid, None) for running in beside]
    if end is None or None in others:
        raise SandboxFailure("the sandbox lost a process")
    if status == "exited":  # `main` has seen only that the other one was gone
        status = next((_by_signal(other["code"]) for other in others if other and _by_signal(other["code"])), status)
    ending = _ending(status, end, main.cpu_s)
    # What the code prints is passed on by `main`, but one that was killed has not come so far.
    shown = beside[0] if beside and ending.killed else main
    return Outcome(
        *(ending, shown.stdout, shown.stderr, main.report),
        wall_ms=round((time.monotonic() - begun) * 1000, 3),
        cpu_ms=round(end["cpu_ms"], 3),
        max_rss_mb=round(end["rss_kb"] / 1024, 1),
        leftovers=leftovers,
    )


def _watch(slot: Slot, every: Sequence[Running], watch: Watch, deadline: float) -> str:
    """Reads until the first of `every` ends or a limit is broken; returns the RunStatus word."""
    main = every[0]
    captures = {reader: capture for running in every for reader, capture in running.readers.items()}
    poller = select.poll()
    for reader in captures:
        poller.register(reader, select.POLLIN)
    poller.register(slot.control, select.POLLIN)
    for running in every:
        running.feed()
    feeding = {running.stdin: running for running in every if running.stdin >= 0}
    for writer in feeding:
        poller.register(writer, select.POLLOUT)
    next_look = time.monotonic() + POLL_S
    while main.pid not in slot.exits:
        now = time.monotonic()
        if now >= deadline:
            return "timeout"
        for number, _ in poller.poll(max(1, (min(deadline, next_look) - now) * 1000)):
            if number == slot.control.fileno():
                slot.receive()
            elif number in feeding:
                feeding[number].feed()
                if feeding[number].stdin < 0:
                    poller.unregister(number)
                    del feeding[number]
            elif not launch.read(number, captures[number]):
                poller.unregister(number)
        if sum(capture.total for capture in captures.values()) > OUTPUT_BYTES:
            return "output_limit"
        if time.monotonic() >= next_look:
            if broken := watch.look():
                return broken
            next_look = time.monotonic() + POLL_S
    return "exited"


def _ending(status: str, end: Mapping[str, Any], cpu_s: int) -> Ending:
    code = end["code"]
    if status == "exited" and code < 0:
        hard_cpu = code == -signal.SIGKILL and end["cpu_ms"] >= cpu_s * 1000
        return Ending(_by_signal(code) or ("cpu_limit" if hard_cpu else "exited"), code)
    return Ending(status, None if status != "exited" else code)


def _by_signal(code: int) -> str:
    """The RunStatus word of an exit code by a signal that stands for a limit, else ""."""
    return _BY_SIGNAL.get(signal.Signals(-code), "") if -code in signal.valid_signals() else ""
