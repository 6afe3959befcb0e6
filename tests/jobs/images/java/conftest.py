"""Drives the Java driver as the runner does, but unconfined: a job on stdin, a report on descriptor 3."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jobs.language import IMAGES

TIMEOUT_S = 60


@dataclass(frozen=True)
class Run:
    """What is left of one process; `events` are those of its report, `ready` whether it said so ahead of its job."""

    code: int
    events: list[dict[str, Any]]
    stdout: str
    stderr: str
    ready: bool = False
    cases: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        cases = {e["id"].partition("::")[2]: e for e in self.events if e["ev"] == "case"}
        object.__setattr__(self, "cases", cases)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind, in order."""
        return [e for e in self.events if e["ev"] == kind]

    @property
    def outcomes(self) -> dict[str, str]:
        """Names of tests and their outcomes, in order."""
        return {name: case["outcome"] for name, case in self.cases.items()}


Drive = Callable[..., Run]


@pytest.fixture(scope="session")
def argv(image_of: Callable[[str], Path]) -> list[str]:
    raw = json.loads((IMAGES / "java" / "language.json").read_text())["languages"]["java"]["test"]["argv"]
    return [part.replace("{image}", str(image_of("java"))) for part in raw]


@pytest.fixture
def drive(argv: list[str], tmp_path: Path) -> Drive:
    """run(files, job, spare=False): the files are written after a spare is ready, as the runner does it."""
    serial = iter(range(100))

    def run(files: Mapping[str, str], job: Mapping[str, Any] | None, *, spare: bool = False) -> Run:
        root = tmp_path / f"run{next(serial)}"
        root.mkdir()
        tmp = root.with_suffix(".tmp")
        tmp.mkdir()
        report = root.with_suffix(".report")
        os.mkfifo(report)
        started = [part.replace("{tmp}", str(tmp)) for part in (*argv, *(["--warm"] if spare else []))]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TMPDIR": str(tmp), "HOME": str(tmp)}
        with (
            subprocess.Popen(
                ["/bin/sh", "-c", 'exec 3>"$0"; exec "$@"', str(report), *started],
                cwd=root,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process,
            open(report, "rb") as pipe,
        ):
            ready = spare and json.loads(pipe.readline()) == {"ev": "ready"}
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            line = b"" if job is None else json.dumps(job).encode() + b"\n"
            with ThreadPoolExecutor(1) as reader:
                rest = reader.submit(pipe.read)
                try:
                    out, err = process.communicate(line, timeout=TIMEOUT_S)
                finally:
                    process.kill()
            events = [json.loads(text) for text in rest.result().splitlines()]
        return Run(process.returncode, events, out.decode(), err.decode(), ready)

    return run


@pytest.fixture
def tested(drive: Drive) -> Drive:
    """run(code, tests): `code` is Solution.java, `tests` the body of the class Test_s1; `skip`, `stub` as in a job."""

    def run(code: str, tests: str, *, skip: tuple[str, ...] = (), stub: bool = False, spare: bool = False) -> Run:
        head = (
            "import static org.junit.jupiter.api.Assertions.*;\nimport java.util.*;\nimport org.junit.jupiter.api.*;\n"
            "import org.junit.jupiter.params.*;\nimport org.junit.jupiter.params.provider.*;\n"
        )
        files = {"Solution.java": code, "Test_s1.java": f"{head}class Test_s1 {{\n{tests}\n}}\n"}
        skipped = [f"Test_s1.java::{name}" for name in skip]
        job = {"mode": "test", "files": ["Test_s1.java"], "skip": skipped, "stub": stub}
        return drive(files, job, spare=spare)

    return run


@pytest.fixture
def called(drive: Drive) -> Drive:
    """run(code, (call, *args), …): the calls' ids are "0", "1", …"""

    def run(code: str, *calls: tuple[Any, ...]) -> Run:
        listed = [{"id": str(n), "call": call, "args": list(args)} for n, (call, *args) in enumerate(calls)]
        return drive({"Solution.java": code}, {"mode": "vectors", "calls": listed})

    return run
