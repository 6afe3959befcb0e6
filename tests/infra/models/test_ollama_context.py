"""Ollama cuts a prompt that is too long without a word; the adapter notices by the count of tokens."""

from __future__ import annotations

import pytest

from functions.agent.errors import ModelMisconfigured, PromptTooLong
from functions.agent.ports import Message, ModelSpec, Question
from infra.models.ollama import OllamaModel
from tests.infra.models.wire import QUESTION, Scene, Wire

SPEC = ModelSpec("ollama", "m", context_tokens=1000, max_output_tokens=200)
LONG = Question((Message("user", "word " * 2000),), max_tokens=100, timeout_s=10)
FITTING = Question((Message("user", "word " * 200),), max_tokens=100, timeout_s=10)


@pytest.mark.parametrize(
    ("question", "read", "cut"),
    [
        (LONG, 1000, True),  # filled to the brim
        (LONG, 40, True),  # whole messages dropped
        (FITTING, 250, False),
        (FITTING, 5, False),  # an older Ollama does not count what its cache held
        (FITTING, 0, False),
    ],
)
async def test_a_silent_cut_is_noticed(question: Question, read: int, cut: bool) -> None:
    wire = Wire("ollama")
    wire.scene = Scene(read=read)
    async with wire.http as server:
        model = OllamaModel(SPEC, server.url)
        if cut:
            with pytest.raises(PromptTooLong):
                await model.complete(question)
        else:
            assert (await model.complete(question)).text == "hello"
        await model.aclose()


async def test_a_model_that_is_not_there_can_be_pulled() -> None:
    wire = Wire("ollama")
    wire.scene = Scene(status=404, body={"error": "model 'm' not found"})
    async with wire.http as server:
        model = OllamaModel(SPEC, server.url)
        with pytest.raises(ModelMisconfigured, match="ollama pull m"):
            await model.complete(QUESTION)
        await model.aclose()
