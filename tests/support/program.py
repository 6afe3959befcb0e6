"""The command line as a person starts it: a process of its own, without a terminal, with a scripted model."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLOSED = "http://127.0.0.1:9/v1"
"""Nobody listens there."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What it said to stderr, which must be one line of words."""
        line, rest = self.err.split("\n", 1)
        assert rest == "", self.err
        return line


def environment(data: Path, model: str, **more: str) -> dict[str, str]:
    """A clean one: the interpreter's path, the home that has the sandbox's image, and what is said here."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = {"PYTHONPATH": str(ROOT), "ASSAY_DATA_DIR": str(data), "ASSAY_SCRIPTED_URL": model}
    # What is killed leaves its temporary files, which go with the test's own folder.
    return {**kept, **said, "TMPDIR": str(data.parent), **more}


async def start(*words: str, env: dict[str, str], cwd: Path, under: tuple[str, ...] = ()) -> Process:
    """`python -m infra.local.cli WORDS`, where `under` is a command that starts it."""
    return await asyncio.create_subprocess_exec(
        *(*under, sys.executable, "-P", "-m", "infra.local.cli", *words),
        env=env,
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )


async def wait(process: Process, within_s: float = 30.0) -> Ended:
    """How it ended; what takes longer is killed and fails the test."""
    try:
        async with asyncio.timeout(within_s):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        out, err = await process.communicate()
        raise AssertionError(f"not over after {within_s} s: {out.decode()} {err.decode()}") from None
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def call(*words: str, env: dict[str, str], cwd: Path, under: tuple[str, ...] = ()) -> Ended:
    return await wait(await start(*words, env=env, cwd=cwd, under=under))


@dataclass
class Server:
    """A running `assay serve`."""

    process: Process
    url: str

    async def end(self, number: signal.Signals, within_s: float = 10.0) -> int:
        """Sends the signal and gives the exit code, which is negative when the signal killed it."""
        self.process.send_signal(number)
        async with asyncio.timeout(within_s):
            return await self.process.wait()


@asynccontextmanager
async def serving(data: Path, model: str) -> AsyncIterator[Server]:
    """`assay serve --port 0`; it is killed at the end unless it has ended."""
    process = await start("serve", "--port", "0", env=environment(data, model), cwd=data.parent)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
        if "serving on " not in line:
            raise AssertionError((await process.communicate())[1].decode())
        yield Server(process, line.split("serving on ", 1)[1].split(" ", 1)[0])
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def descendants(data: Path) -> set[int]:
    """Processes of a program that was started with this data folder, and of what it started, by their environment.

    The sandbox's runners get none of it: they are children, found by their parent, or orphans that read our files."""
    mark = f"ASSAY_DATA_DIR={data}".encode()
    found: set[int] = set()
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if mark in (folder / "environ").read_bytes():
                found.add(int(folder.name))
        except (OSError, ValueError, IndexError):
            continue
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


async def gone(pids: set[int], within_s: float) -> set[int]:
    """Those of `pids` that are still there after `within_s` seconds."""
    left = set(pids)
    until = asyncio.get_running_loop().time() + within_s
    while left and asyncio.get_running_loop().time() < until:
        left = {pid for pid in left if alive(pid)}
        await asyncio.sleep(0.05)
    return left


def alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
