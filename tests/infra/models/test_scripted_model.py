from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.errors import BadInput, ModelUnavailable, RateLimited
from functions.agent.ports import Message, Question
from infra.models.catalogue import SCRIPTED
from infra.models.openai_compatible import OpenAICompatible
from infra.models.scripted import Scripted, ScriptedServer, read_script


def question(text: str) -> Question:
    return Question((Message("system", "s"), Message("user", text)), timeout_s=20)


async def test_entries_are_taken_in_order_by_what_they_match() -> None:
    script = [Scripted("tests", match="write tests"), Scripted("first"), Scripted("again", repeat=True)]
    async with ScriptedServer(script) as server:
        model = OpenAICompatible(SCRIPTED, server.url, "k")
        asked = ["code", "please write tests", "code", "code", "write tests"]
        said = [(await model.complete(question(text))).text for text in asked]
        await model.aclose()
    assert said == ["first", "tests", "again", "again", "again"]
    assert [r["messages"][-1]["content"] for r in server.requests] == asked


async def test_an_unmatched_request_says_what_was_asked() -> None:
    async with ScriptedServer([Scripted("x", match="other")]) as server, httpx.AsyncClient() as client:
        body = {"messages": [{"role": "user", "content": "mine"}]}
        response = await client.post(f"{server.url}/chat/completions", json=body)
        assert response.status_code == 500
        assert "'mine'" in response.json()["error"]["message"]
        asked = await client.get(server.url.removesuffix("/v1") + "/requests")
        assert asked.json() == [body]


async def test_without_streaming_the_answer_comes_whole() -> None:
    async with ScriptedServer([Scripted("whole", finish_reason="length")]) as server, httpx.AsyncClient() as client:
        body = {"messages": [{"role": "user", "content": "x" * 40}]}
        answer = (await client.post(f"{server.url}/chat/completions", json=body)).json()
    assert answer["choices"][0]["message"]["content"] == "whole"
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"] == {"prompt_tokens": 11, "completion_tokens": 2, "total_tokens": 13}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"messages": 3}', b'{"messages": [{}]}'])
async def test_a_bad_body_is_a_400(body: bytes) -> None:
    async with ScriptedServer([]) as server, httpx.AsyncClient() as client:
        assert (await client.post(f"{server.url}/chat/completions", content=body)).status_code == 400
        assert (await client.get(f"{server.url}/nothing")).status_code == 404


async def test_failures_of_the_script() -> None:
    script = [Scripted(status=429, retry_after=3), Scripted("0123456789", cut_after=4)]
    heard: list[str] = []

    async def on_text(text: str) -> None:
        heard.append(text)

    async with ScriptedServer(script) as server:
        model = OpenAICompatible(SCRIPTED, server.url, "k")
        with pytest.raises(RateLimited) as caught:
            await model.complete(question("a"))
        assert caught.value.retry_after_s == 3
        with pytest.raises(ModelUnavailable):
            await model.complete(question("a"), on_text)
        await model.aclose()
    assert heard == ["0123"]


async def test_sixty_streams_at_once() -> None:
    text = "word " * 400
    async with ScriptedServer([Scripted(text, repeat=True, delay_s=0.1)]) as server:
        model = OpenAICompatible(SCRIPTED, server.url, "k")
        began = time.monotonic()
        replies = await asyncio.gather(*(model.complete(question(str(n))) for n in range(60)))
        took = time.monotonic() - began
        await model.aclose()
    assert all(reply.text == text for reply in replies)
    assert took < 10  # one after the other would be 6 s of waiting alone; a quiet machine takes about 1 s


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("{}", "JSON list"),
        ("[3]", "Entry 1"),
        ('[{}, {"txt": "a"}]', "Entry 2 of the script has an unknown field 'txt'"),
        ('[{"text": 3}]', "Field 'text' of entry 1"),
        ('[{"repeat": 1}]', "Field 'repeat' of entry 1"),
        ('[{"status": "200"}]', "Field 'status' of entry 1"),
    ],
)
def test_a_bad_script_is_named(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_script(text)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    assert read_script(json.dumps([{"text": text}])) == (Scripted(text),)

    async def ask() -> str:
        async with ScriptedServer([Scripted(text)]) as server, httpx.AsyncClient() as client:
            body = {"messages": [{"role": "user", "content": "x"}], "stream": True}
            answer = await client.post(f"{server.url}/chat/completions", json=body)
        events = [json.loads(line[6:]) for line in answer.text.split("\n\n") if line.startswith("data: {")]
        return "".join(event["choices"][0]["delta"].get("content", "") for event in events)

    if all(not 0xD800 <= ord(char) <= 0xDFFF for char in text):
        assert asyncio.run(ask()) == text


def test_from_the_command_line(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('[{"text": "hi"}]')
    command = [sys.executable, "-m", "infra.models.scripted", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answer = httpx.post(f"{url}/chat/completions", json={"messages": [{"role": "user", "content": "x"}]})
        process.terminate()
    assert answer.json()["choices"][0]["message"]["content"] == "hi"
    script.write_text("{")
    bad = subprocess.run(command, capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "not JSON" in bad.stderr
