"""What was judged before is not run again: from the start of a run to its decision, with the local adapters."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from functions.agent.bundle import bundle_name, result_name
from functions.agent.loop import due, run_id
from functions.agent.narration import story
from functions.agent.ports import Ports
from functions.agent.records import Attempt, Candidate, Case, Execution, Judged, Suite
from functions.agent.usecases import check_run, sweep, take_result
from functions.agent.usecases.carry import carry_out, resume
from functions.agent.words import Level, Origin, Phase, Status, Strategy, Tier
from infra.local.sandbox import LocalSandbox
from infra.local.stack import LocalStack

NOW = time.time()
PROBE = {"fence": "uid", "apart": True}
RIGHT, WRONG, OTHER = "return a + b", "return a - b", "return sum((a, b))"
CASES = (
    Case("anchors-1", "add(1, 2) == 3", "def test_1():\n    assert add(1, 2) == 3", "add(1, 2)", "3"),
    Case("anchors-2", "add(0, 0) == 0", "def test_2():\n    assert add(0, 0) == 0", "add(0, 0)", "0"),
)


@dataclass
class Elsewhere:
    """The stack's sandbox with another image."""

    inner: LocalSandbox
    name: str

    def image(self, language: str) -> str:
        return self.name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass
class World:
    stack: LocalStack
    ports: Ports

    async def testing(self, id: str, *bodies: str, cases: Sequence[Case] = CASES, **changes: Any) -> Execution:
        """A saved execution that waits for its run; `bodies` are of its candidates."""
        candidates = tuple(
            Candidate(f"a1c{i}", 1, f"sha-{body}", {"solution.py": f"def add(a, b):\n    {body}\n"})
            for i, body in enumerate(bodies, 1)
        )
        attempt = Attempt(
            f"{id}-a1", id, 1, Strategy.FIRST, Tier.SIMPLE, llm_provider="p", llm_model="m",
            candidates=candidates, started_at=NOW,
        )  # fmt: skip
        made = Execution(
            id, "local", "Write add.", "python", NOW, status=Status.RUNNING, phase=Phase.TESTING, attempts=(attempt,),
            suites=(Suite("anchors", Origin.ANCHOR, tuple(cases)),), interface="def add(a, b): ...",
            limits={"wall_s": 120.0, "cell_wall_s": 10.0}, updated_at=NOW, without=("mutation", "review"),
        )  # fmt: skip
        saved = await self.ports.records.save(replace(made, **changes))
        await self.ports.events.append(id, story(saved))
        return saved

    async def start(self, execution: Execution) -> Execution:
        return await carry_out(self.ports, execution, due(execution))

    async def asked(self, execution: Execution) -> dict[str, Any]:
        """The bundle of the run that waits."""
        packed: dict[str, Any] = json.loads(await self.ports.blobs.get(bundle_name(execution.id, run_id(execution))))
        return packed

    async def answer(self, execution: Execution, cells: Mapping[str, Any] | None = None, **changes: Any) -> Execution:
        """The sandbox's result arrives: of the bundle's candidates, as `said` would have it."""
        run, name = run_id(execution), result_name(execution.id, run_id(execution))
        bundle = await self.asked(execution)
        found = [
            {"candidate": c["id"], "suite": s["id"], **said(c, s), **((cells or {}).get(c["id"], {}))}
            for c in bundle["candidates"]
            for s in bundle["suites"]
        ]
        top = {"schema": 2, "run_id": run, "execution_id": execution.id, "probe": PROBE, "wall_ms": 160.0}
        await self.ports.blobs.put(name, json.dumps({**top, "cells": found, **changes}).encode())
        await take_result(self.ports, name, NOW + 1)
        return await self.now(execution)

    async def judged(self, id: str, *bodies: str, **changes: Any) -> Execution:
        """An execution whose run has been started and answered."""
        execution = await self.testing(id, *bodies, **changes)
        await self.start(execution)
        return await self.answer(execution)

    async def now(self, execution: Execution) -> Execution:
        return await self.ports.records.get(Execution, execution.id)

    async def log(self, execution: Execution) -> list[str]:
        return [e.data["text"] for e in await self.ports.events.read(execution.id) if e.kind == "log"]

    def runs(self) -> list[str]:
        rows = self.stack.database.rows("SELECT name FROM tasks WHERE target = 'sandbox' ORDER BY name", ())
        return [name for (name,) in rows]

    async def kept(self) -> int:
        return (await self.ports.records.query(Judged, {})).total


def said(candidate: Mapping[str, Any], suite: Mapping[str, Any]) -> dict[str, Any]:
    good = WRONG not in candidate["files"]["solution.py"]
    outcome = {"outcome": "passed", "level": "R4"} if good else {"outcome": "failed", "message": "assert -1 == 3"}
    cases = {case["id"]: outcome for case in suite["cases"]}
    return {"status": "exited", "complete": True, "exit_code": 0, "cases": cases, "stdout": {"head": "seen"}}


@pytest.fixture
def world(stack: LocalStack) -> World:
    return World(stack, stack.wired.ports)


async def test_the_same_code_against_the_same_tests_starts_no_second_run(world: World) -> None:
    first = await world.judged("e1", RIGHT)
    second = await world.start(await world.testing("e2", RIGHT))
    assert world.runs() == ["run-e1-a1-r0"]
    assert second == await world.now(second)
    assert (second.phase, second.verdict) == (Phase.DELIVERING, first.verdict)
    assert second.environment == first.environment == PROBE
    assert second.candidates == first.candidates
    assert (first.attempts[0].sandbox_ms, second.attempts[0].sandbox_ms) == (160, 0)
    assert second.candidates[0].results["anchors-1"].level is Level.R4
    assert second.candidates[0].stdout == "seen"
    assert await world.log(second) == ["1 of 1 candidates was judged before: not run again."]
    assert await world.log(first) == []


async def test_what_somebody_else_had_judged_is_run_all_the_same(world: World) -> None:
    await world.judged("e1", RIGHT)
    await world.start(await world.testing("e2", RIGHT, user_id="somebody"))
    assert world.runs() == ["run-e1-a1-r0", "run-e2-a1-r0"]


async def test_what_failed_before_fails_again_without_a_run(world: World) -> None:
    await world.judged("e1", WRONG)
    second = await world.start(await world.testing("e2", WRONG))
    assert world.runs() == ["run-e1-a1-r0"]
    assert (second.phase, second.attempt_number) == (Phase.QUEUED, 2)
    assert "assert -1 == 3" in second.attempts[0].candidates[0].results["anchors-1"].message


OTHERS: dict[str, dict[str, Any]] = {
    "a test": {"cases": (replace(CASES[0], source="def test_1():\n    assert add(1, 2) == 4"), CASES[1])},
    "a test more": {"cases": (*CASES, replace(CASES[0], id="anchors-3"))},
    "a limit": {"limits": {"wall_s": 120.0, "cell_wall_s": 9.0}},
    "the cache off": {"without": ("cache",)},
}


@pytest.mark.parametrize("what", OTHERS)
async def test_another_test_or_limit_is_run(world: World, what: str) -> None:
    await world.judged("e1", RIGHT)
    second = await world.start(await world.testing("e2", RIGHT, **OTHERS[what]))
    assert (second.phase, len(world.runs())) == (Phase.TESTING, 2)


async def test_other_code_is_run(world: World) -> None:
    await world.judged("e1", RIGHT)
    await world.start(await world.testing("e2", OTHER))
    assert len(world.runs()) == 2


@pytest.mark.parametrize("image", ["another", ""])
async def test_in_another_image_or_an_unknown_one_it_is_run(world: World, image: str) -> None:
    await world.judged("e1", RIGHT)
    elsewhere: Any = Elsewhere(world.stack.sandbox, image)
    there = World(world.stack, replace(world.ports, sandbox=elsewhere))
    await there.judged("e2", RIGHT)
    await there.start(await there.testing("e3", RIGHT))
    assert len(world.runs()) == (2 if image else 3), "what nobody can name is not kept"


async def test_only_the_unknown_candidates_are_run_and_all_are_judged(world: World) -> None:
    await world.judged("e1", RIGHT, WRONG)
    second = await world.testing("e2", WRONG, OTHER, RIGHT)
    await world.start(second)
    assert [c["id"] for c in (await world.asked(second))["candidates"]] == ["a1c2"]
    assert await world.log(second) == ["2 of 3 candidates were judged before: not run again."]
    after = await world.answer(second)
    outcomes = {c.id: str(c.results["anchors-1"].outcome) for c in after.candidates}
    assert outcomes == {"a1c1": "failed", "a1c2": "passed", "a1c3": "passed"}
    assert after.attempts[0].sandbox_ms == 160


async def test_candidates_with_the_same_text_are_run_once(world: World) -> None:
    first = await world.testing("e1", RIGHT, WRONG, RIGHT)
    await world.start(first)
    assert [c["id"] for c in (await world.asked(first))["candidates"]] == ["a1c1", "a1c2"]
    after = await world.answer(first)
    assert [str(c.results["anchors-1"].outcome) for c in after.candidates] == ["passed", "failed", "passed"]
    assert await world.kept() == 2


async def test_equal_candidates_share_a_timeout_too_but_nobody_after_them(world: World) -> None:
    first = await world.testing("e1", RIGHT, RIGHT)
    await world.start(first)
    late = {"outcome": "error", "message": "the process timed out while this test ran"}
    hung = {"status": "timeout", "complete": False, "cases": {c.id: late for c in CASES}}
    after = await world.answer(first, {"a1c1": hung})
    assert {c.status for c in after.candidates} == {"timeout"}
    assert await world.kept() == 0
    await world.start(await world.testing("e2", RIGHT))
    assert len(world.runs()) == 2


UNSOUND: dict[str, dict[str, Any]] = {
    "incomplete": {"complete": False},
    "complete by its own word": {"complete": "yes"},
    "killed": {"status": "memory_limit"},
    "a case missing": {"cases": {"anchors-1": {"outcome": "passed", "level": "R4"}}},
}


@pytest.mark.parametrize("what", UNSOUND)
async def test_what_a_limit_broke_is_judged_and_not_kept(world: World, what: str) -> None:
    first = await world.testing("e1", RIGHT)
    await world.start(first)
    after = await world.answer(first, {"a1c1": UNSOUND[what]})
    assert after.candidates[0].results, "it is a result all the same"
    assert await world.kept() == 0


async def test_a_lost_run_leaves_nothing(world: World) -> None:
    first = await world.testing("e1", RIGHT)
    await world.start(first)
    after = await world.answer(first, error={"type": "sandbox_failed", "detail": "no fence"})
    assert (after.faults, await world.kept()) == (1, 0)


async def test_starting_and_answering_again_changes_nothing(world: World) -> None:
    await world.judged("e1", RIGHT)
    second = await world.testing("e2", WRONG, RIGHT)
    await world.start(second)
    asked = await world.asked(second)
    await world.judged("e3", WRONG)  # meanwhile another run makes the other one known as well
    runs = world.runs()
    told = await world.log(second)
    decided = await resume(world.ports, second)
    assert decided.phase is not Phase.TESTING
    assert decided.verdict is not None
    for _ in range(2):
        assert await resume(world.ports, second) == decided
    assert (world.runs(), await world.asked(second), await world.log(second)) == (runs, asked, told)
    assert await world.answer(second) == decided, "the sandbox is late"
    assert await world.now(second) == decided


async def test_a_start_that_is_repeated_keeps_to_the_first_bundle(world: World) -> None:
    await world.judged("e1", RIGHT)
    second = await world.testing("e2", WRONG, OTHER, RIGHT)
    await world.start(second)
    await world.judged("e3", OTHER)
    assert (await resume(world.ports, second)).phase is Phase.TESTING
    assert [c["id"] for c in (await world.asked(second))["candidates"]] == ["a1c1", "a1c2"]
    after = await world.answer(second)
    assert [str(c.results["anchors-1"].outcome) for c in after.candidates] == ["failed", "passed", "passed"]


async def test_what_is_known_no_more_when_the_result_comes_is_run_and_never_guessed(world: World) -> None:
    await world.judged("e1", RIGHT)
    second = await world.testing("e2", WRONG, RIGHT)
    await world.start(second)
    for judged in (await world.ports.records.query(Judged, {})).items:
        await world.ports.records.delete(Judged, judged.id)
    after = await world.answer(second)
    assert (after.phase, after.faults, after.verdict) == (Phase.TESTING, 1, None)
    assert [c["id"] for c in (await world.asked(after))["candidates"]] == ["a1c2"], "the other one is known now"
    after = await world.answer(after)
    assert [str(c.results["anchors-1"].outcome) for c in after.candidates] == ["failed", "passed"]


async def test_a_damaged_entry_is_no_entry(world: World) -> None:
    await world.judged("e1", RIGHT)
    world.stack.database.execute("UPDATE records SET body = '[' WHERE kind = 'Judged'", ())
    second = await world.start(await world.testing("e2", RIGHT))
    assert second.phase is Phase.TESTING


async def test_a_deadline_finds_the_result_that_nobody_heard_of(world: World) -> None:
    await world.judged("e1", RIGHT)
    second = await world.testing("e2", WRONG, RIGHT)
    await world.start(second)
    top = {"schema": 2, "run_id": run_id(second), "execution_id": "e2", "probe": PROBE, "wall_ms": 1.0}
    bundle = await world.asked(second)
    (one,), (tests,) = bundle["candidates"], bundle["suites"]
    cell = {"candidate": one["id"], "suite": tests["id"], **said(one, tests)}
    await world.ports.blobs.put(result_name("e2", run_id(second)), json.dumps({**top, "cells": [cell]}).encode())
    await check_run(world.ports, "e2", run_id(second), NOW + 400)
    after = await world.now(second)
    assert [str(c.results["anchors-1"].outcome) for c in after.candidates] == ["failed", "passed"]


async def test_what_is_older_than_the_retention_goes_and_nothing_else(world: World) -> None:
    days = float(world.ports.settings["retention_days"])
    for n in range(120):
        await world.ports.records.save(Judged(f"old{n}", {}, created_at=NOW - 86_400 * days - 1 - n))
    for n in range(130):
        await world.ports.records.save(Judged(f"new{n}", {}, created_at=NOW - 86_400 * days + 1 + n))
    assert (await sweep(world.ports, NOW)).forgotten == 120
    left = (await world.ports.records.query(Judged, {}, limit=500)).items
    assert len(left) == 130
    assert all(j.id.startswith("new") for j in left)
    assert (await sweep(world.ports, NOW)).forgotten == 0
