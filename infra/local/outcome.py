"""How one delivery of a task ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from functions.agent.errors import AssayError
from functions.agent.ports import Task


@dataclass(frozen=True)
class Done:
    """The task is over."""


@dataclass(frozen=True)
class Retry:
    """Deliver it again, after `after_s` seconds, or by the backoff where None. `reason` is kept for the operator."""

    after_s: float | None = None
    reason: str = ""


DONE = Done()
Outcome = Done | Retry
Deliver = Callable[[Task, int], Awaitable[Outcome]]
"""Takes the task and the number of this attempt (from 1). What it raises counts as `Retry`."""


def storable(reason: str) -> str:
    """What a database takes of any text: no half characters, and not the megabytes that an error may quote."""
    return reason[:2000].encode("utf-8", "replace").decode()


def describe(error: Exception) -> str:
    """Why a delivery failed, for the operator who reads the dead letters."""
    return error.detail if isinstance(error, AssayError) else f"{type(error).__name__}: {error}"
