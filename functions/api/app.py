"""The FastAPI application: routers, problem handlers, request limits."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from functions.api import artifacts, auth, execute, health, problems, stream
from functions.api.guard import Guard

DESCRIPTION = """Code that arrives proven: every execution is written, tested and repaired in a sandbox, and comes with
its evidence. Errors are `application/problem+json` with a stable `type`."""


class Api(FastAPI):
    """Its document has the shape of the problems, which no route answers with as a model."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"].setdefault("Problem", problems.Problem.model_json_schema())
        return document


def create() -> FastAPI:
    """A new application; it opens nothing until a request comes."""
    app = Api(
        title="Assay",
        version="0.1.0",
        description=DESCRIPTION,
        redoc_url=None,
        responses=problems.ALWAYS,
        # Relative to the document, so that one document is right under /api and at a function's own origin.
        servers=[{"url": "./"}],
        root_path_in_servers=False,
        redirect_slashes=False,
    )
    app.add_middleware(Guard)
    for router in (auth.router, execute.router, stream.router, artifacts.router, health.router):
        app.include_router(router)
    problems.install(app)
    return app
