from __future__ import annotations

import pytest

from functions.agent.errors import ModelMisconfigured, ModelTimeout, ModelUnavailable, RateLimited
from functions.agent.ports import Message, Question, Reply
from infra.models.catalogue import SCRIPTED
from infra.models.openai_compatible import OpenAICompatible
from infra.models.retry import Retrying
from infra.models.scripted import Scripted, ScriptedServer

QUESTION = Question((Message("user", "Hello"),), timeout_s=60.0)


class Trial:
    """Asks a script through the retry policy; waiting takes no time, but moves the clock."""

    def __init__(self, *script: Scripted) -> None:
        self.server = ScriptedServer(script)
        self.waits: list[float] = []
        self.heard: list[str] = []
        self.now = 0.0

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    async def _on_text(self, text: str) -> None:
        self.heard.append(text)

    async def ask(self, question: Question = QUESTION, listen: bool = True) -> Reply:
        async with self.server as server:
            model = Retrying(OpenAICompatible(SCRIPTED, server.url, "k"), self._sleep, lambda: self.now)
            try:
                return await model.complete(question, self._on_text if listen else None)
            finally:
                await model.aclose()


async def test_two_failures_then_an_answer() -> None:
    trial = Trial(Scripted(status=503), Scripted(status=500), Scripted("done"))
    assert (await trial.ask()).text == "done"
    assert trial.heard == ["done"]
    assert len(trial.waits) == 2
    assert all(0 <= wait <= 8 for wait in trial.waits)


async def test_three_tries_are_the_most() -> None:
    trial = Trial(Scripted(status=503, repeat=True))
    with pytest.raises(ModelUnavailable):
        await trial.ask()
    assert len(trial.server.requests) == 3


async def test_a_short_retry_after_is_waited_for() -> None:
    trial = Trial(Scripted(status=429, retry_after=5), Scripted("done"))
    assert (await trial.ask()).text == "done"
    assert 5.0 <= trial.waits[0] <= 6.0


async def test_a_long_retry_after_goes_to_the_caller_at_once() -> None:
    trial = Trial(Scripted(status=429, retry_after=21), Scripted("done"))
    with pytest.raises(RateLimited) as caught:
        await trial.ask()
    assert caught.value.retry_after_s == 21
    assert trial.waits == []


async def test_a_wait_that_outlasts_the_question_is_not_begun() -> None:
    trial = Trial(Scripted(status=429, retry_after=10), Scripted("done"))
    with pytest.raises(RateLimited):
        await trial.ask(Question(QUESTION.messages, timeout_s=5.0))
    assert trial.waits == []


async def test_a_wrong_key_is_not_tried_again() -> None:
    trial = Trial(Scripted(status=401), Scripted("done"))
    with pytest.raises(ModelMisconfigured):
        await trial.ask()
    assert len(trial.server.requests) == 1


async def test_once_text_was_shown_the_caller_decides() -> None:
    trial = Trial(Scripted("half an answer", cut_after=4), Scripted("done"))
    with pytest.raises(ModelUnavailable):
        await trial.ask()
    assert trial.heard == ["half"]
    assert len(trial.server.requests) == 1


async def test_a_cut_that_nobody_saw_is_tried_again() -> None:
    assert (await Trial(Scripted("half", cut_after=0), Scripted("done")).ask()).text == "done"
    assert (await Trial(Scripted("half", cut_after=2), Scripted("done")).ask(listen=False)).text == "done"


async def test_the_time_limit_holds_for_all_tries_together() -> None:
    trial = Trial(Scripted(status=503), Scripted("late", delay_s=5.0))
    trial.now = 0.0
    with pytest.raises(ModelTimeout):
        await trial.ask(Question(QUESTION.messages, timeout_s=1.5))
