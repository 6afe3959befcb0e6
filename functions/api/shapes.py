"""The wire: what requests hold and what answers say. Times are ISO 8601 in UTC, money is US dollars."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from functions.agent.codec import to_dict
from functions.agent.records import Attempt, Execution
from functions.agent.words import OutputType, Phase, Preference, Status


def _whole(text: str) -> str:
    """JSON can say half of a character (a lone surrogate), which nothing can store or send on."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("half_character", "holds half of a character (a lone surrogate)") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]


class ExecuteBody(BaseModel):
    """POST /execute."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"prompt": "Write a function that parses ISO 8601 durations", "language": "python"}]
        },
    )

    prompt: Text = Field(description="What to write, in words; at most 64 KiB. Examples in it become tests.")
    language: Text | None = Field(None, max_length=40, description="python, …; detected from the prompt when absent.")
    session_id: Text | None = Field(None, max_length=128)
    context_artifacts: list[Annotated[Text, Field(max_length=128)]] = Field([], max_length=16)
    github_repo: Text | None = Field(None, description="owner/repo", max_length=200)
    llm_preference: Preference = Preference.BALANCED
    output_preference: OutputType = OutputType.SNIPPET
    max_attempts: int | None = Field(None, ge=1, le=5, description="Fewer than the installation allows.")
    model: Text | None = Field(None, description="provider or provider/model, instead of the tier's", max_length=200)


class Queued(BaseModel):
    execution_id: str
    status: str = "queued"
    estimated_time_seconds: int


class Output(BaseModel):
    stdout: str
    stderr: str
    test_results: list[dict[str, Any]] = Field(
        description="Each case: id, name, outcome, message, level (as in the verdict, of a pass), origin, state."
    )
    lint_results: list[dict[str, Any]]


class Cost(BaseModel):
    tokens: int
    input_tokens: int
    output_tokens: int
    usd: float


class AttemptView(BaseModel):
    """One attempt, without its candidates' text."""

    n: int
    status: str
    strategy: str
    provider: str
    model: str
    reason: str
    change: str
    error_type: str
    error_message: str
    candidates: list[str]
    tokens: int
    usd: float
    ms: int | None
    model_ms: int
    sandbox_ms: int
    started_at: datetime


class Summary(BaseModel):
    """One row of GET /executions."""

    execution_id: str
    status: Status
    prompt: str
    language: str
    attempt: int
    confidence: str | None
    created_at: datetime
    completed_at: datetime | None


class MutationView(BaseModel):
    """How many copies of the code with one small mistake the delivered tests notice."""

    killed: int
    total: int
    survivors: list[str] = Field(description="What was changed in those that no trusted test noticed.")
    note: str = Field(description="Why there are fewer than wanted, if so.")


class ReviewView(BaseModel):
    """What a strong model says of code that touches network, files or processes."""

    candidate: str
    ok: bool | None = Field(description="null where nobody could be asked.")
    reason: str
    by: str


class VerdictView(BaseModel):
    """The verdict on the best candidate so far; `passed` of `total` are its cases."""

    status: Status
    confidence: str
    reason: str = Field(description="Why, in one sentence.")
    level: str = Field(description="How far the code could have fooled its judge: R2, R3, R4, vectors; the weakest.")
    winner: str
    passed: int
    total: int
    mutation: MutationView | None = None
    gaps: list[str] = Field([], description="What a passed one lacks to be verified.")


class ExecutionView(Summary):
    """GET /execute/{id}."""

    phase: Phase
    max_attempts: int
    complexity_score: int
    tier: str
    provider: str
    model: str
    verdict: VerdictView | None
    review: ReviewView | None
    explanation: str
    error_type: str
    code: str | None
    tests: str | None
    output: Output | None
    ledger: list[dict[str, Any]]
    artifact_id: str | None
    pr_url: str | None
    output_type: OutputType
    cost: Cost
    execution_time_ms: int | None
    attempts: list[AttemptView]
    retry_of: str | None


class Executions(BaseModel):
    executions: list[Summary]
    total: int
    page: int


def when(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def summary(e: Execution) -> dict[str, Any]:
    return {
        "execution_id": e.id,
        "status": e.status,
        "prompt": e.prompt,
        "language": e.language,
        "attempt": e.attempt_number,
        "confidence": str(e.verdict.confidence) if e.verdict and e.status.terminal else None,
        "created_at": when(e.created_at),
        "completed_at": when(e.completed_at),
    }


def view(e: Execution) -> ExecutionView:
    """An execution as the API shows it."""
    output = None
    if e.test_results or e.stdout or e.stderr:
        output = Output(
            stdout=e.stdout,
            stderr=e.stderr,
            test_results=[dict(r) for r in e.test_results],
            lint_results=[dict(r) for r in e.lint_results],
        )
    return ExecutionView(
        **summary(e),
        phase=e.phase,
        max_attempts=e.max_attempts,
        complexity_score=e.complexity_score,
        tier=str(e.tier),
        provider=e.llm_provider,
        model=e.llm_model,
        verdict=VerdictView(**to_dict(e.verdict)) if e.verdict else None,
        review=ReviewView(**to_dict(e.review)) if e.review else None,
        explanation=e.explanation,
        error_type=e.error_type,
        code=e.generated_code or None,
        tests=e.generated_tests or None,
        output=output,
        ledger=to_dict(e.ledger),
        artifact_id=e.output_artifact_id,
        pr_url=e.pr_url,
        output_type=e.output_type,
        cost=Cost(
            tokens=e.usage.total, input_tokens=e.usage.input_tokens, output_tokens=e.usage.output_tokens, usd=e.usd
        ),
        execution_time_ms=e.execution_time_ms,
        attempts=[_attempt(a, e.status) for a in e.attempts],
        retry_of=e.retry_of,
    )


def _attempt(a: Attempt, of: Status) -> AttemptView:
    if a.completed_at is not None:
        status = "failed" if a.error_type else "passed"
    elif of.terminal:  # it was broken off
        status = "cancelled" if of is Status.CANCELLED else "failed"
    else:
        status = "running"
    return AttemptView(
        n=a.attempt_number,
        status=status,
        strategy=str(a.strategy),
        provider=a.llm_provider,
        model=a.llm_model,
        reason=a.reason,
        change=a.fix_applied,
        error_type=a.error_type,
        error_message=a.error_message,
        candidates=[c.id for c in a.candidates],
        tokens=a.usage.total,
        usd=a.usd,
        ms=None if a.completed_at is None else round((a.completed_at - a.started_at) * 1000),
        model_ms=a.model_ms,
        sandbox_ms=a.sandbox_ms,
        started_at=datetime.fromtimestamp(a.started_at, UTC),
    )
