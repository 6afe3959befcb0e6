"""What every `ports.Records` does. A new adapter joins with one line in ADAPTERS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from functions.agent.errors import BadInput, Conflict, NotFound
from functions.agent.people import Session
from functions.agent.ports import Records
from functions.agent.records import (
    Attempt,
    Candidate,
    Case,
    CaseResult,
    Execution,
    LedgerEntry,
    ModelCall,
    Spending,
    Suite,
    Usage,
    Verdict,
)
from functions.agent.words import CaseOutcome, Confidence, Origin, Phase, RunStatus, Status, Strategy, Tier, TrustState
from infra.local.database import Database
from infra.local.records import LocalRecords


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Records]:
    database = Database(folder)
    yield LocalRecords(database)
    await database.aclose()


ADAPTERS = {"local": local}


@pytest.fixture(params=ADAPTERS)
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    async with ADAPTERS[request.param](tmp_path) as adapter:
        yield adapter


def session(id: str, user: str = "u1", created: float = 1.0, title: str = "") -> Session:
    return Session(id, user, title=title, created_at=created)


def rich_execution() -> Execution:
    candidate = Candidate(
        "c1",
        1,
        "ab" * 32,
        {"main.py": "print('žluťoučký 🐍')\n\x00"},
        {"t1": CaseResult(CaseOutcome.PASSED, ms=1.25), "t2": CaseResult(CaseOutcome.FAILED, "1 != 2")},
        RunStatus.EXITED,
    )
    attempt = Attempt(
        "a1", "x1", 1, Strategy.FIRST, Tier.MEDIUM, candidates=(candidate,), usage=Usage(3, 4, 1), usd=0.5
    )
    return Execution(
        "x1",
        "u1",
        "Add two numbers",
        "python",
        1000.5,
        session_id="s1",
        status=Status.RUNNING,
        phase=Phase.TESTING,
        test_results=({"id": "t1", "nested": [1, None, {"deep": True}]},),
        context_artifacts=("f1", "f2"),
        attempts=(attempt,),
        suites=(Suite("k", Origin.GENERATED, (Case("t1", "adds", "assert add(1, 2) == 3"),)),),
        ledger=(
            LedgerEntry("t1", "adds", TrustState.TRUSTED, Origin.ANCHOR, ("said so",), {"c1": CaseOutcome.PASSED}),
        ),
        verdict=Verdict(Status.PARTIAL, Confidence.LIKELY, "half", passed=1, total=2),
        environment={"python": "3.12"},
    )


async def test_a_saved_record_comes_back_equal_one_version_on(records: Records) -> None:
    execution = rich_execution()
    saved = await records.save(execution)
    assert saved == replace(execution, version=1)
    assert await records.get(Execution, "x1") == saved
    again = await records.save(replace(saved, stdout="more"))
    assert again.version == 2
    assert await records.get(Execution, "x1") == replace(execution, stdout="more", version=2)


async def test_what_is_absent_is_not_found(records: Records) -> None:
    with pytest.raises(NotFound):
        await records.get(Session, "nobody")


async def test_a_kind_is_a_space_of_its_own(records: Records) -> None:
    await records.save(session("same"))
    await records.save(Spending("same", 1.5))
    assert (await records.get(Spending, "same")).spent_usd == 1.5
    await records.delete(Spending, "same")
    assert (await records.get(Session, "same")).id == "same"


async def test_an_existing_id_cannot_be_inserted_again(records: Records) -> None:
    saved = await records.save(session("s", title="first"))
    with pytest.raises(Conflict):
        await records.save(session("s", title="second"))
    assert await records.get(Session, "s") == saved


@pytest.mark.parametrize("version", [1, 3])
async def test_only_the_very_version_can_be_replaced(records: Records, version: int) -> None:
    first = await records.save(session("s"))
    second = await records.save(replace(first, title="second"))
    with pytest.raises(Conflict):
        await records.save(replace(first, title="late", version=version))
    assert await records.get(Session, "s") == second


async def test_a_deleted_record_cannot_be_replaced_but_made_again(records: Records) -> None:
    saved = await records.save(session("s"))
    await records.delete(Session, "s")
    await records.delete(Session, "s")
    with pytest.raises(Conflict):
        await records.save(saved)
    with pytest.raises(NotFound):
        await records.get(Session, "s")
    assert (await records.save(session("s"))).version == 1


async def test_of_fifty_inserts_of_one_id_one_wins(records: Records) -> None:
    results = await asyncio.gather(
        *(records.save(session("s", title=str(n))) for n in range(50)), return_exceptions=True
    )
    winners = [r for r in results if isinstance(r, Session)]
    assert len(winners) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 49
    assert await records.get(Session, "s") == winners[0]


async def test_of_fifty_saves_of_one_version_one_wins(records: Records) -> None:
    base = await records.save(session("s"))
    results = await asyncio.gather(
        *(records.save(replace(base, title=str(n))) for n in range(50)), return_exceptions=True
    )
    winners = [r for r in results if isinstance(r, Session)]
    assert len(winners) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 49
    assert await records.get(Session, "s") == winners[0]


async def test_counting_with_retries_on_conflict_loses_nothing(records: Records) -> None:
    await records.save(Spending("month"))

    async def add_one() -> None:
        while True:
            now = await records.get(Spending, "month")
            await asyncio.sleep(0)
            try:
                await records.save(replace(now, spent_usd=now.spent_usd + 1))
            except Conflict:
                continue
            return

    await asyncio.gather(*(add_one() for _ in range(20)))
    assert await records.get(Spending, "month") == Spending("month", spent_usd=20.0, version=21)


async def test_a_query_is_newest_first_then_by_id_in_pages(records: Records) -> None:
    for id, created in (("b", 2.0), ("a", 2.0), ("c", 3.0), ("d", 1.0), ("e", 1.5)):
        await records.save(session(id, created=created))
    await records.save(session("other", user="u2", created=9.0))
    pages = [await records.query(Session, {"user_id": "u1"}, page, limit=2) for page in (1, 2, 3, 4)]
    assert [[s.id for s in page.items] for page in pages] == [["c", "a"], ["b", "e"], ["d"], []]
    assert {page.total for page in pages} == {5}
    assert (await records.query(Session, {})).total == 6


async def test_a_query_compares_every_field_it_is_given(records: Records) -> None:
    base = rich_execution()
    for id, status, language, session_id in (
        ("1", Status.PASSED, "python", "s1"),
        ("2", Status.PASSED, "go", "s1"),
        ("3", Status.FAILED, "python", None),
    ):
        await records.save(replace(base, id=id, status=status, language=language, session_id=session_id))

    async def ids(**where: str) -> set[str]:
        return {e.id for e in (await records.query(Execution, where)).items}

    assert await ids(status=Status.PASSED) == {"1", "2"}
    assert await ids(status="passed", language="python") == {"1"}
    assert await ids(session_id="s1") == {"1", "2"}
    assert await ids(language="python", user_id="u1") == {"1", "3"}
    assert await ids(session_id="") == set()
    assert await ids(prompt="' OR '1'='1") == set()


async def test_a_query_sees_the_newest_version_only(records: Records) -> None:
    saved = await records.save(rich_execution())
    await records.save(replace(saved, status=Status.PASSED))
    assert (await records.query(Execution, {"status": "running"})).total == 0
    page = await records.query(Execution, {"status": "passed"})
    assert [e.version for e in page.items] == [2]
    await records.delete(Execution, "x1")
    assert (await records.query(Execution, {"status": "passed"})).total == 0


async def test_kinds_without_a_date_can_be_queried(records: Records) -> None:
    for id in ("b", "a"):
        await records.save(ModelCall(id, "x1", "write", "local", "qwen", "w", 5.0))
    page = await records.query(ModelCall, {"execution_id": "x1"})
    assert [c.id for c in page.items] == ["a", "b"]


@pytest.mark.parametrize(("page", "limit", "field"), [(0, 10, "page"), (-1, 10, "page"), (1, 0, "limit")])
async def test_pages_count_from_one(records: Records, page: int, limit: int, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        await records.query(Session, {}, page, limit)
    assert caught.value.field == field


async def test_a_page_far_beyond_the_end_is_empty(records: Records) -> None:
    await records.save(session("s"))
    page = await records.query(Session, {}, 10**30, 10**30)
    assert (page.items, page.total) == ((), 1)


async def test_an_unknown_field_is_refused_by_name(records: Records) -> None:
    with pytest.raises(BadInput) as caught:
        await records.query(Session, {"title') OR 1 --": "x"})
    assert caught.value.field == "title') OR 1 --"


async def test_odd_text_survives(records: Records) -> None:
    title = "\ud800 half \x00 nul \u2028 line 🐍 'quote' \\"
    await records.save(session("s", title=title))
    assert (await records.get(Session, "s")).title == title


async def test_a_number_that_json_lacks_is_refused_and_nothing_is_kept(records: Records) -> None:
    with pytest.raises(BadInput):
        await records.save(Spending("m", spent_usd=float("nan")))
    with pytest.raises(NotFound):
        await records.get(Spending, "m")


async def test_hundreds_of_kilobytes_of_code_are_no_problem(records: Records) -> None:
    saved = await records.save(replace(rich_execution(), generated_code="x = 1\n" * 120_000))
    assert await records.get(Execution, "x1") == saved
