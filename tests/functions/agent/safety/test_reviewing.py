"""The question about risky code, and every form in which its answer may come."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.safety import Review, read_review, review_prompt
from functions.agent.safety.reviewing import MAX_CODE, MAX_REASON


def test_the_question_holds_the_request_the_code_and_what_it_touches() -> None:
    code = "import os\n\nos.remove('x')  # ```\n"
    text = review_prompt("Delete $HOME/x.", {"solution.py": code, "b.py": "y = 1\n"}, ("network", "files"))
    assert "Delete $HOME/x." in text
    assert "the network and files" in text
    assert "1: import os\n2: \n3: os.remove('x')  # ```\n````\n" in text, "in a longer fence than any in it"
    assert "1: y = 1\n```" in text
    assert '{"ok": true, "line": 0, "reason": ""}' in text


def test_code_that_can_not_be_shown_whole_is_not_asked_about() -> None:
    with pytest.raises(ValueError, match="longer than"):
        review_prompt("x", {"solution.py": "x" * (MAX_CODE + 1)}, ("files",))


FAULT = Review(False, 3, "It sends the file away.")
SAID = '{"ok": false, "line": 3, "reason": "It sends the file away."}'


@pytest.mark.parametrize(
    ("reply", "review"),
    [
        (SAID, FAULT),
        (f"```json\n{SAID}\n```", FAULT),
        (f"Here it is: {SAID} That is all.", FAULT),
        ("{'ok': False, 'line': 3, 'reason': 'It sends the file away.'}", FAULT),
        ("{'ok': false, 'line': 3, 'reason': 'It sends the file away.',}", FAULT),
        ('{"OK": "False", "Line": "3", "reason": "It sends\\n the   file away."}', FAULT),
        ('{"ok": false, "line": 3, "reason": "It sends\nthe file away."}', FAULT),
        ('{"review": {"ok": false, "line": 3, "reason": "It sends the file away."}}', FAULT),
        ('The code says {"ok": true}. But ' + SAID, FAULT),
        (SAID + ' The code says {"ok": true}.', FAULT),
        ("for (;;) { a(); } " * 200 + SAID, FAULT),
        ('{"ok": true}', Review(True)),
        ('{"ok": true, "line": null, "reason": null, "more": [1]}', Review(True)),
        ('{"ok": true, "line": -4, "reason": ""}', Review(True)),
        ('{"ok": false, "reason": "a {b} c"}', Review(False, 0, "a {b} c")),
        ('{"ok": true, "line": true}', Review(True)),
        ("", None),
        ("It is fine.", None),
        ("ok: true", None),
        ('{"ok": 1}', None),
        ('{"ok": null}', None),
        ('{"ok": "maybe"}', None),
        ('{"okay": true}', None),
        ('["ok", true]', None),
        ('{"ok": true', None),
    ],
)
def test_answers(reply: str, review: Review | None) -> None:
    assert read_review(reply) == review


@given(st.booleans(), st.integers(0, 9_999_999), st.text(max_size=400), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_what_was_answered_is_read_through_any_talk(ok: bool, line: int, why: str, before: str, after: str) -> None:
    answer = json.dumps({"ok": ok, "line": line, "reason": why})
    review = read_review(f"{before}\n{answer}\n{after}")
    assert review == Review(ok, line, " ".join(why.split())[:MAX_REASON])


@given(st.text(alphabet="{}[]\"':,oktruefalsn \\\n", max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_reply_is_read(reply: str) -> None:
    review = read_review(reply)
    assert review is None or isinstance(review.ok, bool)


@given(st.lists(st.booleans(), min_size=1, max_size=10))
def test_one_answer_against_it_outweighs_all_others(answers: list[bool]) -> None:
    reply = " and ".join(json.dumps({"ok": ok}) for ok in answers)
    assert read_review(reply) == Review(all(answers))


@pytest.mark.parametrize("piece", ["{", '{"a":', '{"ok": true} ', "{'ok': (", "{[", '{"'])
def test_long_replies_take_little_time(piece: str) -> None:
    begun = time.process_time()
    read_review(piece * 100_000)
    assert time.process_time() - begun < 3
