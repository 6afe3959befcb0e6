"""Messages between the process of the tests (T) and the process of the code (S): JSON with its length before it."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

LIMIT = 8 << 20
_HEADER = struct.Struct(">I")
_CHUNK = 1 << 16


class Lost(Exception):
    """The other side is gone, or what it sent is no message."""


class TooLarge(ValueError):
    """A message of more than LIMIT bytes; nothing was sent."""


class Channel:
    """One conversation over a connected stream socket. Raises Lost when it is over."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._buffer = bytearray()
        self.descriptors: list[int] = []

    def send(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """`descriptors` go along with the message. Raises TooLarge."""
        body = json.dumps(message, separators=(",", ":")).encode()
        if len(body) > LIMIT:
            raise TooLarge(f"a message of {len(body) >> 20} MiB is larger than {LIMIT >> 20} MiB")
        data = memoryview(_HEADER.pack(len(body)) + body)
        try:
            if descriptors:
                data = data[socket.send_fds(self._socket, [data[:1]], descriptors) :]
            self._socket.sendall(data)
        except OSError as error:
            raise Lost(os.strerror(error.errno or 0)) from error

    def receive(self) -> dict[str, Any]:
        """The next message; descriptors that came with it are appended to `descriptors`."""
        (size,) = _HEADER.unpack(self._take(_HEADER.size))
        if size > LIMIT:
            raise Lost("a message is too large")
        try:
            message = json.loads(self._take(size))
        except (ValueError, RecursionError) as error:
            raise Lost("a message is not JSON") from error
        if not isinstance(message, dict):
            raise Lost("a message is not an object")
        return message

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._socket, max(_CHUNK, size - len(self._buffer)), 1)
            except OSError as error:
                raise Lost(os.strerror(error.errno or 0)) from error
            self.descriptors += descriptors
            if not data:
                raise Lost("the connection was closed")
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def close(self) -> None:
        self._socket.close()


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
