"""The tasks of the local queue in SQLite: what is due, who holds it, how it ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from functions.agent.errors import NotFound
from functions.agent.ports import Task
from infra.local.database import Database
from infra.local.text import dump

_EXHAUSTED = "The process ended in the middle of the last attempt."


@dataclass(frozen=True)
class Leased:
    """A task taken for delivery number `attempt` (from 1)."""

    task: Task
    attempt: int


@dataclass(frozen=True)
class DeadTask:
    """A task that was given up: `error` is why its last attempt failed, `died_at` is in seconds since the epoch."""

    name: str
    target: str
    attempts: int
    error: str
    died_at: float


class TaskStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, task: Task, now: float) -> bool:
        """False when the name was used before."""
        values = (task.name, task.target, dump(task.payload, "payload"), now + max(0.0, task.delay_s), now)
        added = self._database.execute(
            "INSERT INTO tasks (name, target, payload, state, due, put_at) VALUES (?, ?, ?, 'waiting', ?, ?)"
            " ON CONFLICT DO NOTHING",
            values,
        )
        return added == 1

    def take(self, now: float, lease_until: float, full: Sequence[str]) -> Leased | None:
        """The oldest due task of a target that is not `full`; it belongs to the caller from here on."""
        holes = ", ".join("?" * len(full))
        with self._database.transaction():
            rows = self._database.rows(
                "SELECT name, target, payload, attempts + 1 FROM tasks WHERE state = 'waiting' AND due <= ?"  # noqa: S608
                f" AND target NOT IN ({holes}) ORDER BY due, rowid LIMIT 1",
                (now, *full),
            )
            if not rows:
                return None
            name, target, payload, attempt = rows[0]
            self._database.execute(
                "UPDATE tasks SET state = 'running', attempts = ?, lease_until = ? WHERE name = ?",
                (attempt, lease_until, name),
            )
        return Leased(Task(name, target, json.loads(payload)), attempt)

    def next_due(self, full: Sequence[str]) -> float | None:
        """When the next waiting task of a target that is not `full` is due; None when there is none."""
        holes = ", ".join("?" * len(full))
        sql = f"SELECT min(due) FROM tasks WHERE state = 'waiting' AND target NOT IN ({holes})"  # noqa: S608
        due: float | None = self._database.rows(sql, full)[0][0]
        return due

    def finish(self, name: str, now: float) -> None:
        self._end(name, "done", "", now)

    def bury(self, name: str, error: str, now: float) -> None:
        self._end(name, "dead", error, now)

    def retry(self, name: str, error: str, due: float) -> None:
        self._database.execute(
            "UPDATE tasks SET state = 'waiting', due = ?, error = ?, lease_until = NULL"
            " WHERE name = ? AND state = 'running'",
            (due, error, name),
        )

    def give_back(self, name: str, now: float) -> None:
        """As if it had never been taken: an orderly stop doesn't use up an attempt."""
        self._database.execute(
            "UPDATE tasks SET state = 'waiting', due = ?, attempts = attempts - 1, lease_until = NULL"
            " WHERE name = ? AND state = 'running'",
            (now, name),
        )

    def release(self, now: float, max_attempts: int, expired_only: bool) -> int:
        """Frees the tasks that nobody works on any more; returns how many. Those without an attempt left are dead."""
        condition = "state = 'running' AND (lease_until <= ? OR ?)"
        values = (now, not expired_only)
        with self._database.transaction():
            dead = self._database.execute(
                f"UPDATE tasks SET state = 'dead', error = ?, ended_at = ? WHERE {condition} AND attempts >= ?",  # noqa: S608
                (_EXHAUSTED, now, *values, max_attempts),
            )
            freed = self._database.execute(
                f"UPDATE tasks SET state = 'waiting', due = ?, lease_until = NULL WHERE {condition}",  # noqa: S608
                (now, *values),
            )
        return dead + freed

    def forget(self, ended_before: float) -> int:
        """Drops done and dead tasks of that age with their names; returns how many."""
        return self._database.execute("DELETE FROM tasks WHERE ended_at < ?", (ended_before,))

    def counts(self) -> dict[str, int]:
        """How many tasks are in each state that occurs: waiting, running, done, dead."""
        return dict(self._database.rows("SELECT state, count(*) FROM tasks GROUP BY state"))

    def dead(self) -> list[DeadTask]:
        rows = self._database.rows(
            "SELECT name, target, attempts, error, ended_at FROM tasks WHERE state = 'dead'"
            " ORDER BY ended_at DESC, name"
        )
        return [DeadTask(*row) for row in rows]

    def revive(self, name: str, now: float) -> None:
        """Gives a dead task all its attempts again. Raises NotFound when no dead task has that name."""
        changed = self._database.execute(
            "UPDATE tasks SET state = 'waiting', due = ?, attempts = 0, ended_at = NULL, lease_until = NULL"
            " WHERE name = ? AND state = 'dead'",
            (now, name),
        )
        if not changed:
            raise NotFound(f"There is no dead task {name}.")

    def _end(self, name: str, state: str, error: str, now: float) -> None:
        self._database.execute(
            "UPDATE tasks SET state = ?, error = ?, ended_at = ?, lease_until = NULL"
            " WHERE name = ? AND state = 'running'",
            (state, error, now, name),
        )
