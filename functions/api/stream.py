"""GET /execute/{id}/stream: the execution's log as server-sent events, from any point on."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from starlette.responses import StreamingResponse

from functions.agent import usecases
from functions.agent.ports import Event, Ports
from functions.agent.records import Execution
from functions.api.execute import ExecutionId
from functions.api.people import Someone
from functions.api.problems import NOT_FOUND, NOT_SIGNED_IN, RESPONSES
from infra import wiring

router = APIRouter(tags=["execute"], responses={**RESPONSES, **NOT_SIGNED_IN})
RETRY_MS = 1000
_EXAMPLE = 'id: 3\nevent: phase\ndata: {"attempt": 1, "max": 5, "phase": "writing"}\n\n'
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events until `done`.", "content": {"text/event-stream": {"example": _EXAMPLE}}},
    204: {"description": "Nothing is left after Last-Event-ID."},
    **NOT_FOUND,
}


@router.get("/execute/{execution_id}/stream", response_class=StreamingResponse, responses=_RESPONSES)
async def stream(
    execution_id: ExecutionId,
    person: Someone,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=200)] = None,
) -> Response:
    """Replays after Last-Event-ID, then follows live; a comment every 15 s keeps the line open; ends after `done`.

    An id that this log does not have is none of this log's: all of it is replayed."""
    ports = wiring.ports()
    execution = await usecases.owned(ports, person.id, execution_id)
    after = await _known(ports, execution_id, last_event_id or "")
    # What a model still said when it was cancelled may stand after `done`: that is nothing to wait for.
    if execution.status.terminal and not any(e.kind == "done" for e in await ports.events.read(execution_id, after)):
        return Response(status_code=204)
    return StreamingResponse(
        _events(ports, execution_id, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _known(ports: Ports, execution_id: str, last_event_id: str) -> int:
    """The id that the client saw last, 0 for what is no id of this log."""
    after = int(last_event_id) if re.fullmatch(r"[0-9]{1,18}", last_event_id) else 0
    known = after and any(e.id == after for e in await ports.events.read(execution_id, after - 1))
    return after if known else 0


async def _events(ports: Ports, execution_id: str, after: int) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    while True:
        events = await ports.events.read(execution_id, after, wiring.keep_alive_s())
        for event in events:
            yield _frame(event)
            after = event.id
            if event.kind == "done":
                return
        if not events:
            if (await ports.records.get(Execution, execution_id)).status.terminal:
                return
            yield ": still here\n\n"


def _frame(event: Event) -> str:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(dict(event.data), separators=(',', ':'))}\n\n"
