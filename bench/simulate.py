"""The loop's own decisions against two simpler ways, with simulated models that are right 30, 60 and 90 % of the time.

    ./assay bench simulate [--n 1000] [--seed 1] [--json]

The state machine, trust, selection, schedule and verdict are the real ones; model and sandbox are a simulation
(`bench/_world.py` says what is assumed), so this shows how the rules behave, not how good any model is.

single     the first sample
all-pass   fresh samples, at most five, until one passes all of its own generated tests and the example; else the last
loop       what Assay does
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench._world import World, kind
from functions.agent import delivery, events, loop, schedule
from functions.agent.records import Candidate, Execution, Suite
from functions.agent.selection import leader
from functions.agent.words import Origin, Phase, Status, Strategy, Tier

SKILLS = (0.3, 0.6, 0.9)
ATTEMPTS = 5


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="assay bench simulate", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--n", type=int, default=1000, help="tasks of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    rows = [_row(skill, example, args.n, args.seed) for example in (True, False) for skill in SKILLS]
    print(json.dumps(rows, indent=2) if args.json else table(rows))
    return 0


def _row(skill: float, example: bool, n: int, seed: int) -> dict[str, Any]:
    """Shares (0 … 1) over `n` tasks; `accepted`: the way says it is right, `false_accepts` is a share of those."""
    row: dict[str, Any] = {"skill": skill, "example": example, "n": n}
    for name, way in (("single", single), ("all_pass", all_pass), ("loop", whole_loop)):
        dice = random.Random(f"{seed} {skill} {example}")  # every way meets the same tasks
        seen = [way(World(skill, random.Random(dice.random())), example) for _ in range(n)]
        accepted = [right for right, said, _ in seen if said]
        row[name] = {
            "solved": sum(right for right, _, _ in seen) / n,
            "accepted": len(accepted) / n,
            "false_accepts": accepted.count(False) / len(accepted) if accepted else 0.0,
            "samples": sum(samples for _, _, samples in seen) / n,
        }
    return row


Seen = tuple[bool, bool, int]
"""(right, said to be right, samples of code)."""


def single(world: World, example: bool) -> Seen:
    return world.behaviour() == 0, True, 1


def all_pass(world: World, example: bool) -> Seen:
    suites = (*_anchors(world, example), world.suite("s1"))
    execution = replace(_execution(()), suites=suites)
    for number in range(1, ATTEMPTS + 1):
        candidate = world.candidate(number, 1, world.behaviour())
        cells = world.finished(execution, "r", [candidate]).cells
        if all(r.outcome == "passed" for cell in cells for r in cell.cases.values()):
            return kind(candidate) == 0, True, number
    return kind(candidate) == 0, False, ATTEMPTS


def whole_loop(world: World, example: bool) -> Seen:
    execution = _execution(_anchors(world, example))
    samples = 0
    while execution.phase is not Phase.DELIVERING:
        plan = schedule.plan(execution, small=True)
        execution = _step(execution, _begun(execution, plan))
        candidates = _candidates(world, execution, plan)
        samples += len(candidates)
        number = execution.attempt_number
        suites = tuple(world.suite(f"s{number}{i}") for i in range(1, len(plan.suites) + 1))
        execution = _step(execution, events.AttemptWritten(number, candidates, suites))
        execution = _step(execution, world.finished(execution, loop.run_id(execution), candidates))
    winner = delivery.winner(execution)
    verdict = execution.verdict
    assert winner is not None
    assert verdict is not None
    return kind(winner) == 0, verdict.status is Status.PASSED, samples


def _candidates(world: World, execution: Execution, plan: schedule.Plan) -> tuple[Candidate, ...]:
    old = leader(execution) if plan.strategy is Strategy.REPAIR else None
    kinds = [world.behaviour() if old is None else world.mended(kind(old)) for _ in plan.samples]
    return tuple(world.candidate(execution.attempt_number, i, k) for i, k in enumerate(kinds, 1))


def _begun(execution: Execution, plan: schedule.Plan) -> events.AttemptBegun:
    number = execution.attempt_number
    return events.AttemptBegun(number, plan.strategy, Tier.SIMPLE, "simulated", "simulated", "", plan.change)


def _step(execution: Execution, happening: events.Happening) -> Execution:
    return loop.advance(execution, happening, 0.0)[0]


def _anchors(world: World, example: bool) -> tuple[Suite, ...]:
    return (world.suite("anchors", Origin.ANCHOR),) if example else ()


def _execution(suites: tuple[Suite, ...]) -> Execution:
    without = ("mutation", "review")
    return Execution("e", "u", "Write f", "python", 0.0, suites=suites, max_attempts=ATTEMPTS, without=without)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows for people: per cent solved, and of what is called right, per cent wrong."""
    lines = ["skill  example   single    all-pass: solved  wrong  samples    loop: solved  wrong  passed  samples"]
    for row in rows:
        one, all_, ours = row["single"], row["all_pass"], row["loop"]
        start = f"{row['skill']:>4.0%}   {'yes' if row['example'] else 'no':7}  {one['solved']:>5.1%}"
        plain = f"{all_['solved']:>16.1%}  {all_['false_accepts']:>5.1%}  {all_['samples']:>7.1f}"
        looped = f"{ours['solved']:>14.1%}  {ours['false_accepts']:>5.1%}  {ours['accepted']:>6.1%}"
        lines.append(f"{start}  {plain}  {looped}  {ours['samples']:>7.1f}")
    return "\n".join([*lines, f"{rows[0]['n']} tasks a row" if rows else ""])
