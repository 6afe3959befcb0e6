"""A running local stack, as the fixture `serve` gives it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import httpx

from infra.local.stack import LocalStack
from infra.models.scripted import ScriptedServer


@dataclass
class Running:
    """A running stack: its API client, the model's server (what was asked is in `model.requests`), its adapters."""

    client: httpx.AsyncClient
    model: ScriptedServer
    stack: LocalStack
    url: str


Serve = Callable[..., AbstractAsyncContextManager[Running]]
