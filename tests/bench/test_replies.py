"""Replies that were asked for once are never asked for again, and a whole run of them can be handed on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench._replies import CachedModels, read_pack, write_pack
from functions.agent.ports import Message, Model, ModelSpec, OnText, Question, Reply, Route
from functions.agent.records import Usage
from functions.agent.words import Tier

SPEC = ModelSpec("embedded", "m")
HOW = Question((Message("user", "how?"),), seed=1)


@dataclass
class Echo:
    """Says what it was asked, and counts."""

    asked: list[Question] = field(default_factory=list)
    prepared: int = 0

    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        return Route((SPEC,), f"wanted {wanted}")

    def open(self, spec: ModelSpec) -> Model:
        return self

    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        self.asked.append(question)
        return Reply(f"{question.messages[0].content} {question.seed}", "stop", Usage(3, 4), 5)

    def prepare(self) -> None:
        self.prepared += 1

    def cached(self, folder: Path, pack: Path | None = None) -> CachedModels:
        return CachedModels(self, folder, "sha", "embedded", self.prepare, read_pack(pack) if pack else {})


async def test_a_reply_is_asked_for_once_and_the_model_made_ready_before_the_first(tmp_path: Path) -> None:
    echo = Echo()
    for _ in range(2):
        models = echo.cached(tmp_path)
        replies = [await models.open(SPEC).complete(q) for q in (HOW, HOW, Question(HOW.messages, seed=2))]
        assert [r.text for r in replies] == ["how? 1", "how? 1", "how? 2"]
        assert replies[0].usage == Usage(3, 4)
    assert (len(echo.asked), echo.prepared) == (2, 1)


@pytest.mark.parametrize("change", [{"temperature": 0.5}, {"opening": "def"}, {"stop": ("x",)}, {"max_tokens": 9}])
async def test_another_question_is_another_reply(tmp_path: Path, change: dict[str, object]) -> None:
    echo = Echo()
    models = echo.cached(tmp_path)
    await models.open(SPEC).complete(HOW)
    await models.open(SPEC).complete(Question(HOW.messages, **{"seed": 1, **change}))  # type: ignore[arg-type]
    assert len(echo.asked) == 2


async def test_a_pack_answers_on_another_machine_and_grows(tmp_path: Path) -> None:
    echo, pack = Echo(), tmp_path / "replies.xz"
    for n, question in enumerate((HOW, Question(HOW.messages, seed=2))):
        models = echo.cached(tmp_path / f"here{n}")
        await models.open(SPEC).complete(question)
        write_pack(pack, models.used)
    elsewhere = Echo()
    models = elsewhere.cached(tmp_path / "there", pack)
    assert (await models.open(SPEC).complete(HOW)).text == "how? 1"
    assert (await models.open(SPEC).complete(Question(HOW.messages, seed=2))).text == "how? 2"
    assert (elsewhere.asked, elsewhere.prepared, models.asked) == ([], 0, 0)
    assert (await models.route(Tier.SIMPLE)).reason == "wanted embedded"
