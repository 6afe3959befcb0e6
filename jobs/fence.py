"""How the zygote ends every process of its slot and nothing else: by uid, by pid namespace, or by a Landlock domain."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from jobs import confine, landlock, usage

_KILLER_OFFSET = 128  # beyond every slot's uids, and before those that systemd gives away


def stand(settings: Mapping[str, Any]) -> None:
    """Makes sure that `kill_all` is fenced in before anything is run. Raises OSError when it is not.

    `settings`: `kind` uid, namespaces or landlock; `uids` of the slot, if any; `supervisor`, a pid outside;
    `pid_namespace` of the supervisor.
    """
    if settings["kind"] == "uid":
        if not settings["uids"]:
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


def kill_all(uids: Sequence[int]) -> None:
    """SIGKILL to all processes of the slot, at once, so that none can fork away."""
    if not uids:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody there
            os.kill(-1, signal.SIGKILL)  # reaches only what `stand` has fenced in with us, and never ourselves
    for uid in uids:
        # As effective uid alone: a run can neither signal us nor look at us meanwhile. Root as saved uid leads back; as
        # real one it would make the signal reach root's processes too.
        os.setresuid(uid + _KILLER_OFFSET, uid, 0)
        try:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        finally:
            os.setresuid(0, 0, 0)


def look(uids: Sequence[int]) -> tuple[int, int, set[int]]:
    """(bytes in memory, each page shared out among those who have it; bytes of files without a name) of what runs as
    `uids`, seen as them: only they and a tracer may look so closely. Also pids of ours to be reaped."""
    memory = hidden = 0
    ours = set()
    for uid in uids:
        told, tell = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            try:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                pids = [other for other in usage.processes_of({uid}) if other != os.getpid()]
                os.write(tell, f"{usage.shared_out(pids)} {usage.unlinked(pids)}".encode())
            finally:
                os._exit(0)
        os.close(tell)
        ours.add(pid)
        with open(told, "rb") as pipe:
            found = pipe.read().split()
        if len(found) != 2:  # a run can end whoever has its uid; then it is taken for as large as it looks
            return -1, -1, ours
        memory, hidden = memory + int(found[0]), hidden + int(found[1])
    return memory, hidden, ours
