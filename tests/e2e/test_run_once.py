"""The same request twice, through the front door and with the real sandbox: the second time nothing is run."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

from functions.agent.records import Judged
from replies import PROMPT, RIGHT, SUITES, TESTS, code, suite
from running import Running, Serve
from story import read

HANGS = "```python\nimport time\n\n\ndef add(a, b):\n    if a == 2:\n        time.sleep(60)\n    return a + b\n```\n"


async def finished(running: Running, **changes: Any) -> dict[str, Any]:
    answer = await running.client.post("/execute", json={"prompt": PROMPT, "output_preference": "zip", **changes})
    assert answer.status_code == 202, answer.text
    for _ in range(1200):
        body = (await running.client.get(f"/execute/{answer.json()['execution_id']}")).json()
        if body["status"] not in ("pending", "running"):
            return dict(body)
        await asyncio.sleep(0.05)
    raise AssertionError(f"not finished: {body}")


def runs(running: Running) -> int:
    ((count,),) = running.stack.database.rows("SELECT count(*) FROM tasks WHERE target = 'sandbox'", ())
    return int(count)


async def proof(running: Running, body: dict[str, Any]) -> dict[str, Any]:
    data = await running.stack.blobs.get(f"artifacts/{body['artifact_id']}.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        found: dict[str, Any] = json.loads(packed.read("VALIDATION.json"))
    return found


OWN = ("execution_id", "id", "created_at", "completed_at", "started_at", "ms", "model_ms", "sandbox_ms", "seconds")


def timeless(value: Any) -> Any:
    """Without what is different between any two executions: names and times."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in OWN or (k == "id" and "-" in str(v)[:8])}
    return [timeless(v) for v in value] if isinstance(value, list) else value


async def test_a_request_that_is_made_again_comes_with_the_same_proof_and_no_second_run(serve: Serve) -> None:
    async with serve([code(RIGHT, repeat=True), *SUITES, *SUITES]) as running:
        first = await finished(running)
        before = runs(running)
        second = await finished(running)
        assert runs(running) == before > 0
        assert first["status"] == second["status"] == "passed"
        assert second["confidence"] == first["confidence"]
        assert [a["sandbox_ms"] for a in second["attempts"]] == [0] * len(second["attempts"])
        log = [d["text"] for _, kind, d in await read(running.client, second["execution_id"]) if kind == "log"]
        assert "1 of 1 candidates was judged before: not run again." in log
        one, two = [await proof(running, body) for body in (first, second)]
        assert timeless(one) == timeless(two)
        assert one["environment"] == two["environment"] != {}


async def test_other_tests_are_run(serve: Serve) -> None:
    more = suite("```python\nassert add(10, 5) == 15\nassert add(3, 3) == 6\n```\n")
    async with serve([code(RIGHT, repeat=True), *SUITES, suite(TESTS), more]) as running:
        await finished(running)
        before = runs(running)
        assert (await finished(running))["status"] == "passed"
        assert runs(running) > before


async def test_code_that_hangs_is_run_again_each_time(serve: Serve) -> None:
    script = [code(HANGS, repeat=True), *SUITES, *SUITES]
    async with serve(script, EXECUTION_TIMEOUT_SECONDS="2") as running:
        for _ in range(2):
            before = runs(running)
            body = await finished(running, max_attempts=1)
            assert body["status"] != "passed"
            assert runs(running) > before
        kept = (await running.stack.records.query(Judged, {})).items
        assert all("timed out" not in r.message for judged in kept for r in judged.cases.values())
