"""Drives the Go driver as the runner does, but unconfined: a job on stdin, a report on descriptor 3."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.language import IMAGES

TIMEOUT_S = 60
LANGUAGE = json.loads((IMAGES / "go" / "language.json").read_text(encoding="utf-8"))["languages"]["go"]


@dataclass(frozen=True)
class Run:
    """What is left of one process: `events` are those of `report`, `left` what it left in its temporary folder."""

    code: int
    report: bytes
    stdout: str
    stderr: str
    left: tuple[str, ...]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.report.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["ev"] == kind]

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        return {event["id"].partition("::")[2]: event for event in self.of("case")}

    @property
    def outcomes(self) -> dict[str, str]:
        """Names of tests and their outcomes, in order."""
        return {name: case["outcome"] for name, case in self.cases.items()}

    @property
    def broken(self) -> str:
        (event,) = self.events
        assert (event["ev"], self.code) == ("broken", 2)
        return str(event["message"])


Drive = Callable[..., Run]


@pytest.fixture(scope="session")
def folder(image_of: Callable[[str], Path]) -> Path:
    return image_of("go")


@pytest.fixture(scope="session")
def drive(folder: Path) -> Drive:
    """run(files, job): `files` are all that the workspace holds. `arguments` take the place of a job."""

    def run(files: Mapping[str, str], job: Mapping[str, Any] | None, arguments: Sequence[str] = ()) -> Run:
        with tempfile.TemporaryDirectory() as above:
            root, tmp = Path(above) / "workspace", Path(above) / "tmp"
            root.mkdir()
            tmp.mkdir()
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            argv = [part.replace("{image}", str(folder)) for part in LANGUAGE["test"]["argv"]]
            return _call([*argv, *arguments], root, tmp, json.dumps(job) + "\n" if job else "")

    return run


def _call(argv: list[str], root: Path, tmp: Path, line: str) -> Run:
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(tmp), "TMPDIR": str(tmp)}
    with tempfile.NamedTemporaryFile() as report:
        done = subprocess.run(
            ["/bin/sh", "-c", 'exec 3>"$0" && exec "$@"', report.name, *argv],
            cwd=root,
            env={**env, **LANGUAGE["env"]},
            input=line.encode(),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        said = report.read()
    left = tuple(sorted(os.listdir(tmp)))
    return Run(done.returncode, said, done.stdout.decode(), done.stderr.decode(), left)


@pytest.fixture(scope="session")
def test(drive: Drive) -> Drive:
    """run(code, tests): the tests of `tests` (the body of s1_test.go, or several files) against solution.go."""

    def run(code: str | Mapping[str, str], tests: str | Mapping[str, str], **job: Any) -> Run:
        code = {"solution.go": code} if isinstance(code, str) else code
        tests = {"s1_test.go": tests} if isinstance(tests, str) else tests
        files = job.pop("files", list(tests))
        return drive({**code, **tests}, {"mode": "test", "files": files, "skip": [], "stub": False, **job})

    return run


@pytest.fixture(scope="session")
def ask(drive: Drive) -> Drive:
    """run(code, (call, argument, ...), ...): calls of solution.go, whose ids are their numbers."""

    def run(code: str, *calls: Sequence[Any]) -> Run:
        asked = [{"id": str(i), "call": call, "args": args} for i, (call, *args) in enumerate(calls)]
        return drive({"solution.go": code}, {"mode": "vectors", "calls": asked})

    return run
