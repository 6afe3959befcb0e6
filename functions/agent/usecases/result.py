"""What the sandbox says, or its silence, becomes a decision."""

from __future__ import annotations

from functions.agent import bundle, result
from functions.agent.errors import NotFound
from functions.agent.events import RunFinished, RunLost
from functions.agent.loop import SILENCE_S
from functions.agent.loop import run_id as current_run
from functions.agent.ports import Ports, Task
from functions.agent.records import Execution
from functions.agent.usecases import cached
from functions.agent.usecases.carry import apply, log, resume
from functions.agent.words import Phase

LONGEST_WAIT_S = 3600.0


async def take_result(ports: Ports, name: str, now: float) -> None:
    """A result object has arrived. Any other object, or one of an execution that is gone, is none of our business."""
    parsed = bundle.parse_result_name(name)
    if parsed is None:
        return
    execution_id, run_id = parsed
    try:
        execution = await ports.records.get(Execution, execution_id)
        data = await ports.blobs.get(name)
    except NotFound:
        return
    if not _awaits(execution, run_id):
        await resume(ports, execution)
        return
    asked = cached.trip(ports, execution)
    happening = result.read(asked.execution, run_id, execution.attempt_number, data)
    if isinstance(happening, RunFinished):
        happening = await cached.taken(ports, asked, happening, data, now)
    if isinstance(happening, RunLost):
        await log(ports, execution, happening.detail, f"{run_id}-lost")
    await apply(ports, execution_id, happening, now)


async def check_run(ports: Ports, execution_id: str, run_id: str, now: float) -> None:
    """The deadline of a run: its result is taken if it is there unheard; a run that waits for its turn is looked at
    again later, for an hour at most; else it counts as lost."""
    execution = await ports.records.get(Execution, execution_id)
    if not _awaits(execution, run_id):
        await resume(ports, execution)
        return
    name = bundle.result_name(execution_id, run_id)
    try:
        await ports.blobs.get(name)
    except NotFound:
        patient = now - execution.updated_at < LONGEST_WAIT_S
        if patient and await ports.sandbox.waits(execution_id, run_id):
            again = {"execution_id": execution_id, "attempt": execution.attempt_number, "run_id": run_id}
            await ports.queue.put(Task(f"{run_id}-deadline-{int(now)}", "controller", again, SILENCE_S))
            return
        detail = "The sandbox gave no result in time."
        await log(ports, execution, detail, f"{run_id}-lost")
        await apply(ports, execution_id, RunLost(execution.attempt_number, run_id, detail), now)
        return
    await take_result(ports, name, now)


def _awaits(execution: Execution, run_id: str) -> bool:
    """Whether the execution is where only this run can bring it on."""
    return execution.phase in (Phase.TESTING, Phase.PROVING) and current_run(execution) == run_id
