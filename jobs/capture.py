"""Output of a process, kept within bounds: the first 64 KiB, the last 4 KiB, and how much there was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HEAD, TAIL = 64 << 10, 4 << 10


@dataclass
class Capture:
    """`head_limit` bytes from the start are kept; `total` counts every byte that came."""

    head_limit: int = HEAD
    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)
    total: int = 0

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = max(0, self.head_limit - len(self.head))
        self.head += data[:room]
        if rest := data[room:]:
            self.tail = (self.tail + rest)[-TAIL:]

    @property
    def whole(self) -> bool:
        return self.total == len(self.head)

    def to_json(self) -> dict[str, Any]:
        """{"head", "tail", "total"}; bytes that are not UTF-8 are shown as replacement characters."""
        return {
            "head": bytes(self.head).decode("utf-8", "replace"),
            "tail": bytes(self.tail).decode("utf-8", "replace"),
            "total": self.total,
        }
