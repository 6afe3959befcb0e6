"""The story of an execution: each piece once, under a key of its own."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import narration
from functions.agent.records import Execution
from functions.agent.words import Phase, Status
from making import candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"))


def told(execution: Execution) -> list[str]:
    return [e.kind for e in narration.story(execution)]


def test_the_story_from_request_to_done() -> None:
    whole = execution([ANCHORS, FIRST], [candidate("a1c1", {"anchors-1": True, "s11-1": False})])
    done = replace(whole, phase=Phase.DONE, status=Status.PASSED)
    assert told(replace(done, attempts=(), verdict=None, phase=Phase.QUEUED)) == ["plan", "phase"]
    assert told(done) == [
        "plan",
        "phase",
        "route",
        "phase",
        "file",
        "phase",
        "tests",
        "attempt",
        "phase",
        "usage",
        "done",
    ]
    tests = next(e for e in narration.story(done) if e.kind == "tests")
    assert tests.data["cases"][0] == {
        "id": "anchors-1",
        "name": "f(1) == 1",
        "outcome": "passed",
        "message": "",
        "level": "R3",
        "origin": "anchor",
        "state": "trusted",
    }
    assert tests.data["cases"][1]["outcome"] == "failed"


def test_no_two_pieces_share_a_key_even_when_a_file_is_named_like_one() -> None:
    files = {"tests": "x", "file": "y", "file-tests": "z", "solution.py": "w", "a1c1-tests": "v"}
    made = [candidate("a1c1", {"anchors-1": True}, files=files), candidate("a1c2", {"anchors-1": True}, files=files)]
    keys = [e.key for e in narration.story(replace(execution([ANCHORS], made), phase=Phase.DONE))]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_news_is_what_was_not_told_before_and_telling_twice_tells_nothing() -> None:
    one = execution([ANCHORS], [candidate("a1c1", {"anchors-1": False})])
    two = execution([ANCHORS], [candidate("a1c1", {"anchors-1": False}), candidate("a2c1", {"anchors-1": True})])
    assert narration.news(one, one) == []
    assert narration.news(None, one) == narration.story(one)
    assert narration.news(one, two)
    assert all(e.key.startswith("a2") for e in narration.news(one, two))


def test_messages_are_told_without_the_machine() -> None:
    made = candidate("a1c1", {"anchors-1": False})
    result = replace(made.results["anchors-1"], message="\x1b[31mno /tmp/slot/tmpab12cd34/x.py")
    story = narration.story(execution([ANCHORS], [replace(made, results={"anchors-1": result})]))
    cases = next(e for e in story if e.kind == "tests").data["cases"]
    assert cases[0]["message"] == "no x.py"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3), max_size=4),
    st.sampled_from(Phase),
    st.integers(1, 3),
)
def test_any_story_is_json_with_unique_keys(files: list[dict[str, str]], phase: Phase, attempts: int) -> None:
    made = [candidate(f"a{1 + n % attempts}c{n}", {"anchors-1": n % 2 == 0}, files=f) for n, f in enumerate(files)]
    story = narration.story(replace(execution([ANCHORS, FIRST], made), phase=phase))
    assert len({e.key for e in story}) == len(story)
    json.dumps([dict(e.data) for e in story], allow_nan=False)
