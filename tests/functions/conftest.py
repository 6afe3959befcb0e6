"""The front door without anybody behind it: what is accepted is kept and queued, and no model is ever asked."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.api.app import create
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
    """A client of the whole local application, at the API's address. What is not documented fails the test."""
    transport = httpx.ASGITransport(app=application(), raise_app_exceptions=False)
    hooks = {"response": [documented]}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api", event_hooks=hooks) as client:
        yield client


async def documented(answer: httpx.Response) -> None:
    """Asserts that the API's document names the answer's status, and its media type; 500 is nobody's plan."""
    path = answer.request.url.path.removeprefix("/api")
    for template, methods in document()["paths"].items():
        operation = methods.get(answer.request.method.lower())
        if not operation or not re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) or answer.status_code == 500:
            continue
        said = operation["responses"].get(str(answer.status_code))
        assert said, f"{answer.request.method} {template} answers {answer.status_code}, which is not documented"
        kinds = list(said.get("content", {}))
        given = answer.headers.get("content-type", "").partition(";")[0]
        assert given in kinds or (not kinds and not given), f"{template} answers {given}, not {kinds}"


@cache
def document() -> dict[str, Any]:
    return create().openapi()
