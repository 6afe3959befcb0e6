"""Drives the C# driver as the runner does, but unconfined: a job on stdin, a report on descriptor 3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jobs.language import IMAGES

Event = dict[str, Any]
NAMESPACES = ("System", "System.Collections.Generic", "System.Linq", "System.Numerics", "System.Threading.Tasks")
USING = " ".join(f"using {name};" for name in NAMESPACES)
# Gives the report its number; then the driver takes its place.
AS_DESCRIPTOR_3 = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"


@dataclass(frozen=True)
class Ran:
    events: list[Event]
    code: int
    out: str
    err: str
    left: list[str]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["ev"] == kind]

    def cases(self) -> dict[str, str]:
        return {event["id"].partition("::")[2]: event["outcome"] for event in self.of("case")}

    def values(self) -> dict[str, Any]:
        return {event["id"]: event["value"] for event in self.of("value")}

    def kinds(self) -> list[str]:
        return [event["ev"] for event in self.events]


Drive = Callable[..., Ran]
Text = Callable[..., str]
Job = Callable[..., Event]


@pytest.fixture
def drive(image_of: Callable[[str], Path], tmp_path: Path) -> Drive:
    """Runs one job over source files; `spare` starts the driver before the files are there."""
    image = image_of("csharp")
    language = json.loads((IMAGES / "csharp" / "language.json").read_text(encoding="utf-8"))["languages"]["csharp"]
    temporary, workspace = tmp_path / "tmp", tmp_path / "workspace"

    def fill(text: str) -> str:
        return str(text).replace("{image}", str(image)).replace("{tmp}", str(temporary))

    def run(files: dict[str, str], job: Event | None, *, spare: bool = False) -> Ran:
        temporary.mkdir(exist_ok=True)
        workspace.mkdir(exist_ok=True)
        argv = [*language["test"]["argv"], *(language["test"]["spare"] if spare else [])]
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(temporary), "TMPDIR": str(temporary)}
        env |= {name: fill(value) for name, value in language["env"].items()}
        reader, writer = os.pipe()
        argv = [sys.executable, "-I", "-c", AS_DESCRIPTOR_3, str(writer), *map(fill, argv)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            argv, cwd=workspace, env=env, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=(writer,)
        )
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as report:
            before = [report.readline()] if spare else []
            for name, text in files.items():
                (workspace / name).parent.mkdir(parents=True, exist_ok=True)
                (workspace / name).write_text(text, encoding="utf-8")
            with ThreadPoolExecutor(1) as aside:  # a full pipe would stop the driver
                after = aside.submit(report.readlines)
                out, err = process.communicate(b"" if job is None else json.dumps(job).encode() + b"\n", timeout=60)
                lines = [*before, *after.result()]
        events = [json.loads(line) for line in lines]
        return Ran(events, process.returncode, out.decode(), err.decode(), [path.name for path in temporary.iterdir()])

    return run


@pytest.fixture
def suite_of() -> Text:
    def made(*methods: str, head: str = "") -> str:
        return (
            f"{USING} using NUnit.Framework;\n[TestFixture] public class Test_s1 {{ {head}\n"
            + "\n".join(methods)
            + "\n}\n"
        )

    return made


@pytest.fixture
def solution() -> Text:
    def made(*members: str) -> str:
        return f"{USING}\npublic static class Solution {{\n" + "\n".join(members) + "\n}\n"

    return made


@pytest.fixture
def job_of_tests() -> Job:
    def made(*, skip: list[str] | None = None, stub: bool = False) -> Event:
        return {"mode": "test", "files": ["Test_s1.cs"], "skip": skip or [], "stub": stub}

    return made


@pytest.fixture
def vectors() -> Job:
    def made(*calls: tuple[str, list[Any]]) -> Event:
        return {"mode": "vectors", "calls": [{"id": str(i), "call": c, "args": a} for i, (c, a) in enumerate(calls)]}

    return made


@pytest.fixture
def add(solution: Text) -> str:
    return solution("public static int Add(int a, int b) { return a + b; }")


@pytest.fixture
def adds(suite_of: Text) -> str:
    """The first test passes, the second fails."""
    return suite_of(
        "[Test] public void test_1() { Assert.AreEqual(3, Solution.Add(1, 2)); }",
        "[Test] public void test_2() { Assert.AreEqual(4, Solution.Add(1, 2)); }",
    )
