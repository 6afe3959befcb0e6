"""Scheduler → what got stuck is sent again, what was kept long enough goes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from functions.agent.ports import Ports
from functions.edge import answer
from infra import wiring

_log = logging.getLogger(__name__)


@functions_framework.aio.http
async def janitor(request: Request) -> Response:
    """Body: {}."""
    return await answer(request, _work)


async def _work(ports: Ports, message: Mapping[str, Any]) -> None:
    from functions.agent import usecases

    _log.info("swept: %s", await usecases.sweep(ports, wiring.clock()))
