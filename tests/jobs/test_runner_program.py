"""The runner as a program: one trip, many trips on stdin, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import usage
from jobs.probe import FIRST_UID
from jobs.slot import SLOTS

RUNNER = Path(__file__).parents[2] / "jobs" / "runner.py"
SAMPLE = json.loads((RUNNER.parent / "images" / "python" / "sample" / "pass.json").read_text())["bundle"]
BUDGET_MS = 150.0


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(RUNNER), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_one_trip_writes_one_result(tmp_path: Path, image_dir: Path) -> None:
    bundle, result = tmp_path / "bundle.json", tmp_path / "result.json"
    bundle.write_text(json.dumps(SAMPLE))
    done = program("--bundle", str(bundle), "--result", str(result))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
    assert json.loads(result.read_text())["cells"][0]["complete"] is True
    again = program("--bundle", str(bundle), "--result", str(result))
    assert again.returncode == 3
    assert "exists" in again.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"bundle.json", "result.json"}


def test_a_wrong_call_is_said(tmp_path: Path) -> None:
    assert program().returncode == 2
    missing = program("--bundle", str(tmp_path / "no"), "--result", str(tmp_path / "r"))
    assert missing.returncode == 3
    assert missing.stderr.startswith("runner: ")
    assert "Traceback" not in missing.stderr


def test_a_missing_image_is_a_result_that_says_how_to_make_it(tmp_path: Path) -> None:
    bundle, result = tmp_path / "bundle.json", tmp_path / "result.json"
    bundle.write_text(json.dumps(SAMPLE))
    done = program("--bundle", str(bundle), "--result", str(result), "--image", str(tmp_path / "nothing"))
    assert done.returncode == 0
    assert "python -m jobs.image python" in json.loads(result.read_text())["error"]["detail"]


@pytest.fixture
def served(image_dir: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(RUNNER), "--serve", "--image", str(image_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def ask(process: subprocess.Popen[str], **job: Any) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(job) + "\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def test_a_warm_trip_is_quick(served: subprocess.Popen[str], tmp_path: Path) -> None:
    suites = []
    for n in range(3):
        tests = "".join(f"\n\ndef test_{i}():\n    assert mean([{i}]) == {i}\n" for i in range(5))
        cases = [{"id": f"s{n}-{i}", "test": f"test_s{n}.py::test_{i}"} for i in range(5)]
        suites.append(
            {"id": f"s{n}", "files": {f"test_s{n}.py": f"from solution import mean\n{tests}"}, "cases": cases}
        )
    (tmp_path / "bundle.json").write_text(json.dumps({**SAMPLE, "suites": suites}))
    assert ask(served, warm="python")["error"] is None
    times = [BUDGET_MS]
    while min(times) >= BUDGET_MS and (n := len(times)) < 40:  # the machine may be busy, but not all the time
        result = tmp_path / f"{n}.json"
        begun = time.perf_counter()
        answer = ask(served, bundle=str(tmp_path / "bundle.json"), result=str(result), run_id=f"r{n}")
        times.append((time.perf_counter() - begun) * 1000)
        assert answer == {"run_id": f"r{n}", "written": True}
        assert all(cell["complete"] for cell in json.loads(result.read_text())["cells"])
    assert min(times) < BUDGET_MS, times


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_runner_leaves_no_process(served: subprocess.Popen[str], tmp_path: Path, number: int) -> None:
    if os.geteuid() != 0:
        pytest.skip("the processes of a run are told by their uid, which only root can give")
    before = runs()
    code = "import os, time\nif os.fork() == 0:\n    os.setsid()\ntime.sleep(60)\n"
    bundle = {**SAMPLE, "candidates": [{"id": "a", "files": {"solution.py": code}}]}
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    assert served.stdin is not None
    job = {"bundle": str(tmp_path / "bundle.json"), "result": str(tmp_path / "result.json"), "run_id": "r1"}
    served.stdin.write(json.dumps(job) + "\n")
    served.stdin.flush()
    wait_until(lambda: len(runs() - before) >= 2)
    served.send_signal(number)
    wait_until(lambda: not runs() - before)
    assert served.wait(timeout=2) != 0
    assert not (tmp_path / "result.json").exists()


def runs() -> set[int]:
    return {pid for slot in range(SLOTS) for pid in usage.processes_of_uid(FIRST_UID + slot)}


def wait_until(holds: Any) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
