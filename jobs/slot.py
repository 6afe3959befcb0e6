"""Where one run goes at a time: a number, two places with uids of their own where that is possible, and a zygote."""

from __future__ import annotations

import array
import contextlib
import fcntl
import json
import os
import select
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import environment, sweep, usage
from jobs.enclosure import command
from jobs.failure import SandboxFailure
from jobs.language import Language
from jobs.probe import FIRST_UID, Probe
from jobs.workspace import Workspace
from jobs.zygote import MESSAGE_BYTES

SLOTS = 64
START_S, ANSWER_S, DYING_S = 60.0, 15.0, 10.0


@dataclass(frozen=True)
class Place:
    """A folder and who works in it; `uid` None where everybody has the supervisor's own."""

    uid: int | None
    workspace: Workspace


class Slot:
    """Use as a context manager: entering claims the number and starts the zygote, leaving ends everything in it.

    `tests` is the place of the process that judges; `code` is where the code under test goes when it is kept apart.
    `python` runs the zygote."""

    def __init__(self, state: Path, found: Probe, language: Language, python: Path) -> None:
        self.language = language
        self.python = python
        self.probe = found
        self._state = state
        self._lock = -1
        self._control: socket.socket | None = None
        self._zygote: subprocess.Popen[bytes] | None = None
        self._idle: frozenset[int] = frozenset()
        self.exits: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> Slot:
        if self._in_the_open:
            environment.hide()
        number = self._claim()
        folder = self._state / str(number)
        self.tests, self.code = (
            Place(uid, Workspace(folder / name, uid))
            for name, uid in zip(("work", "code"), self._uids(number), strict=True)
        )
        try:
            for place in (self.tests, self.code):
                place.workspace.create()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _uids(self, number: int) -> tuple[int | None, int | None]:
        first = FIRST_UID + 2 * number
        return (first, first + 1) if self.probe.uid_separation else (None, None)

    def __exit__(self, *_: object) -> None:
        self.stop()
        with contextlib.suppress(SandboxFailure, OSError):
            self._sweep()
        for place in (self.tests, self.code):
            with contextlib.suppress(OSError):
                place.workspace.reset()
        os.close(self._lock)

    def _claim(self) -> int:
        """The first free number; the lock goes with the process, however it ends. Raises SandboxFailure."""
        try:
            self._state.mkdir(mode=0o755, parents=True, exist_ok=True)
            for number in range(SLOTS):
                (self._state / str(number)).mkdir(mode=0o755, exist_ok=True)
                lock = os.open(self._state / str(number) / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(lock)
                    continue
                self._lock = lock
                return number
        except OSError as error:
            raise SandboxFailure(f"the sandbox cannot use {self._state}: {error.strerror}") from error
        raise SandboxFailure(f"all {SLOTS} slots of the sandbox are in use")

    def _uids_are_free(self) -> None:
        """Waits for the last of an earlier owner: its lock goes with its zygote, and its runs die a moment later, in a
        namespace of their own where no signal of ours would reach them. Raises SandboxFailure."""
        uids = {place.uid for place in (self.tests, self.code) if place.uid is not None}
        end = time.monotonic() + DYING_S
        while uids and usage.processes_of(uids):
            if time.monotonic() > end:
                raise SandboxFailure(f"processes of an earlier run do not end (uids {sorted(uids)})")
            time.sleep(0.005)

    def start(self) -> None:
        """Starts the zygote and waits until it is ready. Raises SandboxFailure with the last it said."""
        self._uids_are_free()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fence = {
            "kind": self.probe.fence,
            "uids": [place.uid for place in (self.tests, self.code) if place.uid is not None],
            "supervisor": os.getpid(),
            "pid_namespace": os.readlink("/proc/self/ns/pid"),
        }
        settings = {
            "fence": fence,
            "workdir": str(self.tests.workspace.root),
            "harness": str(self.language.harness or ""),
            "preload": self.language.preload,
        }
        with theirs:
            self._zygote = self._spawn(ours, theirs, settings)
        self._control = ours
        ours.settimeout(START_S)
        try:
            self.receive()
        except SandboxFailure as failure:
            said = self._last_words()
            raise SandboxFailure(f"the sandbox's interpreter did not start: {said or failure}") from failure
        ours.settimeout(ANSWER_S)
        self._sweep()
        if self.probe.fence != "uid":
            self._idle = frozenset(usage.descendants(self._zygote.pid)) | {self._zygote.pid}

    def _spawn(
        self, ours: socket.socket, theirs: socket.socket, settings: Mapping[str, Any]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command(self, [str(theirs.fileno()), json.dumps(settings)]),
                pass_fds=[theirs.fileno(), self._lock],  # the slot is free when the zygote has gone too
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **self._environment(self.tests)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise SandboxFailure(f"the sandbox's interpreter did not start: {error}") from error

    def _last_words(self) -> str:
        assert self._zygote is not None
        assert self._zygote.stderr is not None
        self._zygote.kill()
        lines = self._zygote.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:500] if lines else ""

    def hang_up(self) -> None:
        """Whoever waits for the zygote learns at once that it is over; safe from another thread and from a signal."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Closing its socket makes the zygote kill what there is and leave."""
        if self._control is not None:
            self.hang_up()
            self._control.close()
            self._control = None
        if self._zygote is not None:
            try:
                self._zygote.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
            if self._zygote.stderr is not None:
                self._zygote.stderr.close()
            self._zygote = None
        self.exits.clear()

    def restart(self) -> None:
        """A new zygote in the same slot, for when the old one is gone or out of step."""
        self.stop()
        self.start()

    @property
    def control(self) -> socket.socket:
        if self._control is None:
            raise SandboxFailure("the slot of the sandbox is not started")
        return self._control

    def receive(self) -> dict[str, Any]:
        """The zygote's next message; an `exit` is also kept in `exits`. Raises SandboxFailure."""
        try:
            data = self.control.recv(MESSAGE_BYTES)
        except OSError as error:
            raise SandboxFailure(f"the sandbox does not answer: {error}") from error
        if not data:
            raise SandboxFailure("the sandbox's process died")
        message: dict[str, Any] = json.loads(data)
        if message["ev"] == "exit":
            self.exits[message["pid"]] = message
        return message

    def catch_up(self) -> None:
        """Takes what the zygote has said already, such as the end of a spare. Never waits, never raises."""
        with contextlib.suppress(SandboxFailure, OSError):
            while select.select([self.control], [], [], 0)[0]:
                self.receive()

    def ask(self, request: Mapping[str, Any], answer: str, descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """Sends a request and returns the first message that answers it. Raises SandboxFailure."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        try:
            self.control.sendmsg([json.dumps(request).encode()], rights)
        except OSError as error:
            raise SandboxFailure(f"the sandbox's process died: {error}") from error
        while True:
            message = self.receive()
            if message["ev"] == answer:
                return message

    def kill(self, *places: Place) -> int:
        """Ends everything in these places; all that lives in the slot must be in them. Returns how many processes there
        were that nobody had started from here. Raises SandboxFailure."""
        uids = sorted({place.uid for place in places if place.uid is not None})
        leftovers: int = self.ask({"op": "kill", "uids": uids}, "killed")["leftovers"]
        self._sweep()
        return leftovers

    @property
    def _in_the_open(self) -> bool:
        """Whether a run sees all of the machine that its uid may: neither Landlock nor namespaces hide anything."""
        return self.probe.landlock == 0 and not self.probe.namespaces

    def _uids_in_use(self) -> list[int]:
        return [place.uid for place in (self.tests, self.code) if place.uid is not None]

    def _sweep(self) -> None:
        """Where a run could write elsewhere than in its own folder, what it left there goes before the next one."""
        if self._in_the_open:
            sweep.sweep(self._uids_in_use())

    def elsewhere(self, most_bytes: int, most_inodes: int) -> tuple[int, int]:
        """(bytes, inodes) that the slot's runs use outside their folders, where they can; counted up to the numbers."""
        return sweep.used(self._uids_in_use(), most_bytes, most_inodes) if self._in_the_open else (0, 0)

    def processes(self) -> list[int]:
        """Pids of what runs in the slot now, the zygote and what holds it left out."""
        uids = {place.uid for place in (self.tests, self.code) if place.uid is not None}
        if uids:
            return usage.processes_of(uids)
        assert self._zygote is not None
        return [pid for pid in usage.descendants(self._zygote.pid) if pid not in self._idle]

    def look(self) -> tuple[int, int]:
        """(bytes in memory, shared pages shared out; bytes of files without a name) of what runs in the slot now.

        Both negative when the run kept us from seeing it. Raises SandboxFailure."""
        uids = [place.uid for place in (self.tests, self.code) if place.uid is not None]
        if uids:  # without CAP_SYS_PTRACE root cannot see it either
            found = self.ask({"op": "look", "uids": uids}, "looked")
            return found["memory"], found["unlinked"]
        pids = self.processes()
        return usage.shared_out(pids), usage.unlinked(pids)

    def process_limit(self, wanted: int) -> int:
        """RLIMIT_NPROC for `wanted` processes: without a uid or a namespace of its own, it counts all of the user's."""
        return wanted + (usage.threads_of_uid(os.getuid()) if self.probe.fence == "landlock" else 0)

    def _environment(self, place: Place) -> dict[str, str]:
        return {name: self.language.fill(text, place.workspace.tmp) for name, text in self.language.env.items()}

    def environment(self, place: Place) -> dict[str, str]:
        """All the variables that a run in `place` sees."""
        tmp = str(place.workspace.tmp)
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": tmp, "TMPDIR": tmp, **self._environment(place)}
