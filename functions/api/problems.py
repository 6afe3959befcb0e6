"""Errors as application/problem+json (RFC 9457): a stable `type`, a title, one sentence, and the field where it is one."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from functions.agent.errors import AssayError, BadInput, LimitReached, RateLimited

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What every error answers. `type` is `urn:assay:` and a stable word; `field` names the input that is wrong."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


_SHAPE: dict[str, Any] = {
    "model": Problem,
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {**_SHAPE, "description": HTTPStatus(status).phrase} for status in (403, 413, 422, 503)
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {**_SHAPE, "description": "Not Found"}}
CONFLICT: dict[int | str, dict[str, Any]] = {409: {**_SHAPE, "description": "Conflict"}}


def response(
    status: int, type: str, title: str, detail: str, field: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The problem as a response."""
    body = Problem(type=f"urn:assay:{type}", title=title, status=status, detail=detail, field=field)
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
    field = error.field if isinstance(error, BadInput) else None
    title = HTTPStatus(error.status).phrase
    return response(error.status, error.type, title, error.detail, field, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    field = ".".join(place) or "body"
    message = {"extra_forbidden": "is not a known field", "missing": "is missing"}.get(first["type"], first["msg"])
    return response(422, "bad-input", "Unprocessable Content", f"{field[:100]}: {message}", field[:100])


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    word = phrase.lower().replace(" ", "-")
    return response(error.status_code, word, phrase, str(error.detail), headers=dict(error.headers or {}))


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return response(500, "internal", "Internal Server Error", "Something of ours broke; it was logged.")
