"""Errors as application/problem+json (RFC 9457): a stable `type`, a title, one sentence, the field where it is one."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from functions.agent.errors import AssayError, BadInput, LimitReached, NotSignedIn, RateLimited

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What every error answers. `type` is `urn:assay:` and a stable word; `field` names the input that is wrong."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


def title(status: int) -> str:
    """The status in words, the same on every Python: 3.13 renamed two of them."""
    return {413: "Content Too Large", 422: "Unprocessable Content"}.get(status) or HTTPStatus(status).phrase


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses for `responses=`; `Api` in app.py adds the schema that they refer to."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": title(status), "content": content} for status in statuses}


ALWAYS = _documented(403, 413)
RESPONSES = _documented(422, 503)
NOT_FOUND = _documented(404)
NOT_SIGNED_IN = _documented(401)
CONFLICT = _documented(409)


def response(
    status: int, type: str, detail: str, field: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The problem as a response."""
    body = Problem(type=f"urn:assay:{type}", title=title(status), status=status, detail=detail, field=field)
    content = body.model_dump(exclude_none=True)
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Makes every error of `app` a problem; what is not ours is logged and answered without its details."""
    app.add_exception_handler(AssayError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AssayError)
    after = getattr(error, "retry_after_s", None) if isinstance(error, (LimitReached, RateLimited)) else None
    headers = {"Retry-After": str(round(after))} if after else None
    if isinstance(error, NotSignedIn):
        headers = {"WWW-Authenticate": "Bearer"}
    field = error.field if isinstance(error, BadInput) else None
    return response(error.status, error.type, error.detail, field, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:])[:100]
    if first["type"] == "json_invalid" or not field:
        return _no_json()
    message = {"extra_forbidden": "is not a known field", "missing": "is missing"}.get(first["type"], first["msg"])
    return response(422, "bad-input", f"{field}: {message}", field)


def _no_json() -> JSONResponse:
    return response(422, "bad-input", "The body must be a JSON object, sent as application/json in UTF-8.", "body")


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # the framework's word for a body that it can't decode
        return _no_json()
    word = title(error.status_code).lower().replace(" ", "-")
    return response(error.status_code, word, str(error.detail), headers=dict(error.headers or {}))


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return response(500, "internal", "Something of ours broke; it was logged.")
