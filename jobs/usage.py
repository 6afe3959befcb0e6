"""What the processes of a slot use right now, read from /proc and the file system by the supervisor."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


def processes_of(uids: Collection[int]) -> list[int]:
    """Pids of the processes that belong to one of `uids`."""
    found = []
    for name in os.listdir(_PROC):
        if name.isdigit():
            try:
                if os.stat(_PROC / name).st_uid in uids:
                    found.append(int(name))
            except OSError:
                continue
    return found


def threads_of_uid(uid: int) -> int:
    """How many threads all processes of `uid` have together."""
    total = 0
    for pid in processes_of({uid}):
        try:
            total += len(os.listdir(_PROC / str(pid) / "task"))
        except OSError:
            continue
    return total


def descendants(ancestor: int) -> list[int]:
    """Pids below `ancestor`; complete as long as it adopts orphans."""
    parents: dict[int, int] = {}
    for name in os.listdir(_PROC):
        if name.isdigit():
            try:
                fields = (_PROC / name / "stat").read_bytes().rpartition(b")")[2].split()
            except OSError:
                continue
            parents[int(name)] = int(fields[1])
    found: list[int] = []
    layer = {ancestor}
    while layer:
        layer = {pid for pid, parent in parents.items() if parent in layer}
        found.extend(layer)
    return found


def memory(pids: Iterable[int]) -> int:
    """Bytes in memory; a page that several processes share counts for each of them."""
    return sum(_resident(pid) for pid in pids)


def shared_out(pids: Iterable[int]) -> int:
    """Bytes in memory; a page that several processes share is shared out among them, where that can be seen."""
    return sum(_share(pid, _resident(pid)) for pid in pids)


def _resident(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _share(pid: int, otherwise: int) -> int:
    try:
        text = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return otherwise
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "")
    return int(line.split()[1]) << 10 if line else otherwise


def tree(root: Path, most_bytes: int, most_inodes: int) -> tuple[int, int, bool]:
    """(bytes, inodes, something was hidden) below `root`; stops counting beyond the given numbers. Follows no link."""
    size = inodes = 0
    hidden = False
    stack = [str(root)]
    while stack and size <= most_bytes and inodes <= most_inodes:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    inodes += 1
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(found.st_mode):
                        stack.append(entry.path)
                    else:
                        size += found.st_blocks * 512
        except PermissionError:
            hidden = True
        except OSError:
            continue  # it went away under our hands
    return size, inodes, hidden


def free(root: Path) -> int:
    """Bytes free on the file system that holds `root`."""
    found = os.statvfs(root)
    return found.f_bavail * found.f_frsize


def unlinked(pids: Iterable[int]) -> int:
    """Bytes of files without a name that the processes hold open or mapped."""
    seen: dict[tuple[int, int], int] = {}
    for pid in pids:
        for folder in ("fd", "map_files"):
            try:
                names = os.listdir(_PROC / str(pid) / folder)
            except OSError:
                continue
            for name in names:
                try:
                    found = os.stat(_PROC / str(pid) / folder / name)
                except OSError:
                    continue
                if found.st_nlink == 0 and stat.S_ISREG(found.st_mode):
                    seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())
