from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from functions.agent.errors import ModelMisconfigured, ModelTimeout, PromptTooLong
from functions.agent.ports import Message, Question
from infra.models.catalogue import EMBEDDED
from infra.models.download import cached
from infra.models.embedded import EmbeddedModel
from infra.models.llama_server import busy, threads
from infra.models.loopback import Answer, LoopbackServer, Request
from infra.models.model_file import QWEN_CODER_1_5B, ModelFile
from infra.models.retry import Retrying

QUESTION = Question((Message("user", "Say hi."),), max_tokens=8, seed=1, timeout_s=60)
CACHE = Path("~/.cache/assay/models").expanduser()


async def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + b"\0" * 100)
    model = EmbeddedModel(EMBEDDED, tmp_path, bad)
    with pytest.raises(ModelMisconfigured, match=r"bad\.gguf cannot be loaded"):
        await model.complete(QUESTION)
    await model.aclose()


async def test_a_model_that_cannot_be_downloaded_is_tried_again_at_the_next_question(tmp_path: Path) -> None:
    file = ModelFile("m.gguf", 10, "0" * 64, "http://127.0.0.1:9/m.gguf")
    model = EmbeddedModel(EMBEDDED, tmp_path, file=file)
    for _ in range(2):
        with pytest.raises(ModelMisconfigured, match="could not be downloaded"):
            await model.complete(QUESTION)
    await model.aclose()


async def test_a_question_does_not_wait_longer_than_it_says_for_a_download(tmp_path: Path) -> None:
    async def slow(_request: Request, answer: Answer) -> None:
        answer.begin("application/octet-stream")
        await answer.piece(b"GGUF" * 10)
        await asyncio.sleep(30)

    async with LoopbackServer(slow) as server:
        model = EmbeddedModel(EMBEDDED, tmp_path, file=ModelFile("m.gguf", 100, "0" * 64, f"{server.url}/m.gguf"))
        with pytest.raises(ModelTimeout, match="40 % downloaded"):
            await model.complete(replace(QUESTION, timeout_s=1.0))
    await model.aclose()


async def test_closing_what_was_never_opened(tmp_path: Path) -> None:
    await EmbeddedModel(EMBEDDED, tmp_path).aclose()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.alone
async def test_the_real_model_answers_restarts_and_goes() -> None:
    if cached(QWEN_CODER_1_5B, CACHE) is None:
        pytest.skip("the embedded model is not on this machine")
    embedded = EmbeddedModel(EMBEDDED, CACHE)
    model = Retrying(embedded)
    heard: list[str] = []

    async def on_text(text: str) -> None:
        heard.append(text)

    first, other = await asyncio.gather(model.complete(QUESTION, on_text), model.complete(QUESTION))
    assert first.text == other.text == "".join(heard)
    assert first.usage.input_tokens > 5
    assert (await model.complete(replace(QUESTION, max_tokens=2))).finish_reason == "length"
    with pytest.raises(PromptTooLong):
        await model.complete(Question((Message("user", "word " * 9000),), timeout_s=60))
    process = embedded._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert (await model.complete(QUESTION)).text == first.text
    again = embedded._process
    assert again is not None
    assert again.pid != process.pid
    await model.aclose()
    assert not alive(again.pid)


@pytest.mark.alone
async def test_the_real_model_reads_what_three_questions_share_once() -> None:
    if cached(QWEN_CODER_1_5B, CACHE) is None:
        pytest.skip("the embedded model is not on this machine")
    rules = "Answer with one number in digits. Nothing comes before it and nothing after it. " * 5
    model = EmbeddedModel(EMBEDDED, CACHE)
    patient = replace(QUESTION, max_tokens=2, timeout_s=100)
    asked = [replace(patient, messages=(Message("user", rules + f"What is {n} + 1?"),)) for n in (3, 5, 7)]
    try:
        first, *others = [reply.usage for reply in await asyncio.gather(*map(model.complete, asked))]
    finally:
        await model.aclose()
    assert first.input_tokens - first.cached_tokens > 80
    assert all(usage.input_tokens - usage.cached_tokens < 20 for usage in others)


@pytest.mark.parametrize(
    ("cores", "used", "expected"), [(2, 0.4, 2), (2, 1.2, 1), (2, 9.0, 1), (8, 2.7, 5), (1, 0.0, 1)]
)
def test_a_busy_machine_gets_fewer_threads(cores: int, used: float, expected: int) -> None:
    assert threads(cores, used) == expected


def test_the_cores_in_use_are_measured_now() -> None:
    assert 0.0 <= busy(0.05) <= (os.cpu_count() or 1)
