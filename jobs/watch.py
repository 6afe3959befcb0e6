"""The limits that the kernel does not hold for a group of processes: memory, disk, inodes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from jobs import usage
from jobs.protocol import Limits
from jobs.slot import Place, Slot

OUTPUT_BYTES = 16 << 20  # of all streams together; only the first and the last of them are kept
INODES = 20_000


def cpu_s(wall_s: float) -> int:
    """Seconds of CPU that one process may use in `wall_s` seconds."""
    return math.ceil(wall_s) + 1


class Watch:
    """Made when a run begins: disk use counts from there."""

    def __init__(self, slot: Slot, limits: Limits, places: Sequence[Place]) -> None:
        self._slot = slot
        self._memory = max(limits.memory_mb, slot.language.memory_mb) << 20
        self._disk = limits.disk_mb << 20
        self._folders = [place.workspace.tmp for place in places]
        self._free = usage.free(self._folders[0])

    def look(self) -> str:
        """The RunStatus word of a limit that is broken now, or ""."""
        pids = self._slot.processes()
        if usage.memory(pids) > self._memory and self._closely()[0] > self._memory:
            return "memory_limit"
        trees = [usage.tree(folder, self._disk, INODES) for folder in self._folders]
        size, inodes = self._slot.elsewhere(self._disk, INODES)
        size += sum(found[0] for found in trees)
        if inodes + sum(found[1] for found in trees) > INODES:
            return "inode_limit"
        if size > self._disk:
            return "disk_limit"
        # Files without a name are in no folder. Others write to this file system too: less free space is only a hint.
        lost = self._free - usage.free(self._folders[0])
        hidden = any(found[2] for found in trees)
        if lost > self._disk and (hidden or size + self._closely()[1] > self._disk):
            return "disk_limit"
        return ""

    def _closely(self) -> tuple[int, int]:
        """(bytes in memory, bytes of files without a name), at some expense."""
        memory, unlinked = self._slot.look()
        return (memory, unlinked) if memory >= 0 else (self._memory + 1, self._disk + 1)
