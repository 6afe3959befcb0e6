"""What befalls the trusted processes themselves: they die, are told to stop, or have neighbours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures import LAYOUTS, bundle_of
from jobs import image, usage
from jobs.runner import Runner

ROOT = Path(__file__).resolve().parents[2]
TESTS = 'from solution import attack\n\n\ndef test_1():\n    assert attack() == "done"\n'
SLOW = 'import time\n\n\ndef attack():\n    time.sleep(0.6)\n    return "done"\n'
LIMITS = {"wall_s": 60, "cell_wall_s": 5}


def bundle(*codes: str) -> bytes:
    candidates = {f"c{n}": {"solution.py": code} for n, code in enumerate(codes)}
    return bundle_of("python", candidates, TESTS, ["test_1"], limits=LIMITS)


def outcomes(result: dict[str, Any]) -> list[str]:
    assert result["error"] is None, result
    return [cell["cases"]["test_1"]["outcome"] for cell in result["cells"]]


def named(ancestor: int, word: str) -> list[int]:
    """Pids below `ancestor` whose command line has `word` in it."""
    found = []
    for pid in usage.descendants(ancestor):
        try:
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold in time."""
    deadline = time.monotonic() + seconds
    while not (now := holds()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return now


def alive(pid: int) -> bool:
    """Not so for one that is dead and not yet collected by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def test_43_zygotes_that_are_dead_are_replaced(runner: Runner) -> None:
    assert outcomes(runner.trip(bundle(SLOW))) == ["passed"]
    zygotes = named(os.getpid(), "zygote.py")
    assert zygotes
    for pid in zygotes:
        os.kill(pid, signal.SIGKILL)
    assert outcomes(runner.trip(bundle(SLOW, SLOW))) == ["passed", "passed"]


def test_43_zygotes_that_die_in_flight_cost_a_repetition(runner: Runner) -> None:
    runner.warm("python")
    zygotes = named(os.getpid(), "zygote.py")

    def strike() -> None:
        for pid in filter(alive, zygotes):
            os.kill(pid, signal.SIGKILL)

    timer = threading.Timer(0.3, strike)
    timer.start()
    result = runner.trip(bundle(SLOW, SLOW))
    timer.join()
    assert outcomes(result) == ["passed", "passed"]
    assert runner.warm("python").processes() == []


def test_44_a_spare_that_is_dead_is_not_waited_for(runner: Runner) -> None:
    image.make("javascript", lambda _: None)
    tests = (
        'import assert from "node:assert/strict";\nimport { test } from "node:test";\n'
        'import { attack } from "./solution.mjs";\n\n'
        'test("test_1", () => {\n  assert.equal(attack(), "done");\n});\n'
    )
    layout = LAYOUTS["javascript"]
    job = bundle_of("javascript", {"c0": {layout.main: layout.honest}}, tests, ["test_1"], limits=LIMITS)
    assert outcomes(runner.trip(job)) == ["passed"]
    runner.prepare()
    pool = runner.warm("javascript")
    assert within(20, lambda: pool.ready() > 0)
    spares = named(os.getpid(), "driver")
    for pid in spares:
        os.kill(pid, signal.SIGKILL)
    assert spares
    assert within(5, lambda: pool.ready() == 0)  # the last thread of a dead process may outlive its first one
    assert outcomes(runner.trip(job)) == ["passed"]


def test_49_two_slots_at_once_cannot_signal_each_other(runner: Runner) -> None:
    hunter = """
import os
import signal

def attack():
    for pid in range(2, 1 << 16):
        if pid != os.getpid():
            for other in (pid, -pid):
                try:
                    os.kill(other, signal.SIGKILL)
                except OSError:
                    continue
                if other not in (os.getpgid(0), -os.getpgid(0)):
                    return other
    return "done"
"""
    assert outcomes(runner.trip(bundle(SLOW, hunter, SLOW, hunter))) == ["passed"] * 4


SLEEPER = """
import ctypes
import os
import time

def attack():
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            ctypes.CDLL(None).prctl(15, b"assay-sleeper", 0, 0, 0)
            time.sleep(60)
    time.sleep(60)
"""


def asleep(ancestor: int) -> list[int]:
    """All processes below `ancestor`, once two of the code's daemons are among them."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = usage.descendants(ancestor)
        if sum(comm(pid) == b"assay-sleeper" for pid in found) >= 2:
            return found
        time.sleep(0.02)
    raise AssertionError("the code never ran")


def comm(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/comm").read_bytes().strip()
    except OSError:
        return b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_50_told_to_stop_it_takes_every_process_along(number: signal.Signals, image_dir: Path, tmp_path: Path) -> None:
    given, written = tmp_path / "bundle.json", tmp_path / "result.json"
    given.write_bytes(bundle(SLEEPER, SLEEPER))
    command = [sys.executable, str(ROOT / "jobs" / "runner.py"), "--bundle", str(given), "--result", str(written)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        pids = asleep(process.pid)
        process.send_signal(number)
        code = process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert within(5, lambda: not any(alive(pid) for pid in pids)), [pid for pid in pids if alive(pid)]
    if number == signal.SIGKILL:
        assert not written.exists()
        return
    assert code == 0
    detail = "the sandbox was told to stop before the run was over"
    assert json.loads(written.read_text())["error"] == {"type": "sandbox_failed", "detail": detail}
