"""Model replies kept by (model file, request, seed): an ablation of selection or trust reruns in seconds.

A folder has one file a reply, and grows while it is used. A pack is one file with all replies that a run needed, so
that it can be handed on: xz, one JSON document {key: reply}."""

from __future__ import annotations

import asyncio
import gzip
import json
import lzma
from collections.abc import Callable, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from functions.agent.ports import Model, Models, ModelSpec, OnText, Question, Reply, Route
from functions.agent.records import Usage
from functions.agent.words import Tier


class CachedModels:
    """`Models` that asks `inner` only for what neither `packed` nor `folder` holds.

    `only` names the one model that may be asked; `prepare` gets it ready and is called before the first question."""

    def __init__(
        self,
        inner: Models,
        folder: Path,
        identity: str,
        only: str,
        prepare: Callable[[], None],
        packed: Mapping[str, Any] | None = None,
    ) -> None:
        self._inner, self._folder, self._identity, self._only = inner, folder, identity, only
        self._prepare, self._packed = prepare, packed or {}
        self._ready = asyncio.Lock()
        self._prepared = False
        self._locks: dict[str, asyncio.Lock] = {}
        self.used: dict[str, Any] = {}
        self.asked = 0

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
            kept = self._packed.get(key)
            if kept is None and path.exists():
                kept = json.loads(gzip.decompress(path.read_bytes()))
            if kept is None:
                kept = await self._ask(spec, question, on_text)
                _keep(path, kept)
            self.used[key] = kept
            return Reply(kept["text"], kept["finish_reason"], Usage(**kept["usage"]), kept["ms"])

    async def _ask(self, spec: ModelSpec, question: Question, on_text: OnText | None) -> dict[str, Any]:
        async with self._ready:
            if not self._prepared:
                await asyncio.to_thread(self._prepare)
                self._prepared = True
        reply = await self._inner.open(spec).complete(question, on_text)
        self.asked += 1
        return {"text": reply.text, "finish_reason": reply.finish_reason, "usage": asdict(reply.usage), "ms": reply.ms}


def read_pack(path: Path) -> dict[str, Any]:
    """The replies of a pack by key."""
    packed: dict[str, Any] = json.loads(lzma.decompress(path.read_bytes()))
    return packed


def write_pack(path: Path, replies: Mapping[str, Any]) -> None:
    """Adds `replies` to the pack, which need not be there yet."""
    whole = {**(read_pack(path) if path.exists() else {}), **replies}
    half = path.with_suffix(".half")
    half.write_bytes(lzma.compress(json.dumps(dict(sorted(whole.items()))).encode(), preset=9))
    half.rename(path)


def _keep(path: Path, kept: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_bytes(gzip.compress(json.dumps(kept).encode(), mtime=0))
    half.rename(path)


class _Cached:
    def __init__(self, models: CachedModels, spec: ModelSpec) -> None:
        self._models, self._spec = models, spec

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        return await self._models.complete(self._spec, question, on_text)
