"""Gemini on Vertex AI. (The package named `vertexai` is a frozen shim; Google moved its models to google-genai.)"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cached_property
from typing import Any

from functions.agent.ports import ModelSpec, OnText, Question, Reply
from functions.agent.records import Usage
from infra.models.streaming import CONNECT_S, Chunk, Chunks, collect, split_system

_REFUSED = {
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MODEL_ARMOR",
    "ESCALATION",
    "JAILBREAK",
    "OTHER",
}
_THINKING_TOKENS = {"gemini-2.5-flash": 0, "gemini-2.5-pro": 128}
"""The least that each model allows: thoughts count as output, and would eat a short reply whole."""


_opened: ContextVar[list[Any]] = ContextVar("opened")


async def _remember(response: Any) -> None:
    """The SDK leaves closing a stream that is not read to its end to the garbage collector; we do it ourselves."""
    _opened.get([]).append(response)


async def _bound(request: Any) -> None:
    """The SDK gives every request a time limit of its own, none by default; this puts back the one for connecting."""
    request.extensions["timeout"] = {**request.extensions.get("timeout", {}), "connect": CONNECT_S}


class GeminiModel:
    """`region` may be `global`. `base_url` and `credentials` are for private endpoints; else Google's own rules."""

    def __init__(
        self,
        spec: ModelSpec,
        project: str,
        region: str,
        *,
        base_url: str | None = None,
        credentials: Any = None,
    ) -> None:
        self._spec = spec
        self._project = project
        self._region = region
        self._base_url = base_url
        self._credentials = credentials

    @cached_property
    def _http(self) -> Any:
        import httpx2

        hooks: dict[str, list[Any]] = {"request": [_bound], "response": [_remember]}
        return httpx2.AsyncClient(timeout=None, follow_redirects=True, event_hooks=hooks)

    @cached_property
    def _client(self) -> Any:
        from google import genai
        from google.genai import types

        return genai.Client(
            vertexai=True,
            project=self._project,
            location=self._region,
            credentials=self._credentials,
            http_options=types.HttpOptions(
                api_version="v1",
                base_url=self._base_url,
                retry_options=types.HttpRetryOptions(attempts=1),
                httpx_async_client=self._http,
            ),
        )

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        token = _opened.set([])
        try:
            return await collect(self._chunks(question), self._spec, question, on_text)
        finally:
            for response in _opened.get():
                await response.aclose()
            _opened.reset(token)

    async def aclose(self) -> None:
        """Closes the connections, if any was opened."""
        if "_client" in self.__dict__:
            await self._client.aio.aclose()
            self._client.close()
        if "_http" in self.__dict__:
            await self._http.aclose()

    async def _chunks(self, question: Question) -> Chunks:
        from google.genai import types

        system, others = split_system(question)
        thinking = _THINKING_TOKENS.get(self._spec.model)
        stream = await self._client.aio.models.generate_content_stream(
            model=self._spec.model,
            contents=[
                types.Content(
                    role="model" if message.role == "assistant" else "user",
                    parts=[types.Part(text=message.content)],
                )
                for message in others
            ],
            config=types.GenerateContentConfig(
                system_instruction=system or None,
                temperature=question.temperature,
                max_output_tokens=min(question.max_tokens, self._spec.max_output_tokens),
                stop_sequences=list(question.stop) or None,
                thinking_config=None if thinking is None else types.ThinkingConfig(thinking_budget=thinking),
            ),
        )
        async for event in stream:
            yield _chunk(event)


def _chunk(event: Any) -> Chunk:
    counted = event.usage_metadata
    usage = None
    if counted and counted.prompt_token_count is not None:
        output = (counted.candidates_token_count or 0) + (counted.thoughts_token_count or 0)
        usage = Usage(counted.prompt_token_count, output, counted.cached_content_token_count or 0)
    if not event.candidates:
        blocked = event.prompt_feedback and event.prompt_feedback.block_reason
        return Chunk(finish="refused" if blocked else "", usage=usage)
    candidate = event.candidates[0]
    parts = (candidate.content and candidate.content.parts) or []
    text = "".join(part.text for part in parts if part.text and not part.thought)
    return Chunk(text, _finish(candidate.finish_reason), usage)


def _finish(reason: Any) -> str:
    name = reason.value if reason else ""
    if name in ("", "FINISH_REASON_UNSPECIFIED"):
        return ""
    return "length" if name == "MAX_TOKENS" else "refused" if name in _REFUSED else "stop"
