"""From a request to its delivery, through the front door, with scripted replies and the real sandbox."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import httpx

from replies import OTHER_TESTS, PROMPT, RIGHT, SUITES, WRONG, code, suite
from running import Running, Serve
from story import read


async def finished(client: httpx.AsyncClient, execution_id: str, within_s: float = 60.0) -> dict[str, Any]:
    for _ in range(int(within_s / 0.05)):
        body = (await client.get(f"/execute/{execution_id}")).json()
        if body["status"] not in ("pending", "running"):
            return dict(body)
        await asyncio.sleep(0.05)
    raise AssertionError(f"not finished within {within_s} s: {body}")


async def submit(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post("/execute", json={"prompt": PROMPT, **changes})
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "queued"
    return str(answer.json()["execution_id"])


async def bundle(running: Running, body: dict[str, Any]) -> zipfile.ZipFile:
    data = await running.stack.blobs.get(f"artifacts/{body['artifact_id']}.zip")
    return zipfile.ZipFile(io.BytesIO(data))


async def test_right_code_passes_at_the_first_attempt_and_comes_with_its_proof(serve: Serve) -> None:
    async with serve([code(RIGHT), *SUITES]) as running:
        body = await finished(running.client, await submit(running.client, output_preference="zip"))
        assert (body["status"], body["confidence"], body["attempt"]) == ("passed", "likely", 1)
        assert body["code"] == "def add(a, b):\n    return a + b\n"
        assert {c["outcome"] for c in body["output"]["test_results"]} == {"passed"}
        assert "add(1, 2) == 3" in {c["name"] for c in body["output"]["test_results"] if c["origin"] == "anchor"}
        with await bundle(running, body) as packed:
            names = set(packed.namelist())
            proof = json.loads(packed.read("VALIDATION.json"))
    assert {"solution.py", "README.md", "VALIDATION.json", "pytest.ini", "tests/test_anchors.py"} <= names
    assert proof["verdict"]["status"] == "passed"
    assert len(proof["attempts"]) == 1


async def test_wrong_code_is_told_apart_by_the_users_example_and_mended(serve: Serve) -> None:
    async with serve([code(WRONG), *SUITES, code(RIGHT, repeat=True)]) as running:
        body = await finished(running.client, await submit(running.client))
        assert (body["status"], body["attempt"]) == ("passed", 2)
        assert [a["status"] for a in body["attempts"]] == ["failed", "passed"]
        assert "add(1, 2) == 3" in body["attempts"][0]["error_message"]
        last = running.model.requests[-1]["messages"][-1]["content"]
    assert "def add(a, b):\n    return a - b" in last, "a strong model is asked to repair what it wrote"
    assert "add(1, 2) == 3" in last


async def test_a_wrong_test_does_not_condemn_right_code(serve: Serve) -> None:
    lying = suite("```python\nassert add(2, 2) == 5\nassert add(1, 1) == 2\n```")
    async with serve([code(RIGHT), lying, suite(OTHER_TESTS), code(RIGHT, repeat=True)]) as running:
        body = await finished(running.client, await submit(running.client))
        states = {e["name"]: e["state"] for e in body["ledger"]}
    assert body["status"] == "passed"
    assert states["add(2, 2) == 5"] != "trusted"


async def test_five_wrong_answers_end_as_partial_or_failed_with_the_code_delivered(serve: Serve) -> None:
    async with serve([code(WRONG, repeat=True), *SUITES]) as running:
        body = await finished(running.client, await submit(running.client, output_preference="zip"))
        assert body["status"] in ("partial", "failed")
        assert len(body["attempts"]) == 5
        assert "return a - b" in body["code"]
        assert body["verdict"]["reason"]


async def test_a_model_that_answers_nonsense_for_ever_ends_in_one_clear_sentence(serve: Serve) -> None:
    nonsense = code("I am sorry, I can't help with that.", repeat=True)
    again = nonsense.__class__("Still nothing.", repeat=True)
    async with serve([nonsense, again]) as running:
        body = await finished(running.client, await submit(running.client))
    assert (body["status"], body["error_type"]) == ("failed", "unusable-reply")
    assert body["explanation"] == "No reply of the model held usable code."
    assert (body["attempt"], len(body["attempts"])) == (1, 1), "an unusable reply eats no attempt"
    assert len(running.model.requests) == 6, "three rounds of two questions, each asked once"
    assert body["cost"]["tokens"] > 0, "what was unusable is paid for all the same"


async def test_the_stream_tells_the_whole_story_and_replays_from_any_point(serve: Serve) -> None:
    async with serve([code(RIGHT), *SUITES]) as running:
        execution_id = await submit(running.client)
        first = await read(running.client, execution_id)
        kinds = [kind for _, kind, _ in first]
        assert kinds[0] == "plan"
        assert kinds[-1] == "done"
        assert {"phase", "route", "delta", "file", "tests", "attempt", "usage"} <= set(kinds)
        ids = [n for n, _, _ in first]
        assert ids == sorted(set(ids))
        middle = ids[len(ids) // 2]
        again = await read(running.client, execution_id, str(middle))
        assert again == [e for e in first if e[0] > middle]
        over = await running.client.get(f"/execute/{execution_id}/stream", headers={"Last-Event-ID": str(ids[-1])})
        assert over.status_code == 204


async def test_cancel_stops_a_model_that_is_talking(serve: Serve) -> None:
    slow = code(RIGHT).__class__(RIGHT, match="file `solution.py`", delay_s=20.0)
    async with serve([slow]) as running:
        execution_id = await submit(running.client)
        await asyncio.sleep(0.3)
        answer = await running.client.post(f"/execute/{execution_id}/cancel")
        assert answer.status_code == 202
        body = await finished(running.client, execution_id, within_s=2.0)
    assert body["status"] == "cancelled"


async def test_retry_is_a_new_execution_linked_to_the_old(serve: Serve) -> None:
    async with serve([code(RIGHT, repeat=True), *SUITES, *SUITES]) as running:
        first = await submit(running.client)
        await finished(running.client, first)
        answer = await running.client.post(f"/execute/{first}/retry")
        second = await finished(running.client, answer.json()["execution_id"])
        assert second["retry_of"] == first
        assert second["status"] == "passed"
        listed = (await running.client.get("/executions")).json()
    assert listed["total"] == 2
