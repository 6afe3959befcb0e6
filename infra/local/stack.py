"""Every local adapter, made once and closed together."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from functions.agent.errors import ConfigError
from functions.agent.ports import Models, Ports, Task
from infra.config import Config
from infra.local.blobs import LocalBlobs
from infra.local.database import Database
from infra.local.events import LocalEvents
from infra.local.identity import LocalIdentity
from infra.local.queue import DONE, Deliver, Limits, LocalQueue, Outcome
from infra.local.records import LocalRecords
from infra.local.sandbox import LocalSandbox
from infra.local.signing import Signer, read_keys
from infra.models.router import ModelRouter
from infra.models.settings import ModelSettings
from infra.wiring import Wired

WORKER = "local"
"""One name for ever: the data directory's lock sees to it that an earlier worker of that name is dead."""
CELL_S = 10.0
ATTEMPTS_AT_ONCE = 32


@dataclass(frozen=True)
class Limit:
    """What one trip to the sandbox may use."""

    wall_s: float
    cell_wall_s: float = CELL_S
    memory_mb: int = 512
    processes: int = 64
    disk_mb: int = 128


class LocalStack:
    """Opens nothing when made; `open` takes the data directory, `aclose` gives everything back.

    `models` stands in for the router of the configuration, e.g. one that keeps replies."""

    def __init__(self, config: Config, models: Models | None = None) -> None:
        if config.sandbox != "local":
            raise ConfigError(f"SANDBOX_BACKEND={config.sandbox}: this version runs code on this machine only.")
        self.config = config
        self.database = Database(config.data_folder, exclusive=True)
        self.records = LocalRecords(self.database)
        self.events = LocalEvents(self.database)
        self.blobs = LocalBlobs(config.blob_folder)
        slots = os.cpu_count() or 1
        self.queue = LocalQueue(self.database, Limits({"attempt": ATTEMPTS_AT_ONCE, "sandbox": slots}))
        self.sandbox = LocalSandbox(self.blobs, self.queue, None, slots)
        self.router = ModelRouter(model_settings(config))
        self.identity = LocalIdentity(self.records, Signer(lambda: keys(config)), time.time)
        self.wired = Wired(
            Ports(
                records=self.records,
                events=self.events,
                blobs=self.blobs,
                queue=self.queue,
                sandbox=self.sandbox,
                models=models or self.router,
                identity=self.identity,
                accounts=self.identity,
                passwords=self.identity,
                worker=WORKER,
                monthly_limit_usd=config.limit_usd,
                settings=settings(config),
            ),
            caller_secret=secrets.token_urlsafe(32),
            local=True,
        )

    def open(self) -> None:
        """Takes the data directory and frees what a killed process held. Raises ConfigError, StorageError."""
        self.database.open()
        self.queue.recover()

    def delivery(self, http: Deliver) -> Deliver:
        """Runs of the sandbox happen here, everything else goes to its entry point over HTTP.

        One delivery of an attempt at a time: beside another, a second message would ask its models all over again."""
        going: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

        async def deliver(task: Task, attempt: int) -> Outcome:
            if task.target == "sandbox":
                await self.sandbox.run(task.payload)
                return DONE
            if task.target != "attempt":
                return await http(task, attempt)
            async with going.setdefault(str(task.payload["execution_id"]), asyncio.Lock()):
                return await http(task, attempt)

        return deliver

    async def aclose(self) -> None:
        await self.sandbox.aclose()
        await self.router.aclose()
        await self.database.aclose()


def keys(config: Config) -> Sequence[str]:
    """What access tokens are signed with: SECRET_KEY where it is set, else a file that is made when it is needed."""
    return [config.secret_key] if config.secret_key else read_keys(config.data_folder / "signing.keys")


def settings(config: Config) -> Mapping[str, Any]:
    """What the domain needs to know of this installation."""
    return {
        "max_attempts": config.max_attempts,
        "limits": vars(Limit(wall_s=float(config.run_timeout_s))),
        "retention_days": config.retention_days,
    }


def model_settings(config: Config) -> ModelSettings:
    """The part of the configuration that chooses models."""
    return ModelSettings(
        groq_api_key=config.groq_api_key or "",
        deepseek_api_key=config.deepseek_api_key or "",
        deepseek_api_url=config.deepseek_api_url,
        openai_api_key=config.openai_api_key or "",
        anthropic_api_key=config.anthropic_api_key or "",
        vertex_project=config.cloud_project or "",
        vertex_region=config.vertex_location,
        ollama_base_url=config.ollama_base_url,
        default_provider=config.llm_provider,
        simple_provider=config.llm_simple_provider,
        medium_provider=config.llm_medium_provider,
        complex_provider=config.llm_complex_provider,
        embedded=config.target == "local",
        model_dir=config.model_folder,
        model_file=config.model_path,
        model_threads=config.model_threads,
        scripted_url=config.scripted_url,
    )
