"""Finds the interpreter that an image is made from: new enough, and readable by whoever will run it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from jobs.failure import SandboxFailure

OLDEST = (3, 11)
NAMES = ("python3.13", "python3.12", "python3.11", "python3")


def find_base() -> Path:
    """The first fit of ours and those on the PATH. Raises SandboxFailure that names what is wrong with each."""
    return choose(candidates(), everybody=os.geteuid() == 0)


def candidates() -> list[Path]:
    """Real paths, without repetition; the interpreter that runs us comes first."""
    named = [shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/local/bin") for name in NAMES]
    found = [sys.executable, *(name for name in named if name), *(f"/usr/bin/{name}" for name in NAMES)]
    return list(dict.fromkeys(Path(os.path.realpath(path)) for path in found if os.path.exists(path)))


def choose(paths: Iterable[Path], everybody: bool) -> Path:
    """`everybody`: each folder on the way must be open to all users, since a slot's uid is none of ours."""
    reasons = []
    for path in paths:
        closed = closed_part(path) if everybody else None
        if closed is not None:
            reasons.append(f"{path} (other users cannot enter {closed})")
        elif (version := _version(path)) < OLDEST:
            reasons.append(f"{path} (version {'.'.join(map(str, version)) or 'unknown'})")
        else:
            return path
    wanted = ".".join(map(str, OLDEST))
    listed = "; ".join(reasons) or "none found"
    raise SandboxFailure(
        f"the sandbox needs a Python {wanted} or newer that every user can read: {listed}; "
        "as root, `apt-get install python3 python3-venv` brings one"
    )


def closed_part(path: Path) -> Path | None:
    """The first folder on the way to `path` that other users cannot enter, or the file that they cannot read."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    needed = stat.S_IROTH | stat.S_IXOTH
    return None if path.stat().st_mode & needed == needed else path


def _version(python: Path) -> tuple[int, ...]:
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, timeout=20, check=False)
        return tuple(int(part) for part in done.stdout.split())
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()
