"""What each of the five attempts tries. Small models gain more from fresh samples and votes, strong ones from repair.

    attempt   small (≤ 3B)                                   strong
    1         one careful sample, two suites                 the same
    2         two fresh samples, agreement chooses           repair
    3         repair of the winner                           repair, or a fresh sample if it fails the same way
    4         three samples by other plans, a higher tier    a higher tier
    5         the best tier                                  the best tier

The same failure signature twice in a row, or a repair that did not beat what it mended, turns the next repair into
fresh samples: it would only go in a circle. Where the best two behaviours differ, fresh samples from the third attempt
on come with one more suite, about inputs on which they do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from functions.agent import differing
from functions.agent.feedback import failing
from functions.agent.records import Execution
from functions.agent.selection import leader
from functions.agent.words import Origin, Strategy

HINTS = (
    "",
    "Work through the edge cases first, then write the simplest code that handles all of them.",
    "Split the work into small helper functions with clear names.",
    "Prefer a direct, step by step solution over a clever one.",
)
"""Plan hints that make samples differ in more than wording."""


@dataclass(frozen=True)
class Sample:
    """One request for code: `hint` is added to the prompt, `seed` makes a local model repeatable."""

    temperature: float
    seed: int
    hint: str = ""


@dataclass(frozen=True)
class Plan:
    """What one attempt asks the model for. `change` says how it differs from the attempt before; `calls` are what the
    suites are to be about, if it matters."""

    strategy: Strategy
    samples: tuple[Sample, ...]
    suites: tuple[Sample, ...] = ()
    change: str = ""
    calls: tuple[str, ...] = ()


def plan(execution: Execution, small: bool) -> Plan:
    """The plan of the attempt that `execution.attempt_number` names."""
    planned = _plan(execution, small)
    if planned.strategy is Strategy.REPAIR or planned.suites:
        return planned
    calls = differing.calls(execution)
    if not calls:
        return planned
    change = f"{planned.change}; a suite about inputs on which the best two differ"
    return replace(planned, suites=(Sample(0.2, execution.attempt_number * 10 + 9),), change=change, calls=calls)


def _plan(execution: Execution, small: bool) -> Plan:
    number = execution.attempt_number
    suites = () if _has_tests(execution) else _SUITES
    if number == 1:
        return Plan(Strategy.FIRST, _fresh(number, 1), suites)
    circle = _goes_in_a_circle(execution)
    mendable = not circle and "repair" not in execution.without and _has_a_failure(execution)
    match number:
        case 2 | 3 if not small and mendable:
            return _repair(number, suites)
        case 3 if small and mendable:
            return _repair(number, suites)
        case 4 | 5 if "escalation" not in execution.without:
            return Plan(Strategy.ESCALATE, _fresh(number, 3 if small else 1), suites, "another plan, a higher tier")
    change = "mending it goes in a circle" if circle else "fresh samples bring votes"
    return Plan(Strategy.FRESH, _fresh(number, (2 if number == 2 else 3) if small else 1), suites, change)


_SUITES = (Sample(0.2, 11), Sample(0.8, 12))


def _fresh(number: int, count: int) -> tuple[Sample, ...]:
    first = Sample(0.0, 1)
    if number == 1:
        return (first,)
    return tuple(Sample(0.8, number * 10 + i, HINTS[(number + i) % len(HINTS)]) for i in range(count))


def _repair(number: int, suites: tuple[Sample, ...]) -> Plan:
    return Plan(Strategy.REPAIR, (Sample(0.3, number * 10),), suites, "the best candidate is mended")


def _has_tests(execution: Execution) -> bool:
    """Whether there is a generated case that not any code passes."""
    vacuous = {e.id for e in execution.ledger if e.vacuous}
    return any(s.origin is Origin.GENERATED and any(c.id not in vacuous for c in s.cases) for s in execution.suites)


def _has_a_failure(execution: Execution) -> bool:
    """Whether the best candidate fails anything that is worth mending; a quarantined test is not."""
    candidate = leader(execution)
    if candidate is None:
        return False
    return bool(failing(execution, candidate)) or any(f.severity == "error" for f in candidate.findings)


def _goes_in_a_circle(execution: Execution) -> bool:
    last = [a.signature for a in execution.attempts if a.attempt_number < execution.attempt_number][-2:]
    if len(last) == 2 and last[0] == last[1] != "":
        return True
    winner = leader(execution)
    mended = (a for a in execution.attempts if a.strategy is Strategy.REPAIR)
    return winner is not None and any(winner.attempt < a.attempt_number < execution.attempt_number for a in mended)
