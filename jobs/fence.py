"""How the zygote ends every process of its slot and nothing else: by uid, by pid namespace, or by a Landlock domain."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from jobs import confine, landlock

_KILLER_OFFSET = 1000


def stand(settings: Mapping[str, Any]) -> None:
    """Makes sure that `kill_all` is fenced in before anything is run. Raises OSError when it is not.

    `settings`: `kind` uid, namespaces or landlock; `uid` of the slot or None; `supervisor`, a pid outside;
    `pid_namespace` of the supervisor.
    """
    if settings["kind"] == "uid":
        if not settings["uid"]:
            raise OSError("the slot has no uid of its own")
    elif settings["kind"] == "namespaces":
        if os.readlink("/proc/self/ns/pid") == settings["pid_namespace"]:
            raise OSError("the slot has no pid namespace of its own")
    else:
        confine.no_new_privileges()
        landlock.fence_signals()
        try:
            os.kill(settings["supervisor"], 0)
        except PermissionError:
            return
        raise OSError("Landlock does not hold signals back")


def kill_all(uid: int | None) -> set[int]:
    """SIGKILL to all processes of the slot, at once, so that none can fork away. Returns pids of ours to be reaped."""
    if uid is None:
        try:
            os.kill(-1, signal.SIGKILL)  # reaches only what `stand` has fenced in with us, and never ourselves
        except (ProcessLookupError, PermissionError):
            return set()  # nobody there
        return set()
    pid = os.fork()
    if pid == 0:
        try:
            own = uid + _KILLER_OFFSET  # as real and saved uid: the run can't signal its killer first
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(own, uid, own)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    return {pid}
