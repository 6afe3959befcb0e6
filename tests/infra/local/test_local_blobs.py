from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.agent.errors import AssayError, BadInput, StorageError
from infra.local.blobs import STALE_S, LocalBlobs


@contextmanager
def little_space(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes: the write fails half way, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("size", [200_000, 2_000_000])
async def test_a_full_disk_leaves_no_part_and_no_name(tmp_path: Path, size: int, once: bool) -> None:
    blobs = LocalBlobs(tmp_path)
    await blobs.put("old", b"kept")
    with little_space(100_000), pytest.raises(StorageError, match=r"no space left .*free some space"):
        await blobs.put("new", b"x" * size, once=once)
    with little_space(100_000), pytest.raises(StorageError):
        await blobs.put("old", b"x" * size)
    assert files(tmp_path) == ["old"]
    assert await blobs.get("old") == b"kept"
    await blobs.put("new", b"x" * size, once=once)


async def test_a_name_below_or_above_a_file_is_refused(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    await blobs.put("a/b", b"1")
    for name in ("a", "a/b/c", "a/b/c/d"):
        for once in (True, False):
            with pytest.raises(BadInput, match="clashes"):
                await blobs.put(name, b"2", once)
    assert files(tmp_path) == ["a/b"]


async def test_files_are_closed_to_other_users(tmp_path: Path) -> None:
    await LocalBlobs(tmp_path / "blobs").put("a/b", b"1")
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "blobs/a/b").stat().st_mode & 0o777 == 0o600


async def test_what_a_killed_process_left_is_cleared_but_not_what_is_being_written(tmp_path: Path) -> None:
    writing = tmp_path / ".writing"
    writing.mkdir()
    for name, age in (("stale", STALE_S + 60), ("fresh", 1.0)):
        (writing / name).write_bytes(b"half")
        os.utime(writing / name, (time.time() - age,) * 2)
    await LocalBlobs(tmp_path).put("a", b"1")
    assert files(tmp_path) == [".writing/fresh", "a"]


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=str(tmp_path / "file")):
        await LocalBlobs(tmp_path / "file" / "blobs").put("a", b"1")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(alphabet="ab./\\~%\x00\n é", max_size=12))
async def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "blobs"
    folder.mkdir(parents=True, exist_ok=True)
    blobs = LocalBlobs(folder)
    try:
        await blobs.put(name, b"x")
    except AssayError:
        pass
    else:
        assert (folder / name).read_bytes() == b"x"
    assert {p.name for p in (tmp_path / "in").iterdir()} <= {"blobs"}
    assert {p.name for p in tmp_path.iterdir()} <= {"in"}
