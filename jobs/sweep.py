"""What runs leave in folders that everybody may write to, where no Landlock keeps them out of these.

It would outlive its run: whoever knew an expected value could leave a note there for a later run that must not know it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

from jobs import usage
from jobs.failure import SandboxFailure
from jobs.workspace import remove

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")  # noqa: S108
_TRIES = 3  # another slot's run can still be writing into a folder that one of this slot's has opened to all


def sweep(uids: Collection[int], folders: Sequence[str] = FOLDERS) -> None:
    """Removes what belongs to one of `uids` right below `folders`, with all that is in it; follows no link. No process
    of theirs may be left. Raises SandboxFailure when something stays."""
    for _ in range(_TRIES):
        left = _owned(uids, folders)
        for entry in left:
            with contextlib.suppress(OSError, subprocess.SubprocessError):  # the next look tells
                remove(entry)
        if not left:
            return
    if left := _owned(uids, folders):
        raise SandboxFailure(f"what an earlier run left in {os.path.dirname(left[0].path)} cannot be removed")


def used(uids: Collection[int], most_bytes: int, most_inodes: int, folders: Sequence[str] = FOLDERS) -> tuple[int, int]:
    """(bytes, inodes) of what belongs to one of `uids` right below `folders`, counted up to the given numbers."""
    size = inodes = 0
    for entry in _owned(uids, folders):
        if size > most_bytes or inodes > most_inodes:
            break
        with contextlib.suppress(FileNotFoundError):
            size += entry.stat(follow_symlinks=False).st_blocks * 512
            inodes += 1
            if entry.is_dir(follow_symlinks=False):
                inner = usage.tree(Path(entry.path), most_bytes - size, most_inodes - inodes)
                size, inodes = size + inner[0], inodes + inner[1]
    return size, inodes


def _owned(uids: Collection[int], folders: Sequence[str]) -> list[os.DirEntry[str]]:
    found = []
    for folder in folders:
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # others come and go there
                    if entry.stat(follow_symlinks=False).st_uid in uids:
                        found.append(entry)
    return found
