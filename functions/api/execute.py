"""POST /execute, GET /execute/{id}, retry, cancel, GET /executions."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, Path, Query

from functions.agent import usecases
from functions.agent.records import Execution
from functions.agent.words import Status
from functions.api.people import Someone
from functions.api.problems import CONFLICT, NOT_FOUND, NOT_SIGNED_IN, RESPONSES
from functions.api.shapes import ExecuteBody, Executions, ExecutionView, Queued, Summary, summary, view
from infra import wiring

router = APIRouter(tags=["execute"], responses={**RESPONSES, **NOT_SIGNED_IN})
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]
ExecutionId = Annotated[str, Path(max_length=128)]


@router.post("/execute", status_code=202, responses=CONFLICT)
async def execute(body: ExecuteBody, person: Someone, idempotency_key: Key = None) -> Queued:
    """Write, test and repair code for a request. The same Idempotency-Key again answers with the same execution."""
    request = usecases.Request(
        id=sha256(f"{person.id}\0{idempotency_key}".encode()).hexdigest()[:32] if idempotency_key else uuid4().hex,
        user_id=person.id,
        prompt=body.prompt,
        language=body.language,
        session_id=body.session_id,
        context_artifacts=tuple(body.context_artifacts),
        github_repo=body.github_repo,
        llm_preference=body.llm_preference,
        output_preference=body.output_preference,
        max_attempts=body.max_attempts,
        model=body.model,
    )
    return _queued(await usecases.submit(wiring.ports(), request, wiring.clock()))


@router.get("/execute/{execution_id}", responses=NOT_FOUND)
async def status(execution_id: ExecutionId, person: Someone) -> ExecutionView:
    """Where an execution stands and what it has given so far."""
    return view(await usecases.owned(wiring.ports(), person.id, execution_id))


@router.post("/execute/{execution_id}/retry", status_code=202, responses={**NOT_FOUND, **CONFLICT})
async def retry(execution_id: ExecutionId, person: Someone) -> Queued:
    """Run the same request again as a new execution that is linked to this one."""
    new = await usecases.retry(wiring.ports(), person.id, execution_id, uuid4().hex, wiring.clock())
    return _queued(new)


@router.post("/execute/{execution_id}/cancel", status_code=202, responses={**NOT_FOUND, **CONFLICT})
async def cancel(execution_id: ExecutionId, person: Someone) -> ExecutionView:
    """Stop an execution, its model call and its run. An execution that has ended stays as it is."""
    return view(await usecases.cancel(wiring.ports(), person.id, execution_id, wiring.clock()))


@router.get("/executions")
async def executions(
    person: Someone,
    session_id: Annotated[str | None, Query(max_length=128)] = None,
    status: Status | None = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Executions:
    """The user's executions, newest first."""
    where = {"user_id": person.id}
    if session_id is not None:
        where["session_id"] = session_id
    if status is not None:
        where["status"] = str(status)
    found = await wiring.ports().records.query(Execution, where, page, limit)
    return Executions(executions=[Summary(**summary(e)) for e in found.items], total=found.total, page=page)


def _queued(execution: Execution) -> Queued:
    return Queued(execution_id=execution.id, estimated_time_seconds=30 + 20 * min(execution.complexity_score, 20))
