"""Which models are asked, in which order, and why; and their adapters, made when first needed."""

from __future__ import annotations

from functions.agent.errors import BadInput, ModelMisconfigured
from functions.agent.ports import Model, ModelSpec, Route
from functions.agent.words import Tier
from infra.models import catalogue
from infra.models.adapters import make
from infra.models.ollama_probe import OllamaProbe
from infra.models.retry import Retrying
from infra.models.settings import ModelSettings

_KEY_NAMES = {
    "groq": "GROQ_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "vertexai": "the Google Cloud project",
}


class ModelRouter:
    """Implements the port `Models`."""

    def __init__(self, settings: ModelSettings, probe: OllamaProbe | None = None) -> None:
        self._settings = settings
        self._probe = probe or OllamaProbe(settings.ollama_base_url)
        self._open: dict[ModelSpec, Retrying] = {}

    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        """See the port. A wanted model is the only one asked: whoever names one may have a reason not to ask others."""
        if wanted:
            return await self._wanted(tier, wanted)
        if self._settings.scripted_url:
            return Route((catalogue.SCRIPTED,), "Replies come from a script.")
        specs: list[ModelSpec] = []
        skipped: dict[str, str] = {}
        for provider in self._order(tier):
            found = await self._of(provider, tier)
            if isinstance(found, ModelSpec):
                specs.append(found)
            else:
                skipped[provider] = found
        if not specs:
            raise ModelMisconfigured(f"No model can be asked: {_why_not(skipped)}.")
        return Route(tuple(specs), _reason(specs, skipped))

    def open(self, spec: ModelSpec) -> Model:
        """The adapter of a spec, with retries around it; the same one every time."""
        if spec not in self._open:
            self._open[spec] = Retrying(make(spec, self._settings))
        return self._open[spec]

    async def aclose(self) -> None:
        """Closes all connections and stops the embedded model's process."""
        models, self._open = list(self._open.values()), {}
        for model in models:
            await model.aclose()

    def _order(self, tier: Tier) -> tuple[str, ...]:
        settings = self._settings
        first = {
            Tier.SIMPLE: settings.simple_provider,
            Tier.MEDIUM: settings.medium_provider,
            Tier.COMPLEX: settings.complex_provider,
        }[tier]
        order = dict.fromkeys((first, settings.default_provider, *catalogue.FAILOVER[tier], "embedded"))
        return tuple(name for name in order if name != "embedded" or settings.embedded)

    async def _of(self, provider: str, tier: Tier, model: str = "") -> ModelSpec | str:
        """The spec of a provider's model, or in a few words why it cannot be asked."""
        if provider == "embedded":
            return catalogue.EMBEDDED if self._settings.embedded else "it is not part of this installation"
        if provider == "scripted":
            return catalogue.SCRIPTED if self._settings.scripted_url else "no script is set"
        if provider == "ollama":
            return await self._of_ollama(model)
        if provider not in _KEY_NAMES:
            return "no such provider"
        set_up = self._settings.vertex_project if provider == "vertexai" else self._key(provider)
        if not set_up:
            return f"{_KEY_NAMES[provider]} is not set"
        return catalogue.known()[f"{provider}/{model}"] if model else catalogue.hosted(provider, tier)

    def _key(self, provider: str) -> str:
        key: str = getattr(self._settings, f"{provider}_api_key")
        return key

    async def _of_ollama(self, model: str) -> ModelSpec | str:
        found = await self._probe.look()
        if not found.running:
            return "it does not answer"
        have = {name.removesuffix(":latest") for name in found.models} | set(found.models)
        choice = next((name for name in ((model,) if model else catalogue.OLLAMA_ORDER) if name in have), None)
        if choice is None:
            return f"it has not pulled {model or catalogue.OLLAMA_ORDER[1]}"
        return catalogue.ollama(choice)

    async def _wanted(self, tier: Tier, wanted: str) -> Route:
        provider, model = catalogue.parse_wanted(wanted)
        if provider == "scripted" and not self._settings.scripted_url:
            raise BadInput("model", "No provider is named 'scripted'.")
        found = await self._of(provider, tier, model)
        if isinstance(found, str):
            raise ModelMisconfigured(f"{wanted} cannot be asked: {found}.")
        return Route((found,), f"You asked for {found.name}.")


def _reason(specs: list[ModelSpec], skipped: dict[str, str]) -> str:
    rest = ", then ".join(spec.name for spec in specs[1:])
    return specs[0].name + (f", then {rest}" if rest else "") + (f" ({_why_not(skipped)})" if skipped else "")


def _why_not(skipped: dict[str, str]) -> str:
    """`ollama: it does not answer; no key for groq, openai`."""
    keyless = [provider for provider, why in skipped.items() if why.endswith("is not set")]
    others = [f"{provider}: {why}" for provider, why in skipped.items() if provider not in keyless]
    return "; ".join([*others, f"no key for {', '.join(keyless)}"] if keyless else others)
