"""GET /health."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str = "ok"
    version: str


@router.get("/health")
async def health() -> Health:
    """Whether the process answers."""
    from functions.api.entry import application

    return Health(version=application().version)
