"""Cloud Tasks → one attempt: ask the model, parse, start the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from functions.agent.ports import Ports
from functions.edge import answer, number, text
from infra import wiring


@functions_framework.aio.http
async def attempt(request: Request) -> Response:
    """Body: {execution_id, attempt}."""
    return await answer(request, _work)


async def _work(ports: Ports, message: Mapping[str, Any]) -> None:
    from functions.agent import usecases

    await usecases.write_attempt(ports, text(message, "execution_id"), number(message, "attempt"), wiring.clock)
