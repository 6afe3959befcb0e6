"""The attacks of tests/fixtures/attacks as bundles, and the machine that they are tried on."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixtures import FIXTURES, LAYOUTS, bundle_of, load
from jobs import image

ROOT = FIXTURES.parents[1]
LIMITS = {"wall_s": 60, "cell_wall_s": 2, "memory_mb": 256, "processes": 48, "disk_mb": 64}
ATTACK, NEIGHBOUR = "attack", "neighbour"
NOT_FROM_CODE = {43, 44, 50}
"""What befalls the runner itself: tests/jobs/test_supervisor_faults.py."""
LEFT_OUT: dict[str, set[int]] = {
    "javascript": {6, 7},  # machine code
    "typescript": set(range(1, 35)) | {36, 37, 47, 48, 49},  # what runs is JavaScript
    "java": {3, 6, 7, 17, 18, 19, 21, 27, 28, 30, 31, 34},
    "go": {7, 16, 21, 25, 28, 30, 34, 38, 42},  # 38, 42: nothing can be patched, nothing can be skipped from a function
    "csharp": {4, 7, 16, 17, 18, 19, 21, 25, 27, 30, 31, 34},
}
"""What is not tried from a language: it has no means to, or would make the same system calls as another language."""


@dataclass(frozen=True)
class Attack:
    """One attempt: `number` is that of the list in docs/security.md, `files` lie beside the solution.

    `status` and `outcome` are what may come of it; a passed test means that the system refused what was tried."""

    language: str
    number: int
    name: str
    note: str
    solution: str
    tests: str
    cases: Sequence[str]
    status: Sequence[str]
    outcome: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.language}-{self.number}-{self.name}"


def read(language: str) -> list[Attack]:
    """The attacks of a language in their order; none where there is no fixture."""
    return [
        Attack(
            language=language,
            status=_several(item["expect"]["status"]),
            outcome=_several(item["expect"]["outcome"]),
            **{name: value for name, value in item.items() if name != "expect"},
        )
        for item in load("attacks", language)
    ]


def _several(value: str | list[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


class Machine:
    """What the attacks are after: a secret, sockets, a process. Use as a context manager; `facts` are their names.

    `owner`: the user who runs the sandbox, to whom the secret belongs; `pid`: the runner; `state`: its slots."""

    def __init__(self, owner: int | None = None, state: Path | None = None, pid: int = 0) -> None:
        self.token = f"assay-{secrets.token_hex(8)}"
        self._owner = owner
        self._state = state or image.home() / "slots"
        self._pid = pid or os.getpid()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Machine:
        self.folder = Path(tempfile.mkdtemp(prefix="assay-machine-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.secret = self.folder / "key"
        self.secret.write_text(self.token)
        self.secret.chmod(0o644)
        if self._owner is not None:
            for path in (self.folder, self.secret):
                os.chown(path, self._owner, self._owner)
        named = str(self.folder / "socket")
        for address in (named, f"\0{self.token}"):
            one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            one.bind(address)
            one.setblocking(False)
            self._sockets.append(one)
        os.chmod(named, 0o777)
        self._before = self._look()
        self.facts: dict[str, str] = {
            "@SECRET@": str(self.secret),
            "@SOCKET@": named,
            "@ABSTRACT@": self.token,
            "@TOKEN@": self.token,
            "@PID@": str(self._pid),
            "@ROOT@": str(ROOT),
            "@STATE@": str(self._state),
        }
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            one.close()
        shutil.rmtree(self.folder)

    def _look(self) -> tuple[object, ...]:
        found = self.secret.stat()
        attributes = os.listxattr(self.secret)
        passwd = os.stat("/etc/passwd")
        return (
            *(self.secret.read_text(), found.st_mode, found.st_uid, found.st_mtime_ns, found.st_nlink, attributes),
            *(passwd.st_mode, passwd.st_uid, passwd.st_mtime_ns, passwd.st_nlink),
            *(
                sorted(os.listdir(self.folder)),
                os.getpriority(os.PRIO_PROCESS, self._pid),
                os.sched_getaffinity(self._pid),
            ),
        )

    def harm(self) -> list[str]:
        """What an attack has changed on this machine, in words; empty when all is as it was."""
        found = []
        now = self._look()
        if now != self._before:
            found.append("a file or process of others has changed")
            self._before = now  # what comes next is not to blame for it
        for place in ("/tmp", "/var/tmp", "/dev/shm", "/usr", "/etc", "/root", "/var/lib", ROOT, self._state):
            path = Path(place) / self.token
            if path.exists() or path.is_symlink():
                found.append(f"{path} was made")
        for one in self._sockets:
            try:
                found.append(f"a socket got {one.recv(100)!r}")
            except BlockingIOError:
                continue
        return found

    def fill(self, text: str) -> str:
        """`text` with the names of what is on this machine."""
        for name, value in self.facts.items():
            text = text.replace(name, value)
        return text


def bundle(attack: Attack, machine: Machine) -> bytes:
    """The attack and an honest neighbour against the same tests."""
    layout = LAYOUTS[attack.language]
    candidates = {
        ATTACK: {layout.main: machine.fill(attack.solution), **attack.files},
        NEIGHBOUR: {layout.main: layout.honest},
    }
    vector = {"call": layout.call, "args": [], "expect": {"value": "done"}}
    vectors = dict.fromkeys(attack.cases, vector) if layout.call else {}
    tests = machine.fill(attack.tests)
    return bundle_of(attack.language, candidates, tests, attack.cases, vectors, {**LIMITS, **attack.limits})


@dataclass(frozen=True)
class Observed:
    """What came of one try. `wrong` says in words what should not have happened."""

    status: str
    outcomes: Mapping[str, str]
    wrong: Sequence[str]


def observe(attack: Attack, result: Mapping[str, Any], machine: Machine) -> Observed:
    """Compares a result document, and the machine, with what may come of the attack."""
    if result["error"] is not None:
        return Observed("", {}, [f"the sandbox failed: {result['error']['detail']}"])
    cells = {cell["candidate"]: cell for cell in result["cells"]}
    mine, other = cells[ATTACK], cells[NEIGHBOUR]
    wrong = machine.harm()
    outcomes = {id: case["outcome"] for id, case in mine["cases"].items()}
    if mine["status"] not in attack.status:
        wrong.append(f"it ended with {mine['status']} (exit code {mine['exit_code']}), not {attack.status}: {mine}")
    for id, outcome in outcomes.items():
        if outcome not in attack.outcome:
            wrong.append(f"{id} {outcome}, not {attack.outcome}: {mine['cases'][id]['message']}")
    for id, case in other["cases"].items():
        if case["outcome"] != "passed":
            wrong.append(f"the neighbour's {id} {case['outcome']} ({other['status']}): {case['message']}")
    return Observed(mine["status"], outcomes, wrong)
