"""The API's document: what it says is there, and what is there it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from functions.api.app import create

ROOT = Path(__file__).parents[3]
STATUSES = {
    ("post", "/execute"): {202, 401, 403, 409, 413, 422, 503},
    ("get", "/execute/{execution_id}"): {200, 401, 403, 404, 413, 422, 503},
    ("post", "/execute/{execution_id}/retry"): {202, 401, 403, 404, 409, 413, 422, 503},
    ("post", "/execute/{execution_id}/cancel"): {202, 401, 403, 404, 409, 413, 422, 503},
    ("get", "/execute/{execution_id}/stream"): {200, 204, 401, 403, 404, 413, 422, 503},
    ("get", "/artifacts/{artifact_id}/download"): {200, 401, 403, 404, 413, 422, 503},
    ("get", "/executions"): {200, 401, 403, 413, 422, 503},
    ("get", "/health"): {200, 403, 413},
    ("post", "/auth/register"): {201, 403, 409, 413, 422, 503},
    ("post", "/auth/login"): {200, 401, 403, 413, 422, 503},
    ("post", "/auth/refresh"): {200, 401, 403, 413, 422, 503},
    ("post", "/auth/logout"): {204, 403, 413, 422, 503},
    ("get", "/auth/me"): {200, 401, 403, 413, 422, 503},
    ("post", "/auth/password/forgot"): {204, 403, 413, 422, 503},
    ("post", "/auth/password/reset"): {204, 401, 403, 413, 422, 503},
}
"""Each of them is provoked by a test in this folder or follows from the storage behind it."""


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_status_that_is_returned_is_documented_and_no_other() -> None:
    found = {(m, p): {int(s) for s in o["responses"]} for m, p, o in operations(create().openapi())}
    assert found == STATUSES


def test_every_error_is_documented_as_the_one_shape_of_a_problem() -> None:
    document = create().openapi()
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
                assert answer["content"] == {"application/problem+json": reference}, (method, path, status)
                assert answer["description"]
    problem = document["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == {"type", "title", "status", "detail"}
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_reference_leads_somewhere() -> None:
    document = create().openapi()
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
        place: Any = document
        for part in reference.split("/"):
            place = place[part]


def test_every_operation_says_what_it_does() -> None:
    for method, path, operation in operations(create().openapi()):
        assert operation["description"].strip().endswith("."), (method, path)
        assert operation["tags"], (method, path)


async def test_the_docs_page_points_at_a_document_that_answers(door: httpx.AsyncClient) -> None:
    page = await door.get("/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    (url,) = re.findall(r"url: '([^']+)'", page.text)
    answer = await door.get(httpx.URL(str(door.base_url)).join(url))
    assert answer.status_code == 200
    assert answer.json() == create().openapi()


async def test_the_server_named_in_the_document_is_the_one_it_came_from(door: httpx.AsyncClient) -> None:
    where = httpx.URL("http://localhost/api/openapi.json")
    (server,) = (await door.get(where)).json()["servers"]
    base = str(where.join(server["url"])).rstrip("/")
    assert (await door.get(f"{base}/health")).status_code == 200


def test_the_command_prints_the_same_document() -> None:
    command = [sys.executable, "-m", "infra.local.cli", "openapi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(create().openapi()))
    assert done.stderr == ""


def test_the_command_writes_it_where_it_is_told(tmp_path: Path) -> None:
    target = tmp_path / "api.json"
    command = [sys.executable, "-m", "infra.local.cli", "openapi", "--out"]
    done = subprocess.run([*command, str(target)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""
    assert json.loads(target.read_text("utf-8"))["info"]["title"] == "Assay"
    refused = subprocess.run(
        [*command, str(tmp_path / "none" / "api.json")], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("assay openapi: ")
    assert refused.stderr.count("\n") == 1
