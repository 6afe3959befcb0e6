"""One paid question: reserved before, recorded before it is used, settled after; failed over along the route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from functions.agent import budget
from functions.agent.errors import Busy, Conflict, ModelError, NotFound, Recovery
from functions.agent.ports import Model, ModelSpec, NewEvent, Ports, Question, Reply, Route
from functions.agent.records import Execution, ModelCall, Spending, Usage
from functions.agent.safety import redact, secrets_in
from functions.agent.usecases.listening import Listener, Purpose

MAX_CONFLICTS = 50


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
    await _warn(ports, execution, question)
    for spec, following in zip(route.specs, (*route.specs[1:], None), strict=True):
        try:
            return await _ask_one(ports, execution, spec, f"{call_id}-{spec.name}", question, purpose, clock)
        except ModelError as failed:
            error = failed
            if failed.recovery is Recovery.GIVE_UP or following is None:
                break
            note = f"{failed.detail} {following.name} is asked instead."
            await _log(ports, execution, note, f"{call_id}-{spec.name}-f{execution.faults}")
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
    listener = Listener(ports, execution, purpose, clock, spec.small, _said(question))
    started = clock()
    try:
        reply = await _complete(ports.models.open(spec), question, listener)
    except BaseException:
        await ports.records.delete(ModelCall, call_id)
        # Who began to answer will bill it, and says no price when it breaks off: the worst one is assumed.
        await _settle(ports, month, worst, worst if listener.pieces else 0.0)
        raise
    finally:
        await listener.finish()
    usd = budget.price(spec, reply.usage)
    await _settle(ports, month, worst, usd)
    if kinds := secrets_in(reply.text, _said(question)):
        text = f"What looks like a secret was taken out of the reply: {', '.join(kinds)}."
        await _log(ports, execution, text, f"{call_id}-secrets")
    return await ports.records.save(
        replace(
            call,
            text=redact(reply.text, _said(question)),
            finish_reason=reply.finish_reason,
            usage=reply.usage,
            usd=usd,
            ms=round((clock() - started) * 1000),
        )
    )


def _said(question: Question) -> str:
    return "\n".join(m.content for m in question.messages if m.role == "user")


async def _warn(ports: Ports, execution: Execution, question: Question) -> None:
    """Once an execution: what the user wrote goes to the model as it is."""
    if kinds := secrets_in(_said(question)):
        text = f"The request holds what looks like a secret ({', '.join(kinds)}); it goes to the model as it is."
        await _log(ports, execution, text, "secrets-in-request")


async def _log(ports: Ports, execution: Execution, text: str, key: str) -> None:
    await ports.events.append(execution.id, [NewEvent("log", {"stream": "system", "text": text}, key)])


async def _complete(model: Model, question: Question, listener: Listener) -> Reply:
    """A reply that was stopped early may come without the count of its tokens: then they are estimated."""
    reply = await model.complete(question, listener)
    if reply.usage.total or not listener.enough:
        return reply
    asked = sum(len(m.content) for m in question.messages) // 4
    return replace(reply, usage=Usage(asked, listener.pieces))


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
