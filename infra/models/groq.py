"""Groq: OpenAI's wire under another path; its SDK has no `stream_options`, usage comes in `x_groq`."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from functions.agent.ports import ModelSpec, Question
from infra.models.openai_compatible import OpenAICompatible
from infra.models.streaming import CONNECT_S


class GroqModel(OpenAICompatible):
    """As OpenAI's models, asked through Groq's own SDK."""

    def __init__(self, spec: ModelSpec, api_key: str, base_url: str | None = None) -> None:
        super().__init__(spec, base_url or "", api_key, max_tokens_name="max_completion_tokens")

    @cached_property
    def _client(self) -> Any:
        from groq import AsyncGroq, Timeout

        timeout = Timeout(None, connect=CONNECT_S)
        return AsyncGroq(api_key=self._api_key, base_url=self._base_url or None, max_retries=0, timeout=timeout)

    def _options(self, question: Question) -> dict[str, Any]:
        return {**super()._options(question), "stream_options": None}
