"""How long a failed task rests before its next attempt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Doubles from `first_s` up to `most_s`; after `max_attempts` deliveries a task is dead."""

    first_s: float = 0.5
    most_s: float = 60.0
    max_attempts: int = 10

    def delay_s(self, attempt: int, chance: float) -> float:
        """Seconds after failed attempt number `attempt` (from 1). `chance` in [0, 1) spreads it over the upper half."""
        whole = min(self.most_s, self.first_s * 2.0 ** min(attempt - 1, 60))
        return whole * (0.5 + chance / 2)
