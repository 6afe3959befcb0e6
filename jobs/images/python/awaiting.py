"""Coroutines of the code, awaited in the tests' loop: while one waits, the code's own loop gets turns."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .talking import Talking

_TURN_S = 0.001


class Awaiting:
    """One pump for each loop of the tests; a loop is known to the other side by its number."""

    def __init__(self, client: Talking) -> None:
        self._client = client
        self._pumps: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pump] = weakref.WeakKeyDictionary()
        self._made = 0

    def generation(self) -> int:
        """The number of the loop that runs in this thread, 0 where none does."""
        loop = asyncio._get_running_loop()
        return self.pump(loop).generation if loop is not None else 0

    def pump(self, loop: asyncio.AbstractEventLoop) -> Pump:
        if loop not in self._pumps:
            self._made += 1
            self._pumps[loop] = Pump(self._client, self._made)
        return self._pumps[loop]

    def keep_going(self) -> None:
        """The code has tasks that nobody awaits here: they get turns all the same."""
        loop = asyncio._get_running_loop()
        if loop is not None:
            self.pump(loop).start(loop)

    async def awaited(self, target: Any) -> Any:
        """What the awaitable of the code behind `target` comes to."""
        loop = asyncio.get_running_loop()
        pump = self.pump(loop)
        number = self._client.request("task", target)
        future = pump.futures[number] = loop.create_future()
        pump.start(loop)
        try:
            return await future
        except asyncio.CancelledError:
            if not future.cancelled():
                raise
            pump.futures[number] = loop.create_future()
            self._client.quietly("cancel", number)
            await asyncio.wait([pump.futures[number]])
            raise


class Pump:
    def __init__(self, client: Talking, generation: int) -> None:
        self._client = client
        self.generation = generation
        self.futures: dict[int, asyncio.Future[Any]] = {}
        self._ours: dict[int, asyncio.Task[Any]] = {}
        self._settled: list[list[Any]] = []
        self._task: asyncio.Task[None] | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run())

    async def _run(self) -> None:
        busy = 1
        while self.futures or self._ours or self._settled or busy:
            settled, self._settled = self._settled, []
            try:
                done, wanted, dropped, busy = self._client.quietly("turn", None, _TURN_S, settled)
            except BaseException as error:
                for future in self.futures.values():
                    if not future.done():
                        future.set_exception(error)
                self.futures.clear()
                return
            for number, fine, value in done:
                self._client.tally.seen.awaited(number, value)
                self._finish(self.futures.pop(number, None), fine, value)
            for number, awaitable in wanted:
                self._ours[number] = asyncio.ensure_future(self._serve(number, awaitable))
            for number in dropped:
                if number in self._ours:
                    self._ours[number].cancel()
            await asyncio.sleep(0)

    @staticmethod
    def _finish(future: asyncio.Future[Any] | None, fine: bool, value: Any) -> None:
        if future is None or future.done():
            return
        if fine:
            future.set_result(value)
        elif isinstance(value, asyncio.CancelledError):
            future.cancel()
        else:
            future.set_exception(value)

    async def _serve(self, number: int, awaitable: Any) -> None:
        """Awaits something of the tests for the code."""
        try:
            value = await awaitable
            self._settled.append([number, True, value])
        except (Exception, asyncio.CancelledError) as error:
            self._settled.append([number, False, error])
        finally:
            self._ours.pop(number, None)
