"""GET /artifacts/{id}/download: a delivered bundle."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from functions.agent import usecases
from functions.api.people import Someone
from functions.api.problems import NOT_FOUND, NOT_SIGNED_IN, RESPONSES
from infra import wiring

router = APIRouter(tags=["artifacts"], responses={**RESPONSES, **NOT_SIGNED_IN})
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/artifacts/{artifact_id}/download", response_class=Response, responses={**_FILE, **NOT_FOUND})
async def download(artifact_id: Annotated[str, Path(max_length=128)], person: Someone) -> Response:
    """The file of an artifact, to be saved and never shown: its type is not what it claims to be, but plain bytes."""
    artifact, data = await usecases.download(wiring.ports(), person.id, artifact_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(artifact.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)
