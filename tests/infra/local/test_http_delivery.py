from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from functions.agent.ports import Task
from infra.local.database import Database
from infra.local.http_delivery import http_delivery, rest_s
from infra.local.outcome import DONE, Deliver, Retry
from infra.local.queue import LocalQueue

NOW = 1_000_000.0
TASK = Task("x1-a1 ž\n", "attempt", {"execution_id": "x1", "n": [1, None]})


@dataclass
class EntryPoint:
    """A real HTTP server on loopback that gives the answers it is told, the last one for ever."""

    answers: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 204 No Content\r\n"])
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append((first, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            writer.write(answer + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()


@pytest.fixture
async def entry() -> AsyncIterator[EntryPoint]:
    point = EntryPoint()
    server = await asyncio.start_server(point.handle, "127.0.0.1", 0)
    point.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield point
    server.close()
    await server.wait_closed()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def deliver(entry: EntryPoint, client: httpx.AsyncClient) -> Deliver:
    return http_delivery(client, entry.url + "/", "s3cret", now=lambda: NOW)


def status(line: str, *headers: str) -> bytes:
    return "".join(f"{part}\r\n" for part in (f"HTTP/1.1 {line}", *headers)).encode()


async def test_the_request_is_that_of_cloud_tasks(entry: EntryPoint, deliver: Deliver) -> None:
    assert await deliver(TASK, 3) is DONE
    ((first, headers, body),) = entry.requests
    assert first == "POST /attempt HTTP/1.1"
    assert json.loads(body) == TASK.payload
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer s3cret"
    assert headers["x-cloudtasks-taskname"] == "x1-a1%20%C5%BE%0A"
    assert headers["x-cloudtasks-taskretrycount"] == "2"
    assert headers["x-cloudtasks-queuename"] == "local"


async def test_the_path_of_a_target_can_be_chosen(entry: EntryPoint, client: httpx.AsyncClient) -> None:
    await http_delivery(client, entry.url, "s", lambda target: f"/tasks/{target}/")(TASK, 1)
    assert entry.requests[0][0] == "POST /tasks/attempt/ HTTP/1.1"


@pytest.mark.parametrize(
    ("answer", "after_s"),
    [
        (status("503 Busy", "Retry-After: 7"), 7.0),
        (status("429 Slow", f"Retry-After: {formatdate(NOW + 30, usegmt=True)}"), 30.0),
        (status("429 Slow"), None),
        (status("503 Busy", "Retry-After: soon"), None),
        (status("500 Broken", "Retry-After: 7"), None),
        (status("400 Bad"), None),
        (status("404 Gone"), None),
        (status("302 Found", "Location: http://127.0.0.1:1/"), None),
    ],
)
async def test_every_other_answer_is_tried_again(
    entry: EntryPoint, deliver: Deliver, answer: bytes, after_s: float | None
) -> None:
    entry.answers = [answer]
    outcome = await deliver(TASK, 1)
    assert isinstance(outcome, Retry)
    assert outcome.after_s == after_s
    assert answer.split()[1].decode() in outcome.reason
    assert "s3cret" not in outcome.reason


async def test_no_answer_at_all_is_tried_again(entry: EntryPoint, deliver: Deliver) -> None:
    entry.answers = [b""]
    outcome = await deliver(TASK, 1)
    assert isinstance(outcome, Retry)
    assert "can't be reached" in outcome.reason


async def test_a_refused_connection_is_tried_again(client: httpx.AsyncClient) -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    outcome = await http_delivery(client, f"http://127.0.0.1:{port}", "s")(TASK, 1)
    assert isinstance(outcome, Retry)
    assert f"127.0.0.1:{port}/attempt can't be reached" in outcome.reason


async def test_the_queue_and_the_delivery_work_together(entry: EntryPoint, deliver: Deliver, tmp_path: Path) -> None:
    entry.answers = [status("503 Busy", "Retry-After: 0"), status("200 OK")]
    database = Database(tmp_path)
    queue = LocalQueue(database)
    run = asyncio.create_task(queue.run(deliver))
    await queue.put(Task("x1-a1", "attempt", {"n": 1}))
    async with asyncio.timeout(5):
        while queue.counts() != {"done": 1}:
            await asyncio.sleep(0.01)
    queue.stop()
    await run
    await database.aclose()
    assert [headers["x-cloudtasks-taskretrycount"] for _, headers, _ in entry.requests] == ["0", "1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), (" 5 ", 5.0), ("0", 0.0), ("-1", None), ("1.5", None), ("99999999999", 3600.0), ("²", None),
     (formatdate(NOW - 60, usegmt=True), 0.0), (formatdate(NOW + 99_999, usegmt=True), 3600.0)],
)  # fmt: skip
def test_retry_after_is_read_with_care(text: str, expected: float | None) -> None:
    assert rest_s(text, NOW) == expected
