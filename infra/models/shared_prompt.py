"""A llama.cpp server whose slots copy from each other the beginnings that prompts share: see prefix.py."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from functions.agent.errors import ModelTimeout
from functions.agent.ports import ModelSpec, OnText, Question, Reply
from infra.models.openai_compatible import OpenAICompatible, so_far
from infra.models.prefix import Slots, Turn, text_of
from infra.models.streaming import CONNECT_S, chat

_EACH_ANEW = {"connection": "close"}
"""llama.cpp's server closes some connections after a stream without a word: of 360 requests over kept connections 5
met a closed one, of 360 over new ones none."""


class SharedPrompt:
    """Asks the server at `url` (ending in /v1). `states` are its names for saved states, one per slot; with none of
    them nothing is copied between slots.

    The tokens of a reply are the server's count; `cached_tokens` are those that were not computed for it."""

    def __init__(self, spec: ModelSpec, url: str, key: str, states: Sequence[str]) -> None:
        self._spec = spec
        self._url = url
        self._key = key
        self._states = states
        self._slots = Slots(spec.parallel, copies=bool(states))
        self._chat = OpenAICompatible(spec, url, key, headers=_EACH_ANEW)

    @cached_property
    def _http(self) -> Any:
        import httpx

        return httpx.AsyncClient(
            headers={"authorization": f"Bearer {self._key}", **_EACH_ANEW},
            timeout=httpx.Timeout(None, connect=CONNECT_S),
        )

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        clock = asyncio.get_running_loop().time
        until = clock() + question.timeout_s
        limit = asyncio.timeout_at(until)
        try:
            async with limit, self._slots.turn(text_of([(m.role, m.content) for m in question.messages])) as turn:
                cached = await self._prepare(turn, question)
                left = replace(question, timeout_s=max(until - clock(), 0.001))
                reply = await self._chat.complete(left, on_text, _options(turn, question.seed))
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise ModelTimeout(f"{self._spec.name} did not finish within {question.timeout_s:g} seconds.") from error
        if cached is None:
            return reply
        return replace(reply, usage=replace(reply.usage, cached_tokens=cached))

    async def aclose(self) -> None:
        await self._chat.aclose()
        if "_http" in self.__dict__:
            await self._http.aclose()

    async def _prepare(self, turn: Turn, question: Question) -> int | None:
        """Copies and reads, as `turn` says. The number of cached tokens of a prompt that was read here.

        Whatever goes wrong is left to the question itself to meet, or not: without a copy it only takes longer."""
        if turn.source is not None:
            await self._post(f"/slots/{turn.slot.id}?action=restore", {"filename": self._states[turn.source.id]})
        if not turn.reads:
            return None
        body = {"messages": chat(question), "max_tokens": 1, "temperature": 0.0, **_options(turn, question.seed)}
        said = await self._post("/v1/chat/completions", body)
        kept = said and await self._post(f"/slots/{turn.slot.id}?action=save", {"filename": self._states[turn.slot.id]})
        self._slots.has_read(turn, bool(kept))
        usage = so_far(said.get("timings"))
        return usage.cached_tokens if usage else None

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The server's answer; empty when it did not do what was asked."""
        import httpx

        try:
            response = await self._http.post(self._url.removesuffix("/v1") + path, json=body)
            said = response.json() if response.status_code == 200 else {}
        except (httpx.HTTPError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}


def _options(turn: Turn, seed: int) -> dict[str, Any]:
    return {"seed": seed, "id_slot": turn.slot.id, "cache_prompt": True, "timings_per_token": True}
