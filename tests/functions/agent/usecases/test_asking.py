"""A paid question: reserved, asked once, settled, failed over and stopped; with real records and a scripted server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from functions.agent import budget
from functions.agent.errors import Busy, Conflict, LimitReached, ModelUnavailable, RateLimited
from functions.agent.ports import Event, Message, Model, ModelSpec, NewEvent, Ports, Question, Route
from functions.agent.records import Execution, ModelCall, Spending
from functions.agent.usecases.asking import ask
from functions.agent.usecases.listening import Purpose, Stopped
from functions.agent.words import Phase, Status, Tier
from infra.local.blobs import LocalBlobs
from infra.local.database import Database
from infra.local.events import LocalEvents
from infra.local.identity import LocalIdentity
from infra.local.queue import LocalQueue
from infra.local.records import LocalRecords
from infra.local.sandbox import LocalSandbox
from infra.local.signing import Signer
from infra.models.openai_compatible import OpenAICompatible
from infra.models.scripted import Scripted, ScriptedServer

NOW = 1_800_000_000.0
MONTH = "month:2027-01"
PRICED = ModelSpec("first", "m", input_usd_per_mtok=1.0, output_usd_per_mtok=10.0)
SECOND = ModelSpec("second", "m", input_usd_per_mtok=1.0, output_usd_per_mtok=10.0)
SMALL = ModelSpec("first", "m", small=True)
QUESTION = Question((Message("user", "Write it"),), max_tokens=1000, timeout_s=20)
CODE = "```python\ndef f(n):\n    return n * n\n```\n"


class Clock:
    """Each look at it takes `step` seconds."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = NOW, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@dataclass
class Servers:
    """The port `Models` over one scripted server a provider."""

    urls: dict[str, str]
    opened: list[OpenAICompatible] = field(default_factory=list)

    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        raise AssertionError("the route is given")

    def open(self, spec: ModelSpec) -> Model:
        self.opened.append(OpenAICompatible(spec, self.urls[spec.provider], "key"))
        return self.opened[-1]


@dataclass
class World:
    ports: Ports
    servers: dict[str, ScriptedServer]
    execution: Execution

    async def ask(self, *specs: ModelSpec, clock: Clock | None = None, what: str = "code", **ports: Any) -> ModelCall:
        route = Route(specs, "because")
        mine = replace(self.ports, **ports)
        return await ask(mine, self.execution, route, "e-a1-code1-0", QUESTION, Purpose(what), clock or Clock())

    def asked(self, provider: str = "first") -> int:
        return len(self.servers[provider].requests)

    async def spending(self) -> tuple[float, float]:
        page = await self.ports.records.query(Spending, {})
        assert [s.id for s in page.items] in ([], [MONTH])
        return (page.items[0].spent_usd, page.items[0].reserved_usd) if page.items else (0.0, 0.0)

    async def events(self, kind: str) -> list[Event]:
        return [e for e in await self.ports.events.read("e") if e.kind == kind]

    async def calls(self) -> Sequence[ModelCall]:
        return (await self.ports.records.query(ModelCall, {})).items


@pytest.fixture
def world(tmp_path: Path) -> Any:
    @asynccontextmanager
    async def start(first: Sequence[Scripted], second: Sequence[Scripted] = ()) -> AsyncIterator[World]:
        async with AsyncExitStack() as stack:
            database = Database(tmp_path / "data")
            stack.push_async_callback(database.aclose)
            servers = {"first": ScriptedServer(first), "second": ScriptedServer(second)}
            for server in servers.values():
                await stack.enter_async_context(server)
            models = Servers({name: server.url for name, server in servers.items()})
            queue = LocalQueue(database)
            blobs = LocalBlobs(tmp_path / "blobs")
            sandbox = LocalSandbox(blobs, queue, None, 1)
            records, events = LocalRecords(database), LocalEvents(database)
            people = LocalIdentity(records, Signer(lambda: ["k" * 40]), lambda: NOW)
            ports = Ports(records, events, blobs, queue, sandbox, models, people, people, people, worker="w1")
            execution = await ports.records.save(
                Execution("e", "u", "Write it", "python", NOW, status=Status.RUNNING, phase=Phase.WRITING)
            )
            yield World(ports, servers, execution)
            for model in models.opened:
                await model.aclose()

    return start


async def test_a_paid_call_is_recorded_with_its_price_and_a_repeat_does_not_ask_again(world: Any) -> None:
    async with world([Scripted(CODE)]) as w:
        first = await w.ask(PRICED)
        again = await w.ask(PRICED)
        assert again == first
        assert w.asked() == 1
        assert (first.text, first.finish_reason) == (CODE, "stop")
        assert first.usd == pytest.approx(budget.price(PRICED, first.usage))
        assert first.usd > 0
        assert await w.spending() == (pytest.approx(first.usd), 0.0)
        assert await w.ports.records.get(ModelCall, first.id) == first


async def test_the_record_stands_before_the_model_is_asked(world: Any) -> None:
    async with world([]) as w:
        seen: list[tuple[ModelCall, tuple[float, float]]] = []

        class Looking:
            async def complete(self, question: Question, on_text: Any = None) -> Any:
                (call,) = await w.calls()
                seen.append((call, await w.spending()))
                raise ModelUnavailable("down")

        w.ports.models.open = lambda spec: Looking()
        with pytest.raises(ModelUnavailable):
            await w.ask(PRICED)
        ((call, spending),) = seen
        assert call.text is None
        assert call.reserved_usd == spending[1] == pytest.approx(budget.worst_price(PRICED, QUESTION))


async def test_what_is_said_goes_to_the_log_piece_by_piece(world: Any) -> None:
    async with world([Scripted(CODE * 20)]) as w:
        await w.ask(PRICED, clock=Clock(0.03))
        told = await w.events("delta")
        assert len(told) > 2
        assert "".join(e.data["text"] for e in told) == CODE * 20
        assert {(e.data["attempt"], e.data["purpose"], e.data["sample"]) for e in told} == {(1, "code", 1)}


TOKEN = "ghp_" + "aB3" * 3 + "Qz7XnTbVrMkEwLs9dYu2FcHgJ01"
LEAK = f"```python\nTOKEN = '{TOKEN}'\n\n\ndef f(n):\n    return n\n```\n"


async def test_secrets_are_taken_out_of_what_is_kept_and_of_what_is_told(world: Any) -> None:
    async with world([Scripted(LEAK)]) as w:
        call = await w.ask(PRICED, clock=Clock(0.2))
        assert call.text == LEAK.replace(TOKEN, "REDACTED_GITHUB_TOKEN")
        assert "".join(e.data["text"] for e in await w.events("delta")) == call.text
        (note,) = await w.events("log")
        assert note.data["text"] == "What looks like a secret was taken out of the reply: GitHub token."
        assert await w.ask(PRICED) == call
        assert len(await w.events("log")) == 1
        assert TOKEN not in repr((await w.calls(), await w.ports.events.read("e")))


async def test_what_a_reply_began_is_told_though_it_broke_off_in_a_word(world: Any) -> None:
    text = "the beginning of a wordwhichgoesonandonandon"
    async with world([Scripted(text + " and more" * 50, cut_after=len(text))]) as w:
        with pytest.raises(ModelUnavailable):
            await w.ask(PRICED)
        assert "".join(e.data["text"] for e in await w.events("delta")) == text


async def test_a_secret_in_the_request_goes_to_the_model_with_one_warning(world: Any) -> None:
    async with world([Scripted(CODE), Scripted(CODE)]) as w:
        question = Question((Message("system", "s"), Message("user", f"Use {TOKEN}")), max_tokens=100, timeout_s=20)
        for n in (1, 2):
            route = Route((PRICED,), "because")
            await ask(w.ports, w.execution, route, f"e-a1-code{n}-0", question, Purpose("code", n), Clock())
        (note,) = await w.events("log")
        assert "GitHub token" in note.data["text"]
        assert TOKEN not in note.data["text"]
        assert all(TOKEN in json.dumps(request) for request in w.servers["first"].requests)


async def test_the_next_model_is_asked_when_the_first_is_down_and_the_user_is_told(world: Any) -> None:
    async with world([Scripted("overloaded", status=503, repeat=True)], [Scripted(CODE)]) as w:
        call = await w.ask(PRICED, SECOND)
        assert (call.provider, call.text) == ("second", CODE)
        assert await w.spending() == (pytest.approx(call.usd), 0.0), "the failed call's reservation was given back"
        (note,) = await w.events("log")
        assert "second/m is asked instead" in note.data["text"]
        assert [c.provider for c in await w.calls()] == ["second"]
        asked = w.asked("second")
        assert (await w.ask(PRICED, SECOND)).text == CODE
        assert w.asked("second") == asked, "what was paid for is not asked again"


async def test_when_all_are_down_the_last_error_is_told_and_nothing_stays_reserved(world: Any) -> None:
    async with world([Scripted(status=503, repeat=True)], [Scripted(status=429, repeat=True, retry_after=600)]) as w:
        with pytest.raises(RateLimited):
            await w.ask(PRICED, SECOND)
        assert await w.spending() == (0.0, 0.0)
        assert await w.calls() == ()


async def test_a_reply_that_breaks_off_is_billed_at_its_worst_and_can_be_asked_again(world: Any) -> None:
    async with world([Scripted(CODE * 10, cut_after=200), Scripted(CODE)]) as w:
        with pytest.raises(ModelUnavailable):
            await w.ask(PRICED)
        worst = budget.worst_price(PRICED, QUESTION)
        assert await w.spending() == (pytest.approx(worst), 0.0)
        assert await w.calls() == ()
        assert (await w.ask(PRICED)).text == CODE


async def test_the_monthly_limit_refuses_before_anything_is_asked(world: Any) -> None:
    async with world([Scripted(CODE)], [Scripted(CODE)]) as w:
        await w.ports.records.save(Spending(MONTH, spent_usd=9.995))
        with pytest.raises(LimitReached, match=MONTH):
            await w.ask(PRICED, SECOND, monthly_limit_usd=10.0)
        assert (w.asked("first"), w.asked("second")) == (0, 0)
        assert await w.spending() == (9.995, 0.0)
        assert await w.calls() == ()
        assert (await w.ask(SMALL, monthly_limit_usd=10.0)).text is not None, "what costs nothing has no limit"


async def test_a_cancelled_execution_stops_the_call(world: Any) -> None:
    async with world([Scripted(CODE * 50)]) as w:
        await w.ports.records.save(replace(w.execution, status=Status.CANCELLED, phase=Phase.DONE))
        with pytest.raises(Stopped):
            await w.ask(PRICED, clock=Clock(0.2))
        assert await w.calls() == ()
        spent, reserved = await w.spending()
        assert reserved == 0.0
        assert spent > 0, "what was said until then is billed"
        assert len("".join(e.data["text"] for e in await w.events("delta"))) < len(CODE) * 50


@pytest.mark.parametrize("lead", ["", "Here it is:\n"])
async def test_a_small_models_call_ends_with_the_first_whole_block(world: Any, lead: str) -> None:
    async with world([Scripted(lead + CODE + "And now I talk on and on. " * 400)]) as w:
        call = await w.ask(SMALL)
        assert call.text is not None
        assert call.text.startswith(lead + CODE.rstrip("\n"))
        assert len(call.text) < len(lead + CODE) + 128
        assert call.finish_reason == "stop"
        assert call.usage.output_tokens > 0
        assert (await w.ask(SMALL)) == call


async def test_the_block_is_kept_whole_when_shorter_fences_stand_in_it(world: Any) -> None:
    block = "````python\ndef f():\n    '''\n```\nexample\n```\n    '''\n    return 1\n````\n"
    async with world([Scripted(block + "talk " * 400)]) as w:
        call = await w.ask(SMALL)
        assert call.text is not None
        assert block.rstrip("\n") in call.text
        assert len(call.text) < len(block) + 128


async def test_a_strong_models_reply_is_heard_to_the_end(world: Any) -> None:
    text = CODE + "And a second file:\n" + CODE
    async with world([Scripted(text)]) as w:
        assert (await w.ask(PRICED)).text == text


async def test_a_small_model_that_goes_round_in_a_circle_is_stopped(world: Any) -> None:
    async with world([Scripted("```python\n" + "x = 1\n" * 20_000)]) as w:
        call = await w.ask(SMALL)
        assert call.text is not None
        assert len(call.text) < 60_000


async def test_another_worker_that_is_asking_is_waited_for_and_taken_over_when_it_is_dead(world: Any) -> None:
    async with world([Scripted(CODE)]) as w:
        worst = budget.worst_price(PRICED, QUESTION)
        held = ModelCall("e-a1-code1-0-first/m", "e", "code", "first", "m", "dead", NOW - 5, worst)
        await w.ports.records.save(held)
        await w.ports.records.save(Spending(MONTH, reserved_usd=worst))
        with pytest.raises(Busy, match="dead is asking first/m already"):
            await w.ask(PRICED)
        assert w.asked() == 0
        late = Clock()
        late.now += QUESTION.timeout_s
        call = await w.ask(PRICED, clock=late)
        assert call.worker == "w1"
        assert await w.spending() == (pytest.approx(call.usd), 0.0), "the dead worker's reservation is not left behind"


async def test_of_two_that_ask_at_once_one_asks_and_nothing_stays_reserved(world: Any) -> None:
    async with world([Scripted(CODE)]) as w:
        records = w.ports.records

        class Overtaken(LocalRecords):
            """Somebody else saves the call just before us."""

            async def save(self, record: Any) -> Any:
                if isinstance(record, ModelCall) and record.version == 0:
                    await records.save(replace(record, worker="w2"))
                return await records.save(record)

        with pytest.raises(Conflict):
            await w.ask(PRICED, records=Overtaken(records._database))
        assert w.asked() == 0
        assert (await w.spending())[1] == 0.0
        assert [c.worker for c in await w.calls()] == ["w2"]


async def test_events_are_appended_under_one_key_when_a_failure_repeats(world: Any) -> None:
    async with world([Scripted(status=503, repeat=True)], [Scripted(status=503, repeat=True)]) as w:
        for _ in range(2):
            with pytest.raises(ModelUnavailable):
                await w.ask(PRICED, SECOND)
        assert len(await w.events("log")) == 1
        await w.ports.events.append("e", [NewEvent("log", {"text": "x"}, "other")])
        assert len(await w.events("log")) == 2
