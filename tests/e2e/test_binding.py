"""What the user states binds: tests in attached files, and examples that only a model could read out of the request."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from functions.agent import usecases
from infra.models.scripted import Scripted
from replies import RIGHT, SUITES, WRONG, code
from running import Running, Serve
from story import read

TESTS = """
import pytest
from calculator import add as plus

@pytest.fixture
def two():
    return 2

def test_two(two):
    assert plus(two, two) == 4
    assert plus(two, 5) == 7

def test_all():
    for i in range(3):
        if i:
            assert plus(i, i) == 2 * i
"""
IN_WORDS = "Write a function `add(a, b)` that adds two numbers: 5 and 2 should come out as 7."


async def finished(client: httpx.AsyncClient, execution_id: str) -> dict[str, Any]:
    for _ in range(1200):
        body = (await client.get(f"/execute/{execution_id}")).json()
        if body["status"] not in ("pending", "running"):
            return dict(body)
        await asyncio.sleep(0.05)
    raise AssertionError(f"not finished: {body}")


async def submit(running: Running, **body: Any) -> str:
    answer = await running.client.post("/execute", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["execution_id"])


async def logged(running: Running, execution_id: str) -> list[str]:
    events = await read(running.client, execution_id)
    return [data["text"] for _, kind, data in events if kind == "log"]


async def test_the_tests_of_an_attached_file_tell_wrong_code_apart(serve: Serve) -> None:
    async with serve([code(WRONG), *SUITES, code(RIGHT, repeat=True)]) as running:
        artifact = await usecases.attach(running.stack.wired.ports, "local", "test_calculator.py", TESTS.encode(), 1.0)
        prompt = "Write a function `add` that adds two numbers."
        execution_id = await submit(running, prompt=prompt, context_artifacts=[artifact.id])
        body = await finished(running.client, execution_id)
        assert (body["status"], body["attempt"]) == ("passed", 2)
        stated = [e for e in body["ledger"] if e["origin"] == "anchor"]
        assert [e["name"] for e in stated] == ["add(2, 2) == 4", "add(2, 5) == 7", "test_all"]
        assert all(e["state"] == "trusted" for e in stated)
        assert [e["results"]["a1c1"] for e in stated] == ["failed"] * 3
        assert "3 tests in test_calculator.py must pass." in await logged(running, execution_id)
        assert "from calculator import add" in running.model.requests[0]["messages"][-1]["content"]


async def test_an_example_in_words_is_found_by_the_model_once_and_paid_for(serve: Serve) -> None:
    asked = Scripted("```python\nadd(5, 2) == 7\nadd(1, 1) == 2\n```", match="List the examples")
    async with serve([asked, code(RIGHT), *SUITES]) as running:
        execution_id = await submit(running, prompt=IN_WORDS)
        body = await finished(running.client, execution_id)
        assert body["status"] == "passed"
        stated = [e["name"] for e in body["ledger"] if e["origin"] == "anchor"]
        assert stated == ["add(5, 2) == 7"], "what the request does not hold is not believed"
        questions = [json.dumps(r["messages"]) for r in running.model.requests]
        assert sum("List the examples" in q for q in questions) == 1
        assert running.model.requests[0]["max_tokens"] <= 200
        assert any("found by the model" in text for text in await logged(running, execution_id))
        assert body["cost"]["tokens"] > 0


async def test_a_request_without_signs_of_an_example_is_not_asked_about(serve: Serve) -> None:
    async with serve([code(RIGHT), *SUITES]) as running:
        execution_id = await submit(running, prompt="Write a function `add` that adds two numbers.")
        await finished(running.client, execution_id)
        assert not any("List the examples" in json.dumps(r["messages"]) for r in running.model.requests)
