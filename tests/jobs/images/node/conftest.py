"""The driver of the node image as a process of its own, unconfined and cold, with a workspace of given files."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs import language

Image = Callable[[str], Path]
REPORT = 3


@dataclass(frozen=True)
class Driven:
    """`events`: what it wrote on descriptor 3, in order."""

    code: int
    events: list[dict[str, Any]]
    stdout: str
    stderr: str

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["ev"] == kind]

    @property
    def outcomes(self) -> dict[str, str]:
        """Names of tests, without their file, to outcomes."""
        return {event["id"].partition("::")[2]: event["outcome"] for event in self.of("case")}

    def message(self, name: str) -> str:
        (found,) = (event["message"] for event in self.of("case") if event["id"].endswith(f"::{name}"))
        return str(found)

    @property
    def answers(self) -> dict[str, Any]:
        """Ids of calls to the value that came back, or to the names of the error's classes."""
        kept = {event["id"]: event["value"] for event in self.of("value")}
        return kept | {event["id"]: event["errors"] for event in self.of("raised")}


Drive = Callable[..., Driven]
Finding = dict[str, Any]
Lint = Callable[[Mapping[str, str]], list[Finding]]


def folder_for_files(workspace: Path) -> Path:
    """Where the process may write: beside its workspace."""
    return workspace.with_name(f"{workspace.name}-tmp")


def start(argv: list[str], workspace: Path, line: str) -> Driven:
    """Runs `argv` in `workspace` with `line` on its standard input."""
    tmp = folder_for_files(workspace)
    tmp.mkdir(exist_ok=True)
    reader, writer = os.pipe()
    try:
        done = subprocess.run(
            argv,
            input=line,
            capture_output=True,
            text=True,
            cwd=workspace,
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp), "HOME": str(tmp)},
            preexec_fn=lambda: os.dup2(writer, REPORT),
            pass_fds=[REPORT],
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    with open(reader, encoding="utf-8") as report:
        events = [json.loads(text) for text in report.read().split("\n") if text]
    return Driven(done.returncode, events, done.stdout, done.stderr)


@pytest.fixture
def drive(image_of: Image, tmp_path: Path) -> Drive:
    """drive(files, job, spare=False) writes the files and has the driver do the job."""
    image = image_of("javascript")
    node = language.load("javascript", image)
    count = 0

    def run(files: Mapping[str, str], job: Mapping[str, Any], spare: bool = False) -> Driven:
        nonlocal count
        count += 1
        workspace = tmp_path.resolve() / str(count)
        for name, text in files.items():
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            (workspace / name).write_text(text, encoding="utf-8")
        parts = (*node.argv, *((node.spare or ()) if spare else ()))
        argv = [node.fill(part, folder_for_files(workspace)) for part in parts]
        return start(argv, workspace, json.dumps(job) + "\n")

    return run


@pytest.fixture
def lint(image_of: Image, tmp_path: Path) -> Lint:
    """lint(files) gives what the linter prints about them, in its order; files are "candidate/name"."""
    node = language.load("typescript", image_of("typescript"))
    assert node.lint is not None
    argv = [node.fill(part, tmp_path) for part in node.lint.argv]

    def run(files: Mapping[str, str]) -> list[Finding]:
        workspace = tmp_path.resolve() / "lint"
        for name, text in files.items():
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            (workspace / name).write_text(text, encoding="utf-8")
        done = start(argv, workspace, "")
        assert (done.code, done.stderr) == (0, "")
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    return run
