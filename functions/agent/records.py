"""What is kept. Frozen dataclasses, plain values; `codec` turns them into JSON and back.

Times are seconds since the epoch (UTC, float), sizes are bytes, money is US dollars, durations say their unit.
A record has an `id`, a `schema` (of its fields) and a `version` (0: never saved), which `Records.save` compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from functions.agent.words import (
    ArtifactType,
    CaseOutcome,
    Confidence,
    Level,
    Origin,
    OutputType,
    Phase,
    Preference,
    RunStatus,
    Status,
    Strategy,
    Tier,
    TrustState,
)


@dataclass(frozen=True)
class Usage:
    """Tokens as the provider counted them; `cached_tokens` is the part of `input_tokens` not computed again."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
        )

    @property
    def total(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True)
class Case:
    """One test, one assertion: the unit of trust. The sandbox runs `source`; `call` and `expected` are its key.

    `error`: it passes when the code raises. `vector`: the same as plain data ({call, args, expect}, docs/sandbox.md),
    where it can be said so."""

    id: str
    name: str
    source: str
    call: str = ""
    expected: str = ""
    error: bool = False
    vector: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Suite:
    """One set of tests from one origin: `preamble` (imports, helpers) is common to its cases."""

    id: str
    origin: Origin
    cases: tuple[Case, ...]
    preamble: str = ""


@dataclass(frozen=True)
class CaseResult:
    """`got` is what the code gave in this case, in a form that is equal for equal values; empty where nobody saw it."""

    outcome: CaseOutcome
    message: str = ""
    ms: float = 0.0
    level: Level = Level.NONE
    got: str = ""


@dataclass(frozen=True)
class Finding:
    """One remark of a linter or scanner. `severity` is info, warning or error."""

    file: str
    line: int
    rule: str
    message: str
    severity: str = "warning"


@dataclass(frozen=True)
class Candidate:
    """One version of the code. `sha256` is over its files; `results` maps case id to what the sandbox said."""

    id: str
    attempt: int
    sha256: str
    files: Mapping[str, str]
    results: Mapping[str, CaseResult] = field(default_factory=dict)
    status: RunStatus | None = None
    findings: tuple[Finding, ...] = ()
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True)
class Attempt:
    """One of at most five tries (plan: execution_attempts). `fix_applied` says how it differs from the last.

    `shown` has the ids of the cases that its feedback showed to the model that writes code."""

    id: str
    execution_id: str
    attempt_number: int
    strategy: Strategy
    tier: Tier
    code_version: str = ""
    error_type: str = ""
    error_message: str = ""
    fix_applied: str = ""
    llm_provider: str = ""
    llm_model: str = ""
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    model_ms: int = 0
    sandbox_ms: int = 0
    signature: str = ""
    shown: tuple[str, ...] = ()
    started_at: float = 0.0
    completed_at: float | None = None


@dataclass(frozen=True)
class LedgerEntry:
    """What is known of one case and why. `results` maps candidate id to its outcome.

    `vacuous`: it passes on code that does nothing, too."""

    id: str
    name: str
    state: TrustState
    origin: Origin
    evidence: tuple[str, ...] = ()
    results: Mapping[str, CaseOutcome] = field(default_factory=dict)
    vacuous: bool = False


@dataclass(frozen=True)
class Mutation:
    """How well the delivered tests tell the winner from code with one small mistake (a mutant).

    `survivors` says what was changed in those that no trusted test noticed; `note` why there are fewer than wanted."""

    killed: int
    total: int
    survivors: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """`level` is the weakest of the winner's passes that count; the counts are of the winner. `gaps` says in words what
    a passed one lacks to be verified."""

    status: Status
    confidence: Confidence
    reason: str
    level: Level = Level.NONE
    winner: str = ""
    passed: int = 0
    total: int = 0
    mutation: Mutation | None = None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Review:
    """What a strong model says of code that touches network, files or processes. `ok` None: nobody could be asked."""

    candidate: str
    ok: bool | None
    reason: str
    by: str = ""


Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


def _with_errors(data: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 told by its text whether a case expects an error."""
    suites = [
        {**suite, "cases": [{**case, "error": "pytest.raises(" in case["source"]} for case in suite["cases"]]}
        for suite in data.get("suites", ())
    ]
    return {**data, "suites": suites}


@dataclass(frozen=True)
class Execution:
    """One request from the first message to its delivery (plan: code_executions).

    `faults` counts failures of model, sandbox and delivery, `unusable` rounds of replies without usable code: neither
    eats an attempt, both have a cap of their own. `vacuous` has the ids of cases that a stub passed, `flaky` of those
    that came out differently twice. `without` names parts of the loop that are switched off, to measure them."""

    id: str
    user_id: str
    prompt: str
    language: str
    created_at: float
    session_id: str | None = None
    complexity_score: int = 0
    complexity_reasons: tuple[str, ...] = ()
    tier: Tier = Tier.SIMPLE
    llm_provider: str = ""
    llm_model: str = ""
    llm_preference: Preference = Preference.BALANCED
    generated_code: str = ""
    generated_tests: str = ""
    status: Status = Status.PENDING
    phase: Phase = Phase.QUEUED
    attempt_number: int = 1
    max_attempts: int = 5
    faults: int = 0
    unusable: int = 0
    execution_time_ms: int | None = None
    stdout: str = ""
    stderr: str = ""
    test_results: tuple[Mapping[str, Any], ...] = ()
    lint_results: tuple[Mapping[str, Any], ...] = ()
    output_type: OutputType = OutputType.SNIPPET
    output_artifact_id: str | None = None
    pr_url: str | None = None
    github_repo: str | None = None
    context_artifacts: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    suites: tuple[Suite, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    vacuous: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    verdict: Verdict | None = None
    review: Review | None = None
    interface: str = ""
    explanation: str = ""
    error_type: str = ""
    retry_of: str | None = None
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    limits: Mapping[str, float] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    updated_at: float = 0.0
    completed_at: float | None = None
    schema: int = 2
    version: int = 0
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {1: _with_errors}

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every version ever made, oldest first: all of them stay in the race."""
        return tuple(c for a in self.attempts for c in a.candidates)

    @property
    def attempt(self) -> Attempt | None:
        """The attempt that `attempt_number` names, once it has begun."""
        return next((a for a in self.attempts if a.attempt_number == self.attempt_number), None)

    @property
    def cases(self) -> tuple[Case, ...]:
        return tuple(c for s in self.suites for c in s.cases)


@dataclass(frozen=True)
class ModelCall:
    """One paid question. Saved before the call (`text` None) and again with the answer: a repeat never pays twice."""

    id: str
    execution_id: str
    purpose: str
    provider: str
    model: str
    worker: str
    asked_at: float
    reserved_usd: float = 0.0
    text: str | None = None
    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    ms: int = 0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class Spending:
    """Money reserved and spent under one limit, e.g. id `month:2026-11`."""

    id: str
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class Artifact:
    """A stored file (plan: artifacts). `file_path` is its name in the blob store."""

    id: str
    user_id: str
    name: str
    type: ArtifactType
    file_path: str
    session_id: str | None = None
    mime_type: str = "application/octet-stream"
    size_bytes: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    created_at: float = 0.0
    expires_at: float | None = None
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class Judged:
    """What the sandbox said of one candidate against one suite; `id` is a hash of all that it depends on
    (functions/agent/cache.py), and nothing here says whose it was.

    `findings` are of the candidate, `vacuous` of the suite."""

    id: str
    cases: Mapping[str, CaseResult]
    stdout: str = ""
    stderr: str = ""
    findings: tuple[Finding, ...] = ()
    vacuous: tuple[str, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    created_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class Track:
    """How one model has done in one language, id `track:<provider/model>:<language>`. No whole numbers: the past fades.

    `executions` that it had a part in, `solved` those that passed with its code; `attempts`, `tokens` and `seconds`
    (of model and sandbox) are its own part."""

    id: str
    model: str
    language: str
    executions: float = 0.0
    solved: float = 0.0
    attempts: float = 0.0
    tokens: float = 0.0
    seconds: float = 0.0
    updated_at: float = 0.0
    schema: int = 1
    version: int = 0
