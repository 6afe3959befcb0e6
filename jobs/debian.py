"""Debian packages that an image rests on: which are missing, and how they come."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping

from jobs.failure import SandboxFailure


def missing(packages: Mapping[str, str]) -> list[str]:
    """Names of the packages whose proving path does not exist."""
    return [name for name, path in packages.items() if not os.path.exists(path)]


def bring(packages: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Installs what is missing as root. Raises SandboxFailure with the exact command for everybody else."""
    wanted = missing(packages)
    if not wanted:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *wanted]
    shown = " ".join(command)
    if shutil.which("apt-get") is None:
        raise SandboxFailure(f"this needs Debian's packages {', '.join(wanted)}, and there is no apt-get here")
    if os.geteuid() != 0:
        raise SandboxFailure(f"Debian packages are missing: run `sudo {shown}`, then start again")
    say(f"sandbox: installing {', '.join(wanted)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for attempt in (command, ["apt-get", "update", "-q"], command):
        done = subprocess.run(
            attempt, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=environment
        )
        if attempt is command and done.returncode == 0 and not missing(packages):
            return
    last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
    raise SandboxFailure(f"`{shown}` failed{': ' + last[0] if last else ''}")
