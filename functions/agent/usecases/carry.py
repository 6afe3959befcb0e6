"""Apply one happening to an execution and carry out what its new state calls for. Every part may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from functions.agent import bundle, cache
from functions.agent.errors import Conflict
from functions.agent.events import CancelRun, Command, Happening, RunFinished, Send, StartRun
from functions.agent.loop import advance, due
from functions.agent.narration import news, story
from functions.agent.ports import NewEvent, Ports, Task
from functions.agent.records import Execution
from functions.agent.usecases import cached
from functions.agent.usecases.experience import remember

MAX_CONFLICTS = 20


async def apply(ports: Ports, execution_id: str, happening: Happening, now: float) -> Execution:
    """The execution after `happening`, saved, told and carried out. Raises NotFound, StorageError."""
    for _ in range(MAX_CONFLICTS):
        before = await ports.records.get(Execution, execution_id)
        after, commands = advance(before, happening, now)
        if after == before:
            return await resume(ports, before)
        try:
            after = await ports.records.save(after)
        except Conflict:
            continue
        await ports.events.append(execution_id, news(before, after))
        decided = await carry_out(ports, after, commands, now=now)
        if after.status.terminal:  # only this call made it so, thanks to the version
            await remember(ports, after, now)
        return decided
    raise Conflict(f"Execution {execution_id} is being changed too often; the message comes again.")


async def resume(ports: Ports, execution: Execution) -> Execution:
    """Tell and carry out again whatever a killed worker may have left undone."""
    await ports.events.append(execution.id, story(execution))
    return await carry_out(ports, execution, due(execution))


async def carry_out(
    ports: Ports, execution: Execution, commands: Sequence[Command], suffix: str = "", now: float | None = None
) -> Execution:
    """The execution as it stands then: a run that needs no sandbox is decided at once, and its deadline is not watched.

    `suffix` renames messages: a queue refuses a name that it has seen, even when that message was lost. Without `now`
    it is taken to be the time at which the execution came to its state."""
    for command in commands:
        match command:
            case Send():
                task = Task(command.name + suffix, command.target, command.payload, command.delay_s)
                await ports.queue.put(task)
            case StartRun():
                decision = await _start(ports, execution, command)
                if decision is not None:
                    return await apply(ports, execution.id, decision, execution.updated_at if now is None else now)
            case CancelRun():
                await ports.sandbox.cancel(execution.id, command.run_id)
    return execution


async def _start(ports: Ports, execution: Execution, command: StartRun) -> RunFinished | None:
    """Starts the run with what of it is not known; where all is, its decision."""
    asked = cached.trip(ports, execution)
    known = await cached.look_up(ports, asked)
    todo = cached.left(asked, known)
    if known:
        unlike = len(asked.unlike(asked.candidates))
        spared = unlike - len(todo)
        text = f"{spared} of {unlike} candidates {'was' if spared == 1 else 'were'} judged before: not run again."
        await log(ports, execution, text, f"{command.run_id}-known")
    decision = cache.from_memory(asked, known, command.attempt, command.run_id)
    if decision is not None:
        return decision
    name = bundle.bundle_name(execution.id, command.run_id)
    with suppress(Conflict):  # the sandbox may be at it already: what was asked for first stands
        await ports.blobs.put(name, bundle.pack(asked.execution, command.run_id, todo), once=True)
    await ports.sandbox.start(execution.id, command.run_id, name, bundle.result_name(execution.id, command.run_id))
    return None


async def log(ports: Ports, execution: Execution, text: str, key: str) -> None:
    """One line of the system's own log, shown to the user."""
    await ports.events.append(execution.id, [NewEvent("log", {"stream": "system", "text": text}, key)])


def with_limits(execution: Execution, ports: Ports) -> Execution:
    """The execution with the sandbox limits of this installation."""
    return replace(execution, limits=dict(ports.settings.get("limits", {})))
