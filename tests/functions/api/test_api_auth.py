"""People at the door: signing in and out, and nobody sees what is somebody else's."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from functions.agent.records import Artifact, Execution
from functions.agent.words import ArtifactType
from infra import wiring
from infra.local.stack import LocalStack

ADA = {"email": "ada@example.org", "password": "three ducks in a row"}
GRACE = {"email": "grace@example.org", "password": "four geese in a pond"}
PROMPT = "Write a function `add`. For example add(1, 2) returns 3."


async def sign_up(door: httpx.AsyncClient, who: dict[str, str]) -> dict[str, str]:
    """The headers of a new person."""
    answer = await door.post("/auth/register", json=who)
    assert answer.status_code == 201
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_a_person_registers_signs_in_refreshes_and_signs_out(door: httpx.AsyncClient) -> None:
    made = (await door.post("/auth/register", json=ADA)).json()
    assert (made["token_type"], made["expires_in"]) == ("Bearer", 900)
    me = await door.get("/auth/me", headers={"Authorization": f"Bearer {made['access_token']}"})
    assert (me.json()["email"], me.json()["tier"]) == (ADA["email"], "registered")
    signed_in = (await door.post("/auth/login", json=ADA)).json()
    turned = await door.post("/auth/refresh", json={"refresh_token": signed_in["refresh_token"]})
    assert turned.status_code == 200
    latest = {"refresh_token": turned.json()["refresh_token"]}
    assert (await door.post("/auth/logout", json=latest)).status_code == 204
    gone = await door.post("/auth/refresh", json=latest)
    assert (gone.status_code, gone.json()["type"]) == (401, "urn:assay:not-signed-in")


async def test_an_address_is_taken_once_and_a_bad_field_is_named(door: httpx.AsyncClient) -> None:
    await sign_up(door, ADA)
    assert (await door.post("/auth/register", json=ADA)).status_code == 409
    for field, bad in (("email", "ada"), ("password", "short"), ("email", 7), ("other", "x")):
        answer = await door.post("/auth/register", json={**GRACE, field: bad})
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_wrong_password_and_an_unknown_address_look_alike(door: httpx.AsyncClient) -> None:
    await sign_up(door, ADA)
    wrong = await door.post("/auth/login", json={**ADA, "password": GRACE["password"]})
    unknown = await door.post("/auth/login", json=GRACE)
    assert wrong.status_code == 401
    assert wrong.headers["www-authenticate"] == "Bearer"
    assert wrong.json() == unknown.json()


@pytest.mark.parametrize("header", [b"Bearer x", b"Bearer ", b"Bearer a.b.c", b"bearer \xff", b"Basic YTpi", b""])
async def test_what_is_no_good_token_is_refused_and_never_the_local_user(
    door: httpx.AsyncClient, header: bytes
) -> None:
    answer = await door.get("/executions", headers=[(b"Authorization", header)])
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:assay:not-signed-in")


async def test_without_a_token_only_a_server_of_this_machine_knows_who_asks(
    door: httpx.AsyncClient, stack: LocalStack
) -> None:
    assert (await door.get("/auth/me")).json()["id"] == "local"
    wiring.install(replace(stack.wired, local=False))
    for path in ("/auth/me", "/executions", "/execute/x", "/execute/x/stream", "/artifacts/x/download"):
        assert (await door.get(path)).status_code == 401, path


async def test_a_password_is_set_anew_with_a_code(door: httpx.AsyncClient, stack: LocalStack) -> None:
    await sign_up(door, ADA)
    for who in (ADA, GRACE):
        assert (await door.post("/auth/password/forgot", json={"email": who["email"]})).status_code == 204
    code = await stack.identity.reset_code(ADA["email"])
    new = {"code": code, "password": "five swans on a lake"}
    assert (await door.post("/auth/password/reset", json=new)).status_code == 204
    assert (await door.post("/auth/password/reset", json=new)).status_code == 401
    assert (await door.post("/auth/login", json=ADA)).status_code == 401
    assert (await door.post("/auth/login", json={**ADA, "password": new["password"]})).status_code == 200


async def test_what_is_another_person_s_is_not_there(door: httpx.AsyncClient, stack: LocalStack) -> None:
    ada, grace = await sign_up(door, ADA), await sign_up(door, GRACE)
    key = {"Idempotency-Key": "k"}
    mine = (await door.post("/execute", json={"prompt": PROMPT}, headers={**ada, **key})).json()["execution_id"]
    theirs = (await door.post("/execute", json={"prompt": PROMPT}, headers={**grace, **key})).json()["execution_id"]
    assert mine != theirs, "a key is one person's"
    owner = (await stack.records.get(Execution, mine)).user_id
    await stack.blobs.put("a/zip", b"x")
    await stack.records.save(Artifact("zip", owner, "x.zip", ArtifactType.OUTPUT, "a/zip", created_at=1.0))
    asked = [
        *(("GET", f"/execute/{mine}"), ("GET", f"/execute/{mine}/stream"), ("POST", f"/execute/{mine}/retry")),
        *(("POST", f"/execute/{mine}/cancel"), ("GET", "/artifacts/zip/download")),
    ]
    for headers in (grace, {}):
        for method, path in asked:
            answer = await door.request(method, path, headers=headers)
            assert answer.status_code == 404, (method, path)
            nowhere = await door.request(method, path.replace(mine, "0" * 32).replace("zip", "pix"), headers=headers)
            said, other = answer.json()["detail"], nowhere.json()["detail"]
            assert said.replace(mine, "?").replace("zip", "?") == other.replace("0" * 32, "?").replace("pix", "?")
    listed = (await door.get("/executions", headers=grace)).json()
    assert ([e["execution_id"] for e in listed["executions"]], listed["total"]) == ([theirs], 1)
    assert (await door.get("/executions")).json()["total"] == 0
    assert (await door.get("/artifacts/zip/download", headers=ada)).status_code == 200
