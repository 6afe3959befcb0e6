"""One attempt: route, ask for code and, apart from it, for tests, hand over to the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from functions.agent import interface, languages, schedule, suites, wording
from functions.agent.errors import BadInput, LimitReached, ModelError, ModelTimeout, ModelUnavailable, RateLimited
from functions.agent.events import AttemptBegun, AttemptWritten, Reviewed, WritingFailed
from functions.agent.ports import Ports, Route
from functions.agent.records import Artifact, Candidate, Execution, Suite, Usage
from functions.agent.selection import leader
from functions.agent.usecases import experience
from functions.agent.usecases.carry import apply, log, resume
from functions.agent.usecases.listening import Stopped
from functions.agent.usecases.reading import anchors_by_model
from functions.agent.usecases.reviewing import review
from functions.agent.usecases.sampling import Sampled, Sampler
from functions.agent.words import Origin, Phase, Strategy

CONTEXT_LIMIT = 6000
"""Characters of attached files in a prompt."""

Clock = Callable[[], float]


async def write_attempt(ports: Ports, execution_id: str, attempt: int, clock: Clock) -> None:
    """Does the attempt, or what is left of it. A message that comes late or twice changes nothing."""
    execution = await ports.records.get(Execution, execution_id)
    if execution.attempt_number != attempt or execution.phase not in (Phase.QUEUED, Phase.WRITING, Phase.REVIEWING):
        await resume(ports, execution)
        return
    try:
        happening: AttemptWritten | Reviewed | WritingFailed = await _next(ports, execution, clock)
    except Stopped:
        return
    except (ModelError, LimitReached, BadInput) as error:
        final = not isinstance(error, (ModelUnavailable, RateLimited, ModelTimeout))
        happening = WritingFailed(attempt, error.type, error.detail, final=final)
        await log(ports, execution, error.detail, f"a{attempt}-fault{execution.faults}")
    await apply(ports, execution_id, happening, clock())


async def _next(ports: Ports, execution: Execution, clock: Clock) -> AttemptWritten | Reviewed:
    if execution.phase is Phase.REVIEWING:
        return await review(ports, execution, clock)
    return await _write(ports, execution, clock)


async def _write(ports: Ports, execution: Execution, clock: Clock) -> AttemptWritten:
    execution, route, plan = await _begin(ports, execution, clock)
    sampler = Sampler(ports, execution, route, clock)
    stated, asked = await anchors_by_model(ports, execution, sampler)
    if stated is not None:
        execution = replace(execution, suites=(*execution.suites, stated))
    code = await sampler.all("code", _code_questions(execution, plan, await _context(ports, execution)))
    number = execution.attempt_number
    candidates = tuple(
        Candidate(f"a{number}c{i}", number, digest(s.files), s.files) for i, s in enumerate(code, 1) if s.files
    )
    main = languages.LANGUAGES[execution.language].main_file
    signatures = execution.interface
    if candidates and not signatures:
        signatures = interface.of_files(candidates[0].files, main, execution.language)
    tests: list[Sampled] = []
    if candidates:
        prompt = wording.tests(execution, signatures, plan.calls)
        opening = wording.opening(execution, signatures)
        tests = await sampler.all("tests", [(sample, prompt) for sample in plan.suites], opening)
    calls = [*asked, *(call for sampled in (*code, *tests) for call in sampled.calls)]
    found = await _suites(ports, execution, signatures, tests)
    return AttemptWritten(
        number,
        candidates,
        found if stated is None else (stated, *found),
        signatures,
        sum((c.usage for c in calls), Usage()),
        sum(c.usd for c in calls),
        sum(c.ms for c in calls),
        "" if candidates else next((s.error for s in code if s.error), ""),
        execution.unusable,
    )


async def _begin(ports: Ports, execution: Execution, clock: Clock) -> tuple[Execution, Route, schedule.Plan]:
    """Decides how the attempt goes about it, and records that unless a worker before us has."""
    first = await ports.models.route(execution.tier, execution.model)
    plan = schedule.plan(execution, small=first.specs[0].small)
    last = execution.attempt_number == execution.max_attempts
    tier, why = await experience.tier_for(ports, execution, plan.strategy, last)
    route = await ports.models.route(tier, execution.model)
    spec = route.specs[0]
    if execution.phase is Phase.QUEUED:
        reason = f"{why}; {route.reason}"
        begun = AttemptBegun(
            execution.attempt_number, plan.strategy, tier, spec.provider, spec.model, reason, plan.change
        )
        execution = await apply(ports, execution.id, begun, clock())
    return execution, route, plan


def _code_questions(execution: Execution, plan: schedule.Plan, context: str) -> list[tuple[schedule.Sample, str]]:
    candidate = leader(execution) if plan.strategy is Strategy.REPAIR else None
    if candidate is not None:
        return [(sample, wording.repair(execution, context, candidate)) for sample in plan.samples]
    return [(sample, wording.code(execution, context, sample.hint)) for sample in plan.samples]


async def _suites(ports: Ports, execution: Execution, signatures: str, tests: list[Sampled]) -> tuple[Suite, ...]:
    """The suites with at least one usable case; why a test was dropped goes to the log."""
    language = execution.language
    targets = interface.targets(interface.named_functions(execution.prompt, language), signatures, language)
    number = execution.attempt_number
    found: list[Suite] = []
    for i, sampled in enumerate(tests, 1):
        text = "\n\n".join(sampled.files.values())
        split = suites.split(text, f"s{number}{i}", Origin.GENERATED, targets, language=language)
        fit, unfit = suites.callable_cases(split.suite, signatures, language)
        for n, why in enumerate((*split.dropped, *unfit)):
            await log(ports, execution, f"A test was dropped: {why}", f"a{number}-t{i}-drop{n}")
        found += [fit] if fit.cases else []
    return tuple(found)


async def _context(ports: Ports, execution: Execution) -> str:
    """The attached files, cut to what a prompt bears."""
    parts = []
    for artifact_id in execution.context_artifacts:
        artifact = await ports.records.get(Artifact, artifact_id)
        text = (await ports.blobs.get(artifact.file_path)).decode("utf-8", "replace")
        parts.append(f"\nThe user attached `{artifact.name}`:\n\n````\n{text}\n````\n")
    return "".join(parts)[:CONTEXT_LIMIT]


def digest(files: dict[str, str]) -> str:
    """SHA-256 over the names and texts of a candidate's files."""
    return sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()
