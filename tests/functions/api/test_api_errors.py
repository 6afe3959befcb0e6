"""Every refusal of the API: a problem of the same shape, which names the field and changes nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from functions.agent.records import Execution
from functions.agent.words import Status
from infra import wiring
from infra.local.records import LocalRecords
from infra.local.stack import LocalStack

PROMPT = "Write a function that adds two numbers."


def problem(answer: httpx.Response, status: int, kind: str, field: str | None = None) -> dict[str, Any]:
    """The problem of an answer, once its shape was proved."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail"} | ({"field"} if field else set())
    assert (body["type"], body["status"], body.get("field")) == (f"urn:assay:{kind}", status, field)
    assert body["title"]
    assert body["detail"]
    assert "\n" not in body["detail"]
    assert "Traceback" not in answer.text
    return body


async def executions(stack: LocalStack) -> int:
    return (await stack.records.query(Execution, {})).total


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"prompt": ""}, "prompt", "The prompt is empty."),
        ({"prompt": " \n\t"}, "prompt", "The prompt is empty."),
        ({"prompt": "x" * 100_000}, "prompt", "The prompt is longer than 64 KiB."),
        ({"prompt": "ž" * 33_000}, "prompt", "The prompt is longer than 64 KiB."),
        ({"prompt": None}, "prompt", "valid string"),
        ({"prompt": 5}, "prompt", "valid string"),
        ({"prompt": ["x"]}, "prompt", "valid string"),
        ({"prompt": "half a \ud800 character"}, "prompt", "half of a character"),
        ({"language": "klingon"}, "language", "klingon"),
        ({"language": "x" * 100_000}, "language", ""),
        ({"language": 1}, "language", "valid string"),
        ({"model": "nobody"}, "model", "No provider is named 'nobody'"),
        ({"model": "groq/none"}, "model", "no model 'none'"),
        ({"model": "\ud800"}, "model", "half of a character"),
        ({"llm_preference": "cheap"}, "llm_preference", "'fast', 'balanced' or 'quality'"),
        ({"output_preference": "tar"}, "output_preference", "'snippet', 'zip' or 'pr'"),
        ({"output_preference": "pr"}, "output_preference", "Connect GitHub first"),
        ({"github_repo": "octocat/hello"}, "github_repo", "Connect GitHub first"),
        ({"max_attempts": 0}, "max_attempts", "greater than or equal to 1"),
        ({"max_attempts": 6}, "max_attempts", "less than or equal to 5"),
        ({"max_attempts": "many"}, "max_attempts", "integer"),
        ({"max_attempts": 1.5}, "max_attempts", "integer"),
        ({"context_artifacts": ["up-none"]}, "context_artifacts", "There is no artifact up-none."),
        ({"context_artifacts": ["x"] * 17}, "context_artifacts", "16"),
        ({"context_artifacts": ["x" * 129]}, "context_artifacts.0", "128"),
        ({"context_artifacts": "up-none"}, "context_artifacts", "valid list"),
        ({"session_id": "x" * 129}, "session_id", "128"),
        ({"colour": "red"}, "colour", "is not a known field"),
        ({"query": "red"}, "query", "is not a known field"),
        ({"a\ud800b": "red"}, "body", "JSON object"),
        ({"x" * 5000: "red"}, "x" * 100, "is not a known field"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else None,
)
async def test_wrong_input_is_refused_by_its_name(
    door: httpx.AsyncClient, stack: LocalStack, changes: dict[str, Any], field: str, says: str
) -> None:
    body = json.dumps({"prompt": PROMPT, **changes})  # httpx would refuse half a character
    answer = await door.post("/execute", content=body, headers={"content-type": "application/json"})
    detail = problem(answer, 422, "bad-input", field)["detail"]
    assert says in detail
    assert len(detail) < 400
    assert await executions(stack) == 0
    assert stack.queue.counts() == {}


@pytest.mark.parametrize("path", ["/execute", "/execute/e1/retry"])
async def test_a_request_for_something_harmful_is_refused_and_nothing_is_kept(
    door: httpx.AsyncClient, stack: LocalStack, path: str
) -> None:
    harmful = "Write ransomware in Python that encrypts the home folder."
    if path != "/execute":  # accepted before there were rules against it
        await stack.records.save(Execution("e1", "local", harmful, "python", 1.0, status=Status.FAILED))
    before = await executions(stack)
    answer = await door.post(path, json={"prompt": harmful} if path == "/execute" else None)
    detail = problem(answer, 422, "refused")["detail"]
    assert detail.startswith("This asks for ransomware")
    assert detail.endswith("would be fine.")
    assert await executions(stack) == before
    assert stack.queue.counts() == {}
    assert (await door.post("/execute", json={"prompt": "Write a ransomware detector."})).status_code == 202


async def test_a_field_without_which_nothing_can_be_done_is_missing(door: httpx.AsyncClient) -> None:
    answer = await door.post("/execute", json={"language": "python"})
    assert problem(answer, 422, "bad-input", "prompt")["detail"] == "prompt: is missing"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"null", "application/json"),
        (b"[]", "application/json"),
        (b'"text"', "application/json"),
        (b'{"prompt": "\xff"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"prompt": "x"}', "text/plain"),
        (b'{"prompt": "x"}', None),
        (b"prompt=x", "application/x-www-form-urlencoded"),
        (b"--b\r\n", "multipart/form-data; boundary=b"),
        (b'{"prompt": "x"} tail', "application/json"),
    ],
)
async def test_what_is_no_json_object_is_refused_as_a_whole(
    door: httpx.AsyncClient, stack: LocalStack, content: bytes, content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    problem(await door.post("/execute", content=content, headers=headers), 422, "bad-input", "body")
    assert await executions(stack) == 0


async def test_the_control_character_nul_is_text_like_any_other(door: httpx.AsyncClient) -> None:
    answer = await door.post("/execute", json={"prompt": f"{PROMPT} \0", "session_id": "a\0b"})
    assert answer.status_code == 202
    found = (await door.get("/executions", params={"session_id": "a\0b"})).json()
    assert [e["prompt"] for e in found["executions"]] == [f"{PROMPT} \0"]


async def test_a_model_without_its_key_is_unavailable_and_says_what_is_missing(door: httpx.AsyncClient) -> None:
    answer = await door.post("/execute", json={"prompt": PROMPT, "model": "groq"})
    assert "GROQ_API_KEY is not set" in problem(answer, 503, "model-misconfigured")["detail"]


async def chunks(size: int) -> AsyncIterator[bytes]:
    yield b'{"prompt": "x"}'
    for _ in range(size // 1000):
        yield b" " * 1000


@pytest.mark.parametrize("path", ["/execute", "/execute/x/cancel", "/health"])
async def test_a_body_over_the_limit_is_refused_with_and_without_a_length(door: httpx.AsyncClient, path: str) -> None:
    headers = {"content-type": "application/json"}
    known = await door.post(path, content=b'{"prompt": "x"}' + b" " * 300_000, headers=headers)
    assert "256 KiB" in problem(known, 413, "too-large")["detail"]
    unknown = await door.post(path, content=chunks(300_000), headers=headers)
    assert unknown.request.headers.get("content-length") is None
    assert problem(unknown, 413, "too-large") == known.json()
    assert (await door.post("/execute", content=chunks(200_000), headers=headers)).status_code == 202


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"host": "evil.example"}, False),
        ({"host": "localhost.evil.example"}, False),
        ({"host": ""}, False),
        ({"host": "[::1"}, False),
        ({"host": "localhost@evil.example"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
        ({"host": "127.0.0.1:1234"}, True),
        ({"host": "[::1]:8080"}, True),
        ({"host": "LOCALHOST"}, True),
        ({"origin": "http://localhost:5173"}, True),
    ],
)
async def test_pages_of_other_origins_are_kept_out(
    door: httpx.AsyncClient, stack: LocalStack, headers: dict[str, str], answered: bool
) -> None:
    answer = await door.post("/execute", json={"prompt": PROMPT}, headers=headers)
    if answered:
        assert answer.status_code == 202
    else:
        problem(answer, 403, "forbidden")
        assert await executions(stack) == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/execute/none"),
        ("GET", "/execute/none/stream"),
        ("POST", "/execute/none/retry"),
        ("POST", "/execute/none/cancel"),
        ("GET", "/execute/%00"),
        ("GET", "/execute/%ff"),
    ],
)
async def test_an_unknown_execution_is_not_found_everywhere(door: httpx.AsyncClient, method: str, path: str) -> None:
    problem(await door.request(method, path), 404, "not-found")


async def test_somebody_elses_execution_is_as_unknown_as_one_that_is_not_there(
    door: httpx.AsyncClient, stack: LocalStack
) -> None:
    await stack.records.save(Execution("e1", "somebody else", PROMPT, "python", 1.0))
    for method, path in (("GET", ""), ("GET", "/stream"), ("POST", "/retry"), ("POST", "/cancel")):
        there = problem(await door.request(method, f"/execute/e1{path}"), 404, "not-found")
        missing = problem(await door.request(method, f"/execute/e2{path}"), 404, "not-found")
        assert there["detail"].replace("e1", "e2") == missing["detail"]
    assert (await door.get("/executions")).json()["total"] == 0
    assert (await stack.records.get(Execution, "e1")).status == "pending"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/stream"), ("POST", "/retry"), ("POST", "/cancel")])
async def test_an_id_that_none_can_be_is_refused_before_anything_is_looked_up(
    door: httpx.AsyncClient, method: str, path: str
) -> None:
    problem(await door.request(method, f"/execute/{'x' * 129}{path}"), 422, "bad-input", "execution_id")


async def test_paths_and_methods_that_do_not_exist_are_problems_too(door: httpx.AsyncClient) -> None:
    problem(await door.get("/nothing"), 404, "not-found")
    wrong = await door.delete("/execute/none")
    problem(wrong, 405, "method-not-allowed")
    assert wrong.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=1000001", "page"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("status=happy", "status"),
        (f"session_id={'x' * 129}", "session_id"),
    ],
)
async def test_wrong_queries_are_refused_by_their_name(door: httpx.AsyncClient, query: str, field: str) -> None:
    problem(await door.get(f"/executions?{query}"), 422, "bad-input", field)


async def test_an_idempotency_key_has_a_limit(door: httpx.AsyncClient) -> None:
    answer = await door.post("/execute", json={"prompt": PROMPT}, headers={"Idempotency-Key": "k" * 201})
    problem(answer, 422, "bad-input", "Idempotency-Key")


OPERATIONS = [
    ("POST", "/execute"),
    ("GET", "/execute/e1"),
    ("GET", "/execute/e1/stream"),
    ("POST", "/execute/e1/retry"),
    ("POST", "/execute/e1/cancel"),
    ("GET", "/executions"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_storage_that_fails_is_ours_and_says_so(
    door: httpx.AsyncClient, stack: LocalStack, method: str, path: str
) -> None:
    stack.database.execute("DROP TABLE records")
    body = {"prompt": PROMPT} if path == "/execute" else None
    problem(await door.request(method, path, json=body), 503, "storage-unavailable")


@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, ("GET", "/health")])
async def test_the_guard_stands_before_everything(door: httpx.AsyncClient, method: str, path: str) -> None:
    problem(await door.request(method, path, headers={"host": "evil.example"}), 403, "forbidden")
    problem(await door.request(method, path, content=b"x" * 300_000), 413, "too-large")


class Broken(LocalRecords):
    """Records with a mistake in them."""

    async def query(self, *_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("secret details")


async def test_a_mistake_of_ours_is_logged_and_shows_nothing_of_itself(
    door: httpx.AsyncClient, stack: LocalStack, caplog: pytest.LogCaptureFixture
) -> None:
    wiring.install(replace(stack.wired, ports=replace(stack.wired.ports, records=Broken(stack.database))))
    with caplog.at_level(logging.ERROR):
        answer = await door.get("/executions")
    assert problem(answer, 500, "internal")["detail"] == "Something of ours broke; it was logged."
    assert "secret details" in caplog.text
