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
        if wiring.is_local() and not _ours(headers):
            detail = "This server answers only pages and programs of this machine."
            await response(403, "forbidden", detail)(scope, receive, send)
            return
        length = headers.get("content-length", "0")
        too_long = length.isdigit() and int(length) > MAX_BODY_BYTES
        body = None if too_long else await _body(receive)
        if body is None:
            await response(413, "too-large", "A request body has at most 256 KiB.")(scope, receive, send)
            return
        await self.app(scope, _replayed(body, receive), send)


async def _body(receive: Receive) -> list[Message] | None:
    """The messages of the whole body, which may come without a length; None as soon as it is too long."""
    messages: list[Message] = []
    seen = 0
    while True:
        message = await receive()
        messages.append(message)
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return messages


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    left = iter(messages)

    async def replayed() -> Message:
        return next(left, None) or await receive()

    return replayed


def _ours(headers: dict[str, str]) -> bool:
    own = wiring.local_hosts()
    host = _host(f"//{headers.get('host', '')}")
    return host in own and ("origin" not in headers or _host(headers["origin"]) in own)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # half an IPv6 address
        return ""
