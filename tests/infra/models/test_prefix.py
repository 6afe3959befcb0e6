from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.models.prefix import WORTH, Slots, Turn, shared, text_of
from tests.infra.models.llama_wire import common

PREFIX = "x" * (2 * WORTH)
OTHER = "y" * (2 * WORTH)


class Asked:
    """Questions that hold their turns until they are told to go."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.turns: dict[str, Turn] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._go: dict[str, asyncio.Event] = {}

    async def ask(self, *texts: str) -> None:
        for text in texts:
            self._go[text] = asyncio.Event()
            self._tasks[text] = asyncio.create_task(self._one(text))
        await self.settle()

    async def _one(self, text: str) -> None:
        async with self.slots.turn(text) as turn:
            self.turns[text] = turn
            await self._go[text].wait()

    async def read(self, text: str, kept: bool = True) -> None:
        self.slots.has_read(self.turns[text], kept)
        await self.settle()

    async def done(self, text: str) -> None:
        self._go[text].set()
        await self.settle()

    async def cancel(self, text: str) -> None:
        self._tasks[text].cancel()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    def slot(self, text: str) -> int:
        return self.turns[text].slot.id


@asynccontextmanager
async def asking(count: int, copies: bool = True) -> AsyncIterator[Asked]:
    asked = Asked(Slots(count, copies))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_end, asked)
        yield asked


async def _end(asked: Asked) -> None:
    for task in asked._tasks.values():
        task.cancel()
    await asyncio.gather(*asked._tasks.values(), return_exceptions=True)


A, B, C = PREFIX + "a", PREFIX + "b", PREFIX + "c"


async def test_who_comes_while_the_same_beginning_is_read_waits_and_copies_it() -> None:
    async with asking(3) as asked:
        await asked.ask(A, B, C)
        assert list(asked.turns) == [A]
        assert asked.turns[A].reads
        await asked.read(A)
        assert {asked.slot(text) for text in (A, B, C)} == {0, 1, 2}
        for text in (B, C):
            assert asked.turns[text].source is asked.turns[A].slot
            assert not asked.turns[text].reads


async def test_other_beginnings_do_not_wait() -> None:
    async with asking(2) as asked:
        await asked.ask(A, B, OTHER)
        assert list(asked.turns) == [A, OTHER]
        assert asked.turns[OTHER].reads


async def test_who_finds_no_free_slot_gets_one_that_holds_the_beginning_without_a_copy() -> None:
    async with asking(2) as asked:
        await asked.ask(A, B, C)
        await asked.read(A)
        assert C not in asked.turns
        await asked.done(B)
        assert asked.slot(C) == asked.slot(B)
        assert asked.turns[C].source is None


async def test_a_late_one_copies_what_was_kept_though_its_slot_has_gone_on_to_something_else() -> None:
    async with asking(1) as asked:
        await asked.ask(A)
        await asked.read(A)
        await asked.done(A)
        short = "short"
        await asked.ask(short)
        await asked.done(short)
        await asked.ask(B)
        assert asked.turns[B].source is asked.turns[A].slot
        assert not asked.turns[B].reads


async def test_a_short_question_is_not_read_apart() -> None:
    async with asking(1) as asked:
        await asked.ask("hi")
        assert asked.turns["hi"].source is None
        assert not asked.turns["hi"].reads


async def test_a_long_tail_behind_a_copied_beginning_is_read_apart_too() -> None:
    long = PREFIX + OTHER
    async with asking(2) as asked:
        await asked.ask(A)
        await asked.read(A)
        await asked.ask(long)
        assert asked.turns[long].source is asked.turns[A].slot
        assert asked.turns[long].reads


async def test_a_state_that_was_not_kept_is_not_copied() -> None:
    async with asking(2) as asked:
        await asked.ask(A, B)
        await asked.read(A, kept=False)
        assert asked.turns[B].source is None
        assert asked.turns[B].reads


async def test_when_the_reader_breaks_off_the_next_one_reads() -> None:
    async with asking(2) as asked:
        await asked.ask(A, B)
        await asked.cancel(A)
        assert asked.turns[B].reads
        assert asked.turns[B].source is None


async def test_one_that_is_cancelled_while_it_waits_leaves_its_place() -> None:
    async with asking(1) as asked:
        await asked.ask(A, B, C)
        await asked.read(A)
        await asked.cancel(B)
        await asked.done(A)
        assert list(asked.turns) == [A, C]


async def test_one_that_is_cancelled_as_it_gets_its_turn_gives_it_back() -> None:
    async with asking(1) as asked:
        await asked.ask(A, B, C)
        await asked.read(A)
        asked._go[A].set()
        await asyncio.sleep(0)  # the turn has gone to B, which has not woken yet
        asked._tasks[B].cancel()
        await asked.settle()
        assert C in asked.turns


async def test_without_copies_nobody_waits_for_a_beginning() -> None:
    async with asking(2, copies=False) as asked:
        await asked.ask(A, B)
        assert not any(turn.reads or turn.source for turn in asked.turns.values())
        assert {asked.slot(A), asked.slot(B)} == {0, 1}


async def test_of_slots_that_hold_nothing_of_use_the_longest_unused_is_taken() -> None:
    async with asking(3) as asked:
        for text in ("one", "two", "three"):
            await asked.ask(text)
            await asked.done(text)
        await asked.ask("four", "five")
        assert (asked.slot("four"), asked.slot("five")) == (asked.slot("one"), asked.slot("two"))


@pytest.mark.parametrize("count", [1, 2, 3])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
async def test_whatever_happens_slots_are_never_shared_nor_lost(count: int, data: st.DataObject) -> None:
    async with asking(count) as asked:
        alive: list[str] = []
        for number in range(data.draw(st.integers(1, 12))):
            text = data.draw(st.sampled_from((PREFIX, OTHER, ""))) + f" {number}"
            alive.append(text)
            await asked.ask(text)
            running = [one for one in alive if one in asked.turns]
            for one in data.draw(st.lists(st.sampled_from(running), unique=True)) if running else []:
                if data.draw(st.booleans()) and asked.turns[one].reads:
                    await asked.read(one, data.draw(st.booleans()))
                await (asked.done(one) if data.draw(st.booleans()) else asked.cancel(one))
                alive.remove(one)
            busy = [asked.slot(one) for one in alive if one in asked.turns]
            assert len(busy) == len(set(busy)) <= count
        while alive:
            running = [one for one in alive if one in asked.turns]
            assert running, "somebody waits while nobody has a turn"
            await asked.done(running[0])
            alive.remove(running[0])


@given(st.text("ab"), st.text("ab", max_size=2 * WORTH), st.text("ab", max_size=2 * WORTH))
def test_shared_is_the_common_beginning_if_it_is_worth_it(beginning: str, one: str, other: str) -> None:
    one, other = beginning * 20 + one, beginning * 20 + other
    count = common(one, other)
    assert shared(one, other) == shared(other, one) == (count if count >= WORTH else 0)


def test_messages_of_other_roles_or_bounds_are_other_texts() -> None:
    texts = {
        text_of([("user", "ab")]),
        text_of([("system", "ab")]),
        text_of([("user", "a"), ("user", "b")]),
        text_of([("user", "a"), ("assistant", "b")]),
    }
    assert len(texts) == 4
