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
    """204 when the work is done or can never be, 401 for a stranger, 503 when the message should come again."""
    if not trusted(request):
        return Response(status_code=401)
    try:
        payload = await request.json()
        if not isinstance(payload, dict):
            raise BadInput("body", "A message is a JSON object.")
        await work(wiring.ports(), payload)
    except (Busy, Conflict, StorageError) as error:
        return Response(error.detail, status_code=503, headers={"Retry-After": "1"})
    except (ValueError, KeyError, BadInput, NotFound) as error:
        _log.warning("a message to %s is dropped: %s", request.url.path, error)
        return Response(status_code=204)
    except AssayError as error:
        return Response(error.detail, status_code=500)
    return Response(status_code=204)


def trusted(request: Request) -> bool:
    """Whether the caller is our own queue. In the cloud the platform checks the caller's identity before us."""
    secret = wiring.caller_secret()
    if secret is None:
        return True
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), secret.encode())
