"""Which tests the model that writes code has not seen: only those can tell code that fits the task from code that fits
its tests.

A third of the generated cases is held out of feedback. What counts as seen is judged by the call, not by the case: two
suites may state the same.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

from functions.agent.records import Case, Execution
from functions.agent.suites import body_of
from functions.agent.words import Origin

SHARE = 3
"""One in so many is held out, rounded up."""
_TEST_NAME = re.compile(r"\b[Tt]est_\d+\b")


def hidden(execution: Execution) -> frozenset[str]:
    """Ids of the generated cases that feedback should not show: held out, and not seen yet.

    The choice depends on the cases' text alone, so that every attempt holds out the same ones."""
    fresh = _fresh(execution)
    questions = {question(c) for c in fresh}
    order = sorted(questions, key=lambda text: sha256(text.encode("utf-8", "replace")).digest())
    held = set(order[: -(-len(order) // SHARE)])
    new = unseen(execution)
    return frozenset(c.id for c in fresh if question(c) in held and c.id in new)


def unseen(execution: Execution) -> frozenset[str]:
    """Ids of the generated cases whose call is neither in the request nor in any feedback so far."""
    shown = {i for a in execution.attempts for i in a.shown}
    seen = {word for c in execution.cases if c.id in shown for word in _words(c)}
    return frozenset(c.id for c in _fresh(execution) if not _words(c) & seen)


def _fresh(execution: Execution) -> list[Case]:
    """Generated cases that expect a value for a call that the request does not have."""
    stated = {word for s in execution.suites if s.origin is not Origin.GENERATED for c in s.cases for word in _words(c)}
    prompt = "".join(execution.prompt.split())
    return [
        c
        for s in execution.suites
        if s.origin is Origin.GENERATED
        for c in s.cases
        if not c.error and not _words(c) & stated and not (c.call and "".join(c.call.split()) in prompt)
    ]


def question(case: Case) -> str:
    """What the case asks of the code, as text: the same for the same call, whatever the test around it is called."""
    return _asked(case) or case.call or _TEST_NAME.sub("", body_of(case))


def _words(case: Case) -> set[str]:
    """Each way in which the question can be known again: one case may have it as a vector, another only as text."""
    return {question(case), _asked(case), case.call} - {""}


def _asked(case: Case) -> str:
    return json.dumps([case.vector["call"], case.vector["args"]]) if case.vector else ""
