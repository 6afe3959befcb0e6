"""Finished executions change the tier of the next one, each counts once, and what has begun stays as it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from functions.agent.errors import ModelMisconfigured
from functions.agent.events import AttemptBegun, Cancelled, Delivered, WritingFailed
from functions.agent.learning import track_id
from functions.agent.ports import Model, ModelSpec, Ports, Route
from functions.agent.records import Attempt, Candidate, CaseResult, Execution, Track, Usage, Verdict
from functions.agent.usecases import write_attempt
from functions.agent.usecases.carry import apply
from functions.agent.usecases.experience import tier_for, tracks
from functions.agent.words import CaseOutcome, Confidence, Level, Phase, Preference, Status, Strategy, Tier
from infra.local.stack import LocalStack

NOW = time.time()
SPECS = {Tier.SIMPLE: ModelSpec("p", "small", small=True), Tier.MEDIUM: ModelSpec("p", "middle")}


@dataclass
class Tiers:
    """The port `Models` with one model a tier; nobody can be asked in a tier without one."""

    specs: dict[Tier, ModelSpec]

    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        if tier not in self.specs:
            raise ModelMisconfigured("No model can be asked.")
        return Route((self.specs[tier],), f"{self.specs[tier].name} is first")

    def open(self, spec: ModelSpec) -> Model:
        raise ModelMisconfigured(f"{spec.name} cannot be asked: no key.")


@pytest.fixture
def ports(stack: LocalStack) -> Ports:
    return replace(stack.wired.ports, models=Tiers(dict(SPECS)))


def pending(id: str, **changes: Any) -> Execution:
    return replace(Execution(id, "local", "Write add.", "go", NOW, updated_at=NOW), **changes)


async def delivering(ports: Ports, id: str, model: str, passed: bool, **changes: Any) -> Execution:
    """A saved execution whose one attempt, by `model` of p, has been judged."""
    outcome = CaseResult(CaseOutcome.PASSED, level=Level.VECTORS) if passed else CaseResult(CaseOutcome.FAILED, "no")
    one = Candidate("a1c1", 1, "sha", {"solution.go": "package solution\n"}, {"anchors-1": outcome})
    attempt = Attempt(
        f"{id}-a1", id, 1, Strategy.FIRST, Tier.SIMPLE, llm_provider="p", llm_model=model, candidates=(one,),
        usage=Usage(100, 20), model_ms=1500, sandbox_ms=500, started_at=NOW, completed_at=NOW,
    )  # fmt: skip
    verdict = Verdict(Status.PASSED if passed else Status.FAILED, Confidence.LIKELY, "", winner="a1c1")
    made = pending(
        id, status=Status.RUNNING, phase=Phase.DELIVERING, attempts=(attempt,), verdict=verdict, **changes
    )  # fmt: skip
    return await ports.records.save(made)


async def finish(ports: Ports, model: str, outcomes: Sequence[bool]) -> None:
    for n, passed in enumerate(outcomes):
        execution = await delivering(ports, f"{model}-{n}", model, passed)
        await apply(ports, execution.id, Delivered(), NOW + 1)


async def known(ports: Ports, model: str = "small", language: str = "go") -> Track:
    return await ports.records.get(Track, track_id(f"p/{model}", language))


async def begun(ports: Ports, execution: Execution) -> Attempt:
    """The attempt as it is recorded, although no model answers."""
    await ports.records.save(execution)
    await write_attempt(ports, execution.id, 1, lambda: NOW)
    return (await ports.records.get(Execution, execution.id)).attempts[0]


async def test_finished_executions_change_the_tier_of_the_next_one(ports: Ports) -> None:
    first = await begun(ports, pending("first"))
    assert first.tier is Tier.SIMPLE
    assert first.reason == "a simple request; no experience in Go yet; p/small is first"
    await finish(ports, "small", [True] * 3 + [False] * 8)
    await finish(ports, "middle", [True] * 9 + [False])
    second = await begun(ports, pending("second"))
    assert (second.tier, second.llm_model) == (Tier.MEDIUM, "middle")
    assert second.reason == (
        "a simple request; medium is asked: simple solved 3 of 11 in Go, medium 9 of 10; p/middle is first"
    )
    assert (await begun(ports, pending("other", language="java"))).tier is Tier.SIMPLE, "it is of one language only"


async def test_an_execution_counts_once_however_often_its_end_is_told(ports: Ports) -> None:
    execution = await delivering(ports, "e1", "small", True)
    ends = [apply(ports, "e1", Delivered(), NOW + n) for n in range(4)]
    await asyncio.gather(*ends)
    for late in (Delivered(), Cancelled(), WritingFailed(1, "stuck", "")):
        await apply(ports, "e1", late, NOW + 9)
    track = await known(ports)
    assert replace(track, version=0) == Track(
        "track:p/small:go", "p/small", "go", 1, 1, 1, 120, 2.0, updated_at=track.updated_at
    )
    assert (await ports.records.get(Execution, execution.id)).status is Status.PASSED


async def test_executions_that_end_together_all_count(ports: Ports) -> None:
    for n in range(12):
        await delivering(ports, f"e{n}", "small", n % 2 == 0)
    await asyncio.gather(*(apply(ports, f"e{n}", Delivered(), NOW) for n in range(12)))
    track = await known(ports)
    assert (track.executions, track.solved) == (12, 6)


async def test_a_cancelled_execution_teaches_nothing(ports: Ports) -> None:
    await delivering(ports, "e1", "small", True)
    await apply(ports, "e1", Cancelled(), NOW)
    assert (await ports.records.query(Track, {})).total == 0


async def test_an_attempt_that_has_begun_keeps_its_tier_whatever_is_learned_meanwhile(ports: Ports) -> None:
    await ports.records.save(pending("e1"))
    begin = AttemptBegun(1, Strategy.FIRST, Tier.SIMPLE, "p", "small", "as it was")
    execution = await apply(ports, "e1", begin, NOW)
    await finish(ports, "small", [False] * 11)
    await finish(ports, "middle", [True] * 10)
    assert await tier_for(ports, execution, Strategy.FIRST, False) == (Tier.SIMPLE, "as it was")
    assert (await tier_for(ports, pending("e2"), Strategy.FIRST, False))[0] is Tier.MEDIUM


async def test_a_tier_that_nobody_can_be_asked_in_is_no_choice(ports: Ports) -> None:
    await finish(ports, "small", [False] * 11)
    await finish(ports, "middle", [True] * 10)
    assert set(await tracks(ports, pending("e1"))) == {Tier.SIMPLE, Tier.MEDIUM}
    alone = replace(ports, models=Tiers({Tier.SIMPLE: SPECS[Tier.SIMPLE]}))
    assert await tier_for(alone, pending("e1"), Strategy.FIRST, False) == (Tier.SIMPLE, "a simple request")


async def test_quality_is_never_lowered_by_experience(ports: Ports) -> None:
    await finish(ports, "small", [True] * 10)
    await finish(ports, "middle", [False] * 10)
    wanted = pending("e1", llm_preference=Preference.QUALITY)
    assert (await tier_for(ports, wanted, Strategy.FIRST, False))[0] is Tier.MEDIUM
