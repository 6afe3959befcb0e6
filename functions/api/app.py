"""The FastAPI application: routers, problem handlers, request limits."""

from __future__ import annotations

from fastapi import FastAPI

from functions.api import execute, health, problems, stream
from functions.api.guard import Guard

DESCRIPTION = """Code that arrives proven: every execution is written, tested and repaired in a sandbox, and comes with
its evidence. Errors are `application/problem+json` with a stable `type`."""


def create() -> FastAPI:
    """A new application; it opens nothing until a request comes."""
    app = FastAPI(
        title="Assay",
        version="0.1.0",
        description=DESCRIPTION,
        redoc_url=None,
        responses=problems.RESPONSES,
    )
    app.add_middleware(Guard)
    for router in (execute.router, stream.router, health.router):
        app.include_router(router)
    problems.install(app)
    return app
