"""Cloud Tasks → the parcel is made and stored, the execution closes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from functions.agent.ports import Ports
from functions.edge import answer, text
from infra import wiring


@functions_framework.aio.http
async def deliver(request: Request) -> Response:
    """Body: {execution_id}."""
    return await answer(request, _work)


async def _work(ports: Ports, message: Mapping[str, Any]) -> None:
    from functions.agent import usecases

    await usecases.deliver(ports, text(message, "execution_id"), wiring.clock())
