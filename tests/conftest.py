"""What many tests need: a clean environment, and the whole local stack with scripted replies in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from infra.config import Config, variables
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from infra.models.scripted import Scripted, ScriptedServer
from running import Running, Serve

# How long an example takes is no property of it: the machine may be busy.
settings.register_profile("assay", deadline=None)
settings.load_profile("assay")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this machine reaches a test."""
    for one in variables():
        monkeypatch.delenv(one.metadata["variable"], raising=False)


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`async with serve(script) as running:` the whole stack on loopback; `data` keeps a folder over a restart."""

    @asynccontextmanager
    async def start(script: Sequence[Scripted], data: Path | None = None, **changes: str) -> AsyncIterator[Running]:
        async with ScriptedServer(script) as model:
            environment = {
                "HOME": os.environ.get("HOME", "/"),
                "ASSAY_DATA_DIR": str(data or tmp_path / "data"),
                "ASSAY_SCRIPTED_URL": model.url,
                **changes,
            }
            stack = LocalStack(Config.from_env(environment))
            async with LocalServer(stack) as server:
                base = f"{server.url}/api"
                async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
                    yield Running(client, model, stack, server.url)

    return start
