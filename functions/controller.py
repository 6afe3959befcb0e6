"""Pub/Sub push (a result object was written) or a run's deadline → the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from functions.agent.ports import Ports
from functions.edge import answer, mapping, text
from infra import wiring


@functions_framework.aio.http
async def controller(request: Request) -> Response:
    """Body: a push envelope {message: {attributes: {eventType, objectId}}}, or {execution_id, run_id} at a deadline."""
    return await answer(request, _work)


async def _work(ports: Ports, message: Mapping[str, Any]) -> None:
    from functions.agent import usecases

    if "message" not in message:
        await usecases.check_run(ports, text(message, "execution_id"), text(message, "run_id"), wiring.clock())
        return
    attributes = mapping(mapping(message, "message"), "attributes")
    if attributes.get("eventType") == "OBJECT_FINALIZE":
        await usecases.take_result(ports, text(attributes, "objectId"), wiring.clock())
