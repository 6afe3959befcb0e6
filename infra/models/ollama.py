"""Ollama's own API, because only there the context size can be set: the default cuts long prompts silently."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from functions.agent.errors import ModelMisconfigured, PromptTooLong
from functions.agent.ports import ModelSpec, OnText, Question, Reply
from functions.agent.records import Usage
from infra.models.streaming import CONNECT_S, Chunk, Chunks, chat, collect
from infra.models.translation import from_status

_FEWEST_CHARS_PER_TOKEN = 3
_MOST_CHARS_PER_TOKEN = 8


class OllamaModel:
    def __init__(self, spec: ModelSpec, base_url: str) -> None:
        self._spec = spec
        self._base_url = base_url.rstrip("/")

    @cached_property
    def _client(self) -> Any:
        import httpx

        return httpx.AsyncClient(base_url=self._base_url, timeout=httpx.Timeout(None, connect=CONNECT_S))

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        return await collect(self._chunks(question), self._spec, question, on_text)

    async def aclose(self) -> None:
        """Closes the connections, if any was opened."""
        if "_client" in self.__dict__:
            await self._client.aclose()

    async def _chunks(self, question: Question) -> Chunks:
        async with self._client.stream("POST", "/api/chat", json=self._request(question)) as response:
            if response.status_code == 404:
                raise ModelMisconfigured(
                    f"Ollama does not have {self._spec.model}: `ollama pull {self._spec.model}` fetches it."
                )
            if response.status_code != 200:
                body = (await response.aread()).decode(errors="replace")
                raise from_status(response.status_code, body, response.headers, self._spec.name)
            async for line in response.aiter_lines():
                if line.strip():
                    yield self._chunk(json.loads(line), question)

    def _request(self, question: Question) -> dict[str, Any]:
        options = {
            "num_ctx": self._spec.context_tokens,
            "num_predict": min(question.max_tokens, self._spec.max_output_tokens),
            "seed": question.seed,
            "temperature": question.temperature,
            "stop": list(question.stop),
        }
        # Since 0.12.6 Ollama can be told not to cut; older ones ignore both words, so `_chunk` looks at the count too.
        return {
            "model": self._spec.model,
            "messages": chat(question),
            "stream": True,
            "truncate": False,
            "shift": False,
            "options": options,
        }

    def _chunk(self, event: dict[str, Any], question: Question) -> Chunk:
        if "error" in event:
            raise from_status(500, str(event["error"]), {}, self._spec.name)
        text = event.get("message", {}).get("content", "")
        if not event.get("done"):
            return Chunk(text)
        read = event.get("prompt_eval_count") or 0
        if read and self._was_cut(read, question):
            raise PromptTooLong(f"The request does not fit the context of {self._spec.name}: Ollama cut it.")
        usage = Usage(read, event.get("eval_count") or 0) if read else None
        return Chunk(text, "length" if event.get("done_reason") == "length" else "stop", usage)

    def _was_cut(self, read: int, question: Question) -> bool:
        """Whether Ollama read less than it was sent: it fills the window to the brim, or drops whole messages."""
        sent = sum(len(message.content) for message in question.messages)
        may_not_fit = sent / _FEWEST_CHARS_PER_TOKEN + question.max_tokens > self._spec.context_tokens
        return read >= self._spec.context_tokens or (may_not_fit and read < sent / _MOST_CHARS_PER_TOKEN)
