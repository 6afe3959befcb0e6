"""A loopback server that speaks the wire of every provider, and does what the scene says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.agent.ports import Message, Model, ModelSpec, Question
from infra.models.loopback import Answer, Cut, LoopbackServer, Request

QUESTION = Question(
    (Message("system", "Be brief."), Message("user", "Say hello."), Message("assistant", "?"), Message("user", "Do.")),
    temperature=0.25,
    max_tokens=200,
    seed=7,
    stop=("END",),
    timeout_s=10.0,
)


@dataclass
class Scene:
    """What the server does next. `finish` is ours: stop, length, refused, or empty for none."""

    pieces: tuple[str, ...] = ("hel", "lo")
    finish: str = "stop"
    usage: bool = True
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    cut: bool = False
    raw: bytes = b""
    read: int = 30


class Wire:
    """`dropped` is set once a client leaves in the middle of a stream."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.scene = Scene()
        self.requests: list[tuple[Request, Any]] = []
        self.dropped = asyncio.Event()
        self.http = LoopbackServer(self._handle)

    @property
    def last(self) -> Any:
        return self.requests[-1][1]

    async def _handle(self, request: Request, answer: Answer) -> None:
        scene = self.scene
        self.requests.append((request, request.json))
        if scene.status != 200:
            await answer.send(scene.status, scene.body or {}, scene.headers)
            return
        answer.begin("application/x-ndjson" if self.dialect == "ollama" else "text/event-stream")
        try:
            for data in DIALECTS[self.dialect](scene):
                await answer.piece(data)
                await asyncio.sleep(scene.pause_s)
            if scene.raw:
                await answer.piece(scene.raw)
        except ConnectionError:
            self.dropped.set()
            raise
        if scene.cut:
            raise Cut


def sse(data: Any, event: str = "", end: str = "\n\n") -> bytes:
    return ((f"event: {event}\n" if event else "") + f"data: {json.dumps(data)}{end}").encode()


def openai(scene: Scene, groq: bool = False) -> list[bytes]:
    base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    said = [
        sse({**base, "choices": [{"index": 0, "delta": {"role": "assistant", "content": p}, "finish_reason": None}]})
        for p in scene.pieces
    ]
    usage = {"prompt_tokens": 30, "completion_tokens": 20, "total_tokens": 50}
    last: dict[str, Any] = {**base, "choices": []}
    if scene.finish:
        reason = {"refused": "content_filter"}.get(scene.finish, scene.finish)
        last["choices"] = [{"index": 0, "delta": {}, "finish_reason": reason}]
        if groq and scene.usage:
            last["x_groq"] = {"id": "r", "usage": {**usage, "queue_time": 0.1}}
        said.append(sse(last))
    if scene.usage and not groq:
        said.append(sse({**base, "choices": [], "usage": {**usage, "prompt_tokens_details": {"cached_tokens": 10}}}))
    return said if scene.cut or not scene.finish else [*said, b"data: [DONE]\n\n"]


def anthropic(scene: Scene) -> list[bytes]:
    usage = {"input_tokens": 20, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 0, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "x", "usage": usage}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": p}}
            for p in scene.pieces
        ),
        {"type": "content_block_stop", "index": 0},
    ]
    if scene.finish:
        reason = {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"}[scene.finish]
        delta = {"stop_reason": reason, "stop_sequence": None}
        events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 20}})
        events.append({"type": "message_stop"})
    return [sse(event, event["type"]) for event in events]


def gemini(scene: Scene) -> list[bytes]:
    events: list[dict[str, Any]] = [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": p}]}}]} for p in scene.pieces
    ]
    if scene.finish:
        reason = {"stop": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"}[scene.finish]
        last: dict[str, Any] = {"candidates": [{"finishReason": reason}]}
        if scene.usage:
            last["usageMetadata"] = {
                "promptTokenCount": 30,
                "candidatesTokenCount": 15,
                "thoughtsTokenCount": 5,
                "cachedContentTokenCount": 10,
                "totalTokenCount": 50,
            }
        events.append(last)
    return [sse(event, end="\r\n\r\n") for event in events]


def ollama(scene: Scene) -> list[bytes]:
    events: list[dict[str, Any]] = [
        {"model": "m", "message": {"role": "assistant", "content": p}, "done": False} for p in scene.pieces
    ]
    if scene.finish:
        last = {
            "model": "m",
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": scene.finish,
        }
        events.append({**last, **({"prompt_eval_count": scene.read, "eval_count": 20} if scene.usage else {})})
    return [json.dumps(event).encode() + b"\n" for event in events]


DIALECTS: dict[str, Callable[[Scene], list[bytes]]] = {
    "openai": openai,
    "groq": lambda scene: openai(scene, groq=True),
    "anthropic": anthropic,
    "gemini": gemini,
    "ollama": ollama,
}


def _spec(provider: str, model: str = "some-model") -> ModelSpec:
    return ModelSpec(provider, model, context_tokens=4096, max_output_tokens=150)


def _openai(url: str) -> Model:
    from infra.models.openai_compatible import OpenAICompatible

    return OpenAICompatible(_spec("openai"), f"{url}/v1", "secret", max_tokens_name="max_completion_tokens")


def _deepseek(url: str) -> Model:
    from infra.models.openai_compatible import OpenAICompatible

    return OpenAICompatible(_spec("deepseek"), url, "secret")


def _groq(url: str) -> Model:
    from infra.models.groq import GroqModel

    return GroqModel(_spec("groq"), "secret", url)


def _ollama(url: str) -> Model:
    from infra.models.ollama import OllamaModel

    return OllamaModel(_spec("ollama"), url)


def _gemini(url: str) -> Model:
    from google.oauth2.credentials import Credentials

    from infra.models.gemini import GeminiModel

    spec = _spec("vertexai", "gemini-2.5-flash")
    return GeminiModel(spec, "my-project", "global", base_url=url, credentials=Credentials("t"))


def _claude(url: str) -> Model:
    from infra.models.anthropic import at_anthropic

    return at_anthropic(_spec("anthropic"), "secret", url)


def _claude_on_vertex(url: str) -> Model:
    from infra.models.anthropic import on_vertex

    return on_vertex(
        _spec("vertexai", "claude-x"), "my-project", "europe-west1", base_url=f"{url}/v1", access_token="t"
    )


ADAPTERS: dict[str, tuple[str, Callable[[str], Model]]] = {
    "openai": ("openai", _openai),
    "deepseek": ("openai", _deepseek),
    "groq": ("groq", _groq),
    "ollama": ("ollama", _ollama),
    "gemini": ("gemini", _gemini),
    "claude": ("anthropic", _claude),
    "claude-on-vertex": ("anthropic", _claude_on_vertex),
}
