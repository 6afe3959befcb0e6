"""The only reader of the environment. One error names every bad variable; secrets are never shown.

A variable that is set to nothing counts as not set. docs/configuration.md is made from this file:
`python -m infra.config_page > docs/configuration.md`.
"""

# ruff: noqa: RUF009 -- _variable returns a dataclass field
from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from functions.agent.errors import ConfigError
from infra import config_values as read

PROVIDERS = ("ollama", "groq", "deepseek", "openai", "anthropic", "vertexai", "embedded", "scripted")
"""The names that the LLM_* variables take."""


def _variable(name: str, default: str, reader: read.Reader[Any], about: str, secret: bool = False) -> Any:
    """`default` is what the variable would say; empty: not set, which is "" in a text and None as a path."""
    about_it = {"variable": name, "default": default, "reader": reader, "about": about, "secret": secret}
    return field(repr=not secret, metadata=about_it)


_provider = read.one_of(*PROVIDERS)


@dataclass(frozen=True)
class Config:
    """Every setting, typed; `from_env` is the way to one. `given` holds the names that were set."""

    given: frozenset[str]
    home: Path

    target: str = _variable(
        "ASSAY_TARGET", "local", read.one_of("local", "gcp"), "Where it runs: on this machine or on Google Cloud."
    )
    port: int = _variable("ASSAY_PORT", "8080", read.whole(0, 65535), "Port of the local server; 0 takes a free one.")
    data_folder: Path = _variable(
        "ASSAY_DATA_DIR", "~/.local/share/assay", read.path, "Database, blobs and key files of the local server."
    )
    model_folder: Path = _variable(
        "ASSAY_MODEL_DIR", "~/.cache/assay/models", read.path, "Where the embedded model is kept once it is there."
    )
    model_path: Path | None = _variable(
        "ASSAY_MODEL_PATH",
        "",
        read.path,
        "A GGUF file of yours to use as the embedded model. Not set: the default model.",
    )
    model_threads: int = _variable(
        "ASSAY_MODEL_THREADS",
        "0",
        read.whole(0, 1024),
        "Threads that the embedded model computes with; 0: one for each core that is idle when it starts.",
    )
    scripted_url: str = _variable(
        "ASSAY_SCRIPTED_URL", "", read.url, "A server of scripted model replies, for tests and demos. Not set: none."
    )
    secret_key: str = _variable(
        "SECRET_KEY",
        "",
        read.long_secret,
        "Signs access tokens, 32 characters or more. Needed on gcp. Not set: a key file in the data directory.",
        secret=True,
    )
    llm_provider: str = _variable("LLM_PROVIDER", "groq", _provider, "Provider for a tier whose own can't be asked.")
    llm_simple_provider: str = _variable("LLM_SIMPLE_PROVIDER", "ollama", _provider, "Provider of the simple tier.")
    llm_medium_provider: str = _variable("LLM_MEDIUM_PROVIDER", "groq", _provider, "Provider of the medium tier.")
    llm_complex_provider: str = _variable("LLM_COMPLEX_PROVIDER", "groq", _provider, "Provider of the complex tier.")
    groq_api_key: str = _variable("GROQ_API_KEY", "", read.secret, "Not set: Groq is not asked.", secret=True)
    deepseek_api_key: str = _variable(
        "DEEPSEEK_API_KEY", "", read.secret, "Not set: DeepSeek is not asked.", secret=True
    )
    deepseek_api_url: str = _variable("DEEPSEEK_API_URL", "https://api.deepseek.com", read.url, "DeepSeek's API.")
    openai_api_key: str = _variable("OPENAI_API_KEY", "", read.secret, "Not set: OpenAI is not asked.", secret=True)
    anthropic_api_key: str = _variable(
        "ANTHROPIC_API_KEY", "", read.secret, "Not set: Anthropic is not asked.", secret=True
    )
    ollama_base_url: str = _variable("OLLAMA_BASE_URL", "http://localhost:11434", read.url, "Ollama's server.")
    cloud_project: str = _variable(
        "CLOUD_RUN_PROJECT", "", read.name, "Google Cloud project, of Vertex AI too. Not set: Vertex AI is not asked."
    )
    cloud_region: str = _variable(
        "CLOUD_RUN_REGION", "asia-east1", read.name, "Google Cloud region. Read, not used yet."
    )
    vertex_location: str = _variable(
        "VERTEX_LOCATION", "global", read.name, "Where Vertex AI is asked; not every region has every model."
    )
    github_client_id: str = _variable(
        "GITHUB_CLIENT_ID", "", read.name, "GitHub OAuth app, for later: GitHub can't be connected yet."
    )
    github_client_secret: str = _variable(
        "GITHUB_CLIENT_SECRET", "", read.secret, "Its secret; set both or neither.", secret=True
    )
    github_callback_url: str = _variable(
        "GITHUB_CALLBACK_URL",
        "",
        read.url,
        "Where GitHub returns to. Not set: `/github/callback` of the API's own URL.",
    )
    max_attempts: int = _variable(
        "EXECUTION_MAX_RETRIES", "5", read.whole(1, 5), "Attempts an execution in all, the first one included."
    )
    run_timeout_s: int = _variable(
        "EXECUTION_TIMEOUT_SECONDS", "120", read.whole(1, 3600), "Seconds that one trip to the sandbox may take."
    )
    daily_limit: int = _variable(
        "EXECUTION_DAILY_LIMIT",
        "100",
        read.whole(1, 1_000_000),
        "Executions a user and day. Read, not enforced yet: there is one user.",
    )
    sandbox_backend: str = _variable(
        "SANDBOX_BACKEND",
        "",
        read.one_of("job", "service", "local"),
        "A Cloud Run job, a Cloud Run service or this machine. Not set: `job` on gcp, else `local`.",
    )
    artifact_folder: Path = _variable(
        "ARTIFACT_STORAGE_PATH",
        "/mnt/artifacts",
        read.path,
        "Folder of the blobs. Only used when set: else it is `blobs` in the data directory, and Cloud Storage on gcp.",
    )
    artifact_max_mib: int = _variable(
        "ARTIFACT_MAX_SIZE_MB",
        "50",
        read.whole(1, 1024),
        "Largest artifact, in MiB (1,048,576 bytes). Read, not used yet.",
    )
    retention_days: int = _variable(
        "ARTIFACT_RETENTION_DAYS",
        "30",
        read.whole(1, 36_500),
        "Days until an artifact expires. Expired ones are not deleted yet.",
    )
    alert_usd: float = _variable(
        "COST_ALERT_THRESHOLD",
        "50",
        read.dollars,
        "US dollars a month from which the operator is warned. Read, not used yet.",
    )
    limit_usd: float = _variable(
        "COST_LIMIT_MONTHLY", "200", read.dollars, "US dollars a month at which paid model calls stop."
    )
    chroma_folder: Path = _variable(
        "CHROMA_PERSIST_DIR", "/mnt/chroma_data/chroma_db", read.path, "Accepted and unused: there is no ChromaDB here."
    )

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Config:
        """The configuration in `environment`, by default that of this process.

        Raises ConfigError with one line for each bad variable, all of them at once.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        problems: list[str] = []
        for one in variables():
            about = one.metadata
            text = environment.get(about["variable"], "").strip() or about["default"]
            try:
                values[one.name] = about["reader"](text) if text else _not_set(about["reader"])
            except ValueError as problem:
                problems.append(f"{about['variable']} {problem}")
        problems += read.contradictions(values, environment)
        if problems:
            raise ConfigError("The configuration is wrong:\n" + "\n".join(f"- {p}." for p in problems))
        home = Path(environment.get("HOME") or Path.home())
        for name, value in values.items():
            if isinstance(value, Path) and value.parts[0] == "~":
                values[name] = home.joinpath(*value.parts[1:])
        given = frozenset(v for one in variables() if environment.get(v := one.metadata["variable"], "").strip())
        return cls(given=given, home=home, **values)

    @property
    def blob_folder(self) -> Path:
        """Where `LocalBlobs` keeps its files: the plan's default path is for a mounted volume, not for a laptop."""
        return self.artifact_folder if "ARTIFACT_STORAGE_PATH" in self.given else self.data_folder / "blobs"

    @property
    def sandbox(self) -> str:
        """job, service or local."""
        return self.sandbox_backend or ("job" if self.target == "gcp" else "local")

    @property
    def artifact_max_bytes(self) -> int:
        return self.artifact_max_mib * 1024 * 1024


def _not_set(reader: read.Reader[Any]) -> str | None:
    return None if reader is read.path else ""


def variables() -> list[Field[Any]]:
    """The fields that are read from a variable; their metadata has variable, default, about and secret."""
    return [f for f in fields(Config) if "variable" in f.metadata]
