"""Hundreds of jobs in a row, of every kind, and zygotes that die at any moment: nothing piles up, no verdict is wrong.

With ASSAY_TEST_FULL=1: thousands.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from fixtures import bundle_of
from jobs import image, usage
from jobs.runner import Runner

pytestmark = pytest.mark.alone
FULL = bool(os.environ.get("ASSAY_TEST_FULL"))
JOBS, KILLS = (10_000, 100) if FULL else (500, 20)
TESTS = 'from solution import attack\n\n\ndef test_1():\n    assert attack() == "done"\n'
LIMITS = {"wall_s": 120, "cell_wall_s": 20, "memory_mb": 256, "processes": 32, "disk_mb": 32}
KINDS = {  # code: what its case comes to
    'def attack():\n    return "done"\n': "passed",
    'def attack():\n    return "wrong"\n': "failed",
    "def attack():\n    return missing\n": "failed",
    "import os\n\n\ndef attack():\n    os._exit(0)\n": "error",
    "import ctypes\n\n\ndef attack():\n    ctypes.string_at(0)\n": "error",
    "def attack(:\n": "error",
    "import os, time\n\n\ndef attack():\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(60)\n"
    '    return "done"\n': "passed",
    "import os, tempfile\n\n\ndef attack():\n    assert os.listdir(tempfile.gettempdir()) == []\n"
    '    for name in ("-rf", "a b", "link"):\n        os.symlink("/etc", tempfile.gettempdir() + "/" + name)\n'
    '    print("x" * 100_000)\n    return "done"\n': "passed",
}
PAIR = {  # one of each, slow enough to be hit in the middle
    "right": 'import time\n\n\ndef attack():\n    time.sleep(0.1)\n    return "done"\n',
    "wrong": 'import time\n\n\ndef attack():\n    time.sleep(0.1)\n    return "wrong"\n',
}


def zygotes() -> list[int]:
    """Pids of the zygotes below us, and of what holds them."""
    found = []
    for pid in usage.descendants(os.getpid()):
        try:
            if b"zygote.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def resident(pid: int) -> int:
    """MiB in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def slot_files() -> list[str]:
    """What lies in the slots, but for what the last job left in its own folder."""
    return sorted(str(path) for path in (image.home() / "slots").glob("*/*"))


@pytest.mark.timeout(3600 if FULL else 120)
def test_hundreds_of_jobs_leave_nothing_behind(runner: Runner, image_dir: Path) -> None:
    def round_of_16(offset: int) -> None:
        codes = [list(KINDS)[(offset + n) % len(KINDS)] for n in range(16)]
        candidates = {f"c{n}": {"solution.py": code} for n, code in enumerate(codes)}
        result = runner.trip(bundle_of("python", candidates, TESTS, ["test_1"], limits=LIMITS))
        assert result["error"] is None
        found = [cell["cases"]["test_1"]["outcome"] for cell in result["cells"]]
        assert found == [KINDS[code] for code in codes], result["cells"]
        assert runner.warm("python").processes() == []

    for offset in range(2):  # everything that is made once has been made
        round_of_16(offset)
    gc.collect()
    watched = {os.getpid(): 48, **dict.fromkeys(zygotes(), 16)}  # how many MiB it may grow
    memory = {pid: resident(pid) for pid in watched}
    files = {pid: open_files(pid) for pid in watched}
    threads, folders = threading.active_count(), slot_files()
    for offset in range(-(-JOBS // 16)):
        round_of_16(offset)
    gc.collect()
    assert {pid: open_files(pid) for pid in watched} == files
    assert {pid: resident(pid) - memory[pid] for pid in watched if resident(pid) - memory[pid] > watched[pid]} == {}
    assert threading.active_count() == threads
    assert slot_files() == folders


@pytest.mark.timeout(1200 if FULL else 120)
def test_a_zygote_that_dies_at_any_moment_makes_no_verdict_wrong(runner: Runner, image_dir: Path) -> None:
    dice = random.Random(20)
    candidates = {name: {"solution.py": code} for name, code in PAIR.items()}
    job = bundle_of("python", candidates, TESTS, ["test_1"], limits=LIMITS)
    runner.trip(job)
    for turn in range(KILLS):
        victims = zygotes()
        victim, moment = dice.choice(victims), dice.uniform(0, 0.5)

        def strike(victim: int = victim, moment: float = moment) -> None:
            time.sleep(moment)
            with contextlib.suppress(ProcessLookupError):  # it went along with the last one
                os.kill(victim, signal.SIGKILL)

        thread = threading.Thread(target=strike)
        thread.start()
        result = runner.trip(job)
        thread.join()
        assert result["error"] is None, (turn, moment, result["error"])
        found = {cell["candidate"]: cell["cases"]["test_1"]["outcome"] for cell in result["cells"]}
        assert found == {"right": "passed", "wrong": "failed"}, (turn, moment, result["cells"])
        assert runner.warm("python").processes() == []
