"""Python's attacks under every privilege level that a machine may have; with ASSAY_TEST_FULL=1, as root.

docker      root with the capabilities of a container, as `capsh` sets them: no namespaces
landlock    an ordinary user without bubblewrap
namespaces  an ordinary user with bubblewrap
open        as docker, on a kernel without Landlock
gvisor      root inside runsc, where that is installed: another kernel, without Landlock too
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import attacks
from attacks import Attack, Machine
from fixtures import LAYOUTS, bundle_of
from jobs import image, landlock, sweep

USER = 65501
NOT_DOCKER = (  # what a container's root does not have; the rest is CapEff a80425fb
    "cap_dac_read_search,cap_linux_immutable,cap_net_broadcast,cap_net_admin,cap_ipc_lock,cap_ipc_owner,cap_sys_module,"
    "cap_sys_rawio,cap_sys_ptrace,cap_sys_pacct,cap_sys_admin,cap_sys_boot,cap_sys_nice,cap_sys_resource,cap_sys_time,"
    "cap_sys_tty_config,cap_lease,cap_audit_control,cap_mac_override,cap_mac_admin,cap_syslog,cap_wake_alarm,"
    "cap_block_suspend,cap_audit_read,cap_perfmon,cap_bpf,cap_checkpoint_restore"
)
pytestmark = [
    pytest.mark.skipif(not os.environ.get("ASSAY_TEST_FULL"), reason="ASSAY_TEST_FULL=1 asks for every level"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else"),
]


@dataclass(frozen=True)
class Level:
    """`prefix` starts the runner at this level; `tools` must be installed; `fence` is what the probe must find;
    `may_refuse`: it is right too that nothing is run there; `lets`: attacks that are known to get some way there, as
    docs/security.md says."""

    fence: str
    user: bool
    prefix: Sequence[str] = ()
    tools: Sequence[str] = ()
    bwrap: bool = False
    may_refuse: bool = False
    lets: Sequence[str] = ()

    def state(self, folder: Path) -> Path:
        """Where the slots are: root's uids belong to one set of slots a kernel, and another kernel sees no locks."""
        return folder / "slots" if self.user or self.may_refuse else image.home() / "slots"


NO_LANDLOCK = """
import ctypes, os, struct, sys

code = b"".join(struct.pack("HBBI", *one) for one in (
    (0x20, 0, 0, 0), (0x35, 0, 2, 444), (0x25, 1, 0, 446), (0x06, 0, 0, 0x50000 | 38), (0x06, 0, 0, 0x7FFF0000),
))
text = ctypes.create_string_buffer(code, len(code))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(text)))
prctl = ctypes.CDLL(None).prctl
assert prctl(38, 1, 0, 0, 0) == 0 and prctl(22, 2, ctypes.c_void_p(ctypes.addressof(program)), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Executes its arguments, with a kernel that does not know Landlock's three system calls."""
CONTAINER = ("capsh", f"--drop={NOT_DOCKER}", "--", "-c", 'exec "$@"', "x")
WITHOUT = ("/usr/bin/python3", "-c", NO_LANDLOCK)

# Without Landlock a run sees what every user of the machine may see: files and folders that are open to all, who runs,
# with which command line; and it can write to folders for everybody, which are swept after it. In a container that
# holds one job and nothing else there is nobody to be seen, and what matters is closed by its mode or its owner: the
# tests below try that.
SEES = (
    *("files_of_others", "memory_and_environment_of_others", "list_of_processes", "writes_elsewhere"),
    "memfd",  # shared memory with a name, which is a file in a folder for everybody
    "higher_limits",  # its score for the killer can be opened, but not be lowered
)
GVISOR = (
    *SEES,
    "int_0x80",  # it does not kill, but the number is looked at as the 64-bit call of that number: nothing more is open
    # Priority and cores of others are numbers there, which nothing is scheduled by; so is its own score for a killer.
    "limits_of_others",
    # It cannot say which pages are shared, so a run of many processes is ended for its memory sooner.
    *("fork_400", "endless_errors_of_many"),
    "fork_bomb",  # processes cost so much under ptrace that the neighbour's two seconds may not do on busy cores
    "memory_of_one_process",  # RLIMIT_DATA is no limit there: the poll ends the run instead
    "unlinked_files",  # it does not say that a file has no name any more: only the deadline ends the run
    "rights_come_back",  # no_new_privs holds, and is not in /proc/self/status
)

LEVELS = {
    "docker": Level("uid", False, CONTAINER, ("capsh",)),
    # The modes of files that belong to the runner's own user can be changed by a run that has the same uid.
    "landlock": Level("landlock", True, lets=("marks_on_files_of_others", "tests_rewritten")),
    "namespaces": Level("namespaces", True, tools=("bwrap",), bwrap=True),
    "open": Level("uid", False, (*CONTAINER, *WITHOUT), ("capsh",), lets=SEES),
    "gvisor": Level(
        *("uid", False, ("runsc", "--platform=ptrace", "--network=none", "do", "-force-overlay=false"), ("runsc",)),
        may_refuse=True,
        lets=GVISOR,
    ),
}


class Served:
    """A runner of one level that stays: `trip` takes bundles to it."""

    _process: subprocess.Popen[str]

    def __init__(self, level: Level, folder: Path) -> None:
        self._folder = folder
        self._trips = 0
        python = image.make("python", lambda _: None)
        environment = {"PATH": str(folder / "bin"), "HOME": str(folder), "ASSAY_TEST_SECRET": "secret"}
        self._process = subprocess.Popen(
            [
                *(shutil.which(part) or part if index == 0 else part for index, part in enumerate(level.prefix)),
                *(str(python / "bin" / "python"), "-B", str(folder / "jobs" / "runner.py"), "--serve"),
                *("--image", str(python), "--state", str(level.state(folder))),
            ],
            user=USER if level.user else None,
            group=USER if level.user else None,
            extra_groups=[] if level.user else None,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def trip(self, bundle: bytes) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        self._trips += 1  # gVisor remembers names that are gone outside
        places = {name: str(self._folder / f"{name}{self._trips}.json") for name in ("bundle", "result")}
        Path(places["bundle"]).write_bytes(bundle)
        Path(places["bundle"]).chmod(0o644)
        stdin.write(json.dumps({**places, "run_id": "r1"}) + "\n")
        stdin.flush()
        assert json.loads(stdout.readline())["written"]
        found: dict[str, Any] = json.loads(Path(places["result"]).read_text(encoding="utf-8"))
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=30) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest) -> Level:
    found = LEVELS[request.param]
    for tool in found.tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if found.fence == "landlock" and landlock.abi() < 6:
        pytest.skip("this kernel's Landlock does not hold signals back")
    return found


@pytest.fixture(scope="module")
def folder(level: Level) -> Iterator[Path]:
    """A copy of jobs/ with a PATH of its own, of the user who runs it."""
    made = Path(tempfile.mkdtemp(prefix="assay-level-", dir="/var/tmp"))
    made.chmod(0o755)
    shutil.copytree(attacks.ROOT / "jobs", made / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    (made / "bin").mkdir()
    for tool in ("rm", "chmod", *(["bwrap"] if level.bwrap else [])):
        (made / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    if level.user:
        subprocess.run(["chown", "-R", f"{USER}:{USER}", str(made)], check=True)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def served(level: Level, folder: Path) -> Iterator[Served]:
    one = Served(level, folder)
    layout = LAYOUTS["python"]
    first = one.trip(bundle_of("python", {"c1": {layout.main: layout.honest}}, "def test_1(): pass\n", ["test_1"]))
    if first["error"] is not None and level.may_refuse:
        one.close()
        assert first["cells"] == []
        pytest.skip(f"nothing is run there: {first['error']['detail']}")
    yield one
    one.close()


@pytest.fixture(scope="module")
def machine(level: Level, served: Served, folder: Path) -> Iterator[Machine]:
    with Machine(USER if level.user else None, level.state(folder), served.pid) as made:
        yield made


@pytest.mark.parametrize("attack", attacks.read("python"), ids=str)
def test_an_attack_comes_to_nothing(attack: Attack, level: Level, served: Served, machine: Machine) -> None:
    result = served.trip(attacks.bundle(attack, machine))
    assert result["error"] is None
    assert result["probe"]["fence"] == level.fence
    seen = attacks.observe(attack, result, machine)
    if seen.wrong and attack.name in level.lets:
        pytest.xfail(seen.wrong[0])
    assert not seen.wrong, "\n".join(seen.wrong)


TESTS = 'from solution import attack\n\n\ndef test_1():\n    assert attack() == "done"\n'
NOTES = """
import contextlib, os, tempfile


def attack():
    tmp = tempfile.gettempdir()
    slot = os.path.dirname(os.path.dirname(tmp))
    folders = ["/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/run", "/run/lock", "/var/lib", os.getcwd(), slot, tmp]
    folders += [f"{slot}/{name}-tmp{under}" for name in ("work", "code") for under in ("", "/tmp")]
    names = [f"{folder}/@TOKEN@-{os.getuid() // 2}" for folder in folders]  # of this slot: another one's may be there
    found = [name for name in names if os.path.lexists(name)]
    for name in names:
        with contextlib.suppress(OSError):
            os.mkdir(name)
            os.chmod(name, 0o755)
    return f"found {found}" if found else "done"
"""
SECRETS = """
import contextlib, os, stat


def attack():
    pids = {1, os.getppid(), @PID@, *range(1, 300)}
    with contextlib.suppress(OSError):
        pids |= {int(name) for name in os.listdir("/proc") if name.isdigit()}
    for pid in pids - {os.getpid()}:
        with contextlib.suppress(OSError):
            assert b"secret" not in open(f"/proc/{pid}/environ", "rb").read(), pid
        with contextlib.suppress(OSError):
            open(f"/proc/{pid}/mem", "rb")
            return f"the memory of {pid} is open"
        for number in range(20):
            with contextlib.suppress(OSError):
                handle = os.open(f"/proc/{pid}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
                if not stat.S_ISCHR(os.fstat(handle).st_mode):
                    return f"{number} of {pid} can be written"
    return "done"
"""
FILLS = """
import os, time


def attack():
    kept = 0
    for number in range(60):
        for folder in ("/tmp", "/var/tmp", "/dev/shm"):
            try:
                with open(f"{folder}/@TOKEN@-{os.getuid()}-{number}", "wb") as file:
                    file.write(b"x" * (4 << 20))
                kept += 1
            except OSError:
                continue
        time.sleep(0.005)
    if kept:
        time.sleep(5)
    return kept or "done"
"""
ENTRY = """
import ctypes, mmap


def attack():
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    for number in (41, 359):  # socket, as this machine and as a 32-bit one counts
        code.seek(0)  # push rbx; mov eax, number; mov edi, 1; mov esi, 1; xor edx, edx; mov ebx, 1; mov ecx, 1
        code.write(b"\\x53\\xb8" + number.to_bytes(4, "little") + b"\\xbf\\1\\0\\0\\0\\xbe\\1\\0\\0\\0\\x31\\xd2")
        code.write(b"\\xbb\\1\\0\\0\\0\\xb9\\1\\0\\0\\0\\xcd\\x80\\x5b\\xc3")  # int 0x80; pop rbx; ret
        got = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
        assert got < 0, got
    return "done"
"""


def tried(served: Served, machine: Machine, code: str) -> list[dict[str, Any]]:
    """The cells of two candidates that do the same, at the same time or one after the other."""
    files = {LAYOUTS["python"].main: machine.fill(code)}
    result = served.trip(bundle_of("python", {"c1": files, "c2": files}, TESTS, ["test_1"]))
    assert result["error"] is None
    cells: list[dict[str, Any]] = result["cells"]
    return cells


def test_no_run_finds_a_note_of_an_earlier_one(served: Served, machine: Machine) -> None:
    for _ in range(3):
        for cell in tried(served, machine, NOTES):
            assert cell["cases"]["test_1"]["outcome"] == "passed", cell["cases"]["test_1"]["message"]
    left = [path for folder in sweep.FOLDERS for path in Path(folder).glob(f"{machine.token}*")]
    assert left == []


def test_no_run_reads_secrets_or_writes_into_pipes_of_others(served: Served, machine: Machine) -> None:
    for cell in tried(served, machine, SECRETS):
        assert cell["cases"]["test_1"]["outcome"] == "passed", cell["cases"]["test_1"]["message"]


def test_files_in_folders_for_everybody_count(served: Served, machine: Machine) -> None:
    for cell in tried(served, machine, FILLS):
        assert cell["status"] == "disk_limit" or cell["cases"]["test_1"]["outcome"] == "passed", cell["status"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 has a second entry")
def test_the_32_bit_entry_leads_nowhere(served: Served, machine: Machine) -> None:
    for cell in tried(served, machine, ENTRY):
        message = cell["cases"]["test_1"]["message"]
        assert cell["status"] == "syscall_kill" or cell["cases"]["test_1"]["outcome"] == "passed", message
