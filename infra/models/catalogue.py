"""The models that Assay knows: their figures, and who is asked in which tier and order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from functions.agent.errors import BadInput
from functions.agent.ports import ModelSpec
from functions.agent.words import Tier
from infra.models.prices import table

PROVIDERS = ("ollama", "groq", "deepseek", "openai", "anthropic", "vertexai", "embedded", "scripted")

EMBEDDED = ModelSpec(
    "embedded", "qwen2.5-coder-1.5b", context_tokens=8192, max_output_tokens=1024, small=True, parallel=3, opens=True
)
SCRIPTED = ModelSpec("scripted", "script", context_tokens=131_072, max_output_tokens=8192, parallel=16)

OLLAMA_CONTEXT = 16_384
OLLAMA_ORDER = ("deepseek-coder-v2:16b", "qwen2.5-coder:7b", "codellama:34b", "llama3.1:8b")
"""Of the models that Ollama has, the first of these is asked, in whatever tier."""

_LIMITS: Mapping[str, tuple[int, int]] = {  # context, longest reply; both in tokens
    "groq/llama-3.1-8b-instant": (131_072, 8192),
    "groq/llama-3.3-70b-versatile": (131_072, 8192),
    "deepseek/deepseek-chat": (64_000, 8192),
    "deepseek/deepseek-reasoner": (64_000, 8192),
    "openai/gpt-4o": (128_000, 8192),
    "openai/gpt-4o-mini": (128_000, 8192),
    "anthropic/claude-haiku-4-5": (200_000, 8192),
    "anthropic/claude-sonnet-4-5": (200_000, 8192),
    "vertexai/gemini-2.5-flash": (1_048_576, 8192),
    "vertexai/gemini-2.5-pro": (200_000, 8192),  # it takes more, at twice the price
    "vertexai/claude-sonnet-4-5@20250929": (200_000, 8192),
}
_SMALL = ("groq/llama-3.1-8b-instant",)
_PARALLEL = 8

_BY_TIER: Mapping[str, tuple[str, str, str]] = {  # simple, medium, complex
    "groq": ("llama-3.3-70b-versatile", "llama-3.3-70b-versatile", "llama-3.3-70b-versatile"),
    "deepseek": ("deepseek-chat", "deepseek-chat", "deepseek-reasoner"),
    "openai": ("gpt-4o-mini", "gpt-4o", "gpt-4o"),
    "anthropic": ("claude-haiku-4-5", "claude-sonnet-4-5", "claude-sonnet-4-5"),
    "vertexai": ("gemini-2.5-flash", "gemini-2.5-flash", "gemini-2.5-pro"),
}

FAILOVER: Mapping[Tier, tuple[str, ...]] = {
    Tier.SIMPLE: ("ollama", "groq", "deepseek", "vertexai", "openai", "anthropic"),
    Tier.MEDIUM: ("groq", "deepseek", "vertexai", "openai", "anthropic", "ollama"),
    Tier.COMPLEX: ("anthropic", "openai", "vertexai", "deepseek", "groq", "ollama"),
}
"""Who follows once the provider of the tier and the default provider were asked. The embedded model is always last."""


@cache
def known() -> Mapping[str, ModelSpec]:
    """`provider/model` → spec, of all hosted models and the embedded one."""
    specs = {name: _hosted(name, context, output) for name, (context, output) in _LIMITS.items()}
    return {**specs, EMBEDDED.name: EMBEDDED}


def _hosted(name: str, context: int, output: int) -> ModelSpec:
    provider, model = name.split("/", 1)
    price = table()[name]
    return ModelSpec(provider, model, price["input"], price["output"], context, output, name in _SMALL, _PARALLEL)


def ollama(model: str) -> ModelSpec:
    """A model that runs in Ollama: free, one request at a time."""
    return ModelSpec("ollama", model, context_tokens=OLLAMA_CONTEXT, max_output_tokens=4096, small=True)


def hosted(provider: str, tier: Tier) -> ModelSpec:
    """The model of a hosted provider for a tier."""
    return known()[f"{provider}/{_BY_TIER[provider][list(Tier).index(tier)]}"]


def parse_wanted(wanted: str) -> tuple[str, str]:
    """Provider and model ("": the provider's own choice) of what a user asks for. Raises BadInput (field model)."""
    provider, _, model = wanted.strip().partition("/")
    if provider not in PROVIDERS:
        raise BadInput("model", f"No provider is named {provider[:40]!r}; known are {', '.join(PROVIDERS[:-1])}.")
    if model and provider in _BY_TIER and f"{provider}/{model}" not in known():
        names = ", ".join(name.split("/", 1)[1] for name in known() if name.startswith(f"{provider}/"))
        raise BadInput("model", f"{provider} has no model {model[:60]!r} here; known are {names}.")
    if model and provider == "embedded" and model != EMBEDDED.model:
        raise BadInput("model", f"The embedded model is {EMBEDDED.model}, not {model[:60]!r}.")
    return provider, model
