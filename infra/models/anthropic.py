"""Claude, at Anthropic or on Vertex AI: one wire, two clients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from functions.agent.ports import ModelSpec, OnText, Question, Reply
from functions.agent.records import Usage
from infra.models.streaming import CONNECT_S, Chunk, Chunks, collect, split_system

FINISH = {"max_tokens": "length", "model_context_window_exceeded": "length", "refusal": "refused"}


class ClaudeModel:
    """`make_client` is called at the first question: the SDK takes more than a second to import."""

    def __init__(self, spec: ModelSpec, make_client: Callable[[], Any]) -> None:
        self._spec = spec
        self._make_client = make_client

    @cached_property
    def _client(self) -> Any:
        return self._make_client()

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        return await collect(self._chunks(question), self._spec, question, on_text)

    async def aclose(self) -> None:
        """Closes the connections, if any was opened."""
        if "_client" in self.__dict__:
            await self._client.close()

    async def _chunks(self, question: Question) -> Chunks:
        system, others = split_system(question)
        options: dict[str, Any] = {"system": system} if system else {}
        if question.stop:
            options["stop_sequences"] = list(question.stop)
        stream = await self._client.messages.create(
            model=self._spec.model,
            max_tokens=min(question.max_tokens, self._spec.max_output_tokens),
            messages=[{"role": message.role, "content": message.content} for message in others],
            stream=True,
            extra_body={"temperature": question.temperature},  # the SDK's own argument for it is gone
            **options,
        )
        asked = Usage()
        async with stream:
            async for event in stream:
                if event.type == "message_start":
                    asked = _asked(event.message.usage)
                elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                    yield Chunk(event.delta.text)
                elif event.type == "message_delta":
                    reason = event.delta.stop_reason
                    finish = FINISH.get(reason, "stop") if reason else ""
                    yield Chunk(finish=finish, usage=asked + Usage(0, event.usage.output_tokens or 0))


def _asked(counted: Any) -> Usage:
    """Anthropic counts the input that its cache read or wrote apart from the rest."""
    cached = counted.cache_read_input_tokens or 0
    return Usage(counted.input_tokens + cached + (counted.cache_creation_input_tokens or 0), 0, cached)


def at_anthropic(spec: ModelSpec, api_key: str, base_url: str | None = None) -> ClaudeModel:
    def make() -> Any:
        from anthropic import AsyncAnthropic, Timeout

        timeout = Timeout(None, connect=CONNECT_S)
        return AsyncAnthropic(api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout)

    return ClaudeModel(spec, make)


def on_vertex(
    spec: ModelSpec, project: str, region: str, *, base_url: str | None = None, access_token: str | None = None
) -> ClaudeModel:
    """Signs in as the machine's Google account unless `access_token` is given."""

    def make() -> Any:
        from anthropic import AsyncAnthropicVertex, Timeout

        return AsyncAnthropicVertex(
            project_id=project,
            region=region,
            base_url=base_url,
            access_token=access_token,
            max_retries=0,
            timeout=Timeout(None, connect=CONNECT_S),
        )

    return ClaudeModel(spec, make)
