"""A small trusted process without secrets that forks the runs of one slot. Runs in the image's interpreter.

Started with an empty environment as `python -s -P -B zygote.py <fd> <settings>`. It loads the language's harness once,
then takes one JSON message a packet on the socket `fd`: `run` comes with descriptors, which become 0, 1, 2 … of the run
(stdin, stdout, stderr, report, …), and is answered by `started` and, later, `exit`; `kill` ends every process of the
slot and is answered by `killed`. When the socket closes, it kills what there is and leaves. Every orphan of a run lands
here, so nothing outlives `kill`.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from jobs import child, confine, fence, seccomp

MESSAGE_BYTES = 1 << 20
DESCRIPTORS = 8  # at most, of one run

NICE = 5
"""What is tested yields to who tests it: with all cores busy, the loop and its server still answer at once."""


class Zygote:
    """`harness` runs a job in process: run(job, report_fd) -> exit code; None where only programs are executed."""

    def __init__(self, control: socket.socket, uids: list[int], harness: Callable[[Any, int], int] | None) -> None:
        self._control = control
        self._uids = uids
        self._harness = harness
        self._runs: set[int] = set()
        self._ours: set[int] = set()
        self._orphans = 0

    def serve(self) -> None:
        """Answers until the other side is gone."""
        waker, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._kill(self._uids)  # whatever an earlier owner of these uids may have left
        self._send({"ev": "ready"})
        while True:
            ready, _, _ = select.select([self._control.fileno(), waker], [], [])
            if waker in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(waker, 4096)
            self._reap(os.WNOHANG)
            if self._control.fileno() in ready and not self._take():
                self._kill(self._uids)
                return

    def _send(self, message: Mapping[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the next read says that they are gone
            self._control.send(json.dumps(message).encode())

    def _take(self) -> bool:
        room = socket.CMSG_SPACE(DESCRIPTORS * array.array("i").itemsize)
        try:
            data, ancillary, _, _ = self._control.recvmsg(MESSAGE_BYTES, room)
        except ConnectionResetError:
            return False
        if not data:
            return False
        descriptors = array.array("i")
        for _, _, payload in ancillary:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
        request = json.loads(data)
        if request["op"] == "run":
            self._run(request, list(descriptors))
        elif request["op"] == "look":
            memory, hidden, ours = fence.look(request["uids"])
            self._ours |= ours
            self._send({"ev": "looked", "memory": memory, "unlinked": hidden})
        else:
            self._send({"ev": "killed", "leftovers": self._kill(request["uids"])})
        return True

    def _run(self, request: Mapping[str, Any], descriptors: list[int]) -> None:
        """Forks a run and waits the few milliseconds until it is confined; says so, or why not."""
        told, tell = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            child.main(request, descriptors, tell, self._harness)
        self._runs.add(pid)
        os.close(tell)
        for descriptor in descriptors:
            os.close(descriptor)
        with open(told, "rb") as pipe:
            self._send({"ev": "started", "pid": pid, "error": pipe.read().decode()})

    def _reap(self, options: int) -> int:
        """Collects dead children; returns how many belonged to neither us nor a run."""
        strangers = 0
        while True:
            try:
                pid, status, used = os.wait4(-1, options)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in self._runs:
                self._runs.discard(pid)
                cpu_ms = (used.ru_utime + used.ru_stime) * 1000
                exit_code = os.waitstatus_to_exitcode(status)
                self._send({"ev": "exit", "pid": pid, "code": exit_code, "cpu_ms": cpu_ms, "rss_kb": used.ru_maxrss})
            elif pid in self._ours:
                self._ours.discard(pid)
            else:
                strangers += 1
        if options:
            self._orphans += strangers
        return strangers

    def _kill(self, uids: list[int]) -> int:
        """Ends every process of `uids`, or of the slot where it has none; returns how many were not runs."""
        fence.kill_all(uids)
        leftovers = self._reap(0) + self._orphans
        self._orphans = 0
        return leftovers


def load(path: str, workdir: str, preload: list[str]) -> Callable[[Any, int], int]:
    """The `run` of the harness at `path`, after its `load` has imported and prepared all that a run will need."""
    spec = importlib.util.spec_from_file_location("assay_harness", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Callable[[Any, int], int] = module.load(workdir, preload)
    return run


def main() -> None:
    os.nice(NICE)
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    confine.adopt_orphans()
    confine.set_dumpable(False)
    fence.stand(settings["fence"])
    sys.path.remove(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    harness = load(settings["harness"], settings["workdir"], settings["preload"]) if settings["harness"] else None
    seccomp.prepare(alone=bool(settings["fence"]["uids"]))
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    gc.disable()
    Zygote(control, settings["fence"]["uids"], harness).serve()


if __name__ == "__main__":
    main()
