from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from functions.agent.errors import BadInput, ConfigError, NotFound, StorageError
from functions.agent.people import Session
from functions.agent.ports import NewEvent, Task
from infra.local.database import SENTENCES, Database
from infra.local.events import LocalEvents
from infra.local.lock import FolderLock
from infra.local.migrations import MIGRATIONS
from infra.local.queue import LocalQueue
from infra.local.records import LocalRecords

ROOT = Path(__file__).parents[3]


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_is_made_before_the_first_use(tmp_path: Path) -> None:
    Database(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


async def test_the_file_is_wal_strict_and_closed_to_others(tmp_path: Path) -> None:
    database = Database(tmp_path / "a" / "b")
    assert database.rows("PRAGMA journal_mode") == [("wal",)]
    assert database.rows("PRAGMA synchronous") == [(1,)]
    assert database.rows("PRAGMA foreign_keys") == [(0,)]
    assert database.rows("PRAGMA busy_timeout") == [(5000,)]
    with pytest.raises(StorageError):
        database.execute("INSERT INTO events VALUES ('s', 'no number', NULL, 'k', '{}', 1.0)")
    assert database.path.stat().st_mode & 0o777 == 0o600
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert folder.stat().st_mode & 0o777 == 0o700
    await database.aclose()


async def test_migrations_are_applied_once_and_the_data_stays(tmp_path: Path) -> None:
    first = Database(tmp_path)
    saved = await LocalRecords(first).save(Session("s", "u"))
    await first.aclose()
    second = Database(tmp_path)
    assert second.rows("PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert await LocalRecords(second).get(Session, "s") == saved
    await second.aclose()


async def test_a_database_of_the_future_is_left_alone(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.execute("PRAGMA user_version = 99")
    await database.aclose()
    with pytest.raises(StorageError, match="newer Assay"):
        Database(tmp_path).open()


def test_processes_that_make_the_file_at_once_all_succeed(tmp_path: Path) -> None:
    code = (
        "import sys, asyncio, time; from pathlib import Path; from infra.local.database import Database\n"
        "from infra.local.records import LocalRecords; from functions.agent.people import Session\n"
        "print('ready', flush=True)\n"
        "for number, line in enumerate(sys.stdin):\n"
        "    while time.time() < float(line): pass\n"
        "    database = Database(Path(sys.argv[1]) / str(number))\n"
        "    asyncio.run(LocalRecords(database).save(Session(sys.argv[2], 'u')))\n"
        "    asyncio.run(database.aclose())\n"
    )
    processes = [python(code, str(tmp_path), str(n)) for n in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    starts = "".join(f"{time.time() + 0.1 * n}\n" for n in range(1, 9))
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(starts)
        process.stdin.flush()
    results = [(p.communicate(timeout=30)[1], p.returncode) for p in processes]
    assert results == [("", 0)] * 4
    for number in range(8):
        connection = sqlite3.connect(tmp_path / str(number) / "assay.db")
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (4,)
        connection.close()


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_named_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "assay.db"
    path.write_bytes(content)
    mode = path.stat().st_mode
    with pytest.raises(StorageError) as caught:
        Database(tmp_path).open()
    assert str(path) in caught.value.detail
    assert "move it away" in caught.value.detail
    assert path.read_bytes() == content
    assert path.stat().st_mode == mode
    assert [p.name for p in tmp_path.iterdir()] == ["assay.db"]


async def test_damage_met_later_is_said_too(tmp_path: Path) -> None:
    database = Database(tmp_path)
    records = LocalRecords(database)
    for n in range(200):
        await records.save(Session(str(n), "u", title="x" * 500))
    await database.aclose()
    path = tmp_path / "assay.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xaa" * (len(content) - 4096))
    damaged = Database(tmp_path)
    with pytest.raises(StorageError, match="is damaged: move it away"):
        await LocalRecords(damaged).query(Session, {})
    await damaged.aclose()


async def test_a_record_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    database = Database(tmp_path)
    await LocalRecords(database).save(Session("s1", "u"))
    for body in ("{", "[]", '{"id": "s1"}', '{"id": "s1", "user_id": "u", "created_at": "soon"}'):
        database.execute("UPDATE records SET body = ?", (body,))
        with pytest.raises(StorageError, match=r"The session s1 in .*assay\.db is damaged"):
            await LocalRecords(database).get(Session, "s1")
    await database.aclose()


def test_a_path_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StorageError, match=str(folder)):
            Database(folder).open()


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "assay.db").mkdir()
    with pytest.raises(StorageError, match=r"assay\.db can't be opened and written"):
        Database(tmp_path).open()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="correct its owner and permissions"):
        Database(tmp_path).open()
    tmp_path.chmod(0o700)


async def test_a_database_that_another_program_holds_is_named(tmp_path: Path) -> None:
    database = Database(tmp_path, busy_ms=30)
    database.open()
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="is locked by another program"):
        await LocalRecords(database).save(Session("s", "u"))
    with pytest.raises(StorageError, match="is locked by another program"):
        await LocalEvents(database).append("x", [NewEvent("log", {})])
    other.execute("ROLLBACK")
    other.close()
    await LocalRecords(database).save(Session("s", "u"))
    await database.aclose()


async def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = Database(tmp_path)
    records, events, queue = LocalRecords(database), LocalEvents(database), LocalQueue(database)
    await records.save(Session("small", "u"))
    (pages,) = database.rows("PRAGMA page_count")[0]
    database.rows(f"PRAGMA max_page_count = {pages}")
    big = "x" * 200_000
    with pytest.raises(StorageError, match=r"no space left .*free some space"):
        await records.save(Session("big", "u", title=big))
    with pytest.raises(StorageError, match="no space left"):
        await events.append("x", [NewEvent("log", {"small": 1}), NewEvent("log", {"big": big})])
    with pytest.raises(StorageError, match="no space left"):
        await queue.put(Task("t", "attempt", {"big": big}))
    with pytest.raises(NotFound):
        await records.get(Session, "big")
    assert await events.read("x") == ()
    assert queue.counts() == {}
    database.rows(f"PRAGMA max_page_count = {pages + 10_000}")
    await records.save(Session("big", "u", title=big))
    await database.aclose()


async def test_a_disk_that_takes_no_more_bytes_is_said(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.open()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, hard))
    try:
        with pytest.raises(StorageError, match=r"assay\.db.*free"):
            await LocalRecords(database).save(Session("big", "u", title="x" * 600_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await LocalRecords(database).save(Session("big", "u"))
    await database.aclose()


async def test_an_error_inside_a_transaction_undoes_it(tmp_path: Path) -> None:
    database = Database(tmp_path)
    insert = "INSERT INTO events VALUES ('s', 1, NULL, 'k', '{}', 1.0)"

    def insert_twice() -> None:
        with database.transaction():
            database.execute(insert)
            database.execute(insert)

    with pytest.raises(StorageError, match="UNIQUE"):
        insert_twice()
    assert database.rows("SELECT * FROM events") == []
    await database.aclose()


async def test_half_a_character_as_an_id_is_bad_input(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with pytest.raises(BadInput):
        await LocalRecords(database).get(Session, "\ud800")
    await database.aclose()


def test_every_result_code_of_sqlite_has_a_sentence_or_is_our_own_mistake() -> None:
    names = {n: getattr(sqlite3, n) for n in dir(sqlite3) if n.startswith("SQLITE_")}
    # Primary codes are below 256; other constants of this range (actions, limits) carry other names.
    ours = {"ABORT", "CONSTRAINT", "EMPTY", "ERROR", "INTERNAL", "INTERRUPT", "MISMATCH", "MISUSE", "NOTFOUND", "RANGE",
            "SCHEMA", "OK", "ROW", "DONE", "NOTICE", "WARNING"}  # fmt: skip
    world = {"CORRUPT", "NOTADB", "FORMAT", "FULL", "BUSY", "LOCKED", "PROTOCOL", "CANTOPEN", "READONLY", "PERM",
             "AUTH", "IOERR", "NOLFS", "NOMEM", "TOOBIG"}  # fmt: skip
    primary = {
        code: name.removeprefix("SQLITE_")
        for name, code in names.items()
        if name.removeprefix("SQLITE_") in ours | world
    }
    assert set(range(1, 29)) <= set(primary)
    assert {primary[code] for code in SENTENCES} == world


class TestLock:
    async def test_a_second_server_is_told_who_and_what_to_do(self, tmp_path: Path) -> None:
        first = Database(tmp_path, exclusive=True)
        first.open()
        with pytest.raises(ConfigError) as caught:
            Database(tmp_path, exclusive=True).open()
        assert str(tmp_path) in caught.value.detail
        assert str(os.getpid()) in caught.value.detail
        assert "ASSAY_DATA_DIR" in caught.value.detail
        shared = Database(tmp_path)
        shared.open()
        await shared.aclose()
        await first.aclose()

    async def test_closing_gives_it_free(self, tmp_path: Path) -> None:
        for _ in range(2):
            database = Database(tmp_path, exclusive=True)
            database.open()
            await database.aclose()
            await database.aclose()
        with pytest.raises(StorageError, match="was closed"):
            database.open()

    def test_a_failed_start_gives_it_free(self, tmp_path: Path) -> None:
        (tmp_path / "assay.db").write_bytes(b"no database" * 100)
        with pytest.raises(StorageError):
            Database(tmp_path, exclusive=True).open()
        lock = FolderLock(tmp_path)
        lock.acquire()
        lock.release()

    def test_a_killed_process_gives_it_free_though_its_child_lives_on(self, tmp_path: Path) -> None:
        code = (
            "import sys, subprocess; from pathlib import Path; from infra.local.lock import FolderLock;"
            "FolderLock.acquire(lock := FolderLock(Path(sys.argv[1])));"
            "child = subprocess.Popen(['sleep', '30']); print(child.pid, flush=True); sys.stdin.readline()"
        )
        with python(code, str(tmp_path)) as holder:
            assert holder.stdout is not None
            child = int(holder.stdout.readline())
            try:
                with pytest.raises(ConfigError, match=str(holder.pid)):
                    FolderLock(tmp_path).acquire()
                holder.kill()
                holder.wait(10)
                lock = FolderLock(tmp_path)
                lock.acquire()
                lock.release()
            finally:
                os.kill(child, signal.SIGKILL)
