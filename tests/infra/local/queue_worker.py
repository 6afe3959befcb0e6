"""A process that puts tasks and works on them until it is killed: `queue_worker.py FOLDER TASKS SECONDS_A_TASK`.

It notes each delivery in FOLDER/log before the work and after it, so that the test can tell what was cut in the middle.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from functions.agent.ports import Task
from infra.local.database import Database
from infra.local.outcome import DONE, Outcome
from infra.local.queue import Limits, LocalQueue


async def main(folder: Path, tasks: int, seconds: float) -> None:
    queue = LocalQueue(Database(folder, exclusive=True), Limits(other=4))
    queue.recover()
    for n in range(tasks):
        await queue.put(Task(f"t{n}", "attempt", {"n": n}))

    async def deliver(task: Task, attempt: int) -> Outcome:
        with (folder / "log").open("a") as log:
            log.write(f"begin {task.name} {attempt}\n")
            log.flush()
            await asyncio.sleep(seconds)
            log.write(f"end {task.name} {attempt}\n")
        return DONE

    await queue.run(deliver)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
