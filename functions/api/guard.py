"""Keeps out what no client of ours sends: huge bodies, and pages of other origins that talk to a server on loopback."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import response
from infra import wiring

MAX_BODY_BYTES = 256 * 1024


class Guard:
    """413 for a body over 256 KiB; 403 for a foreign Host (DNS rebinding) or Origin where the server is local."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        problem = _stranger(headers) if wiring.is_local() else None
        length = headers.get("content-length", "0")
        if problem is None and length.isdigit() and int(length) > MAX_BODY_BYTES:
            problem = response(413, "too-large", "Body too large", "A request body has at most 256 KiB.")
        if problem is not None:
            await problem(scope, receive, send)
            return
        await self.app(scope, _limited(receive), send)


def _limited(receive: Receive) -> Receive:
    """Cuts a body without a length off where the limit is; what follows can't be parsed and is refused as such."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            return {"type": "http.request", "body": b"", "more_body": False}
        return message

    return limited


def _stranger(headers: dict[str, str]) -> ASGIApp | None:
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    origin = urlsplit(headers["origin"]).hostname if "origin" in headers else host
    own = wiring.local_hosts()
    if host in own and origin in own:
        return None
    return response(403, "forbidden", "Forbidden", "This server answers only pages and programs of this machine.")
