"""Python's attacks under every privilege level that a machine may have; with ASSAY_TEST_FULL=1, as root.

docker      root with the capabilities of a container, as `capsh` sets them: no namespaces
landlock    an ordinary user without bubblewrap
namespaces  an ordinary user with bubblewrap
gvisor      root inside runsc, where that is installed
"""

from __future__ import annotations

import json
import os
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
from jobs import image, landlock

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


LEVELS = {
    "docker": Level("uid", False, ("capsh", f"--drop={NOT_DOCKER}", "--", "-c", 'exec "$@"', "x"), ("capsh",)),
    # The modes of files that belong to the runner's own user can be changed by a run that has the same uid.
    "landlock": Level("landlock", True, lets=("marks_on_files_of_others", "tests_rewritten")),
    "namespaces": Level("namespaces", True, tools=("bwrap",), bwrap=True),
    "gvisor": Level(
        *("uid", False, ("runsc", "--platform=ptrace", "--network=none", "do", "-force-overlay=false"), ("runsc",)),
        may_refuse=True,
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
