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
    command = [str(python), "-I", "-B", str(HERE / "drive.py"), str(HARNESS), str(folder), *PRELOAD]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
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
