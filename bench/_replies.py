"""Model replies kept on disk by (model file, request, seed): an ablation of selection or trust reruns in seconds."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from functions.agent.ports import Model, Models, ModelSpec, OnText, Question, Reply, Route
from functions.agent.records import Usage
from functions.agent.words import Tier


class CachedModels:
    """`Models` that asks `inner` only for what `folder` does not hold. `only` names the one model that may be asked."""

    def __init__(self, inner: Models, folder: Path, identity: str, only: str) -> None:
        self._inner, self._folder, self._identity, self._only = inner, folder, identity, only
        self._locks: dict[str, asyncio.Lock] = {}
        self.asked = self.found = 0

    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        return await self._inner.route(tier, wanted or self._only)

    def open(self, spec: ModelSpec) -> Model:
        return _Cached(self, spec)

    async def complete(self, spec: ModelSpec, question: Question, on_text: OnText | None) -> Reply:
        messages = [asdict(m) for m in question.messages]
        how = [question.temperature, question.max_tokens, question.seed, list(question.stop), question.opening]
        key = sha256(json.dumps([self._identity, spec.name, messages, how], sort_keys=True).encode()).hexdigest()
        path = self._folder / key[:2] / f"{key}.json.gz"
        async with self._locks.setdefault(key, asyncio.Lock()):
            if path.exists():
                self.found += 1
                kept = json.loads(gzip.decompress(path.read_bytes()))
                return Reply(kept["text"], kept["finish_reason"], Usage(**kept["usage"]), kept["ms"])
            self.asked += 1
            return await self._ask(spec, question, on_text, path)

    async def _ask(self, spec: ModelSpec, question: Question, on_text: OnText | None, path: Path) -> Reply:
        reply = await self._inner.open(spec).complete(question, on_text)
        _keep(path, reply)
        return reply


def _keep(path: Path, reply: Reply) -> None:
    kept = {"text": reply.text, "finish_reason": reply.finish_reason, "usage": asdict(reply.usage), "ms": reply.ms}
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_bytes(gzip.compress(json.dumps(kept).encode(), mtime=0))
    half.rename(path)


class _Cached:
    def __init__(self, models: CachedModels, spec: ModelSpec) -> None:
        self._models, self._spec = models, spec

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        return await self._models.complete(self._spec, question, on_text)
