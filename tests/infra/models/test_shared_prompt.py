"""The embedded model's client against a server that counts as llama.cpp's does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from functions.agent.errors import ModelMisconfigured, ModelTimeout
from functions.agent.ports import Message, ModelSpec, Question
from functions.agent.records import Usage
from infra.models.shared_prompt import SharedPrompt
from tests.infra.models.llama_wire import LlamaWire

RULES = "You write code. " * 30
TAILS = ("first", "second, another", "third")
QUESTIONS = [
    Question((Message("system", RULES), Message("user", tail)), 0.8, 50, seed, timeout_s=10.0)
    for seed, tail in enumerate(TAILS)
]
FIRST = len(RULES + TAILS[0])


@asynccontextmanager
async def asked(parallel: int = 3, shares: bool = True) -> AsyncIterator[tuple[LlamaWire, SharedPrompt]]:
    wire = LlamaWire()
    states = [f"state{i}" for i in range(parallel)] if shares else []
    async with wire.http as server:
        client = SharedPrompt(ModelSpec("embedded", "m", parallel=parallel), f"{server.url}/v1", "key", states)
        yield wire, client
        await client.aclose()


async def test_three_samples_compute_their_beginning_once() -> None:
    async with asked() as (wire, client):
        replies = await asyncio.gather(*map(client.complete, QUESTIONS))
        assert wire.computed == FIRST + 1 + len(TAILS[1]) + len(TAILS[2])  # the last token is always computed again
        assert [reply.text for reply in replies] == ["so it is"] * 3
        assert [reply.usage for reply in replies] == [
            Usage(FIRST, 3, 0),
            Usage(len(RULES + TAILS[1]), 3, len(RULES)),
            Usage(len(RULES + TAILS[2]), 3, len(RULES)),
        ]
        assert wire.log[:2] == [("read", 0), ("save", 0)]
        assert sorted(wire.log[2:]) == [("reply", 0), ("reply", 1), ("reply", 2), ("restore", 1), ("restore", 2)]


async def test_the_samples_go_out_together_once_the_beginning_is_read() -> None:
    async with asked() as (wire, client):
        wire.pause_s = 0.3
        replies = asyncio.gather(*map(client.complete, QUESTIONS))
        async with asyncio.timeout(5):
            while [what for what, _ in wire.log].count("reply") < 3:
                await asyncio.sleep(0.01)
        assert not replies.done()
        await replies


async def test_the_same_text_again_computes_one_token() -> None:
    async with asked(parallel=2) as (wire, client):
        first, second = await asyncio.gather(*(client.complete(replace(QUESTIONS[0], seed=seed)) for seed in (1, 2)))
        assert wire.computed == FIRST + 2
        assert (first.usage.cached_tokens, second.usage.cached_tokens) == (0, FIRST - 1)


async def test_more_samples_than_slots_compute_it_once_too() -> None:
    async with asked(parallel=2) as (wire, client):
        await asyncio.gather(*map(client.complete, QUESTIONS))
        assert wire.computed == FIRST + 1 + len(TAILS[1]) + len(TAILS[2])


async def test_the_request_pins_its_slot_and_carries_its_own_seed_and_temperature() -> None:
    async with asked() as (wire, client):
        await asyncio.gather(*map(client.complete, QUESTIONS))
        replies = [body for (what, _), body in zip(wire.log, wire.bodies, strict=True) if what == "reply"]
        assert {(b["seed"], b["temperature"], b["max_tokens"]) for b in replies} == {(i, 0.8, 50) for i in range(3)}
        assert all(body["cache_prompt"] for body in replies)
        assert {body["id_slot"] for body in replies} == {0, 1, 2}


@pytest.mark.parametrize("what", ["save", "restore", "read"])
async def test_without_the_copy_it_only_takes_longer(what: str) -> None:
    async with asked() as (wire, client):
        wire.fails = lambda now: now == what
        replies = await asyncio.gather(*map(client.complete, QUESTIONS))
        assert [reply.text for reply in replies] == ["so it is"] * 3
        assert [reply.usage.input_tokens for reply in replies] == [len(RULES + tail) for tail in TAILS]


async def test_a_server_that_cannot_save_is_asked_for_replies_alone() -> None:
    async with asked(shares=False) as (wire, client):
        await asyncio.gather(*map(client.complete, QUESTIONS))
        assert sorted(wire.log) == [("reply", 0), ("reply", 1), ("reply", 2)]


async def test_the_servers_count_so_far_when_the_listener_has_enough() -> None:
    async with asked() as (wire, client):
        wire.pause_s = 0.1

        async def enough(text: str) -> Any:
            return text == " it"

        reply = await client.complete(QUESTIONS[0], enough)
        assert (reply.text, reply.finish_reason, reply.usage) == ("so it", "stop", Usage(FIRST, 2, 0))
        again = await client.complete(replace(QUESTIONS[0], seed=9), enough)
        assert again.usage == Usage(FIRST, 2, FIRST - 1)


async def test_what_the_listener_raises_frees_the_slot() -> None:
    async def stop(_: str) -> None:
        raise LookupError

    async with asked(parallel=1) as (_, client):
        with pytest.raises(LookupError):
            await client.complete(QUESTIONS[0], stop)
        assert (await client.complete(QUESTIONS[1])).usage.cached_tokens == len(RULES)


async def test_a_cancelled_reader_lets_the_others_go_on() -> None:
    async with asked() as (wire, client):
        wire.reading.clear()
        tasks = [asyncio.create_task(client.complete(question)) for question in QUESTIONS]
        while ("read", 0) not in wire.log:
            await asyncio.sleep(0.01)
        tasks[0].cancel()
        wire.reading.set()
        replies = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(replies[0], asyncio.CancelledError)
        assert [reply.text for reply in replies[1:] if not isinstance(reply, BaseException)] == ["so it is"] * 2


async def test_waiting_and_reading_count_towards_the_time_limit() -> None:
    async with asked(parallel=1) as (wire, client):
        wire.reading.clear()
        results = await asyncio.gather(
            *(client.complete(replace(question, timeout_s=0.3)) for question in QUESTIONS[:2]), return_exceptions=True
        )
        assert [type(result) for result in results] == [ModelTimeout, ModelTimeout]
        wire.reading.set()
        assert (await client.complete(QUESTIONS[2])).text == "so it is"


async def test_what_the_server_refuses_is_raised_by_the_question_itself() -> None:
    async with asked() as (wire, client):
        wire.fails = lambda _: True
        with pytest.raises(ModelMisconfigured):
            await client.complete(QUESTIONS[0])
        wire.fails = lambda _: False
        assert (await client.complete(QUESTIONS[0])).text == "so it is"
