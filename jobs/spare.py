"""Processes that were started ahead of their job: confined, warm, and waiting for one line on stdin. Used once."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass

from jobs import launch
from jobs.capture import Capture
from jobs.failure import SandboxFailure
from jobs.launch import REPORT_BYTES, Running
from jobs.protocol import Limits
from jobs.slot import Slot

WARM_CPU_S = 10  # what warming up may use beyond the job's own time
READY = {"ev": "ready"}


@dataclass
class Spare:
    """At most one process of `slot` that waits; `limits` are those that it was started with.

    `broken`: the slot has failed, and is started anew before it is used again."""

    slot: Slot
    broken: bool = False
    limits: Limits | None = None
    running: Running | None = None

    def prepare(self, limits: Limits) -> None:
        """Starts one unless it is there, or the language does not have any. Raises SandboxFailure."""
        language = self.slot.language
        if self.running is not None or language.spare is None:
            return
        self.slot.tests.workspace.reset()
        tmp = self.slot.tests.workspace.tmp
        argv = [language.fill(part, tmp) for part in (*language.argv, *language.spare)]
        wall_s = limits.cell_wall_s + WARM_CPU_S
        self.running = launch.start(self.slot, self.slot.tests, limits, wall_s, argv)
        self.limits = limits

    def is_ready(self) -> bool:
        """Whether it is there and has said so."""
        if self.running is None or self.running.error:
            return False
        self.slot.catch_up()
        if self.running.pid in self.slot.exits or not self.running.listens():
            return False
        for reader, capture in self.running.readers.items():
            launch.read(reader, capture)
        with contextlib.suppress(ValueError):
            said = bytes(self.running.report.head)
            return said.endswith(b"\n") and json.loads(said) == READY
        return False

    def take(self, limits: Limits) -> Running | None:
        """The waiting process, which is now the caller's; None when there is none for these limits."""
        found = self.running
        if found is None or self.limits != limits or not self.is_ready():
            self.drop()
            return None
        self.running = None
        for reader, capture in found.readers.items():
            if capture is found.report:
                found.report = found.readers[reader] = Capture(REPORT_BYTES)
        return found

    def mend(self) -> None:
        """Starts a broken slot anew. Raises SandboxFailure."""
        if self.broken:
            self.forget()
            self.slot.restart()
            self.broken = False

    def drop(self) -> None:
        """Ends it, with all of the slot."""
        if self.running is not None:
            with contextlib.suppress(SandboxFailure):  # whoever uses the slot next finds out
                self.slot.kill(self.slot.tests)
            self.forget()

    def forget(self) -> None:
        """For when the slot has ended it already."""
        if self.running is not None:
            self.slot.exits.pop(self.running.pid, None)
            self.running.close()
            self.running = None
