"""A real sandbox for the tests of jobs/: the image is made once a machine, the runner is warm for the whole session."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import image
from jobs.runner import Runner

LIMITS = {"wall_s": 60, "cell_wall_s": 10, "memory_mb": 512, "processes": 64, "disk_mb": 64}


def bundle_of(code: str | dict[str, str], suite: str, **limits: float) -> dict[str, Any]:
    """One candidate and one suite; every test function is a case of its own name."""
    files = {"solution.py": code} if isinstance(code, str) else code
    names = re.findall(r"^(?:async )?def (test_\w+)", suite, re.MULTILINE)
    cases = [{"id": name, "test": f"test_s1.py::{name}"} for name in names]
    return {
        "schema": 1,
        "run_id": "r1",
        "execution_id": "e1",
        "language": "python",
        "limits": {**LIMITS, **limits},
        "candidates": [{"id": "a1c1", "files": files}],
        "suites": [{"id": "s1", "files": {"test_s1.py": suite}, "cases": cases}],
    }


@pytest.fixture(scope="session")
def image_dir() -> Path:
    return image.make("python")


@pytest.fixture(scope="session")
def runner(image_dir: Path) -> Iterator[Runner]:
    """One for all languages: it has the slots of one at a time. The image of another must be made before."""
    before = os.umask(0o022)
    with Runner(None, image.home() / "slots") as warm:
        yield warm
    os.umask(before)


Trip = Callable[..., dict[str, Any]]


@pytest.fixture
def trip(runner: Runner) -> Trip:
    """The one cell of a bundle; no process of the slot is left when it returns."""

    def run(code: str | dict[str, str], suite: str, **limits: float) -> dict[str, Any]:
        result = runner.trip(json.dumps(bundle_of(code, suite, **limits)).encode())
        assert result["error"] is None
        assert runner.warm("python").processes() == []
        (cell,) = result["cells"]
        return cell

    return run


@pytest.fixture
def call(trip: Trip) -> Trip:
    """Runs the body of `attack()` in the sandbox; returns the cell of a test that expects "done" from it."""

    def run(body: str, **limits: float) -> dict[str, Any]:
        code = "def attack():\n" + "".join(f"    {line}\n" for line in body.strip().splitlines())
        suite = "from solution import attack\n\n\ndef test_1():\n    assert attack() == 'done'\n"
        return trip(code, suite, **limits)

    return run
