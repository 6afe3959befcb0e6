"""Starts and stops the process of `llama_server`."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from functions.agent.errors import ModelMisconfigured, ModelUnavailable

_ROOT = Path(__file__).parents[2]
_GRACE_S = 2.0


class LlamaProcess:
    """A running server: its address (ending in /v1), its key, whether it still runs.

    `states` are the names under which it saves states of its slots, one per slot, or none if it can't."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, key: str, states: Sequence[str]) -> None:
        self._process = process
        self.url = url
        self.key = key
        self.states = tuple(states)

    @classmethod
    async def start(cls, model: Path, parallel: int, context: int, threads: int = 0) -> Self:
        """Waits until the model is loaded, which takes seconds. Raises ModelMisconfigured when it cannot be loaded."""
        command = [sys.executable, "-m", "infra.models.llama_server", "--model", str(model)]
        command += ["--parallel", str(parallel), "--context", str(context), "--threads", str(threads)]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env={name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN", "_SECRET"))},
        )
        key = secrets.token_urlsafe(32)
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{key}\n".encode())
            line = await process.stdout.readline()
            if not line:
                raise ModelUnavailable(f"The embedded model's process ended with code {await process.wait()}.")
            said = json.loads(line)
            if "error" in said:
                raise ModelMisconfigured(f"The embedded model {model.name} cannot be loaded: {said['error']}.")
            return cls(process, said["url"], key, said["states"])
        except BaseException:
            await _end(process)
            raise

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def stop(self) -> None:
        await _end(self._process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Closing its input ends the process; one that does not listen is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_GRACE_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
