"""What cases state about a call, and whether two of them contradict each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from functions.agent.python_source import differ as texts_differ
from functions.agent.records import Case, Suite

Claims = Mapping[str, tuple[tuple[str, Case], ...]]
"""call → (suite id, case) of each case that states a value for it."""


def collect(suites: Iterable[Suite], without: frozenset[str] = frozenset()) -> Claims:
    """The claims of all cases but those of the ids `without`."""
    claims: dict[str, tuple[tuple[str, Case], ...]] = {}
    for suite in suites:
        for case in suite.cases:
            if case.call and case.id not in without:
                claims[case.call] = (*claims.get(case.call, ()), (suite.id, case))
    return claims


def backers(case: Case, claims: Claims) -> int:
    """How many suites state the same value for the same call."""
    return len({suite for suite, other in claims.get(case.call, ()) if other.expected == case.expected})


def contradicted(case: Case, claims: Claims) -> bool:
    """Whether a claim on the same call states another value; what can't be compared is not said to contradict."""
    return any(_differ(case, other) for _, other in claims.get(case.call, ()))


def wants_truth(case: Case) -> bool:
    """Whether the case asks that a call gives something true: a stub's object is, and False is not for all that."""
    return (case.vector or {}).get("expect") == {"truthy": True}


def _differ(one: Case, other: Case) -> bool:
    expected = [(c.vector or {}).get("expect", {}) for c in (one, other)]
    if not all("value" in e for e in expected):
        return texts_differ(one.expected, other.expected)
    a, b = (_comparable(e["value"]) for e in expected)
    within = max(float(e.get("within", 0.0)) for e in expected)
    if within and isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return not math.isclose(a, b, rel_tol=0.0, abs_tol=2 * within)
    return bool(a != b)


def _comparable(wire: Any) -> Any:
    """A value of the sandbox's exact JSON (docs/sandbox.md) as one that `==` compares: 1 is 1.0, and NaN is NaN."""
    if isinstance(wire, list):
        return [_comparable(v) for v in wire]
    if not isinstance(wire, Mapping):
        return wire
    match wire.get("t"), wire.get("v"):
        case "f", str(text):
            number = float(text)
            return "NaN" if math.isnan(number) else number
        case "d", list(pairs):
            return "map", sorted(repr((_comparable(k), _comparable(v))) for k, v in pairs)
        case "s", list(values):
            return "set", sorted(repr(_comparable(v)) for v in values)
        case kind, value:
            return kind, value
