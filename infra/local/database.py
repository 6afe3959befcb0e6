"""One SQLite file in the data directory, one connection a process, used from the thread of the event loop.

A statement takes some 50 µs, less than a hop to another thread: everything here is called inline and never awaits.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from functions.agent.errors import BadInput, StorageError
from infra.local.disk import make_folder, storage_error
from infra.local.lock import FolderLock
from infra.local.migrations import MIGRATIONS

_DAMAGED = "The database {path} is damaged: move it away (it was left as it is) and start again."
_FULL = "There is no space left for the database {path}: free some space and try again."
_LOCKED = "The database {path} is locked by another program: end that program and try again."
_CLOSED = "The database {path} can't be opened and written by this user: correct its owner and permissions."
_DISK = "The disk under the database {path} failed: check the disk and its free space."
_OTHER = "The database {path} refused a statement ({reason}): this is a mistake in Assay, please report it."

SENTENCES: dict[int, str] = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_FORMAT: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_AUTH: _CLOSED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_NOLFS: _DISK,
    sqlite3.SQLITE_NOMEM: "There is no memory left for the database {path}: end other programs and try again.",
    sqlite3.SQLITE_TOOBIG: "A value is too large for the database {path} (the limit is 1 GB).",
}
"""By SQLite's primary result code. Codes that are not here are mistakes in our own statements and get `_OTHER`."""


class Database:
    """`folder` holds assay.db. `exclusive`: hold the directory's lock while open, as a server does.

    Everything raises StorageError with one sentence that names the file; a damaged file is never written to.
    `busy_ms` is how long a statement waits for another process that writes.
    """

    def __init__(self, folder: Path, *, exclusive: bool = False, busy_ms: int = 5000) -> None:
        self.path = folder / "assay.db"
        self._busy_ms = busy_ms
        self._lock = FolderLock(folder) if exclusive else None
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def open(self) -> sqlite3.Connection:
        """Opens it if it is not open yet. Raises ConfigError when another server holds the directory, StorageError."""
        if self._closed:
            raise StorageError(f"The database {self.path} was closed: this process is ending.")
        if self._connection is None:
            make_folder(self.path.parent)
            if self._lock:
                self._lock.acquire()
            try:
                with self._translated(), _alone(self.path.parent):
                    self._connection = self._opened()
            except StorageError:
                if self._lock:
                    self._lock.release()
                raise
        return self._connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs one statement; returns how many rows it changed."""
        connection = self.open()
        with self._translated():
            return connection.execute(sql, values).rowcount

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        connection = self.open()
        with self._translated():
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN IMMEDIATE: from here on nobody else writes; an error undoes all of it. Never await inside."""
        connection = self.open()
        with self._translated():
            connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._translated():
                connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                with self._translated():
                    connection.rollback()

    async def aclose(self) -> None:
        """Closes it for good and gives the directory free; who still uses it gets a StorageError."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lock:
            self._lock.release()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._busy_ms / 1000, isolation_level=None)
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = OFF")
            _migrate(connection, self.path)
            os.chmod(self.path, 0o600)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
            raise StorageError(SENTENCES.get(code, _OTHER).format(path=self.path, reason=error)) from error
        except UnicodeEncodeError as error:
            raise BadInput(
                "text", "The text holds half of a character (a lone surrogate) and can't be stored."
            ) from error
        except OSError as error:
            raise storage_error(error, self.path) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Processes that open the file at once would all migrate it, or meet in the change to WAL, which doesn't wait."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StorageError(f"The database {path} was written by a newer Assay (schema {version}): update this one.")
    for number in range(version + 1, len(MIGRATIONS) + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in MIGRATIONS[number - 1]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
