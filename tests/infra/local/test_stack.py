"""How the local stack hands messages on, and what it wires."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from functions.agent.errors import ConfigError
from functions.agent.ports import Task
from infra import wiring
from infra.config import Config
from infra.local.cli.run import alone
from infra.local.outcome import DONE, Outcome, Retry
from infra.local.stack import LocalStack


@pytest.fixture
def stack(tmp_path: Path) -> LocalStack:
    return LocalStack(Config.from_env({"HOME": "/", "ASSAY_DATA_DIR": str(tmp_path / "data")}))


def attempt(id: str, number: int, name: str) -> Task:
    return Task(name, "attempt", {"execution_id": id, "attempt": number})


async def test_an_attempt_is_delivered_once_at_a_time_and_others_beside_it(stack: LocalStack) -> None:
    going: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def http(task: Task, number: int) -> Outcome:
        key = f"{task.target} {task.payload['execution_id']}"
        for counted in (key, "all"):
            going[counted] += 1
            most[counted] = max(most[counted], going[counted])
        await asyncio.sleep(0.02)
        going.subtract([key, "all"])
        return Retry(reason="later") if task.name == "again" else DONE

    deliver = stack.delivery(http)
    tasks = [attempt("e1", 1, "first"), attempt("e1", 1, "again"), attempt("e1", 2, "next"), attempt("e2", 1, "other")]
    tasks += [Task("d1", "deliver", {"execution_id": "e1"}), Task("d2", "deliver", {"execution_id": "e1"})]
    outcomes = await asyncio.gather(*(deliver(task, 1) for task in tasks))
    assert outcomes == [DONE, Retry(reason="later"), DONE, DONE, DONE, DONE]
    assert (most["attempt e1"], most["attempt e2"], most["deliver e1"]) == (1, 1, 2)
    assert most["all"] == 4


async def test_a_delivery_that_is_broken_off_lets_the_next_one_in(stack: LocalStack) -> None:
    begun = asyncio.Event()

    async def http(task: Task, number: int) -> Outcome:
        begun.set()
        if task.name == "first":
            await asyncio.sleep(60)
        return DONE

    deliver = stack.delivery(http)
    first = asyncio.create_task(deliver(attempt("e1", 1, "first"), 1))
    await begun.wait()
    second = asyncio.create_task(deliver(attempt("e1", 1, "second"), 1))
    await asyncio.sleep(0)
    first.cancel()
    assert await asyncio.wait_for(second, 1) == DONE


def test_nothing_is_opened_before_it_is_asked_for(stack: LocalStack, tmp_path: Path) -> None:
    assert not (tmp_path / "data").exists()
    assert stack.wired.local
    assert len(stack.wired.caller_secret or "") >= 32


def test_another_target_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ASSAY_TARGET": "gcp",
        "SECRET_KEY": "x" * 32,
        "CLOUD_RUN_PROJECT": "p",
    }.items():
        monkeypatch.setenv(name, value)
    wiring.install(None)
    with pytest.raises(ConfigError, match="ASSAY_TARGET=gcp"):
        wiring.ports()


def test_the_environment_wires_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_DATA_DIR", str(tmp_path / "data"))
    wiring.install(None)
    try:
        assert wiring.is_local()
        assert wiring.ports() is wiring.ports()
        assert wiring.ports().settings["max_attempts"] == 5
        assert wiring.local_hosts() == {"localhost", "127.0.0.1", "::1"}
        assert wiring.keep_alive_s() == 15.0
    finally:
        wiring.install(None)


def test_a_sandbox_elsewhere_is_refused_and_not_silently_replaced() -> None:
    elsewhere = {"HOME": "/", "SANDBOX_BACKEND": "job", "CLOUD_RUN_PROJECT": "p"}
    with pytest.raises(ConfigError, match="SANDBOX_BACKEND=job"):
        LocalStack(Config.from_env(elsewhere))


def test_a_run_keeps_its_blobs_to_itself_even_where_a_folder_for_them_is_set(tmp_path: Path) -> None:
    config = alone(Config.from_env({"HOME": "/", "ARTIFACT_STORAGE_PATH": "/mnt/artifacts"}), tmp_path)
    assert config.blob_folder == tmp_path / "blobs"
