"""The front door without anybody behind it: what is accepted is kept and queued, and no model is ever asked."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from infra import wiring
from infra.config import Config
from infra.local.server import application
from infra.local.stack import LocalStack


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[LocalStack]:
    """The local adapters, wired. Its queue has no dispatcher."""
    environment = {
        "HOME": os.environ.get("HOME", "/"),
        "ASSAY_DATA_DIR": str(tmp_path / "data"),
        "ASSAY_SCRIPTED_URL": "http://127.0.0.1:9/v1",
    }
    stack = LocalStack(Config.from_env(environment))
    stack.open()
    wiring.install(stack.wired)
    yield stack
    wiring.install(None)
    await stack.aclose()


@pytest.fixture
async def door(stack: LocalStack) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole local application, at the API's address."""
    transport = httpx.ASGITransport(app=application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api") as client:
        yield client
