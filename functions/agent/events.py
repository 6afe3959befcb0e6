"""What can happen to an execution (past tense), and what must then be done about it (commands).

Both are plain values: `loop.advance` maps one to the other, `usecases` carries the commands out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.agent.records import Candidate, CaseResult, Finding, Review, Suite, Usage
from functions.agent.words import RunStatus, Strategy, Tier


@dataclass(frozen=True)
class AttemptBegun:
    """A worker took the attempt up and knows how it will go about it."""

    attempt: int
    strategy: Strategy
    tier: Tier
    provider: str
    model: str
    reason: str
    change: str = ""


@dataclass(frozen=True)
class AttemptWritten:
    """The model has answered. Without candidates there was no usable code: the attempt asks again, in a new round.

    `round` is the execution's count of such rounds when this one began."""

    attempt: int
    candidates: tuple[Candidate, ...]
    suites: tuple[Suite, ...] = ()
    interface: str = ""
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    model_ms: int = 0
    error: str = ""
    round: int = 0


@dataclass(frozen=True)
class WritingFailed:
    """No model could be asked, or money ran out: not the attempt's fault, so it does not eat one."""

    attempt: int
    error_type: str
    detail: str
    final: bool = False


@dataclass(frozen=True)
class CellResult:
    """One candidate against one suite, as the sandbox saw it. `cases` maps case id to what it says of it."""

    candidate: str
    suite: str
    status: RunStatus
    cases: Mapping[str, CaseResult]
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True)
class Reviewed:
    """A strong model has read the winner, or none could be asked. `finding` is what it objects to."""

    attempt: int
    review: Review
    finding: Finding | None = None
    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    model_ms: int = 0


@dataclass(frozen=True)
class RunFinished:
    """The sandbox wrote a result. `findings` maps candidate id to what linters and scanners say.

    `vacuous` has the ids of the cases that pass on code that does nothing, too; `flaky` of those that came out
    differently when the same code was run again."""

    attempt: int
    run_id: str
    cells: tuple[CellResult, ...]
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    vacuous: frozenset[str] = frozenset()
    flaky: frozenset[str] = frozenset()
    environment: Mapping[str, Any] = field(default_factory=dict)
    sandbox_ms: int = 0


@dataclass(frozen=True)
class RunLost:
    """The sandbox failed or kept silent: an error of ours, never a wrong answer."""

    attempt: int
    run_id: str
    detail: str


@dataclass(frozen=True)
class Delivered:
    artifact_id: str | None = None
    pr_url: str | None = None


@dataclass(frozen=True)
class DeliveryFailed:
    """The code stays in the record: nothing is lost, only the parcel is missing. `faults` names the try that failed."""

    faults: int
    detail: str


@dataclass(frozen=True)
class Cancelled:
    reason: str = "cancelled by the user"


Happening = (
    AttemptBegun
    | AttemptWritten
    | WritingFailed
    | Reviewed
    | RunFinished
    | RunLost
    | Delivered
    | DeliveryFailed
    | Cancelled
)


@dataclass(frozen=True)
class Send:
    """Queue a message. The name is derived from the state, so that sending twice is sending once."""

    name: str
    target: str
    payload: Mapping[str, Any]
    delay_s: float = 0.0


@dataclass(frozen=True)
class StartRun:
    """`mutants`: not the attempt's candidates are run, but the winner with small mistakes in it."""

    attempt: int
    run_id: str
    mutants: bool = False


@dataclass(frozen=True)
class CancelRun:
    run_id: str


Command = Send | StartRun | CancelRun
