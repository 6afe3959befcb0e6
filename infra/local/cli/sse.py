"""Server-sent events from one of our own streams, resumed after a cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

TRIES = 5


async def events(client: httpx.AsyncClient, path: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(event, data) until `done`. Raises the transport's error after five cuts in a row without news."""
    import httpx

    last, cuts = "0", 0
    while True:
        try:
            async with client.stream("GET", path, headers={"Last-Event-ID": last}, timeout=60) as answer:
                if answer.status_code == 204:
                    return
                answer.raise_for_status()
                fields: dict[str, str] = {}
                async for line in answer.aiter_lines():
                    if line:
                        name, _, value = line.partition(": ")
                        fields[name] = value
                        continue
                    if "event" in fields:
                        last, cuts = fields["id"], 0
                        yield fields["event"], json.loads(fields["data"])
                        if fields["event"] == "done":
                            return
                    fields = {}
        except httpx.TransportError:
            cuts += 1
            if cuts >= TRIES:
                raise
            await asyncio.sleep(0.2 * cuts)
