"""What the models need to know of the environment. infra/config.py fills it; nothing here reads variables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelSettings:
    """An empty string means: not set. The `*_base_url` of hosted providers are for gateways that speak their wire.

    `*_provider`: who is asked first in a tier; `default_provider` comes next. `embedded` allows the built-in model,
    `model_file` is the user's own GGUF for it, `model_dir` where it is kept otherwise, `model_threads` what it
    computes with (0: the idle cores). `scripted_url` (ending in /v1) replaces all models by a script of replies, for
    tests and demonstrations."""

    groq_api_key: str = ""
    deepseek_api_key: str = ""
    deepseek_api_url: str = "https://api.deepseek.com"
    openai_api_key: str = ""
    anthropic_api_key: str = ""
    vertex_project: str = ""
    vertex_region: str = "global"
    ollama_base_url: str = "http://localhost:11434"
    default_provider: str = "groq"
    simple_provider: str = "ollama"
    medium_provider: str = "groq"
    complex_provider: str = "groq"
    embedded: bool = False
    model_dir: Path = Path("~/.cache/assay/models")
    model_file: Path | None = None
    model_threads: int = 0
    scripted_url: str | None = None
    groq_base_url: str | None = None
    openai_base_url: str = "https://api.openai.com/v1"
    anthropic_base_url: str | None = None

    def __repr__(self) -> str:
        """Names what is set and shows no key."""
        shown = {
            name: "***" if name.endswith("_key") and value else value for name, value in vars(self).items() if value
        }
        return f"ModelSettings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"
