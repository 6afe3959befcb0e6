from __future__ import annotations

import asyncio
from typing import Any

import pytest

from infra.local.stoppable import Stoppable

Sent = list[dict[str, Any]]


async def answer(stoppable: Stoppable, path: str, sent: Sent) -> None:
    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        await asyncio.sleep(60)

    await stoppable({"type": "http", "path": path, "method": "GET", "headers": []}, receive, send)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
    if scope["path"] != "/quick":
        await asyncio.sleep(60)
    await send({"type": "http.response.start", "status": 204, "headers": []})


async def test_what_is_answered_at_the_stop_is_refused_or_ended() -> None:
    stoppable = Stoppable(app)
    sent: dict[str, Sent] = {"/quick": [], "/slow": [], "/stream": []}
    tasks = [asyncio.create_task(answer(stoppable, path, messages)) for path, messages in sent.items()]
    await asyncio.sleep(0.02)
    await asyncio.wait_for(stoppable.stop(), 2)
    assert all(task.done() and not task.cancelled() for task in tasks)
    assert [m.get("status") for m in sent["/quick"]] == [204]
    assert sent["/slow"][0]["status"] == 503
    assert sent["/stream"][-1] == {"type": "http.response.body", "body": b""}


async def test_a_task_that_somebody_else_cancels_is_cancelled() -> None:
    task = asyncio.create_task(answer(Stoppable(app), "/slow", []))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
