"""One attempt: route, ask for code and, apart from it, for tests, parse, hand over to the sandbox."""

from __future__ import annotations

import asyncio  # noqa: TID251 - questions of one attempt go out together
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from functions.agent import interface, languages, prompting, routing, schedule, suites
from functions.agent.errors import (
    BadInput,
    LimitReached,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    ParseError,
    RateLimited,
)
from functions.agent.events import AttemptBegun, AttemptWritten, WritingFailed
from functions.agent.feedback import for_model
from functions.agent.parsing import parse
from functions.agent.ports import Message, ModelSpec, Ports, Question, Route
from functions.agent.records import Artifact, Candidate, Execution, ModelCall, Suite, Usage
from functions.agent.selection import best
from functions.agent.usecases.asking import Purpose, Stopped, ask
from functions.agent.usecases.carry import apply, log, resume
from functions.agent.words import Origin, Phase, Strategy

ASKS = 2
"""Times that one sample is asked for: once, and once more with what was wrong with the reply."""
EXAMPLES = ("\n# Example", "\n# example", "\n# Usage", "\n# Test")
"""Where a small model's code ends and its unwanted examples begin; they cost tokens and often never stop."""
AGAIN_TEMPERATURE = 0.4
"""The same question at temperature 0 would get the same unusable answer."""
TESTS_TOKENS = 600
CONTEXT_LIMIT = 6000
"""Characters of attached files in a prompt."""

Clock = Callable[[], float]


async def write_attempt(ports: Ports, execution_id: str, attempt: int, clock: Clock) -> None:
    """Does the attempt, or what is left of it. A message that comes late or twice changes nothing."""
    execution = await ports.records.get(Execution, execution_id)
    if execution.attempt_number != attempt or execution.phase not in (Phase.QUEUED, Phase.WRITING):
        await resume(ports, execution)
        return
    writer = _Writer(ports, execution, clock)
    try:
        happening: AttemptWritten | WritingFailed = await writer.write()
    except Stopped:
        return
    except (ModelError, LimitReached, BadInput) as error:
        final = not isinstance(error, (ModelUnavailable, RateLimited, ModelTimeout))
        happening = WritingFailed(attempt, error.type, error.detail, final=final)
        await log(ports, execution, error.detail, f"a{attempt}-fault{execution.faults}")
    await apply(ports, execution_id, happening, clock())


@dataclass(frozen=True)
class _Sampled:
    """What one line of questioning gave: files, or the error of its last reply; and what it cost."""

    files: dict[str, str]
    error: str
    calls: tuple[ModelCall, ...]


class _Writer:
    """The conversation of one attempt. Each question has a name of its own, so that a repeat finds its answer."""

    def __init__(self, ports: Ports, execution: Execution, clock: Clock) -> None:
        self.ports, self.execution, self.clock = ports, execution, clock
        self.language = languages.LANGUAGES[execution.language]
        self.number = execution.attempt_number

    async def write(self) -> AttemptWritten:
        route, plan = await self._begin()
        context = await self._context()
        code = await self._samples(route, plan, context)
        candidates = tuple(self._candidates(code))
        found = self.execution.interface or (
            interface.of_files(candidates[0].files, self.language.main_file) if candidates else ""
        )
        tests: list[tuple[Suite, _Sampled]] = []
        if candidates:
            tests = await self._suites(route, plan, found)
        calls = [c for s in (*code, *(s for _, s in tests)) for c in s.calls]
        return AttemptWritten(
            self.number,
            candidates,
            tuple(suite for suite, _ in tests if suite.cases),
            found,
            sum((c.usage for c in calls), Usage()),
            sum(c.usd for c in calls),
            sum(c.ms for c in calls),
            next((s.error for s in code if s.error), "") if not candidates else "",
        )

    async def _begin(self) -> tuple[Route, schedule.Plan]:
        ports, execution = self.ports, self.execution
        first = await ports.models.route(execution.tier, execution.model)
        plan = schedule.plan(execution, small=first.specs[0].small)
        last = self.number == execution.max_attempts
        tier, why = routing.tier_for(execution.tier, execution.llm_preference, plan.strategy, last)
        route = await ports.models.route(tier, execution.model)
        spec = route.specs[0]
        begun = AttemptBegun(
            self.number, plan.strategy, tier, spec.provider, spec.model, f"{why}; {route.reason}", plan.change
        )
        if execution.phase is Phase.QUEUED:
            self.execution = await apply(ports, execution.id, begun, self.clock())
        return route, plan

    async def _samples(self, route: Route, plan: schedule.Plan, context: str) -> list[_Sampled]:
        spec = route.specs[0]
        prompt = self._repair_prompt(context) if plan.strategy is Strategy.REPAIR else ""
        asked = [
            self._sample(route, spec, Purpose("code", i), sample, prompt or self._code_prompt(context, sample.hint))
            for i, sample in enumerate(plan.samples, 1)
        ]
        return await _together(asked)

    async def _suites(self, route: Route, plan: schedule.Plan, found: str) -> list[tuple[Suite, _Sampled]]:
        prompt = prompting.fill(
            "tests",
            request=self.execution.prompt.strip(),
            file=self.language.main_file,
            interface=found,
            style=self.language.test_style,
            fence=self.language.tags[0],
        )
        spec = route.specs[0]
        asked = [
            self._sample(route, spec, Purpose("tests", i), sample, prompt) for i, sample in enumerate(plan.suites, 1)
        ]
        targets = interface.targets(interface.named_functions(self.execution.prompt), found)
        split: list[tuple[Suite, _Sampled]] = []
        for i, sampled in enumerate(await _together(asked), 1):
            text = "\n\n".join(sampled.files.values())
            result = suites.split(text, f"s{self.number}{i}", Origin.GENERATED, targets)
            for n, why in enumerate(result.dropped):
                await log(self.ports, self.execution, f"A test was dropped: {why}", f"a{self.number}-t{i}-drop{n}")
            split.append((result.suite, sampled))
        return split

    async def _sample(
        self, route: Route, spec: ModelSpec, purpose: Purpose, sample: schedule.Sample, prompt: str
    ) -> _Sampled:
        """Asks, and asks again with advice when the reply can't be used."""
        messages: tuple[Message, ...] = (Message("system", prompting.fill("system")), Message("user", prompt))
        calls: list[ModelCall] = []
        error = ""
        expected = (self.language.main_file,) if purpose.what == "code" else (self.language.test_file,)
        for turn in range(ASKS):
            question = Question(
                messages,
                max(sample.temperature, AGAIN_TEMPERATURE) if turn else sample.temperature,
                spec.max_output_tokens if purpose.what == "code" else min(spec.max_output_tokens, TESTS_TOKENS),
                sample.seed + 1000 * turn,
                stop=EXAMPLES if spec.small and purpose.what == "code" else (),
            )
            call_id = f"{self.execution.id}-a{self.number}-{purpose.what}{purpose.sample}-{turn}"
            call = await ask(self.ports, self.execution, route, call_id, question, purpose, self.clock)
            calls.append(call)
            try:
                parsed = parse(
                    call.text or "",
                    language=self.execution.language,
                    expected=expected,
                    # A cut list of tests is as good as its whole lines; a cut program is none.
                    finish_reason=call.finish_reason if purpose.what == "code" else "stop",
                    purpose="code" if purpose.what == "code" else "tests",
                )
                return _Sampled(dict(parsed.files), "", tuple(calls))
            except ParseError as unusable:
                error = unusable.detail
                await log(self.ports, self.execution, f"The reply is unusable: {error}", f"{call_id}-unusable")
                again = prompting.fill("again", advice=unusable.advice, fence=self.language.tags[0])
                # The bad reply itself is not shown: a small model would go on where it went wrong.
                messages = (messages[0], Message("user", f"{prompt}\n{again}"))
        return _Sampled({}, error, tuple(calls))

    def _candidates(self, sampled: list[_Sampled]) -> list[Candidate]:
        made: list[Candidate] = []
        for i, sample in enumerate(sampled, 1):
            if sample.files:
                made.append(Candidate(f"a{self.number}c{i}", self.number, digest(sample.files), sample.files))
        return made

    def _code_prompt(self, context: str, hint: str) -> str:
        stated = interface.named_functions(self.execution.prompt) if self.execution.language == "python" else ()
        wanted = ", ".join(f"`{n}`" for n in stated) or "; ".join(self.execution.interface.splitlines()[:5])
        return prompting.fill(
            "code",
            request=self.execution.prompt.strip(),
            context=context,
            language=self.language.label,
            file=self.language.main_file,
            names=f"- It defines {wanted}, by exactly that name." if wanted else "",
            packages="Use the standard library unless the request asks for more.",
            hint=f"- {hint}" if hint else "",
            fence=self.language.tags[0],
        )

    def _repair_prompt(self, context: str) -> str:
        candidate = best(self.execution.candidates, self.execution.ledger)
        if candidate is None:
            return ""
        return prompting.fill(
            "repair",
            request=self.execution.prompt.strip(),
            context=context,
            language=self.language.label,
            file=self.language.main_file,
            fence=self.language.tags[0],
            code="\n\n".join(candidate.files.values()).strip(),
            feedback=for_model(self.execution, candidate),
        )

    async def _context(self) -> str:
        """The attached files, cut to what a prompt bears."""
        parts = []
        for artifact_id in self.execution.context_artifacts:
            artifact = await self.ports.records.get(Artifact, artifact_id)
            text = (await self.ports.blobs.get(artifact.file_path)).decode("utf-8", "replace")
            parts.append(f"\nThe user attached `{artifact.name}`:\n\n````\n{text}\n````\n")
        return "".join(parts)[:CONTEXT_LIMIT]


def digest(files: dict[str, str]) -> str:
    """SHA-256 over the names and texts of a candidate's files."""
    return sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()


async def _together(asked: Sequence[Coroutine[Any, Any, _Sampled]]) -> list[_Sampled]:
    """All answers in order. The first error ends the other questions too: nobody would read their answers."""
    tasks = [asyncio.ensure_future(a) for a in asked]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
