"""What the API answers when nothing is wrong: accepting, looking, listing, cancelling, repeating."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from functions.agent.records import Attempt, Execution
from functions.agent.words import Status, Strategy, Tier
from infra.local.stack import LocalStack

PROMPT = "Write a function `add`. For example add(1, 2) returns 3."
VIEW = {
    *("execution_id", "status", "prompt", "language", "attempt", "confidence", "created_at", "completed_at", "phase"),
    *("max_attempts", "complexity_score", "tier", "provider", "model", "verdict", "explanation", "error_type", "code"),
    "review",
    *("tests", "output", "ledger", "artifact_id", "pr_url", "output_type", "cost", "execution_time_ms", "attempts"),
    "retry_of",
}


async def submit(door: httpx.AsyncClient, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return await door.post("/execute", json={"prompt": PROMPT, **changes}, headers=headers)


async def test_a_request_is_queued_and_can_be_looked_at(door: httpx.AsyncClient, stack: LocalStack) -> None:
    answer = await submit(door, max_attempts=2, llm_preference="quality", output_preference="zip", session_id="s1")
    assert answer.status_code == 202
    queued = answer.json()
    assert set(queued) == {"execution_id", "status", "estimated_time_seconds"}
    assert queued["status"] == "queued"
    assert queued["estimated_time_seconds"] > 0
    found = await door.get(f"/execute/{queued['execution_id']}")
    body = found.json()
    assert (found.status_code, set(body)) == (200, VIEW)
    assert (body["status"], body["phase"], body["prompt"], body["attempt"]) == ("pending", "queued", PROMPT, 1)
    assert (body["max_attempts"], body["output_type"], body["language"]) == (2, "zip", "python")
    assert (body["verdict"], body["output"], body["code"], body["attempts"]) == (None, None, None, [])
    assert datetime.fromisoformat(body["created_at"]).utcoffset() is not None
    assert stack.queue.counts() == {"waiting": 1}


async def test_the_same_key_is_the_same_request(door: httpx.AsyncClient, stack: LocalStack) -> None:
    first = (await submit(door, "k1")).json()
    assert (await submit(door, "k1")).json() == first
    assert (await submit(door, "k1", language="python")).json() == first, "what is found is the same as what is said"
    assert (await submit(door, "k2")).json()["execution_id"] != first["execution_id"]
    assert (await submit(door)).json()["execution_id"] != (await submit(door)).json()["execution_id"]
    assert stack.queue.counts() == {"waiting": 4}


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "Something else."},
        {"max_attempts": 1},
        {"llm_preference": "fast"},
        {"output_preference": "zip"},
        {"session_id": "s2"},
        {"model": "scripted"},
    ],
    ids=str,
)
async def test_the_same_key_with_another_body_is_a_conflict(door: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    first = (await submit(door, "k1")).json()["execution_id"]
    before = (await door.get(f"/execute/{first}")).json()
    answer = await submit(door, "k1", **changes)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:assay:conflict")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await door.get(f"/execute/{first}")).json() == before
    assert (await door.get("/executions")).json()["total"] == 1


async def test_twenty_posts_at_once_with_one_key_are_one_execution(door: httpx.AsyncClient, stack: LocalStack) -> None:
    answers = await asyncio.gather(*(submit(door, "k1") for _ in range(20)))
    assert {a.status_code for a in answers} == {202}
    assert len({a.json()["execution_id"] for a in answers}) == 1
    assert (await door.get("/executions")).json()["total"] == 1
    assert stack.queue.counts() == {"waiting": 1}


async def test_cancelling_twice_is_cancelling_once(door: httpx.AsyncClient, stack: LocalStack) -> None:
    id = (await submit(door)).json()["execution_id"]
    first = await door.post(f"/execute/{id}/cancel")
    assert (first.status_code, first.json()["status"], set(first.json())) == (202, "cancelled", VIEW)
    second = await door.post(f"/execute/{id}/cancel")
    assert (second.status_code, second.json()) == (202, first.json())
    kinds = [e.kind for e in await stack.events.read(id)]
    assert kinds.count("done") == 1


async def test_a_running_execution_is_not_repeated_and_an_ended_one_is(door: httpx.AsyncClient) -> None:
    id = (await submit(door, max_attempts=3, output_preference="zip")).json()["execution_id"]
    refused = await door.post(f"/execute/{id}/retry")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:assay:conflict")
    await door.post(f"/execute/{id}/cancel")
    answer = await door.post(f"/execute/{id}/retry")
    assert answer.status_code == 202
    again = (await door.get(f"/execute/{answer.json()['execution_id']}")).json()
    assert (again["retry_of"], again["prompt"], again["max_attempts"], again["output_type"]) == (id, PROMPT, 3, "zip")
    assert again["status"] == "pending"


async def test_the_list_has_pages_totals_and_filters(door: httpx.AsyncClient, stack: LocalStack) -> None:
    for n in range(5):
        status = Status.PASSED if n % 2 else Status.FAILED
        execution = Execution(f"e{n}", "local", f"prompt {n}", "python", 1000.0 + n, session_id=f"s{n // 3}")
        await stack.records.save(replace(execution, status=status))

    async def listed(**params: Any) -> tuple[list[str], int, int]:
        body = (await door.get("/executions", params=params)).json()
        assert set(body) == {"executions", "total", "page"}
        return [e["execution_id"] for e in body["executions"]], body["total"], body["page"]

    assert await listed() == (["e4", "e3", "e2", "e1", "e0"], 5, 1)
    assert await listed(page=2, limit=2) == (["e2", "e1"], 5, 2)
    assert await listed(page=3, limit=2) == (["e0"], 5, 3)
    assert await listed(page=1_000_000, limit=100) == ([], 5, 1_000_000)
    assert await listed(status="passed") == (["e3", "e1"], 2, 1)
    assert await listed(session_id="s0") == (["e2", "e1", "e0"], 3, 1)
    assert await listed(session_id="s0", status="failed", limit=1) == (["e2"], 2, 1)
    assert await listed(session_id="none") == ([], 0, 1)
    row = (await door.get("/executions", params={"limit": 1})).json()["executions"][0]
    whole = (await door.get("/execute/e4")).json()
    assert row == {name: whole[name] for name in row}


async def test_health_says_the_version(door: httpx.AsyncClient) -> None:
    answer = await door.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": "0.1.0"})


@pytest.mark.parametrize(
    ("of", "completed", "error", "shown"),
    [
        (Status.RUNNING, False, "", "running"),
        (Status.RUNNING, False, "model-unavailable", "running"),
        (Status.RUNNING, True, "AssertionError", "failed"),
        (Status.PASSED, True, "", "passed"),
        (Status.CANCELLED, False, "", "cancelled"),
        (Status.FAILED, False, "model-unavailable", "failed"),
    ],
)
async def test_an_attempt_says_how_it_ended_even_when_it_was_broken_off(
    door: httpx.AsyncClient, stack: LocalStack, of: Status, completed: bool, error: str, shown: str
) -> None:
    attempt = Attempt("e1-a1", "e1", 1, Strategy.FIRST, Tier.SIMPLE, error_type=error, started_at=1000.0)
    attempt = replace(attempt, completed_at=1002.5 if completed else None)
    execution = Execution("e1", "local", PROMPT, "python", 1000.0, status=of, attempts=(attempt,))
    await stack.records.save(execution)
    (row,) = (await door.get("/execute/e1")).json()["attempts"]
    assert (row["status"], row["ms"], row["error_type"]) == (shown, 2500 if completed else None, error)
