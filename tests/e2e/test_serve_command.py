"""`assay serve` as a process of its own: how it starts, what it refuses, how it ends, and its page."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import story
from infra.models.scripted import ScriptedServer
from program import CLOSED, call, descendants, environment, gone, serving
from replies import PROMPT, RIGHT, SUITES, code


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def test_ctrl_c_ends_it_in_the_middle_of_everything_and_it_goes_on_at_the_next_start(
    tmp_path: Path, data: Path
) -> None:
    script = [replace(code(RIGHT), delay_s=600.0), code(RIGHT), *SUITES]
    async with ScriptedServer(script) as model:
        async with serving(data, model.url) as server, httpx.AsyncClient(trust_env=False, timeout=30) as client:
            client.base_url = httpx.URL(f"{server.url}/api")
            id = (await client.post("/execute", json={"prompt": PROMPT})).json()["execution_id"]
            reading = asyncio.create_task(story.read(client, id, cut=True))
            while not model.requests:
                await asyncio.sleep(0.01)
            family = descendants(data)
            began = time.monotonic()
            assert await server.end(signal.SIGINT) == 0
            assert time.monotonic() - began < 3
            before = await asyncio.wait_for(reading, 3)
            assert server.process.stderr is not None
            assert await server.process.stderr.read() == b""
        assert not await gone(family, 0.5)
        async with serving(data, model.url) as server, httpx.AsyncClient(trust_env=False, timeout=30) as client:
            client.base_url = httpx.URL(f"{server.url}/api")
            after = await story.read(client, id, str(before[-1][0]))
        assert len(model.requests) == 4
    assert after[-1][1:] == ("done", {"status": "passed", "explanation": ""})


async def test_its_page_leads_to_the_documentation(data: Path) -> None:
    async with serving(data, CLOSED) as server, httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        page = await client.get("/")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        for path in ("/api/docs", "/api/openapi.json", "/config.json", "/api/health"):
            assert (await client.get(path)).status_code == 200, path
        strange = await client.get("/api/health", headers={"Host": "evil.example"})
        assert (strange.status_code, strange.json()["type"]) == (403, "urn:assay:forbidden")
        inner = await client.post("/_tasks/attempt/", json={"execution_id": "x", "attempt": 1})
        assert inner.status_code == 401


async def test_a_port_that_is_taken_is_named(tmp_path: Path, data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = await call("serve", "--port", port, env=environment(data, CLOSED), cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.sentence.startswith(f"assay serve: Port {port} can't be used (")
    assert "--port" in ended.sentence


async def test_the_port_comes_from_the_environment_unless_it_is_given(tmp_path: Path, data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = await call("serve", env={**environment(data, CLOSED), "ASSAY_PORT": port}, cwd=tmp_path)
    assert ended.sentence.startswith(f"assay serve: Port {port} can't be used (")


async def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path, data: Path) -> None:
    async with serving(data, CLOSED) as first:
        ended = await call("serve", "--port", "0", env=environment(data, CLOSED), cwd=tmp_path)
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{first.url}/api/health")).status_code == 200
    assert (ended.code, ended.out) == (2, "")
    assert f"(process {first.process.pid}) uses the data directory {data}" in ended.sentence


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 8192])
async def test_a_damaged_database_is_named_and_left_as_it_is(tmp_path: Path, data: Path, content: bytes) -> None:
    data.mkdir()
    file = data / "assay.db"
    file.write_bytes(content)
    before = file.stat()
    ended = await call("serve", "--port", "0", env=environment(data, CLOSED), cwd=tmp_path)
    assert (ended.code, ended.out) == (3, "")
    assert ended.sentence == (
        f"assay serve: The database {file} is damaged: move it away (it was left as it is) and start again."
    )
    assert file.read_bytes() == content
    assert file.stat().st_mtime_ns == before.st_mtime_ns


async def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = await call("serve", "--port", "0", env=environment(tmp_path / "file", CLOSED), cwd=tmp_path)
    assert (ended.code, ended.out) == (3, "")
    assert str(tmp_path / "file") in ended.sentence


def disk(size: str, folder: Path) -> tuple[str, ...]:
    """The words before a command that give it a disk of that size at `folder`, which only it can see."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a disk of its own needs root here: the sandbox has other users")
    script = 'mount -t tmpfs -o "size=$0" none "$1" && shift && exec "$@"'
    words = ("unshare", "--mount", "sh", "-c", script, size, str(folder))
    try:
        if subprocess.run([*words, "true"], capture_output=True, timeout=10).returncode:
            pytest.skip("this machine gives no mount namespace")
    except FileNotFoundError:
        pytest.skip("this machine has no unshare")
    return words


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["run", PROMPT]], ids=["serve", "run"])
async def test_a_data_folder_without_space_is_named(tmp_path: Path, data: Path, command: list[str]) -> None:
    under = disk("32k", data)
    ended = await call(*command, env=environment(data, CLOSED), cwd=tmp_path, under=under)
    assert (ended.code, ended.out) == (3, "")
    assert "the database" in ended.sentence
    assert "space" in ended.sentence


async def test_files_that_find_no_space_do_not_take_the_result_with_them(tmp_path: Path, data: Path) -> None:
    under = disk("8k", tmp_path / "out")
    async with ScriptedServer([code(RIGHT), *SUITES]) as model:
        env = environment(data, model.url)
        ended = await call("run", PROMPT, "--out", "out", env=env, cwd=tmp_path, under=under)
    assert ended.code == 3
    assert ended.sentence.startswith(f"assay run: The files can't be written to {tmp_path / 'out'}: No space left")
    assert "PASSED, " in ended.out
