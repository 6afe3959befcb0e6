"""GET /execute/{id}/stream: the execution's log as server-sent events, from any point on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from starlette.responses import StreamingResponse

from functions.agent import usecases
from functions.agent.ports import Event, Ports
from functions.api.execute import USER
from functions.api.problems import NOT_FOUND
from infra import wiring

router = APIRouter(tags=["execute"])
KEEP_ALIVE_S = 15.0
RETRY_MS = 1000
_EXAMPLE = 'id: 3\nevent: phase\ndata: {"attempt": 1, "max": 5, "phase": "writing"}\n\n'
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events until `done`.", "content": {"text/event-stream": {"example": _EXAMPLE}}},
    204: {"description": "Nothing is left after Last-Event-ID."},
    **NOT_FOUND,
}


@router.get("/execute/{execution_id}/stream", response_class=StreamingResponse, responses=_RESPONSES)
async def stream(
    execution_id: str,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)] = None,
) -> Response:
    """Replays after Last-Event-ID, then follows live; a comment every 15 s keeps the line open; ends after `done`."""
    ports = wiring.ports()
    execution = await usecases.owned(ports, USER, execution_id)
    after = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else 0
    if execution.status.terminal and not await ports.events.read(execution_id, after):
        return Response(status_code=204)
    return StreamingResponse(
        _events(ports, execution_id, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(ports: Ports, execution_id: str, after: int) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    while True:
        events = await ports.events.read(execution_id, after, KEEP_ALIVE_S)
        for event in events:
            yield _frame(event)
            after = event.id
            if event.kind == "done":
                return
        if not events:
            yield ": still here\n\n"


def _frame(event: Event) -> str:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(dict(event.data), separators=(',', ':'))}\n\n"
