"""The schema of the local database. Migration n brings version n - 1 to n; one that is released is never edited."""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE records (
            kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, created_at REAL NOT NULL,
            user_id TEXT, session_id TEXT, status TEXT, body TEXT NOT NULL,
            UNIQUE (kind, id)
        ) STRICT""",
        "CREATE INDEX records_by_age ON records (kind, created_at DESC, id)",
        "CREATE INDEX records_by_user ON records (kind, user_id, created_at DESC, id) WHERE user_id IS NOT NULL",
        "CREATE INDEX records_by_session ON records (kind, session_id, created_at DESC, id)"
        " WHERE session_id IS NOT NULL",
        "CREATE INDEX records_by_status ON records (kind, status, created_at DESC, id) WHERE status IS NOT NULL",
        """CREATE TABLE events (
            stream TEXT NOT NULL, id INTEGER NOT NULL, key TEXT,
            kind TEXT NOT NULL, data TEXT NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (stream, id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE UNIQUE INDEX events_by_key ON events (stream, key) WHERE key IS NOT NULL",
        """CREATE TABLE tasks (
            name TEXT PRIMARY KEY, target TEXT NOT NULL, payload TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
            due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, lease_until REAL, error TEXT NOT NULL DEFAULT '',
            put_at REAL NOT NULL, ended_at REAL
        ) STRICT""",
        "CREATE INDEX tasks_by_due ON tasks (state, due)",
        "CREATE INDEX tasks_by_end ON tasks (ended_at) WHERE ended_at IS NOT NULL",
    ),
)
