"""One paid question: reserved before, recorded before it is used, settled after; failed over along the route."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from functions.agent import budget
from functions.agent.errors import Busy, Conflict, ModelError, NotFound, Recovery
from functions.agent.languages import LANGUAGES
from functions.agent.parsing import repeats
from functions.agent.ports import Model, ModelSpec, NewEvent, Ports, Question, Reply, Route
from functions.agent.records import Execution, ModelCall, Spending, Usage
from functions.agent.words import Status

FLUSH_S = 0.1
LOOK_S = 0.5
CIRCLE_PIECES = 64
ENOUGH_TESTS = 8
MAX_CONFLICTS = 50


@dataclass(frozen=True)
class Purpose:
    """What a question is for (`code` or `tests`), and which of the samples asked for together it is, from 1."""

    what: str
    sample: int = 1


class Stopped(Exception):
    """The execution was cancelled while the model was talking."""


class _Enough(Exception):
    """The reply holds a whole block: what follows would be talk."""


async def ask(
    ports: Ports,
    execution: Execution,
    route: Route,
    call_id: str,
    question: Question,
    purpose: Purpose,
    clock: Callable[[], float],
) -> ModelCall:
    """The answered call, from the record if it was paid for already. Raises ModelError, LimitReached, Busy, Stopped."""
    error = ModelError("No model can be asked.")
    for spec, following in zip(route.specs, (*route.specs[1:], None), strict=True):
        try:
            return await _ask_one(ports, execution, spec, f"{call_id}-{spec.name}", question, purpose, clock)
        except ModelError as failed:
            error = failed
            if failed.recovery is Recovery.GIVE_UP or following is None:
                break
            note = {"stream": "system", "text": f"{failed.detail} {following.name} is asked instead."}
            await ports.events.append(
                execution.id, [NewEvent("log", note, f"{call_id}-{spec.name}-f{execution.faults}")]
            )
    raise error


async def _ask_one(
    ports: Ports,
    execution: Execution,
    spec: ModelSpec,
    call_id: str,
    question: Question,
    purpose: Purpose,
    clock: Callable[[], float],
) -> ModelCall:
    known = await _known(ports, call_id)
    if known is not None and known.text is not None:
        return known
    if known is not None and known.worker != ports.worker and clock() < known.asked_at + question.timeout_s:
        raise Busy(f"{known.worker} is asking {spec.name} already.")
    if known is not None:  # a worker died while it asked: what it had set aside is still set aside
        worst, month = known.reserved_usd, _month(known.asked_at) if known.reserved_usd else ""
    else:
        worst = budget.worst_price(spec, question)
        month = await _reserve(ports, worst, clock()) if worst else ""
    call = ModelCall(
        call_id, execution.id, purpose.what, spec.provider, spec.model, ports.worker, clock(), worst,
        version=known.version if known else 0,
    )  # fmt: skip
    try:
        call = await ports.records.save(call)
    except BaseException:
        if known is None:  # else whoever was faster took over what is set aside
            await _settle(ports, month, worst, 0.0)
        raise
    listener = _Listener(ports, execution, purpose, clock, early=spec.small)
    started = clock()
    try:
        reply = await _complete(ports.models.open(spec), question, listener)
    except BaseException:
        await ports.records.delete(ModelCall, call_id)
        # Who began to answer will bill it, and says no price when it breaks off: the worst one is assumed.
        await _settle(ports, month, worst, worst if listener.pieces else 0.0)
        raise
    finally:
        await listener.flush()
    usd = budget.price(spec, reply.usage)
    await _settle(ports, month, worst, usd)
    return await ports.records.save(
        replace(
            call,
            text=reply.text,
            finish_reason=reply.finish_reason,
            usage=reply.usage,
            usd=usd,
            ms=round((clock() - started) * 1000),
        )
    )


async def _complete(model: Model, question: Question, listener: _Listener) -> Reply:
    try:
        return await model.complete(question, listener)
    except _Enough:
        asked = sum(len(m.content) for m in question.messages) // 4
        return Reply("".join(listener.text), "stop", Usage(asked, listener.pieces))


class _Listener:
    """Passes the reply's pieces to the log, a few times a second, and stops the call when nobody wants it any more.

    `early`: for local models, where tokens cost time and no usage is lost, stop at the end of the first whole block."""

    def __init__(
        self, ports: Ports, execution: Execution, purpose: Purpose, clock: Callable[[], float], early: bool
    ) -> None:
        self._ports, self._execution, self._purpose, self._clock, self._early = ports, execution, purpose, clock, early
        self.text: list[str] = []
        self.pieces = 0
        self._waiting = ""
        self._flushed = self._looked = clock()

    async def __call__(self, piece: str) -> None:
        self.text.append(piece)
        self.pieces += 1
        self._waiting += piece
        now = self._clock()
        if now - self._flushed >= FLUSH_S:
            await self.flush()
            self._flushed = now
        if now - self._looked >= LOOK_S:
            self._looked = now
            if (await self._ports.records.get(Execution, self._execution.id)).status is Status.CANCELLED:
                raise Stopped
        if self._early and self._over(piece):
            raise _Enough

    def _over(self, piece: str) -> bool:
        """Whether the reply is complete, or goes round in a circle (looked for now and then: it reads all of it)."""
        text = "".join(self.text)
        if "`" in text[-3 - len(piece) :] and _whole(text):
            return True
        marks = LANGUAGES[self._execution.language].counted
        if self._purpose.what == "tests" and sum(map(text.count, marks)) > ENOUGH_TESTS:
            return True
        return self.pieces % CIRCLE_PIECES == 0 and repeats(text)

    async def flush(self) -> None:
        if self._waiting:
            data = {
                "attempt": self._execution.attempt_number,
                "purpose": self._purpose.what,
                "sample": self._purpose.sample,
                "text": self._waiting,
            }
            self._waiting = ""
            await self._ports.events.append(self._execution.id, [NewEvent("delta", data)])


def _whole(text: str) -> bool:
    """Whether the first fenced block of the reply is closed; shorter fences in it are part of it."""
    fence = ""
    for line in text.split("\n"):
        if not fence:
            opening = re.match(r"(`{3,})[^`]*$", line)
            fence = opening[1] if opening else ""
        elif set(line.rstrip()) == {"`"} and len(line.rstrip()) >= len(fence):
            return True
    return False


async def _known(ports: Ports, call_id: str) -> ModelCall | None:
    try:
        return await ports.records.get(ModelCall, call_id)
    except NotFound:
        return None


async def _reserve(ports: Ports, usd: float, now: float) -> str:
    month = _month(now)
    await _change(ports, month, lambda s: budget.reserve(s, usd, ports.monthly_limit_usd))
    return month


def _month(now: float) -> str:
    return f"month:{datetime.fromtimestamp(now, UTC):%Y-%m}"


async def _settle(ports: Ports, month: str, reserved: float, usd: float) -> None:
    if month:
        await _change(ports, month, lambda s: budget.settle(s, reserved, usd))


async def _change(ports: Ports, month: str, change: Callable[[Spending], Spending]) -> None:
    for _ in range(MAX_CONFLICTS):
        try:
            spending = await ports.records.get(Spending, month)
        except NotFound:
            spending = Spending(month)
        try:
            await ports.records.save(change(spending))
        except Conflict:
            continue
        return
    raise Conflict("Too many calls settle their price at once.")
