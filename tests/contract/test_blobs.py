"""What every `ports.Blobs` does. A new adapter joins with one line in ADAPTERS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from functions.agent.errors import BadInput, Conflict, NotFound
from functions.agent.ports import Blobs
from infra.local.blobs import LocalBlobs

LARGE = bytes(range(256)) * 4096  # 1 MiB


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Blobs]:
    yield LocalBlobs(folder / "blobs")


ADAPTERS = {"local": local}


@pytest.fixture(params=ADAPTERS)
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Blobs]:
    async with ADAPTERS[request.param](tmp_path) as adapter:
        yield adapter


@pytest.mark.parametrize("data", [b"", b"\x00\xff", LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("name", ["a", "runs/x1-a2/bundle.zip", "A_b=c@d+e-1.tar.gz", "x/" * 20 + "deep"])
async def test_bytes_come_back(blobs: Blobs, name: str, data: bytes) -> None:
    await blobs.put(name, data)
    assert await blobs.get(name) == data


async def test_what_is_absent_is_not_found(blobs: Blobs) -> None:
    await blobs.put("folder/file", b"1")
    for name in ("nothing", "folder", "folder/other", "folder/file/below"):
        with pytest.raises(NotFound):
            await blobs.get(name)


async def test_a_second_put_replaces(blobs: Blobs) -> None:
    await blobs.put("a", LARGE)
    await blobs.put("a", b"new")
    assert await blobs.get("a") == b"new"


async def test_once_is_once(blobs: Blobs) -> None:
    await blobs.put("a", b"first", once=True)
    with pytest.raises(Conflict):
        await blobs.put("a", b"second", once=True)
    assert await blobs.get("a") == b"first"
    await blobs.delete("a")
    await blobs.put("a", b"third", once=True)
    assert await blobs.get("a") == b"third"


@pytest.mark.parametrize("size", [10, 400_000])
async def test_of_fifty_puts_once_one_wins(blobs: Blobs, size: int) -> None:
    values = [bytes([n]) * size for n in range(50)]
    results = await asyncio.gather(*(blobs.put("a", v, once=True) for v in values), return_exceptions=True)
    winners = [value for value, result in zip(values, results, strict=True) if result is None]
    assert len(winners) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 49
    assert await blobs.get("a") == winners[0]


async def test_a_reader_never_sees_half_a_file(blobs: Blobs) -> None:
    values = [bytes([n]) * 600_000 for n in range(12)]
    await blobs.put("a", values[0])
    seen: list[bytes] = []

    async def read() -> None:
        for _ in range(40):
            seen.append(await blobs.get("a"))
            await asyncio.sleep(0)

    await asyncio.gather(read(), read(), *(blobs.put("a", v) for v in values))
    assert set(seen) <= set(values)


async def test_deleting_twice_is_no_error(blobs: Blobs) -> None:
    await blobs.put("folder/a", b"1")
    await blobs.put("folder/b", b"2")
    await blobs.delete("folder/a")
    await blobs.delete("folder/a")
    await blobs.delete("never/was")
    with pytest.raises(NotFound):
        await blobs.get("folder/a")
    assert await blobs.get("folder/b") == b"2"


UNSAFE = ["", "/", "/etc/passwd", "a/", "a//b", "..", "../a", "a/../b", "a/./b", ".", ".hidden", "a/.hidden", "a\\b",
          "C:x", "a\nb", "a\x00b", "a b", "é", "~", "~/a", "a" * 201, "/".join(["a"] * 600), "%2e%2e/a", "a?b", "a#b",
          "a\n", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE, ids=ascii)
async def test_unsafe_names_are_refused_by_every_method(blobs: Blobs, name: str) -> None:
    for call in (blobs.put(name, b"x"), blobs.put(name, b"x", once=True), blobs.get(name), blobs.delete(name)):
        with pytest.raises(BadInput) as caught:
            await call
        assert caught.value.field == "name"
