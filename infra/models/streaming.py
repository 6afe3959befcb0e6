"""What all adapters have in common: from a stream of chunks to one Reply, within a time limit, with our errors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from functions.agent.errors import ModelTimeout, ModelUnavailable
from functions.agent.ports import Message, ModelSpec, OnText, Question, Reply
from functions.agent.records import Usage
from infra.models.translation import translate

CHARS_PER_TOKEN = 4
CONNECT_S = 10.0
"""How long a provider may take to accept a connection; all else is bounded by the question's own time limit."""

Chunks = AsyncGenerator["Chunk", None]


@dataclass(frozen=True)
class Chunk:
    """A piece of a reply. `finish` is ours already: stop, length or refused. The last `usage` and `finish` count."""

    text: str = ""
    finish: str = ""
    usage: Usage | None = None


async def collect(chunks: Chunks, spec: ModelSpec, question: Question, on_text: OnText | None) -> Reply:
    """Reads `chunks` to the end and closes them however it ends, which must close the connection.

    What a chunk raises is translated; what `on_text` raises goes through unchanged. Raises ModelError."""
    began = time.monotonic()
    text: list[str] = []
    finish, usage = "", None
    try:
        async with asyncio.timeout(question.timeout_s) as limit, aclosing(chunks):
            while chunk := await _next(chunks, spec):
                finish = chunk.finish or finish
                usage = chunk.usage or usage
                if chunk.text:
                    text.append(chunk.text)
                    if on_text is not None and await on_text(chunk.text):
                        finish = "stop"
                        break
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise ModelTimeout(f"{spec.name} did not finish within {question.timeout_s:g} seconds.") from error
    if not finish:
        raise ModelUnavailable(f"The answer of {spec.name} broke off in the middle.")
    whole = "".join(text)
    return Reply(whole, finish, usage or estimate(question, whole), round((time.monotonic() - began) * 1000))


async def _next(chunks: Chunks, spec: ModelSpec) -> Chunk | None:
    try:
        return await anext(chunks, None)
    except Exception as error:
        ours = translate(error, spec.name)
        if ours is None or ours is error:
            raise
        raise ours from error


def estimate(question: Question, text: str) -> Usage:
    """About what was used, where a provider does not say: a reply must not look free because its count is missing."""
    asked = sum(len(message.content) for message in question.messages)
    return Usage(asked // CHARS_PER_TOKEN + 1, len(text) // CHARS_PER_TOKEN + 1)


def chat(question: Question) -> list[dict[str, str]]:
    """The messages as most providers want them."""
    return [{"role": message.role, "content": message.content} for message in question.messages]


def split_system(question: Question) -> tuple[str, list[Message]]:
    """The system messages as one text, and the others: for providers that want them apart."""
    system = "\n\n".join(message.content for message in question.messages if message.role == "system")
    return system, [message for message in question.messages if message.role != "system"]
