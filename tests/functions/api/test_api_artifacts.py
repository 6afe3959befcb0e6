"""A delivered bundle over HTTP: only its owner's, as plain bytes under a safe name."""

from __future__ import annotations

from dataclasses import replace

import httpx

from functions.agent import usecases
from functions.agent.records import Artifact
from infra.local.stack import LocalStack

HOSTILE = 'a"; filename=evil.html\r\nSet-Cookie: x=1'


async def test_an_artifact_is_downloaded_as_bytes_whatever_its_name(door: httpx.AsyncClient, stack: LocalStack) -> None:
    artifact = await usecases.attach(stack.wired.ports, "local", HOSTILE, b"<script>", 1.0)
    answer = await door.get(f"/artifacts/{artifact.id}/download")
    assert (answer.status_code, answer.content) == (200, b"<script>")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; filename*=UTF-8''a%22")
    assert "set-cookie" not in answer.headers


async def test_somebody_elses_artifact_does_not_exist(door: httpx.AsyncClient, stack: LocalStack) -> None:
    mine = await usecases.attach(stack.wired.ports, "somebody", "a.txt", b"secret", 1.0)
    theirs = await door.get(f"/artifacts/{mine.id}/download")
    nobodys = await door.get("/artifacts/none/download")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["detail"].replace(mine.id, "") == nobodys.json()["detail"].replace("none", "")


async def test_an_artifact_whose_file_is_gone_is_not_found(door: httpx.AsyncClient, stack: LocalStack) -> None:
    artifact = await usecases.attach(stack.wired.ports, "local", "a.txt", b"x", 1.0)
    found = await stack.records.get(Artifact, artifact.id)
    await stack.records.save(replace(found, file_path="artifacts/none"))
    assert (await door.get(f"/artifacts/{artifact.id}/download")).status_code == 404
