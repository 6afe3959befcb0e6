"""Apply one happening to an execution and carry out what its new state calls for. Every part may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from functions.agent import bundle
from functions.agent.errors import Conflict
from functions.agent.events import CancelRun, Command, Happening, Send, StartRun
from functions.agent.loop import advance, due
from functions.agent.narration import news, story
from functions.agent.ports import NewEvent, Ports, Task
from functions.agent.records import Execution

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
        await carry_out(ports, after, commands)
        return after
    raise Conflict(f"Execution {execution_id} is being changed too often; the message comes again.")


async def resume(ports: Ports, execution: Execution) -> Execution:
    """Tell and carry out again whatever a killed worker may have left undone."""
    await ports.events.append(execution.id, story(execution))
    await carry_out(ports, execution, due(execution))
    return execution


async def carry_out(ports: Ports, execution: Execution, commands: Sequence[Command], suffix: str = "") -> None:
    """`suffix` renames messages: a queue refuses a name that it has seen, even when that message was lost."""
    for command in commands:
        match command:
            case Send():
                task = Task(command.name + suffix, command.target, command.payload, command.delay_s)
                await ports.queue.put(task)
            case StartRun():
                await _start(ports, execution, command)
            case CancelRun():
                await ports.sandbox.cancel(execution.id, command.run_id)


async def _start(ports: Ports, execution: Execution, command: StartRun) -> None:
    attempt = execution.attempt
    if attempt is None:
        return
    name = bundle.bundle_name(execution.id, command.run_id)
    await ports.blobs.put(name, bundle.pack(execution, command.run_id, attempt.candidates))
    await ports.sandbox.start(execution.id, command.run_id, name, bundle.result_name(execution.id, command.run_id))


async def log(ports: Ports, execution: Execution, text: str, key: str) -> None:
    """One line of the system's own log, shown to the user."""
    await ports.events.append(execution.id, [NewEvent("log", {"stream": "system", "text": text}, key)])


def with_limits(execution: Execution, ports: Ports) -> Execution:
    """The execution with the sandbox limits of this installation."""
    return replace(execution, limits=dict(ports.settings.get("limits", {})))
