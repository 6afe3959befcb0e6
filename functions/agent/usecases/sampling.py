"""One line of questioning: asked, parsed, and asked again with advice when the reply can't be used."""

from __future__ import annotations

import asyncio  # noqa: TID251 - questions of one attempt go out together
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from functions.agent import languages, wording
from functions.agent.errors import ParseError
from functions.agent.parsing import parse
from functions.agent.ports import Message, ModelSpec, Ports, Question, Route
from functions.agent.records import Execution, ModelCall
from functions.agent.schedule import Sample
from functions.agent.usecases.asking import ask
from functions.agent.usecases.carry import log
from functions.agent.usecases.listening import Purpose

ASKS = 2
"""Times that one sample is asked for: once, and once more with what was wrong with the reply."""
EXAMPLES = ("\n# Example", "\n# example", "\n# Usage", "\n# Test")
"""Where a small model's code ends and its unwanted examples begin; they cost tokens and often never stop."""
AGAIN_TEMPERATURE = 0.4
"""The same question at temperature 0 would get the same unusable answer."""
TESTS_TOKENS = 600


@dataclass(frozen=True)
class Sampled:
    """What one line of questioning gave: files, or the error of its last reply; and what it cost."""

    files: dict[str, str]
    error: str
    calls: tuple[ModelCall, ...]


@dataclass(frozen=True)
class Sampler:
    """The conversation of one attempt. Each question has a name of its own, so that a repeat finds its answer."""

    ports: Ports
    execution: Execution
    route: Route
    clock: Callable[[], float]

    async def all(self, what: str, asked: Sequence[tuple[Sample, str]], opening: str = "") -> list[Sampled]:
        """The answers to (sample, prompt) pairs for `code` or `tests`, asked together, in order."""
        lines = [self._one(Purpose(what, i), sample, prompt, opening) for i, (sample, prompt) in enumerate(asked, 1)]
        return await _together(lines)

    async def once(self, what: str, prompt: str, most_tokens: int) -> ModelCall:
        """The answer to one question that is asked once an attempt, whatever comes of it."""
        purpose, spec = Purpose(what), self.route.specs[0]
        call_id = f"{self.execution.id}-a{self.execution.attempt_number}-{what}{purpose.sample}-0"
        messages = (Message("system", wording.system()), Message("user", prompt))
        question = Question(messages, 0.0, min(spec.max_output_tokens, most_tokens), 1)
        return await ask(self.ports, self.execution, self.route, call_id, question, purpose, self.clock)

    async def _one(self, purpose: Purpose, sample: Sample, prompt: str, opening: str) -> Sampled:
        calls: list[ModelCall] = []
        error, text = "", prompt
        for turn in range(ASKS):
            asked = self.execution.unusable * ASKS + turn
            call_id = f"{self.execution.id}-a{self.execution.attempt_number}-{purpose.what}{purpose.sample}-{asked}"
            question = _question(self.route.specs[0], purpose, sample, asked, text, opening)
            call = await ask(self.ports, self.execution, self.route, call_id, question, purpose, self.clock)
            calls.append(call)
            try:
                return Sampled(self._files(call, purpose), "", tuple(calls))
            except ParseError as unusable:
                error = unusable.detail
                await log(self.ports, self.execution, f"The reply is unusable: {error}", f"{call_id}-unusable")
                text = wording.again(self.execution, prompt, unusable)
        return Sampled({}, error, tuple(calls))

    def _files(self, call: ModelCall, purpose: Purpose) -> dict[str, str]:
        language = languages.LANGUAGES[self.execution.language]
        if purpose.what == "code":
            parsed = parse(
                call.text or "",
                language=language.name,
                expected=(language.main_file,),
                finish_reason=call.finish_reason,
            )
        else:  # a cut list of tests is as good as its whole lines; a cut program is none
            parsed = parse(call.text or "", language=language.name, expected=(language.test_file,), purpose="tests")
        return dict(parsed.files)


def _question(spec: ModelSpec, purpose: Purpose, sample: Sample, asked: int, prompt: str, opening: str) -> Question:
    is_code = purpose.what == "code"
    return Question(
        (Message("system", wording.system()), Message("user", prompt)),
        max(sample.temperature, AGAIN_TEMPERATURE) if asked else sample.temperature,
        spec.max_output_tokens if is_code else min(spec.max_output_tokens, TESTS_TOKENS),
        sample.seed + 1000 * asked,
        stop=EXAMPLES if spec.small and is_code else (),
        opening=opening if spec.opens else "",
    )


async def _together(lines: Sequence[Coroutine[Any, Any, Sampled]]) -> list[Sampled]:
    """All answers in order. The first error ends the other questions too: nobody would read their answers."""
    tasks = [asyncio.ensure_future(line) for line in lines]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
