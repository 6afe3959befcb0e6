"""A small HTTP/1.1 server on the loopback interface, for the scripted model and for tests.

It can do what a web framework hides: cut a connection in the middle of an answer. It costs little per request and
installs no signal handlers, so that many can run beside a program's own work.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

_MAX_BODY = 64 * 2**20


@dataclass(frozen=True)
class Request:
    """Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")


class Cut(Exception):
    """Raised by a handler: drop the connection here, in the middle of the answer if it has begun."""


class Answer:
    """What a handler writes to: either `send`, or `begin`, `piece`s and nothing more."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.streaming = False

    async def send(self, status: int, body: bytes | Any, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer; what is not bytes goes out as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._head(status, {"content-type": "application/json", **(headers or {}), "content-length": str(len(data))})
        self._writer.write(data)
        await self._writer.drain()

    def begin(self, content_type: str) -> None:
        """Starts an answer of unknown length."""
        self.streaming = True
        self._head(200, {"content-type": content_type, "transfer-encoding": "chunked"})

    async def piece(self, data: bytes) -> None:
        self._writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self._writer.drain()

    def end(self) -> None:
        if self.streaming:
            self._writer.write(b"0\r\n\r\n")

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in _PHRASES else 'Status'}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))


_PHRASES = frozenset(int(status) for status in HTTPStatus)
Handler = Callable[[Request, Answer], Awaitable[None]]


class LoopbackServer:
    """`async with LoopbackServer(handler) as server:` serves at `server.url` until the block ends."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self._handler = handler
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", self._port, backlog=1024)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
                while await self._one(reader, writer):
                    pass
        except asyncio.CancelledError:
            pass  # the server is closing: the connection goes with it
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serves one request; False when the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = int(headers.get("content-length", "0"))
        if length > _MAX_BODY:
            return False
        answer = Answer(writer)
        try:
            await self._handler(Request(method, path, headers, await reader.readexactly(length)), answer)
        except Cut:
            await writer.drain()
            return False
        answer.end()
        await writer.drain()
        return headers.get("connection", "").lower() != "close"
