"""POST /execute with whatever JSON can say: it is accepted or refused, and what was accepted can be read."""

from __future__ import annotations

import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=()), max_size=60)  # half characters and control characters too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = {
    "prompt": TEXTS | st.just("Write `f`. f(1) returns 2; ```python\nassert f(2) == 3\n```"),
    "language": st.sampled_from(["python", "Python 3", "java", ""]) | TEXTS,
    "session_id": TEXTS,
    "context_artifacts": st.lists(TEXTS, max_size=3),
    "github_repo": st.just("") | TEXTS,
    "llm_preference": st.sampled_from(["fast", "balanced", "quality"]) | TEXTS,
    "output_preference": st.sampled_from(["snippet", "zip", "pr"]) | TEXTS,
    "max_attempts": st.integers(-1, 7) | st.floats(),
    "model": st.sampled_from(["", "scripted", "scripted/script", "/", "a/b/c"]) | TEXTS,
}
NEARLY = st.fixed_dictionaries(
    {"prompt": FIELDS["prompt"]},
    optional={name: value | VALUES for name, value in FIELDS.items() if name != "prompt"},
)
QUICK = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
JSON = {"content-type": "application/json"}


@QUICK
@given(body=NEARLY | VALUES, key=st.none() | st.sampled_from(["a", "b"]))
async def test_no_body_breaks_it(door: httpx.AsyncClient, body: Any, key: str | None) -> None:
    headers = JSON if key is None else {**JSON, "Idempotency-Key": key}
    answer = await door.post("/execute", content=json.dumps(body), headers=headers)
    assert answer.status_code in (202, 409, 422), (body, answer.text)
    if answer.status_code == 202:
        found = await door.get(f"/execute/{answer.json()['execution_id']}")
        assert (found.status_code, found.json()["status"]) == (200, "pending")
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json().get("field") or answer.status_code == 409


@QUICK
@given(content=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", "x", ""]))
async def test_no_bytes_break_it(door: httpx.AsyncClient, content: bytes, kind: str) -> None:
    answer = await door.post("/execute", content=content, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["field"]) == (422, "body"), content
