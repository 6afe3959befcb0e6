from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from functions.agent.errors import BadInput, Busy, NotFound, StorageError
from functions.agent.ports import Task
from infra.local.backoff import Backoff
from infra.local.database import Database
from infra.local.outcome import DONE, Deliver, Outcome, Retry
from infra.local.queue import CARE_S, NAMES_KEPT_S, Limits, LocalQueue

ROOT = Path(__file__).parents[3]
QUICK = Backoff(first_s=0.01, most_s=0.02, max_attempts=4)


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path)
    yield database
    await database.aclose()


@asynccontextmanager
async def running(queue: LocalQueue, deliver: Deliver) -> AsyncIterator[None]:
    task = asyncio.create_task(queue.run(deliver))
    yield
    queue.stop(grace_s=2)
    await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.005)


async def done(task: Task, attempt: int) -> Outcome:
    return DONE


def due(database: Database, name: str) -> float:
    return float(database.rows("SELECT due FROM tasks WHERE name = ?", (name,))[0][0])


async def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    def start(tasks: int, seconds: float) -> subprocess.Popen[bytes]:
        script = str(Path(__file__).with_name("queue_worker.py"))
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        arguments = [sys.executable, script, str(tmp_path), str(tasks), str(seconds)]
        return subprocess.Popen(arguments, cwd=ROOT, env=environment)

    def noted(word: str) -> Counter[str]:
        lines = (tmp_path / "log").read_text().splitlines() if (tmp_path / "log").exists() else []
        return Counter(line.split()[1] for line in lines if line.startswith(word))

    names = {f"t{n}" for n in range(40)}
    cut: set[str] = set()
    for _ in range(2):
        ended_before = len(noted("end"))
        with start(40, 0.05) as worker:
            await until(lambda: len(noted("end")) >= ended_before + 6, 20)  # noqa: B023
            worker.kill()
        cut |= set(noted("begin")) - set(noted("end"))
    assert cut, "the kill came between two tasks; nothing was proved"
    assert set(noted("end")) < names

    database = Database(tmp_path, exclusive=True)
    queue = LocalQueue(database)
    assert queue.counts()["running"] > 0
    assert queue.recover() > 0
    assert "running" not in queue.counts()
    rest: dict[str, int] = {}

    async def deliver(task: Task, attempt: int) -> Outcome:
        rest[task.name] = attempt
        return DONE

    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"done": 40})
    assert set(noted("end")) | set(rest) == names
    assert all(rest[name] >= 2 for name in cut & set(rest))
    # A task whose end was kept never comes again; only one killed between its work and the note of it may.
    assert sum((noted("end") + Counter(rest)).values()) <= 40 + 2 * 4
    await database.aclose()


async def test_a_task_that_kills_its_process_each_time_dies_in_the_end(database: Database) -> None:
    queue = LocalQueue(database, Limits(backoff=QUICK))
    await queue.put(Task("poison", "attempt", {}))
    for attempt in range(1, 5):
        database.execute("UPDATE tasks SET state = 'running', attempts = ?", (attempt,))
        assert queue.recover() == 1
    assert queue.counts() == {"dead": 1}
    assert "middle of the last attempt" in queue.dead()[0].error


async def test_no_more_run_at_once_than_the_target_allows(database: Database) -> None:
    queue = LocalQueue(database, Limits({"attempt": 3, "deliver": 1}, other=5))
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def deliver(task: Task, attempt: int) -> Outcome:
        now[task.target] += 1
        most[task.target] = max(most[task.target], now[task.target])
        await asyncio.sleep(0.01)
        now[task.target] -= 1
        if task.payload["fails"] and attempt == 1:
            raise RuntimeError("once")
        return Retry(0.0) if task.payload["fails"] and attempt == 2 else DONE

    for n in range(60):
        target = ("attempt", "deliver", "janitor")[n % 3]
        await queue.put(Task(f"{n}", target, {"fails": n % 4 == 0}))
    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"done": 60}, 20)
    assert most == {"attempt": 3, "deliver": 1, "janitor": 5}


async def test_a_full_target_does_not_hold_up_the_others(database: Database) -> None:
    queue = LocalQueue(database, Limits({"slow": 1}))
    hold = asyncio.Event()
    seen: list[str] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        if task.target == "slow":
            await hold.wait()
        seen.append(task.name)
        return DONE

    for n in range(30):
        await queue.put(Task(f"slow{n}", "slow", {}))
    await queue.put(Task("quick", "quick", {}))
    async with running(queue, deliver):
        await until(lambda: seen == ["quick"])
        hold.set()
        await until(lambda: queue.counts() == {"done": 31})


async def test_the_rest_after_a_failure_doubles_up_to_its_limit(database: Database) -> None:
    clock = Clock()
    queue = LocalQueue(database, Limits(backoff=Backoff(1.0, 10.0, 8)), clock, chance=lambda: 0.0)
    attempts: list[int] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        if task.target == "nudge":
            return DONE
        attempts.append(attempt)
        raise Busy("Not now.")

    async def move(seconds: float) -> None:
        """The dispatcher looks at a clock like this once a second; a put makes it look now."""
        clock.time += seconds
        await queue.put(Task(f"nudge{clock.time}", "nudge", {}))
        await until(lambda: not {"running"} & set(queue.counts()))
        await asyncio.sleep(0.02)

    await queue.put(Task("t", "attempt", {}, delay_s=100.0))
    rests = []
    async with running(queue, deliver):
        for n in range(8):
            rests.append(due(database, "t") - clock.time)
            await move(rests[-1] - 0.01)
            assert len(attempts) == n
            await move(0.02)
            await until(lambda: len(attempts) == n + 1)  # noqa: B023
        assert queue.dead()[0].attempts == 8
    # Each is measured 10 ms before the end of the last; chance 0 is the shortest rest, half of the whole.
    assert rests == pytest.approx([100, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0], abs=0.02)
    assert attempts == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_backoff_stays_within_its_bounds() -> None:
    backoff = Backoff(0.5, 60.0)
    assert backoff.delay_s(1, 0.0) == 0.25
    assert backoff.delay_s(1, 0.999) == pytest.approx(0.5, rel=0.01)
    assert backoff.delay_s(4, 0.5) == 3.0
    assert 30.0 <= backoff.delay_s(100_000, 0.0) < 60.0


async def test_a_wanted_rest_replaces_the_backoff(database: Database) -> None:
    clock = Clock()
    queue = LocalQueue(database, now=clock)

    async def deliver(task: Task, attempt: int) -> Outcome:
        return Retry(after_s=77.0, reason="429") if attempt == 1 else DONE

    await queue.put(Task("t", "attempt", {}))
    async with running(queue, deliver):
        await until(lambda: due(database, "t") > clock.time)
        assert due(database, "t") == clock.time + 77
        clock.time += 77
        await until(lambda: queue.counts() == {"done": 1})


async def test_after_the_last_attempt_a_task_is_dead_and_can_be_sent_again(database: Database) -> None:
    clock = Clock()
    queue = LocalQueue(database, Limits(backoff=QUICK), now=lambda: clock.time + time.monotonic())
    healed = False
    seen: list[int] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        seen.append(attempt)
        if not healed:
            raise ValueError("no such thing")
        return DONE

    await queue.put(Task("t", "attempt", {"n": 1}))
    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"dead": 1})
        (letter,) = queue.dead()
        assert (letter.name, letter.target, letter.attempts) == ("t", "attempt", 4)
        assert letter.error == "ValueError: no such thing"
        assert letter.died_at >= clock.time
        await queue.put(Task("t", "attempt", {"n": 2}))
        await asyncio.sleep(0.05)
        assert seen == [1, 2, 3, 4]
        healed = True
        queue.requeue("t")
        await until(lambda: queue.counts() == {"done": 1})
    assert seen == [1, 2, 3, 4, 1]
    assert queue.dead() == []
    for name in ("t", "never"):
        with pytest.raises(NotFound):
            queue.requeue(name)


async def test_the_words_of_our_own_errors_are_kept_for_the_operator(database: Database) -> None:
    queue = LocalQueue(database, Limits(backoff=Backoff(0.01, 0.01, 1)))

    async def deliver(task: Task, attempt: int) -> Outcome:
        raise Busy("Another worker holds it.")

    await queue.put(Task("t", "attempt", {}))
    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"dead": 1})
    assert queue.dead()[0].error == "Another worker holds it."


async def test_any_reason_can_be_kept(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)  # the half character is in the traceback too, which pytest-xdist can't pass on
    queue = LocalQueue(database, Limits(backoff=Backoff(0.01, 0.01, 2)))

    async def deliver(task: Task, attempt: int) -> Outcome:
        raise OSError("half \ud800 \x00 of a name" + "x" * 1_000_000)

    await queue.put(Task("t", "attempt", {}))
    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"dead": 1})
    assert queue.dead()[0].error.startswith("OSError: half ? \x00 of a name")
    assert len(queue.dead()[0].error) == 2000


async def test_a_delivery_that_hangs_is_cut_off_and_comes_again(database: Database) -> None:
    queue = LocalQueue(database, Limits(lease_s=0.05, backoff=QUICK))
    seen: list[int] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        seen.append(attempt)
        if attempt == 1:
            await asyncio.sleep(60)
        return DONE

    await queue.put(Task("t", "attempt", {}))
    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"done": 1})
    assert seen == [1, 2]


async def test_a_delivery_that_is_cancelled_from_inside_comes_again(database: Database) -> None:
    queue = LocalQueue(database, Limits(backoff=QUICK))
    seen: list[int] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        seen.append(attempt)
        if attempt == 1:
            raise asyncio.CancelledError
        return DONE

    await queue.put(Task("t", "attempt", {}))
    async with running(queue, deliver):
        await until(lambda: queue.counts() == {"done": 1})
    assert seen == [1, 2]


async def test_a_stop_waits_for_what_is_nearly_over(database: Database) -> None:
    queue = LocalQueue(database)
    began = asyncio.Event()

    async def deliver(task: Task, attempt: int) -> Outcome:
        began.set()
        await asyncio.sleep(0.1)
        return DONE

    await queue.put(Task("t", "attempt", {}))
    run = asyncio.create_task(queue.run(deliver))
    await began.wait()
    await queue.put(Task("later", "attempt", {}))
    queue.stop(grace_s=5)
    await asyncio.wait_for(run, 5)
    assert queue.counts() == {"done": 1, "waiting": 1}


@pytest.mark.parametrize("how", ["stop", "cancel"])
async def test_a_stop_gives_back_what_is_not_over(database: Database, how: str) -> None:
    queue = LocalQueue(database, Limits(other=3))
    began: list[str] = []

    async def hang(task: Task, attempt: int) -> Outcome:
        began.append(task.name)
        await asyncio.sleep(60)
        return DONE

    for n in range(5):
        await queue.put(Task(str(n), "attempt", {}))
    run = asyncio.create_task(queue.run(hang))
    await until(lambda: len(began) == 3)
    if how == "stop":
        queue.stop(grace_s=0.05)
    else:
        run.cancel()
    await asyncio.wait([run], timeout=5)
    assert run.cancelled() is (how == "cancel")
    assert queue.counts() == {"waiting": 5}
    assert len(asyncio.all_tasks()) == 1
    # It doesn't cost an attempt, and the next dispatcher goes on at once.
    attempts: list[int] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        attempts.append(attempt)
        return DONE

    second = LocalQueue(database)
    async with running(second, deliver):
        await until(lambda: second.counts() == {"done": 5})
    assert attempts == [1] * 5


async def test_a_stop_before_the_start_counts(database: Database) -> None:
    queue = LocalQueue(database)
    queue.stop()
    await asyncio.wait_for(queue.run(done), 2)


async def test_a_put_wakes_an_idle_queue_at_once(database: Database) -> None:
    queue = LocalQueue(database)
    arrived: list[float] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        arrived.append(time.perf_counter())
        return DONE

    async with running(queue, deliver):
        await asyncio.sleep(0.1)
        start = time.perf_counter()
        for n in range(20):
            await queue.put(Task(str(n), "attempt", {}))
            await until(lambda: len(arrived) > n)  # noqa: B023
        # By the look at the database every 250 ms alone it would be some 5 s.
        assert arrived[-1] - start < 2.5


async def test_a_put_by_another_process_is_seen_in_a_moment(database: Database, tmp_path: Path) -> None:
    queue = LocalQueue(database)
    other = Database(tmp_path)
    async with running(queue, done):
        await asyncio.sleep(0.05)
        await LocalQueue(other).put(Task("t", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 1}, 1.5)
    await other.aclose()


async def test_a_thousand_tasks_are_drained_quickly(database: Database) -> None:
    queue = LocalQueue(database, Limits(other=32))
    start = time.perf_counter()
    for n in range(1000):
        await queue.put(Task(str(n), "attempt", {"n": n}))
    async with running(queue, done):
        await until(lambda: queue.counts() == {"done": 1000}, 20)
    assert time.perf_counter() - start < 10


async def test_names_are_kept_for_a_day_and_forgotten_later(database: Database) -> None:
    clock = Clock()
    queue = LocalQueue(database, now=clock)
    seen: list[float] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        seen.append(clock.time)
        return DONE

    async with running(queue, deliver):
        await queue.put(Task("t", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 1})
        clock.time += 24 * 3600
        await queue.put(Task("other", "attempt", {}))
        await queue.put(Task("t", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 2})
        clock.time += NAMES_KEPT_S - 12 * 3600
        await queue.put(Task("tick", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 2})
        await queue.put(Task("t", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 3})
    assert len(seen) == 4


async def test_a_lease_that_ran_out_is_freed_by_the_dispatcher(database: Database) -> None:
    clock = Clock()
    queue = LocalQueue(database, now=clock)
    await queue.put(Task("t", "attempt", {}))
    database.execute("UPDATE tasks SET state = 'running', attempts = 1, lease_until = ?", (clock.time + 100,))
    seen: list[int] = []

    async def deliver(task: Task, attempt: int) -> Outcome:
        seen.append(attempt)
        return DONE

    async with running(queue, deliver):
        await asyncio.sleep(0.05)
        assert seen == []
        clock.time += 100 + CARE_S
        await queue.put(Task("tick", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 2})
    assert sorted(seen) == [1, 2]


async def test_a_database_that_takes_no_writes_for_a_while_stops_nothing_for_good(database: Database) -> None:
    queue = LocalQueue(database, Limits(backoff=QUICK))
    began = asyncio.Event()

    async def deliver(task: Task, attempt: int) -> Outcome:
        began.set()
        await asyncio.sleep(0.05)
        return DONE

    async with running(queue, deliver):
        await queue.put(Task("t", "attempt", {}))
        await began.wait()
        database.rows("PRAGMA query_only = ON")
        with pytest.raises(StorageError):
            await queue.put(Task("second", "attempt", {}))
        await asyncio.sleep(0.2)
        assert queue.counts() == {"running": 1}
        database.rows("PRAGMA query_only = OFF")
        await until(lambda: queue.counts() == {"done": 1}, 5)
        await queue.put(Task("second", "attempt", {}))
        await until(lambda: queue.counts() == {"done": 2}, 5)


@pytest.mark.parametrize(("task", "field"), [(Task("", "attempt", {}), "name"), (Task("t", "", {}), "target")])
async def test_a_task_without_name_or_target_is_refused(database: Database, task: Task, field: str) -> None:
    queue = LocalQueue(database)
    with pytest.raises(BadInput) as caught:
        await queue.put(task)
    assert caught.value.field == field
    assert queue.counts() == {}
