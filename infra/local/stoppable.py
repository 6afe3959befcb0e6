"""An ASGI application that can be told to end what it still answers, before what it uses is closed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Stoppable:
    """Passes everything on to `app`. After `stop` an answer that has not begun is a 503, and a stream just ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answering: set[asyncio.Task[Any]] = set()
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import Response

        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            if began:
                await send({"type": "http.response.body", "body": b""})
            else:
                await Response("The server is ending.", 503)(scope, receive, send)
        finally:
            self._answering.discard(task)

    async def stop(self) -> None:
        """Returns when nothing is answered any more."""
        self._stopping = True
        answering = tuple(self._answering)
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
