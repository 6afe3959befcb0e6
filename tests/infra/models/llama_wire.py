"""A loopback server that counts as llama.cpp's does: slots with a state each, a token per character, saved states."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from infra.models.loopback import Answer, LoopbackServer, Request
from tests.infra.models.wire import sse


class LlamaWire:
    """`log` has (what, slot) of each request in order, `computed` the characters of all prompts that were computed.

    It refuses what would keep its connection, as the real one drops some of those.
    `says` is what every reply consists of; `reading` holds up the first requests of a prompt until it is set."""

    def __init__(self, says: tuple[str, ...] = ("so", " it", " is")) -> None:
        self.says = says
        self.log: list[tuple[str, int]] = []
        self.bodies: list[dict[str, Any]] = []
        self.computed = 0
        self.dropped = 0
        self.reading = asyncio.Event()
        self.reading.set()
        self.fails: Callable[[str], bool] = lambda _: False
        self.pause_s = 0.0
        self.http = LoopbackServer(self._handle)
        self._held: dict[int, str] = {}
        self._saved: dict[str, str] = {}

    async def _handle(self, request: Request, answer: Answer) -> None:
        body = request.json
        action = re.fullmatch(r"/slots/(\d+)\?action=(save|restore)", request.path)
        what = action[2] if action else "reply" if body.get("stream") else "read"
        slot = int(action[1]) if action else body["id_slot"]
        self.log.append((what, slot))
        self.bodies.append(body)
        known = request.headers["authorization"] == "Bearer key" and request.headers["connection"] == "close"
        if not known or self.fails(what):
            await answer.send(400, {"error": {"code": 400, "message": "no"}})
        elif what == "save":
            self._saved[body["filename"]] = self._held[slot]
            await answer.send(200, {"n_saved": 1})
        elif what == "restore":
            self._held[slot] = self._saved[body["filename"]]
            await answer.send(200, {"n_restored": 1})
        else:
            await self._complete(slot, body, answer)

    async def _complete(self, slot: int, body: dict[str, Any], answer: Answer) -> None:
        prompt = "".join(message["content"] for message in body["messages"])
        cached = min(common(prompt, self._held.get(slot, "")), len(prompt) - 1)
        self.computed += len(prompt) - cached
        self._held[slot] = prompt
        timings = {"prompt_n": len(prompt) - cached, "cache_n": cached, "predicted_n": 1}
        if not body.get("stream"):
            await self.reading.wait()
            await answer.send(200, {"choices": [], "timings": timings})
            return
        base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        answer.begin("text/event-stream")
        try:
            for count, piece in enumerate(self.says, 1):
                choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
                await answer.piece(sse({**base, "choices": [choice], "timings": {**timings, "predicted_n": count}}))
                await asyncio.sleep(self.pause_s)
        except ConnectionError:
            self.dropped += 1
            raise
        usage = {
            "prompt_tokens": len(prompt),
            "completion_tokens": len(self.says),
            "total_tokens": len(prompt) + len(self.says),
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        await answer.piece(sse({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
        await answer.piece(sse({**base, "choices": [], "usage": usage}) + b"data: [DONE]\n\n")


def common(one: str, other: str) -> int:
    """Characters that the beginnings of both have in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
