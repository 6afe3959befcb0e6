"""The inner entry points: who may call them, what they do with messages that can't be carried out, what comes again."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from functions_framework.aio import create_asgi_app

from functions import main
from functions.agent.errors import Busy, Conflict, StorageError
from functions.agent.records import Execution
from infra import wiring
from infra.local.records import LocalRecords
from infra.local.server import MAIN, TARGETS
from infra.local.stack import LocalStack

INNER = ("attempt", "controller", "deliver", "janitor")


@pytest.fixture
async def queue(door: httpx.AsyncClient, stack: LocalStack) -> httpx.AsyncClient:
    """A client that calls as the queue does, at the address of the inner entry points."""
    door.base_url = httpx.URL("http://127.0.0.1/_tasks")
    door.headers["authorization"] = f"Bearer {stack.wired.caller_secret}"
    return door


def test_the_entry_points_are_these_five() -> None:
    assert main.__all__ == ["api", "attempt", "controller", "deliver", "janitor"]
    assert TARGETS == INNER


@pytest.mark.parametrize("name", main.__all__)
async def test_the_framework_serves_each_of_them_by_its_name(stack: LocalStack, name: str) -> None:
    transport = httpx.ASGITransport(app=create_asgi_app(name, str(MAIN)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        if name == "api":
            assert (await client.get("/health")).json()["status"] == "ok"
        else:
            assert (await client.post("/", json={})).status_code == 401


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer wrong", "Basic wrong", "Bearer \xff"])
async def test_a_stranger_is_sent_away(
    door: httpx.AsyncClient, stack: LocalStack, name: str, given: str | None
) -> None:
    execution = await stack.records.save(Execution("e1", "local", "x", "python", time.time()))
    headers = {} if given is None else {"authorization": given.encode("latin-1")}
    message = {"execution_id": "e1", "attempt": 1, "run_id": "e1-a1-r0"}
    answer = await door.post(f"http://localhost/_tasks/{name}/", json=message, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert await stack.records.get(Execution, "e1") == execution
    assert stack.queue.counts() == {}


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"x": "\xff"}', b"[" * 100_000])
async def test_what_is_no_message_is_dropped_and_noted(
    queue: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, name: str, content: bytes
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = await queue.post(f"/{name}/", content=content)
    assert (answer.status_code, answer.content) == (204, b"")
    assert f"a message to /_tasks/{name}/ is dropped: " in caplog.text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("attempt", {}),
        ("attempt", {"execution_id": "e1"}),
        ("attempt", {"execution_id": "e1", "attempt": None}),
        ("attempt", {"execution_id": "e1", "attempt": "1"}),
        ("attempt", {"execution_id": "e1", "attempt": True}),
        ("attempt", {"execution_id": ["e1"], "attempt": 1}),
        ("attempt", {"execution_id": "", "attempt": 1}),
        ("attempt", {"execution_id": "unknown", "attempt": 1}),
        ("deliver", {}),
        ("deliver", {"execution_id": {}}),
        ("deliver", {"execution_id": "unknown"}),
        ("controller", {}),
        ("controller", {"execution_id": "e1"}),
        ("controller", {"execution_id": "unknown", "run_id": "r"}),
        ("controller", {"message": None}),
        ("controller", {"message": "text"}),
        ("controller", {"message": {}}),
        ("controller", {"message": {"attributes": None}}),
        ("controller", {"message": {"attributes": {"eventType": "OBJECT_FINALIZE"}}}),
        ("controller", {"message": {"attributes": {"eventType": "OBJECT_FINALIZE", "objectId": 5}}}),
    ],
)
async def test_a_message_that_can_never_be_carried_out_is_dropped_and_noted(
    queue: httpx.AsyncClient,
    stack: LocalStack,
    caplog: pytest.LogCaptureFixture,
    name: str,
    message: Mapping[str, Any],
) -> None:
    execution = await stack.records.save(Execution("e1", "local", "x", "python", time.time()))
    with caplog.at_level(logging.WARNING):
        answer = await queue.post(f"/{name}/", json=message)
    assert answer.status_code == 204
    assert "is dropped: " in caplog.text
    assert await stack.records.get(Execution, "e1") == execution
    assert stack.queue.counts() == {}


class Failing(LocalRecords):
    """Records that raise what they are told."""

    error: Exception

    async def get(self, *_: Any) -> Any:
        raise self.error


def failing(stack: LocalStack, error: Exception) -> None:
    records = Failing(stack.database)
    records.error = error
    wiring.install(replace(stack.wired, ports=replace(stack.wired.ports, records=records)))


@pytest.mark.parametrize("error", [Busy("Another does it."), Conflict("Changed."), StorageError("Full.")])
@pytest.mark.parametrize("name", ["attempt", "controller", "deliver"])
async def test_what_may_pass_comes_again_in_a_second(
    queue: httpx.AsyncClient, stack: LocalStack, name: str, error: Any
) -> None:
    failing(stack, error)
    answer = await queue.post(f"/{name}/", json={"execution_id": "e1", "attempt": 1, "run_id": "r"})
    assert (answer.status_code, answer.headers["retry-after"], answer.text) == (503, "1", error.detail)


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), TypeError("x")])
async def test_a_mistake_of_ours_is_not_taken_for_a_wrong_message(
    queue: httpx.AsyncClient, stack: LocalStack, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    failing(stack, error)
    answer = await queue.post("/deliver/", json={"execution_id": "e1"})
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert "Traceback" in caplog.text


async def test_the_janitor_sends_again_what_got_stuck_and_lets_the_rest_be(
    queue: httpx.AsyncClient, stack: LocalStack
) -> None:
    now = time.time()
    for id, idle in (("fresh", 10.0), ("stuck", 400.0), ("hopeless", 4000.0)):
        await stack.records.save(Execution(id, "local", "x", "python", now - idle, updated_at=now - idle))
    assert (await queue.post("/janitor/", json={})).status_code == 204
    assert stack.queue.counts() == {"waiting": 2}
    assert (await stack.records.get(Execution, "hopeless")).faults == 1
    assert [(await stack.records.get(Execution, id)).faults for id in ("fresh", "stuck")] == [0, 0]
