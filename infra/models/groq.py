"""Groq: OpenAI's wire under another path; its SDK has no `stream_options`, usage comes in `x_groq`."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from functions.agent.ports import ModelSpec, OnText, Question, Reply
from infra.models.openai_compatible import completion_chunks
from infra.models.streaming import CONNECT_S, Chunks, chat, collect


class GroqModel:
    def __init__(self, spec: ModelSpec, api_key: str, base_url: str | None = None) -> None:
        self._spec = spec
        self._api_key = api_key
        self._base_url = base_url

    @cached_property
    def _client(self) -> Any:
        from groq import AsyncGroq, Timeout

        timeout = Timeout(None, connect=CONNECT_S)
        return AsyncGroq(api_key=self._api_key, base_url=self._base_url, max_retries=0, timeout=timeout)

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        return await collect(self._chunks(question), self._spec, question, on_text)

    async def aclose(self) -> None:
        """Closes the connections, if any was opened."""
        if "_client" in self.__dict__:
            await self._client.close()

    async def _chunks(self, question: Question) -> Chunks:
        stream = await self._client.chat.completions.create(
            model=self._spec.model,
            messages=chat(question),
            temperature=question.temperature,
            max_completion_tokens=min(question.max_tokens, self._spec.max_output_tokens),
            stop=list(question.stop) or None,
            stream=True,
        )
        async with stream:
            async for chunk in completion_chunks(stream, self._spec):
                yield chunk
