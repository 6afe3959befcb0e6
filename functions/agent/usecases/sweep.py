"""Care for what got stuck, whose lost messages are sent again under a new name; and for what has been kept too long."""

from __future__ import annotations

from dataclasses import dataclass, replace

from functions.agent.events import RunLost, WritingFailed
from functions.agent.loop import due, run_id
from functions.agent.ports import Ports
from functions.agent.records import Execution, Judged
from functions.agent.usecases.carry import apply, carry_out
from functions.agent.words import Phase, Status

STALE_S = 300.0
"""Without any change for so long, an execution is looked after."""
HOPELESS_S = 3600.0
"""Without any change for so long, its present step counts as failed."""
PAGE = 100
DAY_S = 86_400.0
MAX_FORGOTTEN = 5000
"""Old entries that one sweep deletes; the next one goes on."""


@dataclass(frozen=True)
class Swept:
    looked_at: int = 0
    sent_again: int = 0
    given_up: int = 0
    forgotten: int = 0


async def sweep(ports: Ports, now: float, stale_s: float = STALE_S, anew: bool = True) -> Swept:
    """Looks at every execution that has not ended. Safe to run twice, or to be killed in the middle.

    `anew` gives messages a new name, since the old one may be taken by a message that was lost. Where the queue has
    just been recovered and none that it knows can be lost, False leaves those that are there as they are."""
    swept = Swept()
    for status in (Status.PENDING, Status.RUNNING):
        page = 1
        while True:
            found = await ports.records.query(Execution, {"status": str(status)}, page, PAGE)
            for execution in found.items:
                swept = await _look_after(ports, execution, now, stale_s, anew, swept)
            if page * PAGE >= found.total:
                break
            page += 1
    return replace(swept, forgotten=await _forget(ports, now))


async def _forget(ports: Ports, now: float) -> int:
    """Deletes what the sandbox said of code longer than `retention_days` ago; how many entries went."""
    oldest = now - DAY_S * float(ports.settings.get("retention_days", 30))
    forgotten = 0
    while forgotten < MAX_FORGOTTEN:
        total = (await ports.records.query(Judged, {}, limit=1)).total
        last = await ports.records.query(Judged, {}, max(1, -(-total // PAGE)), PAGE)
        old = [judged for judged in last.items if judged.created_at < oldest]
        for judged in old:
            await ports.records.delete(Judged, judged.id)
        forgotten += len(old)
        if not old or len(old) < len(last.items):
            break
    return forgotten


async def _look_after(
    ports: Ports, execution: Execution, now: float, stale_s: float, anew: bool, swept: Swept
) -> Swept:
    idle = now - execution.updated_at
    if idle > HOPELESS_S and execution.phase is not Phase.DELIVERING:
        detail = "Nothing was heard of it for an hour."
        lost = RunLost(execution.attempt_number, run_id(execution), detail)
        stuck = WritingFailed(execution.attempt_number, "stuck", detail)
        await apply(ports, execution.id, lost if execution.phase in (Phase.TESTING, Phase.PROVING) else stuck, now)
        return Swept(swept.looked_at + 1, swept.sent_again, swept.given_up + 1)
    if idle >= stale_s:
        await carry_out(ports, execution, due(execution), f"-again{int(now)}" if anew else "", now)
        return Swept(swept.looked_at + 1, swept.sent_again + 1, swept.given_up)
    return Swept(swept.looked_at + 1, swept.sent_again, swept.given_up)
