"""The embedded model: downloaded once, run in a process of its own, asked over OpenAI's wire."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

from functions.agent.errors import ModelTimeout, ModelUnavailable
from functions.agent.ports import Message, ModelSpec, OnText, Question, Reply
from infra.models.download import ensure
from infra.models.llama_process import LlamaProcess
from infra.models.model_file import QWEN_CODER_1_5B, ModelFile
from infra.models.shared_prompt import SharedPrompt


class EmbeddedModel:
    """One process for all callers, started at the first question and again when it has died.

    `given` is the user's own GGUF file; otherwise `file` is looked for in `cache`, and downloaded."""

    def __init__(
        self,
        spec: ModelSpec,
        cache: Path,
        given: Path | None = None,
        file: ModelFile = QWEN_CODER_1_5B,
        threads: int = 0,
    ) -> None:
        self._spec = spec
        self._cache = cache
        self._given = given
        self._file = file
        self._threads = threads
        self._lock = asyncio.Lock()
        self._path: asyncio.Task[Path] | None = None
        self._process: LlamaProcess | None = None
        self._client: SharedPrompt | None = None
        self._done = 0
        self._closed = threading.Event()

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        clock = asyncio.get_running_loop().time
        until = clock() + question.timeout_s
        client = await self._ready(question.timeout_s)
        try:
            left = replace(question, timeout_s=max(until - clock(), 0.001))
            return await (_opened(client, left, on_text) if question.opening else client.complete(left, on_text))
        except ModelUnavailable as error:
            if self._process is not None and not self._process.running:
                raise ModelUnavailable(f"The process of {self._spec.name} died; it starts again.") from error
            raise

    async def aclose(self) -> None:
        """Stops the process, and a download that may be going on."""
        self._closed.set()
        async with self._lock:
            await self._stop()
        if self._path is not None:
            await asyncio.wait({self._path})
            self._path.exception()  # whoever waited for it has been told

    async def _ready(self, timeout_s: float) -> SharedPrompt:
        try:
            async with asyncio.timeout(timeout_s) as limit, self._lock:
                path = await self._downloaded()
                if self._process is not None and self._process.running and self._client is not None:
                    return self._client
                await self._stop()
                slots, context = self._spec.parallel, self._spec.context_tokens
                self._process = await LlamaProcess.start(path, slots, context, self._threads)
                process = self._process
                self._client = SharedPrompt(self._spec, process.url, process.key, process.states)
                return self._client
        except TimeoutError as error:
            if not limit.expired():
                raise
            share = f" ({100 * self._done // self._file.size} % downloaded)" if self._process is None else ""
            raise ModelTimeout(f"{self._spec.name} was not ready within {timeout_s:g} seconds{share}.") from error

    async def _downloaded(self) -> Path:
        """The file; a download outlives the question that began it, so that the next one finds more of it."""
        if self._path is None or (self._path.done() and self._path.exception() is not None):
            self._path = asyncio.create_task(
                asyncio.to_thread(ensure, self._file, self._cache, self._given, self._progress)
            )
        return await asyncio.shield(self._path)

    def _progress(self, done: int, _total: int, _source: str) -> None:
        self._done = done
        if self._closed.is_set():
            raise ModelUnavailable("The download of the embedded model was stopped.")

    async def _stop(self) -> None:
        client, process = self._client, self._process
        self._client = self._process = None
        if client is not None:
            await client.aclose()
        if process is not None:
            await process.stop()


async def _opened(client: SharedPrompt, question: Question, on_text: OnText | None) -> Reply:
    """The server goes on where the last message ends when that is the assistant's own."""
    if on_text is not None:
        await on_text(question.opening)
    asked = replace(question, messages=(*question.messages, Message("assistant", question.opening)), opening="")
    reply = await client.complete(asked, on_text)
    return replace(reply, text=question.opening + reply.text)
