"""The controller takes what Pub/Sub pushes when Cloud Storage says that a result is there, once."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from functions.agent.bundle import result_name
from functions.agent.loop import run_id
from functions.agent.narration import story
from functions.agent.records import Attempt, Candidate, Case, Execution, Suite
from functions.agent.words import Origin, Phase, Status, Strategy, Tier
from infra.local.stack import LocalStack

CASE = Case("c1", "add(1, 2) == 3", "def test_1():\n    assert add(1, 2) == 3", "add(1, 2)", "3")


@pytest.fixture
async def queue(door: httpx.AsyncClient, stack: LocalStack) -> httpx.AsyncClient:
    door.base_url = httpx.URL("http://127.0.0.1/_tasks/controller")
    door.headers["authorization"] = f"Bearer {stack.wired.caller_secret}"
    return door


@pytest.fixture
async def testing(stack: LocalStack) -> Execution:
    """An execution whose only candidate is in the sandbox."""
    candidate = Candidate("a1c1", 1, "0" * 64, {"solution.py": "def add(a, b):\n    return a + b\n"})
    attempt = Attempt("e1-a1", "e1", 1, Strategy.FIRST, Tier.SIMPLE, candidates=(candidate,), started_at=time.time())
    execution = await stack.records.save(
        Execution(
            "e1",
            "local",
            "Write add.",
            "python",
            time.time(),
            status=Status.RUNNING,
            phase=Phase.TESTING,
            attempts=(attempt,),
            suites=(Suite("anchors", Origin.ANCHOR, (CASE,)),),
            limits={"wall_s": 120.0},
            without=("mutation",),
            updated_at=time.time(),
        )
    )
    await stack.events.append("e1", story(execution))
    return execution


def result(execution: Execution, outcome: str = "passed", **changes: Any) -> bytes:
    case = {"outcome": outcome, "level": "R3" if outcome == "passed" else ""}
    cell = {"candidate": "a1c1", "suite": "anchors", "status": "exited", "cases": {"c1": case}}
    top = {"schema": 2, "run_id": run_id(execution), "execution_id": execution.id, "cells": [cell]}
    return json.dumps({**top, **changes}).encode()


def push(name: str, event: str = "OBJECT_FINALIZE") -> dict[str, Any]:
    """As Google documents it, with everything that it carries and we don't need."""
    resource = {"kind": "storage#object", "name": name, "bucket": "results", "size": "120", "generation": "1700000000"}
    return {
        "message": {
            "attributes": {
                "bucketId": "results",
                "eventTime": "2026-01-01T00:00:00.000000Z",
                "eventType": event,
                "notificationConfig": "projects/_/buckets/results/notificationConfigs/1",
                "objectGeneration": "1700000000",
                "objectId": name,
                "payloadFormat": "JSON_API_V1",
            },
            "data": base64.b64encode(json.dumps(resource).encode()).decode(),
            "messageId": "2070443601311540",
            "message_id": "2070443601311540",
            "publishTime": "2026-01-01T00:00:00.5Z",
            "publish_time": "2026-01-01T00:00:00.5Z",
        },
        "subscription": "projects/p/subscriptions/results",
    }


async def test_a_result_decides_and_a_second_delivery_of_it_changes_nothing(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution
) -> None:
    name = result_name("e1", run_id(testing))
    await stack.blobs.put(name, result(testing))
    assert (await queue.post("/", json=push(name))).status_code == 204
    decided = await stack.records.get(Execution, "e1")
    assert (decided.phase, decided.verdict and decided.verdict.status) == (Phase.DELIVERING, Status.PASSED)
    told, queued = await stack.events.read("e1"), stack.queue.counts()
    for _ in range(3):
        assert (await queue.post("/", json=push(name))).status_code == 204
    assert await stack.records.get(Execution, "e1") == decided
    assert await stack.events.read("e1") == told
    assert stack.queue.counts() == queued


@pytest.mark.parametrize(
    "name",
    [
        "",
        "readme.txt",
        "executions/e1/bundles/e1-a1-r0.json",
        "executions/e1/results",
        "executions/gone/results/r.json",
    ],
)
async def test_other_objects_are_none_of_its_business(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution, name: str
) -> None:
    assert (await queue.post("/", json=push(name))).status_code == 204
    assert await stack.records.get(Execution, "e1") == testing
    assert stack.queue.counts() == {}


@pytest.mark.parametrize("event", ["OBJECT_DELETE", "OBJECT_ARCHIVE", "OBJECT_METADATA_UPDATE", ""])
async def test_other_events_are_none_of_its_business(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution, event: str
) -> None:
    name = result_name("e1", run_id(testing))
    await stack.blobs.put(name, result(testing))
    assert (await queue.post("/", json=push(name, event))).status_code == 204
    assert await stack.records.get(Execution, "e1") == testing


async def test_the_result_of_another_run_changes_nothing(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution
) -> None:
    late = result_name("e1", "e1-a1-r7")
    await stack.blobs.put(late, result(testing, run_id="e1-a1-r7"))
    assert (await queue.post("/", json=push(late))).status_code == 204
    assert await stack.records.get(Execution, "e1") == testing


async def test_a_result_that_comes_after_the_end_changes_nothing(
    queue: httpx.AsyncClient, stack: LocalStack, door: httpx.AsyncClient, testing: Execution
) -> None:
    caller = door.headers.pop("authorization")  # the queue's word is nobody's at the API
    cancelled = await door.post("http://localhost/api/execute/e1/cancel")
    door.headers["authorization"] = caller
    assert cancelled.status_code == 202, cancelled.text
    ended = await stack.records.get(Execution, "e1")
    name = result_name("e1", run_id(testing))
    await stack.blobs.put(name, result(testing))
    assert (await queue.post("/", json=push(name))).status_code == 204
    assert await stack.records.get(Execution, "e1") == ended
    assert ended.status is Status.CANCELLED


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"schema": 2}', b"\xff"])
async def test_a_result_that_cannot_be_read_is_a_lost_run_and_no_verdict(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution, data: bytes
) -> None:
    name = result_name("e1", run_id(testing))
    await stack.blobs.put(name, data)
    assert (await queue.post("/", json=push(name))).status_code == 204
    after = await stack.records.get(Execution, "e1")
    assert (after.phase, after.faults, after.verdict) == (Phase.TESTING, 1, None)
    assert run_id(after) != run_id(testing)


async def test_a_run_that_waits_for_its_turn_is_not_lost_at_its_deadline(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution
) -> None:
    await stack.sandbox.start("e1", run_id(testing), "bundle", result_name("e1", run_id(testing)))
    before = stack.queue.counts()["waiting"]
    message = {"execution_id": "e1", "attempt": 1, "run_id": run_id(testing)}
    assert (await queue.post("/", json=message)).status_code == 204
    assert (await stack.records.get(Execution, "e1")).faults == 0
    assert stack.queue.counts()["waiting"] == before + 1, "it is looked at again later"
    await stack.records.save(replace(await stack.records.get(Execution, "e1"), updated_at=time.time() - 4000))
    assert (await queue.post("/", json=message)).status_code == 204
    assert (await stack.records.get(Execution, "e1")).faults == 1, "but not for ever"


async def test_a_deadline_without_a_result_is_a_lost_run_and_one_with_it_is_a_decision(
    queue: httpx.AsyncClient, stack: LocalStack, testing: Execution
) -> None:
    first = {"execution_id": "e1", "attempt": 1, "run_id": run_id(testing)}
    assert (await queue.post("/", json=first)).status_code == 204
    lost = await stack.records.get(Execution, "e1")
    assert (lost.phase, lost.faults) == (Phase.TESTING, 1)
    assert (await queue.post("/", json=first)).status_code == 204, "the same deadline again is of a run that is over"
    assert (await stack.records.get(Execution, "e1")).faults == 1
    await stack.blobs.put(result_name("e1", run_id(lost)), result(lost))
    assert (await queue.post("/", json={**first, "run_id": run_id(lost)})).status_code == 204
    assert (await stack.records.get(Execution, "e1")).phase is Phase.DELIVERING
