"""Python's harness in its own interpreter, warm for the whole session; no sandbox around it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
HARNESS = Path(__file__).parents[4] / "jobs" / "images" / "python" / "harness.py"
PRELOAD = ("unittest.mock", "decimal", "fractions", "numpy", "numpy.random", "pydantic")

Drive = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def drive(image_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drive]:
    """Runs a job: drive(code, tests, mode=…) -> its outcome, see drive.py, and `cases`: {test: its event}."""
    python = image_of("python") / "bin" / "python"
    folder = tmp_path_factory.mktemp("drive")
    # As the zygote is started: the order in sets, and so the words of a failure, must not differ from run to run.
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    command = [str(python), "-s", "-P", "-B", str(HERE / "drive.py"), str(HARNESS), str(folder), *PRELOAD]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(
            code: str | dict[str, str], tests: str | dict[str, str], mode: str = "apart", **more: Any
        ) -> dict[str, Any]:
            files = {"solution.py": code} if isinstance(code, str) else code
            suites = {"test_s1.py": tests} if isinstance(tests, str) else tests
            job = {"mode": mode, "code": files, "tests": suites, **more}
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            outcome: dict[str, Any] = json.loads(process.stdout.readline())
            cases = [event for event in outcome["events"] if event["ev"] == "case"]
            outcome["cases"] = {event["id"].partition("::")[2]: event for event in cases}
            outcome["broken"] = next((e["message"] for e in outcome["events"] if e["ev"] == "broken"), "")
            return outcome

        yield run
        process.stdin.close()
