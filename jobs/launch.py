"""Starts one confined process in a slot, with pipes to all its ends. Nothing here waits for what it does."""

from __future__ import annotations

import contextlib
import json
import os
import select
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs import child
from jobs.capture import Capture
from jobs.confine import Confinement
from jobs.enclosure import readable
from jobs.failure import SandboxFailure
from jobs.protocol import Limits
from jobs.slot import Place, Slot
from jobs.watch import cpu_s

REPORT_BYTES = 1 << 20
FILE_MB = 64


@dataclass
class Running:
    """A process that was started; `error` says why not. `readers` are descriptors and what came from them so far."""

    pid: int
    error: str
    place: Place
    readers: dict[int, Capture]
    stdout: Capture
    stderr: Capture
    report: Capture
    stdin: int
    cpu_s: int
    input: bytes = b""
    begun: float = field(default_factory=time.monotonic)

    def keep(self, stdout_bytes: int) -> None:
        """Keeps so much of its output instead of the usual; for programs of ours that print what we read."""
        self.stdout.head_limit = stdout_bytes

    def close_stdin(self) -> None:
        if self.stdin >= 0:
            os.close(self.stdin)
            self.stdin = -1

    def close(self) -> None:
        """Gives every descriptor back."""
        self.close_stdin()
        for reader in self.readers:
            os.close(reader)
        self.readers.clear()

    def listens(self) -> bool:
        """Whether anybody is left to read its stdin; true before its end has been told."""
        poller = select.poll()
        poller.register(self.stdin, select.POLLOUT)
        return all(not state & select.POLLERR for _, state in poller.poll(0))

    def feed(self) -> None:
        """Writes what the pipe takes of the input, and ends it when all is written or nobody reads."""
        try:
            self.input = self.input[os.write(self.stdin, self.input) :] if self.input else b""
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.input = b""
        if not self.input:
            self.close_stdin()


def line(job: Mapping[str, Any]) -> bytes:
    """A job as a driver reads it from its stdin."""
    return json.dumps(job).encode() + b"\n"


def confinement(slot: Slot, place: Place, limits: Limits, cpu_seconds: int) -> Confinement:
    """What a run in `place` may do; a language can need more memory or processes than the bundle asks for."""
    return Confinement(
        uid=place.uid,
        read=(*readable(slot.language, slot.python), str(place.workspace.root)),
        write=(str(place.workspace.tmp),),
        cpu_s=cpu_seconds,
        memory_mb=max(limits.memory_mb, slot.language.memory_mb),
        processes=slot.process_limit(max(limits.processes, slot.language.processes)),
        file_mb=min(FILE_MB, limits.disk_mb),
        files=slot.language.files,
    )


def start(
    slot: Slot,
    place: Place,
    limits: Limits,
    wall_s: float,
    argv: Sequence[str] = (),
    job: Mapping[str, Any] | None = None,
    report: int | None = None,
    beside: Sequence[int] = (),
) -> Running:
    """`argv` is executed; without it the harness does the job. `job` goes to stdin as a line. Descriptor 3 of the run
    is its report, or `report` of ours; `beside` become 4, 5 …; none of these is closed here. Raises SandboxFailure."""
    captures = (Capture(), Capture(), Capture(REPORT_BYTES))
    pipes = [os.pipe() for _ in captures[: 2 if report is not None else 3]]
    writers = [write for _, write in pipes]
    stdin = os.pipe()
    try:
        if report is None and place.uid is not None:
            with contextlib.suppress(PermissionError):  # gVisor's pipes change hands for nobody
                os.fchown(writers[2], place.uid, place.uid)  # a program may open its own report by name
        third = [] if report is None else [report]
        descriptors = [stdin[0], *writers, *third, *beside]
        pid, error, allowed = _ask(slot, place, argv, limits, wall_s, descriptors)
    except BaseException:
        os.close(stdin[1])
        for read, _ in pipes:
            os.close(read)
        raise
    finally:
        os.close(stdin[0])
        for write in writers:
            os.close(write)
    readers = {read: capture for (read, _), capture in zip(pipes, captures, strict=False)}
    for number in (*readers, stdin[1]):
        os.set_blocking(number, False)
    data = line(job) if job is not None else b""
    return Running(pid, error, place, readers, *captures, stdin=stdin[1], cpu_s=allowed, input=data)


def _ask(
    slot: Slot, place: Place, argv: Sequence[str], limits: Limits, wall_s: float, descriptors: Sequence[int]
) -> tuple[int, str, int]:
    allowed = cpu_s(wall_s)
    wanted = confinement(slot, place, limits, allowed).to_json()
    request = {"op": "run", "cwd": str(place.workspace.root), "env": slot.environment(place), "confinement": wanted}
    answer = slot.ask(request | ({"argv": list(argv)} if argv else {}), "started", descriptors)
    kind, _, reason = answer["error"].partition(": ")
    if answer["error"] and kind != child.SPAWN:
        raise SandboxFailure(f"the confinement does not stand: {reason or answer['error']}")
    return answer["pid"], answer["error"], allowed


def read(reader: int, capture: Capture) -> bool:
    """One read; False at the end of the stream."""
    with contextlib.suppress(BlockingIOError):
        data = os.read(reader, 1 << 16)
        capture.add(data)
        return bool(data)
    return True


def drain(reader: int, capture: Capture) -> None:
    """What is left in the pipe of a dead process: all writers are gone, so this ends."""
    with contextlib.suppress(BlockingIOError):
        while data := os.read(reader, 1 << 16):
            capture.add(data)
