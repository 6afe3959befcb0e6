from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from functions.agent.errors import BadInput, ModelMisconfigured
from functions.agent.ports import Message, Question
from functions.agent.words import Tier
from infra.models import catalogue
from infra.models.loopback import Answer, LoopbackServer, Request
from infra.models.ollama_probe import OllamaProbe
from infra.models.router import ModelRouter
from infra.models.scripted import Scripted, ScriptedServer
from infra.models.settings import ModelSettings

NOWHERE = "http://127.0.0.1:9"
BARE = ModelSettings(ollama_base_url=NOWHERE)
LOCAL = replace(BARE, embedded=True, model_dir=Path("/nonexistent"))
ALL_KEYS = replace(
    LOCAL, groq_api_key="g", deepseek_api_key="d", openai_api_key="o", anthropic_api_key="a", vertex_project="p"
)


class FakeOllama:
    def __init__(self) -> None:
        self.models: tuple[str, ...] = ()
        self.asked = 0
        self.http = LoopbackServer(self._handle)

    async def _handle(self, request: Request, answer: Answer) -> None:
        self.asked += 1
        await answer.send(200, {"models": [{"name": name} for name in self.models]})


@pytest.fixture
async def ollama() -> AsyncIterator[FakeOllama]:
    fake = FakeOllama()
    async with fake.http:
        yield fake


async def names(settings: ModelSettings, tier: Tier = Tier.SIMPLE, wanted: str | None = None) -> list[str]:
    return [spec.name for spec in (await ModelRouter(settings).route(tier, wanted)).specs]


async def test_without_keys_the_embedded_model_is_asked_and_the_reason_says_why() -> None:
    route = await ModelRouter(LOCAL).route(Tier.SIMPLE)
    assert [spec.name for spec in route.specs] == ["embedded/qwen2.5-coder-1.5b"]
    assert "ollama: it does not answer" in route.reason
    assert "no key for groq, deepseek" in route.reason


async def test_without_anything_to_ask() -> None:
    with pytest.raises(ModelMisconfigured, match="no key for groq"):
        await ModelRouter(BARE).route(Tier.COMPLEX)


@pytest.mark.parametrize("tier", list(Tier))
async def test_the_embedded_model_is_last(tier: Tier) -> None:
    chain = await names(ALL_KEYS, tier)
    assert chain[-1] == "embedded/qwen2.5-coder-1.5b"
    assert len(chain) == len(set(chain)) == 6


async def test_the_plans_defaults(ollama: FakeOllama) -> None:
    ollama.models = ("qwen2.5-coder:7b", "llama3.1:8b")
    settings = replace(ALL_KEYS, ollama_base_url=ollama.http.url)
    assert (await names(settings, Tier.SIMPLE))[:2] == ["ollama/qwen2.5-coder:7b", "groq/llama-3.3-70b-versatile"]
    assert (await names(settings, Tier.MEDIUM))[0] == "groq/llama-3.3-70b-versatile"
    complex_chain = await names(settings, Tier.COMPLEX)
    assert complex_chain[:3] == ["groq/llama-3.3-70b-versatile", "anthropic/claude-sonnet-4-5", "openai/gpt-4o"]
    assert (await names(replace(settings, complex_provider="anthropic"), Tier.COMPLEX))[0].startswith("anthropic/")


async def test_ollama_is_asked_for_what_it_has_and_only_now_and_then(ollama: FakeOllama) -> None:
    now = 0.0
    settings = replace(LOCAL, ollama_base_url=ollama.http.url)
    router = ModelRouter(settings, OllamaProbe(ollama.http.url, lambda: now))
    assert "it has not pulled" in (await router.route(Tier.SIMPLE)).reason
    ollama.models = ("llama3.1:8b", "deepseek-coder-v2:16b")
    assert (await router.route(Tier.SIMPLE)).specs[0].provider == "embedded"
    assert ollama.asked == 1
    now = 31.0
    assert (await router.route(Tier.SIMPLE)).specs[0].name == "ollama/deepseek-coder-v2:16b"
    assert ollama.asked == 2
    route = await router.route(Tier.SIMPLE, "ollama/llama3.1:8b")
    assert [spec.name for spec in route.specs] == ["ollama/llama3.1:8b"]
    with pytest.raises(ModelMisconfigured, match="has not pulled mine"):
        await router.route(Tier.SIMPLE, "ollama/mine")


async def test_a_wanted_model_is_the_only_one_asked() -> None:
    assert await names(ALL_KEYS, Tier.SIMPLE, "anthropic") == ["anthropic/claude-haiku-4-5"]
    assert await names(ALL_KEYS, Tier.SIMPLE, "vertexai/claude-sonnet-4-5@20250929") == [
        "vertexai/claude-sonnet-4-5@20250929"
    ]
    assert await names(LOCAL, Tier.COMPLEX, "embedded") == ["embedded/qwen2.5-coder-1.5b"]


@pytest.mark.parametrize("wanted", ["gpt", "groq/nothing", "embedded/other", "scripted", "/", "../x"])
async def test_unknown_names_are_the_callers_mistake(wanted: str) -> None:
    with pytest.raises(BadInput) as caught:
        await ModelRouter(ALL_KEYS).route(Tier.SIMPLE, wanted)
    assert caught.value.field == "model"


async def test_a_wanted_model_without_its_key() -> None:
    with pytest.raises(ModelMisconfigured, match="GROQ_API_KEY is not set"):
        await ModelRouter(LOCAL).route(Tier.SIMPLE, "groq")
    with pytest.raises(ModelMisconfigured, match="not part of this installation"):
        await ModelRouter(BARE).route(Tier.SIMPLE, "embedded")


async def test_a_wrong_provider_in_the_settings_is_said_and_skipped() -> None:
    route = await ModelRouter(replace(LOCAL, simple_provider="olama")).route(Tier.SIMPLE)
    assert "olama: no such provider" in route.reason


async def test_a_script_replaces_all_models_and_open_gives_one_adapter() -> None:
    async with ScriptedServer([Scripted("from the script")]) as server:
        router = ModelRouter(replace(ALL_KEYS, scripted_url=server.url))
        spec = (await router.route(Tier.COMPLEX)).specs[0]
        assert router.open(spec) is router.open(spec)
        reply = await router.open(spec).complete(Question((Message("user", "x"),), timeout_s=10))
        await router.aclose()
    assert reply.text == "from the script"


async def test_every_known_model_can_be_opened() -> None:
    router = ModelRouter(ALL_KEYS)
    for spec in catalogue.known().values():
        router.open(spec)
    await router.aclose()


def test_the_settings_show_no_key() -> None:
    assert "s3cret" not in repr(replace(ALL_KEYS, groq_api_key="s3cret"))


def test_hosted_models_cost_money_and_local_ones_do_not() -> None:
    for spec in catalogue.known().values():
        assert (spec.input_usd_per_mtok > 0) == (spec.provider != "embedded")
    assert catalogue.ollama("x").output_usd_per_mtok == 0
