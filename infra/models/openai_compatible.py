"""Chat completions as OpenAI defined them: OpenAI itself, DeepSeek, llama.cpp's server, our scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import cached_property
from typing import Any

from functions.agent.errors import ModelUnavailable
from functions.agent.ports import ModelSpec, OnText, Question, Reply
from functions.agent.records import Usage
from infra.models.streaming import CONNECT_S, Chunk, Chunks, chat, collect

FINISH = {"length": "length", "content_filter": "refused"}


class OpenAICompatible:
    """`max_tokens_name` is what the provider calls the limit of the reply; `headers` go out with every request."""

    def __init__(
        self,
        spec: ModelSpec,
        base_url: str,
        api_key: str,
        *,
        max_tokens_name: str = "max_tokens",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._spec = spec
        self._base_url = base_url
        self._api_key = api_key
        self._max_tokens_name = max_tokens_name
        self._headers = headers

    @cached_property
    def _client(self) -> Any:
        from openai import AsyncOpenAI, Timeout

        # One retry policy: retry.py. The time limit is the question's: streaming.py.
        timeout = Timeout(None, connect=CONNECT_S)
        return AsyncOpenAI(
            base_url=self._base_url,
            api_key=self._api_key,
            max_retries=0,
            timeout=timeout,
            default_headers=self._headers,
        )

    async def complete(
        self, question: Question, on_text: OnText | None = None, extra: Mapping[str, Any] | None = None
    ) -> Reply:
        """`extra` goes into the body of the request: what only this provider knows."""
        return await collect(self._chunks(question, extra), self._spec, question, on_text)

    async def aclose(self) -> None:
        """Closes the connections, if any was opened."""
        if "_client" in self.__dict__:
            await self._client.close()

    def _options(self, question: Question) -> dict[str, Any]:
        """What the SDK is called with beside model and messages; None is left out."""
        return {
            self._max_tokens_name: min(question.max_tokens, self._spec.max_output_tokens),
            "temperature": question.temperature,
            "stop": list(question.stop) or None,
            "stream_options": {"include_usage": True},
        }

    async def _chunks(self, question: Question, extra: Mapping[str, Any] | None) -> Chunks:
        options = {name: value for name, value in self._options(question).items() if value is not None}
        stream = await self._client.chat.completions.create(
            model=self._spec.model, messages=chat(question), stream=True, extra_body=extra, **options
        )
        async with stream:
            async for chunk in completion_chunks(stream, self._spec):
                yield chunk


async def completion_chunks(stream: AsyncIterator[Any], spec: ModelSpec) -> Chunks:
    """Chunks of a chat completion stream of the openai or groq SDK; usage is where either of them puts it."""
    async for event in stream:
        counted = event.usage or getattr(getattr(event, "x_groq", None), "usage", None)
        usage = usage_of(counted) if counted else so_far((event.model_extra or {}).get("timings"))
        if not event.choices:
            yield Chunk(usage=usage)
            continue
        choice = event.choices[0]
        reason = choice.finish_reason or ""
        if reason == "insufficient_system_resource":  # DeepSeek gave up in the middle
            raise ModelUnavailable(f"{spec.name} ran out of resources in the middle of its answer.")
        refusal = getattr(choice.delta, "refusal", None)
        finish = "refused" if refusal else FINISH.get(reason, "stop") if reason else ""
        yield Chunk(choice.delta.content or "", finish, usage)


def usage_of(counted: Any) -> Usage:
    """Tokens of an OpenAI-like usage object. DeepSeek names its cached tokens apart."""
    details = getattr(counted, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None) or getattr(counted, "prompt_cache_hit_tokens", None) or 0
    return Usage(counted.prompt_tokens or 0, counted.completion_tokens or 0, cached)


def so_far(timings: Any) -> Usage | None:
    """What llama.cpp counts with every piece when it is asked to (`timings_per_token`); None of anything else."""
    if not isinstance(timings, Mapping):
        return None
    computed, cached, output = (timings.get(name) for name in ("prompt_n", "cache_n", "predicted_n"))
    if not (isinstance(computed, int) and isinstance(cached, int) and isinstance(output, int)):
        return None
    return Usage(cached + computed, output, cached)
