"""The limits that the kernel does not hold for a group of processes: memory, disk, inodes, number of processes."""

from __future__ import annotations

import math

from jobs import usage
from jobs.protocol import Limits
from jobs.slot import Slot

OUTPUT_BYTES = 16 << 20  # of all streams together; only the first and the last of them are kept
INODES = 20_000


class Watch:
    """Made when a run begins: disk use counts from there."""

    def __init__(self, slot: Slot, limits: Limits) -> None:
        self._slot = slot
        self._memory = limits.memory_mb << 20
        self._disk = limits.disk_mb << 20
        self._free = usage.free(slot.workspace.tmp)

    @staticmethod
    def cpu_s(wall_s: float) -> int:
        """Seconds of CPU that one process may use in `wall_s` seconds."""
        return math.ceil(wall_s) + 1

    def look(self) -> str:
        """The RunStatus word of a limit that is broken now, or ""."""
        pids = self._slot.processes()
        if usage.memory(pids, self._memory) > self._memory:
            return "memory_limit"
        size, inodes, hidden = usage.tree(self._slot.workspace.tmp, self._disk, INODES)
        if inodes > INODES:
            return "inode_limit"
        if size > self._disk:
            return "disk_limit"
        # Files without a name are in no folder. Others write to this file system too: less free space is only a hint.
        lost = self._free - usage.free(self._slot.workspace.tmp)
        if lost > self._disk and (hidden or size + usage.unlinked(pids) > self._disk):
            return "disk_limit"
        return ""
