"""Inputs on which the best two behaviours differ: what to ask tests about when tests and code are at odds."""

from __future__ import annotations

from functions.agent import claims
from functions.agent.outputs import behaviour, value
from functions.agent.records import Execution
from functions.agent.selection import best, leader
from functions.agent.words import Origin

MOST = 3
"""Calls that are asked about at once."""
OPINIONS = 3
"""Of so many suites on one call, one more changes nothing."""


def calls(execution: Execution) -> tuple[str, ...]:
    """Calls, the shortest first, for which the best candidate and the best of another behaviour give different values.

    Empty where there is no second behaviour. What the user stated needs no opinion, and an error is none."""
    first = leader(execution)
    if first is None:
        return ()
    cases = [c for c in execution.cases if c.call and not c.error]
    ids = [c.id for c in cases]
    own = behaviour(first, ids)
    others = [c for c in execution.candidates if c.results and behaviour(c, ids) != own]
    second = best(others, execution.ledger, execution.without)
    if second is None:
        return ()
    said = claims.collect(execution.suites)
    stated = claims.collect([s for s in execution.suites if s.origin is not Origin.GENERATED])
    found = {
        c.call
        for c in cases
        if c.call not in stated
        and len({suite for suite, _ in said[c.call]}) < OPINIONS
        and None not in (mine := value(first, c.id), theirs := value(second, c.id))
        and mine != theirs
    }
    return tuple(sorted(found, key=lambda call: (len(call), call))[:MOST])
