"""Warm runner processes (jobs/runner.py --serve): started on demand, spoken to in JSON lines, ended for good."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from functions.agent.errors import SandboxError

JOBS = Path(__file__).resolve().parents[2] / "jobs"
LINE_BYTES = 1 << 16
TERM_S = 1.5
STDERR_BYTES = 4096


def environment() -> dict[str, str]:
    """All that the sandbox's processes get of ours: no key, no token."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LC_ALL": "C.UTF-8"}


async def make_image(language: str) -> None:
    """Makes the language's image unless it is there. Raises SandboxError with the reason in one sentence."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(JOBS / "image.py"), language),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        env=environment(),
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise SandboxError(lines[-1] if lines else f"The image for {language} could not be made.")


@cache
def image_id(language: str, folder: Path | None, jobs: Path = JOBS) -> str:
    """The name of the language's image (in `folder`, else the standard one) and a hash of the runner's own sources and
    of the language's driver, as they are when this process first asks. Empty for a language that has none."""
    from jobs.failure import SandboxFailure
    from jobs.image import location
    from jobs.language import image_of

    try:
        made = folder or location(language)
        sources = [*jobs.glob("*.py"), *(jobs / "images" / image_of(language)).rglob("*")]
    except (SandboxFailure, OSError):
        return ""
    found = sha256()
    for path in sorted(sources):
        inner = path.relative_to(jobs)
        if path.is_file() and not {"sample", "__pycache__"} & set(inner.parts):
            found.update(f"{inner}\n".encode() + sha256(path.read_bytes()).digest())
    return f"{made.name}-{found.hexdigest()[:16]}"


class RunnerProcess:
    """One runner and what it last wrote to stderr. After any failure it is only good for `end`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._said = bytearray()
        self._folder = tempfile.TemporaryDirectory(prefix="assay-runner-")
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, image: Path | None) -> RunnerProcess:
        """Raises SandboxError when not even the interpreter starts."""
        choice = ["--image", str(image)] if image else []
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(JOBS / "runner.py"), "--serve", *choice),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env=environment(),
                limit=LINE_BYTES,
                start_new_session=True,  # Ctrl-C is for the server, which then ends its runners itself
            )
        except OSError as error:
            raise SandboxError(f"The sandbox's runner did not start: {error}.") from error
        return cls(process)

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(STDERR_BYTES):
            self._said = (self._said + data)[-STDERR_BYTES:]

    async def trip(self, run_id: str, bundle: bytes, within_s: float) -> bytes:
        """The result document. Raises SandboxError when the runner dies, garbles, or takes longer than `within_s`."""
        source, result = Path(self._folder.name, "bundle.json"), Path(self._folder.name, "result.json")
        job = {"run_id": run_id, "bundle": str(source), "result": str(result)}
        try:
            await asyncio.to_thread(source.write_bytes, bundle)
            async with asyncio.timeout(within_s):
                answer = await self._ask(job)
            if answer != {"run_id": run_id, "written": True}:
                raise SandboxError("The sandbox's runner gave a wrong answer.")
            document = await asyncio.to_thread(_take, result)
            if json.loads(document)["run_id"] != run_id:
                raise SandboxError("The sandbox's runner answered for another run.")
        except TimeoutError as error:
            raise SandboxError(f"The sandbox's runner gave no answer within {within_s:g} s.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SandboxError(f"The sandbox's runner died or garbled its answer{self._last_words()}.") from error
        return document

    async def _ask(self, job: dict[str, str]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        await self._process.stdin.drain()
        return json.loads(await self._process.stdout.readline())

    def _last_words(self) -> str:
        lines = self._said.decode("utf-8", "replace").strip().splitlines()
        return f" ({lines[-1][:300]})" if lines else ""

    async def end(self) -> None:
        """Ends it and everything it runs within two seconds: it cleans up itself, and when killed its zygote does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(TERM_S):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await self._listening
        self._folder.cleanup()


def _take(path: Path) -> bytes:
    data = path.read_bytes()
    path.unlink()
    return data
