"""From a spec to its adapter. Each is imported only when it is asked for: together the SDKs take seconds."""

from __future__ import annotations

from functions.agent.errors import ModelMisconfigured
from functions.agent.ports import Model, ModelSpec
from infra.models.settings import ModelSettings


def make(spec: ModelSpec, settings: ModelSettings) -> Model:
    """Raises ModelMisconfigured for a provider that is unknown or not set up."""
    match spec.provider:
        case "groq":
            from infra.models.groq import GroqModel

            return GroqModel(spec, settings.groq_api_key, settings.groq_base_url)
        case "ollama":
            from infra.models.ollama import OllamaModel

            return OllamaModel(spec, settings.ollama_base_url)
        case "vertexai" if spec.model.startswith("claude"):
            from infra.models.anthropic import on_vertex

            return on_vertex(spec, settings.vertex_project, settings.vertex_region)
        case "vertexai":
            from infra.models.gemini import GeminiModel

            return GeminiModel(spec, settings.vertex_project, settings.vertex_region)
        case "anthropic":
            from infra.models.anthropic import at_anthropic

            return at_anthropic(spec, settings.anthropic_api_key, settings.anthropic_base_url)
        case "embedded":
            from infra.models.embedded import EmbeddedModel

            folder = settings.model_dir.expanduser()
            return EmbeddedModel(spec, folder, settings.model_file, threads=settings.model_threads)
        case "deepseek" | "openai" | "scripted":
            return _openai_compatible(spec, settings)
    raise ModelMisconfigured(f"No provider is named {spec.provider!r}.")


def _openai_compatible(spec: ModelSpec, settings: ModelSettings) -> Model:
    from infra.models.openai_compatible import OpenAICompatible

    if spec.provider == "deepseek":
        return OpenAICompatible(spec, settings.deepseek_api_url, settings.deepseek_api_key)
    if spec.provider == "openai":
        key = settings.openai_api_key
        return OpenAICompatible(spec, settings.openai_base_url, key, max_tokens_name="max_completion_tokens")
    if not settings.scripted_url:
        raise ModelMisconfigured("No script of replies is set.")
    return OpenAICompatible(spec, settings.scripted_url, "scripted")
