"""The folder of a slot: sources that the run can read but not change, and `tmp`, the only place where it can write."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


class Workspace:
    """`owner` is the slot's uid, None where the run has the supervisor's own. No file of a run reaches the next."""

    def __init__(self, root: Path, owner: int | None) -> None:
        self.root = root
        self.tmp = root / "tmp"
        self._owner = owner

    def create(self) -> None:
        """Makes the folders, or empties what an earlier owner left. They keep their inodes from now on."""
        self.root.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.tmp.mkdir(mode=0o700, exist_ok=True)
        self.reset()

    def reset(self) -> None:
        """Empties the workspace, whatever a run made of it: deep trees, odd names, folders without permissions."""
        _empty(self.root, keep="tmp")
        self.root.chmod(0o755)
        self.tmp.chmod(0o700)
        if self._owner is not None:
            os.chown(self.tmp, self._owner, self._owner)
        _empty(self.tmp)

    def write(self, files: Mapping[str, str], below: str = "") -> None:
        """Writes checked names; a later write of the same name wins. Files are 0644, folders 0755, all ours."""
        base = self.root / below if below else self.root
        for name, text in files.items():
            path = base / name
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")


def _empty(folder: Path, keep: str = "") -> None:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if entry.name != keep]
    for entry in found:
        try:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        except (OSError, RecursionError):
            _force(entry.path)


def _force(path: str) -> None:
    """The slow way, for trees too deep for us or closed to us."""
    subprocess.run(["chmod", "-R", "u+rwX", "--", path], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["rm", "-rf", "--one-file-system", "--", path], check=True)
