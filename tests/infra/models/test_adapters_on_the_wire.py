"""Every adapter against a real server that speaks its provider's wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from functions.agent.errors import (
    ModelMisconfigured,
    ModelTimeout,
    ModelUnavailable,
    PromptTooLong,
    RateLimited,
    Recovery,
)
from functions.agent.ports import Model
from functions.agent.records import Usage
from infra.models.openai_compatible import so_far
from tests.infra.models.wire import ADAPTERS, QUESTION, Scene, Wire

Talk = tuple[str, Wire, Model]


async def test_pieces_arrive_in_order_and_the_whole_with_usage(talk: Talk) -> None:
    name, _, model = talk
    heard: list[str] = []

    async def on_text(text: str) -> None:
        heard.append(text)

    reply = await model.complete(QUESTION, on_text)
    cached = 0 if name in ("ollama", "groq") else 10
    assert heard == ["hel", "lo"]
    assert (reply.text, reply.finish_reason, reply.usage) == ("hello", "stop", Usage(30, 20, cached))


async def test_the_request_carries_messages_limits_and_temperature(talk: Talk) -> None:
    name, wire, model = talk
    await model.complete(QUESTION)
    sent = wire.last
    request = wire.requests[-1][0]
    chat = [{"role": m.role, "content": m.content} for m in QUESTION.messages]
    if name in ("openai", "deepseek", "groq"):
        limit = "max_tokens" if name == "deepseek" else "max_completion_tokens"
        assert sent["messages"] == chat
        assert (sent[limit], sent["temperature"], sent["stop"], sent["stream"]) == (150, 0.25, ["END"], True)
        assert ("stream_options" in sent) == (name != "groq")
        assert request.headers["authorization"] == "Bearer secret"
    elif name == "ollama":
        options = {"num_ctx": 4096, "num_predict": 150, "seed": 7, "temperature": 0.25, "stop": ["END"]}
        assert (sent["messages"], sent["options"], sent["truncate"], sent["shift"]) == (chat, options, False, False)
    elif name == "gemini":
        assert request.path.endswith(
            "/projects/my-project/locations/global/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
        )
        assert sent["systemInstruction"]["parts"] == [{"text": "Be brief."}]
        assert [c["role"] for c in sent["contents"]] == ["user", "model", "user"]
        config = sent["generationConfig"]
        assert (config["maxOutputTokens"], config["temperature"], config["stopSequences"]) == (150, 0.25, ["END"])
        assert config["thinkingConfig"] == {"thinkingBudget": 0} or config["thinkingConfig"]["thinking_budget"] == 0
    else:
        assert (sent["system"], sent["messages"]) == ("Be brief.", chat[1:])
        assert (sent["max_tokens"], sent["temperature"], sent["stop_sequences"]) == (150, 0.25, ["END"])
        assert request.path.endswith("/v1/messages" if name == "claude" else "models/claude-x:streamRawPredict")


async def test_length_is_told(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(finish="length")
    assert (await model.complete(QUESTION)).finish_reason == "length"


async def test_a_refusal_is_told(talk: Talk) -> None:
    name, wire, model = talk
    if name == "ollama":
        pytest.skip("Ollama refuses nothing")
    wire.scene = Scene(finish="refused")
    assert (await model.complete(QUESTION)).finish_reason == "refused"


async def test_usage_is_estimated_where_the_provider_does_not_tell(talk: Talk) -> None:
    name, wire, model = talk
    if "claude" in name:
        pytest.skip("Anthropic always tells")
    wire.scene = Scene(usage=False)
    reply = await model.complete(QUESTION)
    assert reply.usage.input_tokens > 0
    assert reply.usage.output_tokens > 0


@pytest.mark.parametrize(
    ("status", "error", "recovery"),
    [
        (401, ModelMisconfigured, Recovery.FAIL_OVER),
        (403, ModelMisconfigured, Recovery.FAIL_OVER),
        (404, ModelMisconfigured, Recovery.FAIL_OVER),
        (413, PromptTooLong, Recovery.FAIL_OVER),
        (400, ModelMisconfigured, Recovery.FAIL_OVER),
        (500, ModelUnavailable, Recovery.RETRY),
        (503, ModelUnavailable, Recovery.RETRY),
        (529, ModelUnavailable, Recovery.RETRY),
    ],
)
async def test_status_codes(talk: Talk, status: int, error: type[Exception], recovery: Recovery) -> None:
    name, wire, model = talk
    wire.scene = Scene(status=status, body={"error": {"message": "no", "type": "t", "code": "c"}})
    with pytest.raises(error) as caught:
        await model.complete(QUESTION)
    assert caught.value.recovery is recovery  # type: ignore[attr-defined]
    assert "secret" not in caught.value.detail  # type: ignore[attr-defined]
    assert len(wire.requests) == 1, f"{name} retries by itself"


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "This model's maximum context length is 4096", "code": "context_length_exceeded"}},
        {"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 9 > 4"}},
        {"error": {"code": 400, "message": "The input token count exceeds the maximum", "status": "INVALID_ARGUMENT"}},
        {"error": {"code": 400, "message": "the request exceeds the available context size, try increasing it"}},
    ],
)
async def test_a_400_that_speaks_of_the_context_is_prompt_too_long(talk: Talk, body: object) -> None:
    _, wire, model = talk
    wire.scene = Scene(status=400, body=body)
    with pytest.raises(PromptTooLong):
        await model.complete(QUESTION)


async def test_rate_limit_with_retry_after(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(status=429, body={"error": {"message": "slow down"}}, headers={"Retry-After": "7"})
    with pytest.raises(RateLimited) as caught:
        await model.complete(QUESTION)
    assert caught.value.retry_after_s == 7.0
    wire.scene = Scene(status=429, body={"error": {"message": "slow down"}})
    with pytest.raises(RateLimited) as caught:
        await model.complete(QUESTION)
    assert caught.value.retry_after_s is None


async def test_a_stream_without_a_finish_reason_broke_off(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(finish="")
    with pytest.raises(ModelUnavailable):
        await model.complete(QUESTION)


async def test_a_cut_connection(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(finish="", cut=True)
    with pytest.raises(ModelUnavailable):
        await model.complete(QUESTION)


ERROR_EVENTS = {
    "openai": b'data: {"error": {"message": "the server had an error", "code": 500}}\n\n',
    "groq": b'data: {"error": {"message": "the server had an error", "code": 500}}\n\n',
    "anthropic": b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "!"}}\n\n',
    "gemini": b'data: {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}\r\n\r\n',
    "ollama": b'{"error": "an error was encountered while running the model"}\n',
}


async def test_an_error_in_the_middle_of_a_stream(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(finish="", raw=ERROR_EVENTS[wire.dialect])
    with pytest.raises(ModelUnavailable):
        await model.complete(QUESTION)


async def test_nonsense_instead_of_a_stream(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(pieces=(), finish="", raw=b"data: <html>\n\n")
    with pytest.raises(ModelUnavailable):
        await model.complete(QUESTION)


async def test_nobody_listens() -> None:
    for name, (_, build) in ADAPTERS.items():
        model = build("http://127.0.0.1:9")
        with pytest.raises(ModelUnavailable):
            await model.complete(QUESTION)
        await model.aclose()  # type: ignore[attr-defined]
        assert name


async def test_the_whole_answer_has_one_time_limit(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(pieces=("a",) * 100, pause_s=0.05)
    heard: list[str] = []

    async def on_text(text: str) -> None:
        heard.append(text)

    with pytest.raises(ModelTimeout):
        await model.complete(replace(QUESTION, timeout_s=0.6), on_text)
    assert len(heard) < 100
    await asyncio.wait_for(wire.dropped.wait(), 5)


class Stop(Exception):
    pass


@pytest.mark.parametrize("error", [Stop(), TimeoutError("mine"), OSError("mine")])
async def test_what_on_text_raises_goes_through_and_closes_the_stream(talk: Talk, error: Exception) -> None:
    _, wire, model = talk
    wire.scene = Scene(pieces=("a",) * 200, pause_s=0.02)

    async def on_text(text: str) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        await model.complete(QUESTION, on_text)
    assert caught.value is error
    await asyncio.wait_for(wire.dropped.wait(), 5)


async def test_cancelling_closes_the_stream(talk: Talk) -> None:
    _, wire, model = talk
    wire.scene = Scene(pieces=("a",) * 200, pause_s=0.02)
    begun = asyncio.Event()

    async def on_text(text: str) -> None:
        begun.set()

    task = asyncio.create_task(model.complete(QUESTION, on_text))
    await asyncio.wait_for(begun.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(wire.dropped.wait(), 5)


async def test_a_listener_that_has_enough_ends_the_reply_with_what_was_heard(talk: Talk) -> None:
    name, wire, model = talk
    wire.scene = Scene(pieces=("hel", "lo", "!") * 50, pause_s=0.02)

    async def enough(text: str) -> Any:
        return text == "lo"

    reply = await model.complete(QUESTION, enough)
    assert (reply.text, reply.finish_reason) == ("hello", "stop")
    if name not in ("claude", "claude-on-vertex"):  # they count what they read when they begin
        assert reply.usage.input_tokens == sum(len(m.content) for m in QUESTION.messages) // 4 + 1
    assert reply.usage.output_tokens > 0
    async with asyncio.timeout(5):
        await wire.dropped.wait()


@pytest.mark.parametrize(
    "timings", [None, 7, [], {}, {"prompt_n": 1, "cache_n": "2", "predicted_n": 3}, {"prompt_n": 1, "cache_n": 2}]
)
def test_timings_that_are_none_count_nothing(timings: object) -> None:
    assert so_far(timings) is None


def test_timings_so_far() -> None:
    assert so_far({"prompt_n": 5, "cache_n": 200, "predicted_n": 7, "prompt_ms": 1.5}) == Usage(205, 7, 200)
