"""Which of the model server's slots a question goes to, so that a beginning that questions share is processed once.

A slot holds the state of the prompt that it processed last, and can keep that state outside itself for other slots to
copy. A question whose beginning is being read in another slot waits until it can be copied. Nothing here talks to
the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

WORTH = 200
"""Characters in common from which waiting and copying pay: some 50 tokens, a second on a small machine. Chats of all
kinds have fewer in common: the system message."""


@dataclass
class Slot:
    """`holds` is the prompt processed in it last, `kept` the one whose state others can copy."""

    id: int
    holds: str = ""
    kept: str = ""
    busy: bool = False
    reading: bool = False
    used: int = 0


@dataclass(frozen=True)
class Turn:
    """What a question is to do in `slot`: copy the state kept by `source`, read its prompt apart and keep its state."""

    slot: Slot
    source: Slot | None
    reads: bool


@dataclass(frozen=True)
class _Waiting:
    text: str
    turn: asyncio.Future[Turn]


class Slots:
    """Turns for `count` slots, first come first served but for those who wait for a beginning that is being read.

    `copies`: whether the server can copy states; else each slot has only what it holds itself."""

    def __init__(self, count: int, copies: bool = True) -> None:
        self._slots = [Slot(i) for i in range(count)]
        self._copies = copies
        self._queue: list[_Waiting] = []
        self._turns = 0

    @asynccontextmanager
    async def turn(self, text: str) -> AsyncIterator[Turn]:
        """Waits for a slot for the prompt `text`, which is taken until the block ends."""
        waiting = _Waiting(text, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        try:
            self._serve()
            turn = await waiting.turn
            yield turn
        finally:
            self._leave(waiting)

    def has_read(self, turn: Turn, kept: bool) -> None:
        """Says that the prompt of `turn` is processed, and whether its state is kept: whoever waits for it goes on."""
        turn.slot.reading = False
        turn.slot.kept = turn.slot.holds if kept else ""
        self._serve()

    def _leave(self, waiting: _Waiting) -> None:
        if waiting in self._queue:
            self._queue.remove(waiting)
            return
        slot = waiting.turn.result().slot
        if slot.reading:  # it broke off: who knows how much of it is there
            slot.holds = ""
        self._turns += 1
        slot.busy, slot.reading, slot.used = False, False, self._turns
        self._serve()

    def _serve(self) -> None:
        for waiting in tuple(self._queue):
            turn = None if waiting.turn.cancelled() else self._turn_for(waiting.text)
            if turn is not None:
                self._queue.remove(waiting)
                waiting.turn.set_result(turn)

    def _turn_for(self, text: str) -> Turn | None:
        """None while there is no slot, or while it pays to wait for one that reads the same beginning."""
        free = [slot for slot in self._slots if not slot.busy]
        there = max((shared(text, slot.holds) for slot in free), default=0)
        source = max(self._slots, key=lambda slot: shared(text, slot.kept))
        copied = shared(text, source.kept) if self._copies else 0
        coming = max((shared(text, slot.holds) for slot in self._slots if slot.reading), default=0)
        if not free or coming >= max(there, copied) + WORTH:
            return None
        slot = max(free, key=lambda slot: (shared(text, slot.holds), -slot.used))
        copy = copied >= there + WORTH
        reads = self._copies and len(text) >= max(there, copied) + WORTH
        slot.busy, slot.reading, slot.holds = True, reads, text
        return Turn(slot, source if copy else None, reads)


def shared(one: str, other: str) -> int:
    """How many characters of their beginnings are the same; 0 if too few to matter."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[:middle] == other[:middle]:
            least = middle
        else:
            most = middle - 1
    return least if least >= WORTH else 0


def text_of(messages: Sequence[tuple[str, str]]) -> str:
    """Messages (role, content) as the one text that beginnings are compared in."""
    return "".join(f"\0{role}\0{content}" for role, content in messages)
