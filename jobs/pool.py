"""The slots of a runner, for one language at a time: started together, lent to one step each, ended together."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from jobs.failure import SandboxFailure
from jobs.language import Language
from jobs.probe import Probe
from jobs.protocol import Limits
from jobs.slot import Slot
from jobs.spare import Spare

T = TypeVar("T")
Step = Callable[[Spare], T]


class Pool:
    """`size` slots, each with room for a spare. Every step has a thread of its own, and the threads live as long as
    the pool: what is started from a thread dies with it."""

    def __init__(self, state: Path, found: Probe, language: Language, python: Path, size: int) -> None:
        self.language = language
        self.probe = found
        self._threads = ThreadPoolExecutor(max_workers=size, thread_name_prefix="slot")
        self._free: list[Spare] = []
        self._lent: list[Spare] = []
        self._change = threading.Condition()
        self._slots = [Slot(state, found, language, python) for _ in range(size)]

    def __enter__(self) -> Pool:
        entered = [self._threads.submit(slot.__enter__) for slot in self._slots]
        try:
            self._free = [Spare(future.result()) for future in entered]
        except BaseException:
            self._slots = [future.result() for future in entered if not future.exception()]
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Ends every process at once; no batch may be open any more."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for slot in self._slots:
            slot.hang_up()
        for slot in self._slots:
            slot.__exit__()

    @contextlib.contextmanager
    def batch(self) -> Iterator[Batch]:
        """The steps of one trip. However it is left, none of them goes on."""
        made = Batch(self)
        try:
            yield made
        finally:
            made.end()

    def begin(self, work: Callable[[], T]) -> Future[T]:
        return self._threads.submit(work)

    @contextlib.contextmanager
    def lend(self, wants_spare: bool) -> Iterator[Spare]:
        """A free slot, mended if need be: one with a ready spare, or rather one without. Raises SandboxFailure."""
        with self._change:
            self._change.wait_for(lambda: self._free)
            self._free.sort(key=lambda spare: spare.is_ready() is not wants_spare)
            spare = self._free.pop(0)
            self._lent.append(spare)
        try:
            spare.mend()
            yield spare
        finally:
            with self._change:
                self._lent.remove(spare)
                self._free.append(spare)
                self._change.notify()

    def hang_up(self) -> None:
        """Whatever a lent slot is at fails at once."""
        with self._change:
            for spare in self._lent:
                spare.broken = True
                spare.slot.hang_up()

    def prepare(self, limits: Limits) -> None:
        """Starts a spare in every free slot, without waiting for it. A slot that fails is mended when it is lent."""
        with self._change:
            for spare in self._free:
                try:
                    spare.mend()
                    spare.prepare(limits)
                except SandboxFailure:
                    spare.broken = True

    def ready(self) -> int:
        """How many spares are ready now."""
        with self._change:
            return sum(spare.is_ready() for spare in self._free)

    def processes(self) -> list[int]:
        """Pids of what runs in the slots now, without what is warm: empty when no job goes."""
        with self._change:
            return [pid for spare in self._free if spare.running is None for pid in spare.slot.processes()]


class Batch:
    """Steps that belong together; made by `Pool.batch`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._begun: list[Future[Any]] = []
        self._over = False

    def submit(self, step: Step[T], wants_spare: bool = False) -> Future[T]:
        """Carries out `step` in a free slot, twice where the sandbox failed; its future raises SandboxFailure."""
        future = self._pool.begin(lambda: self._carry_out(step, wants_spare))
        self._begun.append(future)
        return future

    def _carry_out(self, step: Step[T], wants_spare: bool) -> T:
        with self._pool.lend(wants_spare) as spare:
            try:
                return step(spare)
            except SandboxFailure:
                spare.broken = True
                if self._over:
                    raise
            spare.mend()
            try:
                return step(spare)
            except SandboxFailure:
                spare.broken = True
                raise

    def end(self) -> None:
        """Steps that have not begun never do, and those that go on fail now."""
        self._over = True
        left = [future for future in self._begun if not future.cancel() and not future.done()]
        while wait(left, timeout=0.05).not_done:
            self._pool.hang_up()
