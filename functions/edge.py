"""What the four inner entry points share: who may call, what a message holds, and which status answers what.

A status other than 2xx brings the message back. What another delivery can't mend is therefore acknowledged, and logged.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from functions.agent.errors import AssayError, BadInput, Busy, Conflict, NotFound, StorageError
from functions.agent.ports import Ports
from infra import wiring

_log = logging.getLogger(__name__)
Work = Callable[[Ports, Mapping[str, Any]], Awaitable[None]]


async def answer(request: Request, work: Work) -> Response:
    """204 when the work is done or can never be, 401 for a stranger, 503 when the message should come again.

    What `work` raises beside our own errors is a mistake of ours: it goes up, is logged there, and the message comes
    again."""
    if not trusted(request):
        return Response(status_code=401)
    try:
        await work(wiring.ports(), await _message(request))
    except (Busy, Conflict, StorageError) as error:
        return Response(error.detail, status_code=503, headers={"Retry-After": "1"})
    except (BadInput, NotFound) as error:
        _log.warning("a message to %s is dropped: %s", request.url.path, error)
        return Response(status_code=204)
    except AssayError as error:
        return Response(error.detail, status_code=500)
    return Response(status_code=204)


def text(message: Mapping[str, Any], field: str) -> str:
    """`message[field]`, a text that is not empty. Raises BadInput naming the field."""
    value = message.get(field)
    if not isinstance(value, str) or not value:
        raise BadInput(field, f"{field} must be a text.")
    return value


def number(message: Mapping[str, Any], field: str) -> int:
    """`message[field]`, a whole number. Raises BadInput naming the field."""
    value = message.get(field)
    if type(value) is not int:
        raise BadInput(field, f"{field} must be a whole number.")
    return value


def mapping(message: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """`message[field]`, an object. Raises BadInput naming the field."""
    value = message.get(field)
    if not isinstance(value, dict):
        raise BadInput(field, f"{field} must be an object.")
    return value


def trusted(request: Request) -> bool:
    """Whether the caller is our own queue. In the cloud the platform checks the caller's identity before us."""
    secret = wiring.caller_secret()
    if secret is None:
        return True
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), secret.encode())


async def _message(request: Request) -> dict[str, Any]:
    try:
        payload = await request.json()
    except (ValueError, RecursionError) as error:
        raise BadInput("body", f"The message is not JSON: {error}") from error
    if not isinstance(payload, dict):
        raise BadInput("body", "A message is a JSON object.")
    return payload
