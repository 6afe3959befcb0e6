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


def test_a_warm_runner_takes_one_trip_after_the_other(served: subprocess.Popen[str], tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text(json.dumps(SAMPLE))
    warmed = ask(served, warm="python")
    assert warmed["error"] is None
    assert warmed["probe"]["seccomp"] is True
    for n in range(3):
        result = tmp_path / f"{n}.json"
        answer = ask(served, bundle=str(tmp_path / "bundle.json"), result=str(result), run_id=f"r{n}")
        assert answer == {"run_id": f"r{n}", "written": True}
        assert all(cell["complete"] for cell in json.loads(result.read_text())["cells"])


def test_a_single_trip_that_is_stopped_still_leaves_a_result(image_dir: Path, tmp_path: Path) -> None:
    bundle = {**SAMPLE, "candidates": [{"id": "a", "files": {"solution.py": "import time\ntime.sleep(60)\n"}}]}
    source, result = tmp_path / "bundle.json", tmp_path / "result.json"
    source.write_text(json.dumps(bundle))
    command = [sys.executable, str(RUNNER), "--image", str(image_dir), "--bundle", str(source), "--result", str(result)]
    with subprocess.Popen(command) as process:
        wait_until(lambda: usage.descendants(process.pid))
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    document = json.loads(result.read_text())
    assert document["error"]["detail"] == "the sandbox was told to stop before the run was over"
    assert document["run_id"] == SAMPLE["run_id"]


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
    return set(usage.processes_of(range(FIRST_UID, FIRST_UID + 2 * SLOTS)))


def wait_until(holds: Any) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
