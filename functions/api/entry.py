"""The entry point `api`: the framework gets one FastAPI application, made at the first request."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import functions_framework.aio
from starlette.requests import Request

if TYPE_CHECKING:
    from fastapi import FastAPI


@functions_framework.aio.http
async def api(request: Request) -> Any:
    return application()


@cache
def application() -> FastAPI:
    from functions.api.app import create

    return create()
