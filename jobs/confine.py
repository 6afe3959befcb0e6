"""Everything that a process gives up before it meets untrusted code, in the one order that works.

Limits, then identity (setting a uid needs the rights that go later), no_new_privs, death with the parent (a change of
identity clears it), Landlock, seccomp. No step needs a namespace, a mount or a control group.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jobs import landlock, seccomp

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
SYSTEM_READ = (
    *("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl", "/etc/localtime"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"),
    # Never /proc itself: it shows every other process's command line.
    *("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/version", "/proc/filesystems"),
    *("/proc/sys/vm", "/proc/sys/kernel", "/sys/devices/system/cpu"),
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@dataclass(frozen=True)
class Confinement:
    """`uid` None: stay who you are. MB are MiB; `cpu_s` counts seconds of CPU of one process; `files` open files."""

    uid: int | None
    read: tuple[str, ...]
    write: tuple[str, ...]
    cpu_s: int = 10
    memory_mb: int = 512
    processes: int = 64
    file_mb: int = 64
    files: int = 512

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Confinement:
        return cls(**{**data, "read": tuple(data["read"]), "write": tuple(data["write"])})


_LIBC = ctypes.CDLL(None, use_errno=True)  # loaded before any fork: a run does not pay for it


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


def adopt_orphans() -> None:
    """Orphaned descendants become children of this process, so that it can count and reap them. Some kernels (gVisor)
    do not know that: there init gets them, and they are ended all the same."""
    with contextlib.suppress(OSError):
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def set_dumpable(yes: bool) -> None:
    """Not dumpable: another process of the same user can read neither its memory nor its environment."""
    _prctl(_PR_SET_DUMPABLE, int(yes))


def no_new_privileges() -> None:
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    """Lowers a limit as far as it may be; some kernels (gVisor) refuse a few of them, and the poll covers those."""
    ceiling = resource.getrlimit(which)[1]
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (soft, hard))


def _set_limits(wanted: Confinement) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, wanted.cpu_s, wanted.cpu_s + 1)
    _limit(resource.RLIMIT_FSIZE, wanted.file_mb << 20)
    _limit(resource.RLIMIT_NOFILE, wanted.files)
    _limit(resource.RLIMIT_MEMLOCK, 0)
    _limit(resource.RLIMIT_MSGQUEUE, 0)
    # DATA, not AS: virtual machines reserve far more address space than they use.
    _limit(resource.RLIMIT_DATA, wanted.memory_mb << 20)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # the kernel takes the run before it takes us


def apply(wanted: Confinement, parent: int) -> None:
    """Confines this process for good; `parent` is the pid it must still have. Raises OSError when a step is refused."""
    _set_limits(wanted)
    if wanted.uid is not None:
        os.setgroups([])
        os.setresgid(wanted.uid, wanted.uid, wanted.uid)
        _limit(resource.RLIMIT_NPROC, wanted.processes)
        os.setresuid(wanted.uid, wanted.uid, wanted.uid)
    else:
        _limit(resource.RLIMIT_NPROC, wanted.processes)
    no_new_privileges()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise OSError("the parent died before the confinement stood")
    os.umask(0o077)
    landlock.restrict((*SYSTEM_READ, *wanted.read), wanted.write, DEVICES)
    seccomp.install(alone=wanted.uid is not None)
