"""Delivers tasks to entry points by HTTP, with the headers and the meaning of status codes of Cloud Tasks."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.agent.ports import Task
from infra.local.outcome import DONE, Deliver, Outcome, Retry

if TYPE_CHECKING:
    import httpx

LONGEST_REST_S = 3600.0


def http_delivery(
    client: httpx.AsyncClient,
    base_url: str,
    secret: str,
    path: Callable[[str], str] = lambda target: f"/{target}",
    now: Callable[[], float] = time.time,
) -> Deliver:
    """A `Deliver` that POSTs the payload to `base_url` + `path(target)` with `secret` as bearer.

    2xx is done; everything else, a refused connection too, comes again, after Retry-After where a 429 or 503 says so.
    The wait for the answer has no limit of its own: the queue's lease is the limit.
    """
    import httpx

    async def deliver(task: Task, attempt: int) -> Outcome:
        headers = {
            "Authorization": f"Bearer {secret}",
            "X-CloudTasks-QueueName": "local",
            "X-CloudTasks-TaskName": quote(task.name),
            "X-CloudTasks-TaskRetryCount": str(attempt - 1),
        }
        url = base_url.rstrip("/") + path(task.target)
        try:
            answer = await client.post(
                url, json=dict(task.payload), headers=headers, timeout=httpx.Timeout(None, connect=5)
            )
        except httpx.TransportError as error:
            return Retry(reason=f"{url} can't be reached: {error or type(error).__name__}")
        if answer.is_success:
            return DONE
        reason = f"{url} answered {answer.status_code}: {answer.text[:300]}"
        after = answer.headers.get("retry-after", "") if answer.status_code in (429, 503) else ""
        return Retry(rest_s(after, now()), reason)

    return deliver


def rest_s(retry_after: str, now: float) -> float | None:
    """Seconds that a Retry-After header (a number or an HTTP date) asks for, at most an hour; None: it says nothing."""
    text = retry_after.strip()
    if text.isdecimal():
        return min(float(text), LONGEST_REST_S)
    try:
        wanted = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wanted, 0.0), LONGEST_REST_S)
