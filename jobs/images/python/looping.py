"""The event loop of S: it runs while the tests' loop gives it a turn, so both make progress with one conversation."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

_STEPS = 5  # how often what is ready gets its chance before a plain call


class _State:
    """One loop and what is under way in it. `generation`: which of the tests' loops it belongs to."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.loop = asyncio.new_event_loop()
        self.bell = asyncio.Event()
        self.tasks: dict[int, asyncio.Task[Any]] = {}
        self.waiting: dict[int, asyncio.Future[Any]] = {}
        self.done: list[list[Any]] = []
        self.wanted: list[list[Any]] = []
        self.dropped: list[int] = []
        self.next = 1

    def drop(self) -> None:
        """Ends what an earlier loop left behind."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


class Loops:
    """Each thread of the tests may have a loop running; `generation` is its number in this thread, 0 for none."""

    def __init__(self) -> None:
        self._local = threading.local()

    @property
    def generation(self) -> int:
        return getattr(self._local, "generation", 0)

    @generation.setter
    def generation(self, number: int) -> None:
        self._local.generation = number

    @property
    def _state(self) -> _State:
        """What belongs to the tests' present loop; an earlier one is dropped with what it left behind."""
        state: _State | None = getattr(self._local, "state", None)
        if state is None or (state.generation != self.generation and not state.loop.is_running()):
            if state is not None:
                state.drop()
            state = self._local.state = _State(self.generation)
            asyncio.set_event_loop(state.loop)
        return state

    def busy(self) -> int:
        """How many tasks there are that nothing runs at the moment."""
        if self.generation == 0 or self._state.loop.is_running():
            return 0
        return len(asyncio.all_tasks(self._state.loop))

    def within(self, action: Callable[[], Any]) -> Any:
        """Carries out a plain call inside the loop where the tests' loop is running, for code that expects one."""
        if self.generation == 0:
            return action()
        loop = self._state.loop
        if loop.is_running():
            return action()

        async def run() -> tuple[Any, BaseException | None]:
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            try:
                return action(), None
            except BaseException as error:  # StopIteration must not leave a coroutine
                return None, error

        value, error = loop.run_until_complete(run())
        if error is not None:
            raise error
        return value

    def task(self, target: Any) -> int:
        """Begins to await `target`; its outcome is told by a later turn under the number returned."""
        state = self._state
        number = state.next
        state.next += 1

        async def run() -> Any:
            return await target

        task = state.loop.create_task(run())
        state.tasks[number] = task
        task.add_done_callback(lambda ended: self._ended(state, number, ended))
        return number

    @staticmethod
    def _ended(state: _State, number: int, task: asyncio.Task[Any]) -> None:
        state.tasks.pop(number, None)
        error: BaseException | None = asyncio.CancelledError() if task.cancelled() else task.exception()
        state.done.append([number, error is None, task.result() if error is None else error])
        state.bell.set()

    def turn(self, target: None, seconds: float, settled: list[list[Any]]) -> list[Any]:
        """Runs the loop until there is news or `seconds` have passed.

        `settled`: [number, is a value, value or exception] of what S awaits in the tests. Returns the same of what
        the tests await here, then [number, awaitable] that S wants awaited, numbers of those it no longer does, and
        how many tasks there are."""
        state = self._state
        for number, fine, value in settled:
            future = state.waiting.pop(number, None)
            if future is not None and not future.done():
                future.set_result(value) if fine else future.set_exception(value)
        if not state.loop.is_running():
            state.loop.run_until_complete(self._run(state, seconds))
        news = [state.done, state.wanted, state.dropped, len(asyncio.all_tasks(state.loop))]
        state.done, state.wanted, state.dropped = [], [], []
        return news

    @staticmethod
    async def _run(state: _State, seconds: float) -> None:
        await asyncio.sleep(0)
        if not (state.done or state.wanted or state.dropped):
            state.bell.clear()
            try:
                await asyncio.wait_for(state.bell.wait(), seconds)
            except TimeoutError:
                return

    def cancel(self, number: int) -> None:
        task = self._state.tasks.get(number)
        if task is not None:
            task.cancel()

    async def wait_for(self, find: Callable[[], Any]) -> Any:
        """Awaits what the tests lent, in their process; `find` gives what stands for it here."""
        state = self._state
        number = state.next
        state.next += 1
        state.waiting[number] = asyncio.get_running_loop().create_future()
        state.wanted.append([number, find()])
        state.bell.set()
        try:
            return await state.waiting[number]
        except asyncio.CancelledError:
            state.waiting.pop(number, None)
            state.dropped.append(number)
            raise
