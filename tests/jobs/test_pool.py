"""Slots that are lent, mended and given up, and processes that were started ahead."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs import image, launch, supervise
from jobs.failure import SandboxFailure
from jobs.pool import Pool
from jobs.protocol import DEFAULTS, Limits
from jobs.runner import Runner
from jobs.spare import Spare
from jobs.supervise import Outcome


@pytest.fixture
def open_runner() -> Iterator[Callable[[str], Pool]]:
    before = os.umask(0o022)
    with Runner(None, image.home() / "slots", slots=2) as runner:

        def warm(name: str) -> Pool:
            image.make(name)
            return runner.warm(name)

        yield warm
    os.umask(before)


def program(spare: Spare, *argv: str, seconds: float = 20) -> Outcome:
    slot = spare.slot
    return supervise.finish(slot, launch.start(slot, slot.tests, DEFAULTS, seconds, argv), DEFAULTS, seconds)


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_steps_go_side_by_side(open_runner: Callable[[str], Pool]) -> None:
    pool = open_runner("python")
    with pool.batch() as batch:
        outcomes = [batch.submit(lambda spare: program(spare, "/bin/echo", "hi")) for _ in range(5)]
        assert {bytes(o.result().stdout.head) for o in outcomes} == {b"hi\n"}
    assert pool.processes() == []


def test_a_step_whose_slot_dies_is_repeated_in_a_new_one(open_runner: Callable[[str], Pool]) -> None:
    pool = open_runner("python")
    tries = []

    def step(spare: Spare) -> str:
        tries.append(spare.slot)
        if len(tries) == 1:
            spare.slot.hang_up()
        return bytes(program(spare, "/bin/echo", "hi").stdout.head).decode()

    with pool.batch() as batch:
        assert batch.submit(step).result() == "hi\n"
    assert len(tries) == 2


def test_a_step_that_fails_twice_fails_and_the_next_one_finds_the_slot_mended(
    open_runner: Callable[[str], Pool],
) -> None:
    pool = open_runner("python")

    def broken(spare: Spare) -> None:
        spare.slot.hang_up()
        spare.slot.kill(spare.slot.tests)

    with pool.batch() as batch:
        with pytest.raises(SandboxFailure):
            batch.submit(broken).result()
        assert batch.submit(lambda spare: program(spare, "/bin/true")).result().ending.exit_code == 0


def test_a_batch_that_is_left_takes_its_steps_along(open_runner: Callable[[str], Pool]) -> None:
    pool = open_runner("python")

    def leave() -> None:
        with pool.batch() as batch:
            for _ in range(6):
                batch.submit(lambda spare: program(spare, "/bin/sleep", "15"))
            wait_until(lambda: len(pool._lent) == 2)
            raise KeyError

    begun = time.monotonic()
    with pytest.raises(KeyError):
        leave()
    assert time.monotonic() - begun < 8
    with pool.batch() as batch:
        assert batch.submit(lambda spare: program(spare, "/bin/true")).result().ending.exit_code == 0


def test_a_spare_is_used_once_and_only_for_its_limits(open_runner: Callable[[str], Pool]) -> None:
    pool = open_runner("javascript")
    pool.prepare(DEFAULTS)
    wait_until(lambda: pool.ready() == 2)
    other = Limits(**{**DEFAULTS.__dict__, "memory_mb": 600})
    with pool.batch() as batch:
        taken = batch.submit(lambda spare: spare.take(DEFAULTS) is not None and spare.take(DEFAULTS) is None, True)
        assert taken.result()
    with pool.batch() as batch:
        assert batch.submit(lambda spare: spare.take(other), True).result() is None
    wait_until(lambda: pool.ready() == 0)


def test_a_spare_that_has_died_is_none(open_runner: Callable[[str], Pool]) -> None:
    pool = open_runner("javascript")
    pool.prepare(DEFAULTS)
    wait_until(lambda: pool.ready() == 2)
    for spare in pool._free:
        spare.slot.kill(spare.slot.tests)
    assert pool.ready() == 0
    with pool.batch() as batch:
        assert batch.submit(lambda spare: spare.take(DEFAULTS), True).result() is None


def test_what_a_process_finds_in_its_place_is_its_own(open_runner: Callable[[str], Pool], tmp_path: Path) -> None:
    pool = open_runner("python")
    look = "import os; print(sorted(os.listdir('.')), os.listdir(os.environ['TMPDIR']), oct(os.stat('.').st_mode))"
    with pool.batch() as batch:
        python = str(pool.language.image / "bin" / "python")
        said = bytes(batch.submit(lambda spare: program(spare, python, "-c", look)).result().stdout.head).decode()
    assert said.endswith("[] 0o40750\n")


def test_a_slot_waits_until_its_uids_are_free(open_runner: Callable[[str], Pool]) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives slots uids of their own")
    slot = open_runner("python")._slots[0]
    slot.stop()
    stray = subprocess.Popen(["/bin/sleep", "0.7"], user=slot.tests.uid, group=slot.tests.uid, extra_groups=[])
    threading.Thread(target=stray.wait).start()
    begun = time.monotonic()
    slot.start()
    assert time.monotonic() - begun > 0.5
    assert slot.processes() == []
