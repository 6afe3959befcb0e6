"""The one retry policy. The SDKs' own are switched off, or attempts would multiply."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from functions.agent.errors import ModelError, RateLimited, Recovery
from functions.agent.ports import Model, OnText, Question, Reply

TRIES = 3
PATIENCE_S = 20.0
"""The longest that a provider may ask us to wait before another model is the better choice."""

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0


class Retrying:
    """Asks `model` again after errors whose recovery is `retry`, at most TRIES times and within the question's time.

    Never once text went out to `on_text`: the error is raised, and the caller decides about the text it has shown."""

    def __init__(
        self,
        model: Model,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._sleep = sleep
        self._clock = clock

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

        spoken = False
        until = self._clock() + question.timeout_s
        jitter = wait_random_exponential(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S)

        async def heard(text: str) -> bool:
            nonlocal spoken
            spoken = True
            assert on_text is not None
            return await on_text(text)

        def worth_it(error: BaseException) -> bool:
            if spoken or not isinstance(error, ModelError) or error.recovery is not Recovery.RETRY:
                return False
            asked = error.retry_after_s if isinstance(error, RateLimited) else None
            return asked is None or (asked <= PATIENCE_S and self._clock() + asked < until)

        def wait(state: Any) -> float:
            error = state.outcome.exception()
            asked = error.retry_after_s if isinstance(error, RateLimited) else None
            # What the provider asks for, and a little more, so that waiting callers do not come back all at once.
            spread: float = jitter(state)
            return spread if asked is None else asked + min(spread, 1.0)

        def too_late(state: Any) -> bool:
            return self._clock() + (state.upcoming_sleep or 0.0) >= until

        async def once() -> Reply:
            left = max(until - self._clock(), 0.001)
            return await self._model.complete(replace(question, timeout_s=left), heard if on_text else None)

        policy = AsyncRetrying(
            sleep=self._sleep,
            wait=wait,
            stop=lambda state: stop_after_attempt(TRIES)(state) or too_late(state),
            retry=retry_if_exception(worth_it),
            reraise=True,
        )
        reply: Reply = await policy(once)
        return reply

    async def aclose(self) -> None:
        """Closes the model's connections, where it has any."""
        if close := getattr(self._model, "aclose", None):
            await close()
