"""The folders of a place: sources that the run can read but not change, and `tmp`, the only one where it can write."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


class Workspace:
    """`owner` is the place's uid, None where the run has the supervisor's own. Nothing of a run reaches the next.

    `root` keeps its inode; `tmp` stands in `shelf` and is a new folder for each run, since a folder's owner can leave
    more in it than files: times, attributes, flags."""

    def __init__(self, root: Path, owner: int | None) -> None:
        self.root = root
        self.shelf = root.with_name(f"{root.name}-tmp")
        self.tmp = self.shelf / "tmp"
        self._owner = owner

    def create(self) -> None:
        """Makes the folders, or empties what an earlier owner left."""
        for folder in (self.root, self.shelf):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            if self._owner is not None:
                os.chown(folder, -1, self._owner)  # nobody else may even look in
            folder.chmod(0o750)
        self.reset()

    def reset(self) -> None:
        """Empties the workspace, whatever a run made of it: deep trees, odd names, folders without permissions."""
        _empty(self.root)
        _empty(self.shelf)
        self.tmp.mkdir(mode=0o700)
        if self._owner is not None:
            os.chown(self.tmp, self._owner, self._owner)

    def clear(self) -> None:
        """Empties it for a process that is there already and has run nothing yet: `tmp` stays the same folder."""
        _empty(self.root)
        _empty(self.tmp)

    def write(self, files: Mapping[str, str]) -> None:
        """Writes checked names; a later write of the same name wins. Files are 0644, folders 0755, all ours."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")


def _empty(folder: Path) -> None:
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        remove(entry)


def remove(entry: os.DirEntry[str]) -> None:
    """Whatever a run made of it, with all that is in it; follows no link. Raises OSError or SubprocessError."""
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)
        return
    try:
        shutil.rmtree(entry.path)
    except (OSError, RecursionError):
        _force(entry.path)


def _force(path: str) -> None:
    """The slow way, for trees too deep for us or closed to us."""
    subprocess.run(["chmod", "-R", "u+rwX", "--", path], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["rm", "-rf", "--one-file-system", "--", path], check=True)
