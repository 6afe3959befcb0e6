"""An execution's events, read as a browser reads them: with their ids."""

from __future__ import annotations

import json
from typing import Any

import httpx

Event = tuple[int, str, Any]


async def read(client: httpx.AsyncClient, id: str, after: str | None = None, cut: bool = False) -> list[Event]:
    """(id, kind, data) of every event until the server ends the stream. `cut`: a broken connection ends it too."""
    events: list[Event] = []
    headers = {} if after is None else {"Last-Event-ID": after}
    try:
        async with client.stream("GET", f"/execute/{id}/stream", headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"
            fields: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if "event" in fields:
                    events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
                fields = {}
    except httpx.TransportError:
        if not cut:
            raise
    return events
