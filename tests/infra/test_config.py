from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.agent.errors import ConfigError
from infra.config import PROVIDERS, Config, variables
from infra.config_page import page
from infra.models import catalogue

ROOT = Path(__file__).parents[2]
HOME = {"HOME": "/home/ada"}
LONG = "k3y" * 12

PLAN: list[tuple[str, str, Any]] = [
    ("SECRET_KEY", "secret_key", ""),
    ("GROQ_API_KEY", "groq_api_key", ""),
    ("LLM_PROVIDER", "llm_provider", "groq"),
    ("CHROMA_PERSIST_DIR", "chroma_folder", Path("/mnt/chroma_data/chroma_db")),
    ("GITHUB_CLIENT_ID", "github_client_id", ""),
    ("GITHUB_CLIENT_SECRET", "github_client_secret", ""),
    ("GITHUB_CALLBACK_URL", "github_callback_url", ""),
    ("EXECUTION_MAX_RETRIES", "max_attempts", 5),
    ("EXECUTION_TIMEOUT_SECONDS", "run_timeout_s", 120),
    ("EXECUTION_DAILY_LIMIT", "daily_limit", 100),
    ("CLOUD_RUN_PROJECT", "cloud_project", ""),
    ("CLOUD_RUN_REGION", "cloud_region", "asia-east1"),
    ("DEEPSEEK_API_KEY", "deepseek_api_key", ""),
    ("DEEPSEEK_API_URL", "deepseek_api_url", "https://api.deepseek.com"),
    ("OLLAMA_BASE_URL", "ollama_base_url", "http://localhost:11434"),
    ("LLM_SIMPLE_PROVIDER", "llm_simple_provider", "ollama"),
    ("LLM_MEDIUM_PROVIDER", "llm_medium_provider", "groq"),
    ("LLM_COMPLEX_PROVIDER", "llm_complex_provider", "groq"),
    ("ARTIFACT_STORAGE_PATH", "artifact_folder", Path("/mnt/artifacts")),
    ("ARTIFACT_MAX_SIZE_MB", "artifact_max_mib", 50),
    ("ARTIFACT_RETENTION_DAYS", "retention_days", 30),
    ("COST_ALERT_THRESHOLD", "alert_usd", 50.0),
    ("COST_LIMIT_MONTHLY", "limit_usd", 200.0),
]
"""Every variable of the plan with its default; placeholders such as xxx and your-project are no defaults."""

OURS: list[tuple[str, str, Any]] = [
    ("ASSAY_TARGET", "target", "local"),
    ("ASSAY_PORT", "port", 8080),
    ("ASSAY_DATA_DIR", "data_folder", Path("/home/ada/.local/share/assay")),
    ("ASSAY_MODEL_DIR", "model_folder", Path("/home/ada/.cache/assay/models")),
    ("ASSAY_MODEL_PATH", "model_path", None),
    ("ASSAY_MODEL_THREADS", "model_threads", 0),
    ("ASSAY_SCRIPTED_URL", "scripted_url", ""),
    ("VERTEX_LOCATION", "vertex_location", "global"),
    ("OPENAI_API_KEY", "openai_api_key", ""),
    ("ANTHROPIC_API_KEY", "anthropic_api_key", ""),
    ("SANDBOX_BACKEND", "sandbox_backend", ""),
]

SET: dict[str, tuple[str, Any]] = {
    "SECRET_KEY": (LONG, LONG),
    "GROQ_API_KEY": ("gsk_1", "gsk_1"),
    "LLM_PROVIDER": ("embedded", "embedded"),
    "CHROMA_PERSIST_DIR": ("/c", Path("/c")),
    "GITHUB_CLIENT_ID": ("Iv1.a", "Iv1.a"),
    "GITHUB_CLIENT_SECRET": ("ghs", "ghs"),
    "GITHUB_CALLBACK_URL": ("https://a.example/github/callback", "https://a.example/github/callback"),
    "EXECUTION_MAX_RETRIES": ("1", 1),
    "EXECUTION_TIMEOUT_SECONDS": (" 30\n", 30),
    "EXECUTION_DAILY_LIMIT": ("7", 7),
    "CLOUD_RUN_PROJECT": ("my-project-1", "my-project-1"),
    "CLOUD_RUN_REGION": ("europe-west1", "europe-west1"),
    "DEEPSEEK_API_KEY": ("sk-d", "sk-d"),
    "DEEPSEEK_API_URL": ("http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1"),
    "OLLAMA_BASE_URL": ("http://gpu:11434/", "http://gpu:11434"),
    "LLM_SIMPLE_PROVIDER": ("deepseek", "deepseek"),
    "LLM_MEDIUM_PROVIDER": ("openai", "openai"),
    "LLM_COMPLEX_PROVIDER": ("anthropic", "anthropic"),
    "ARTIFACT_STORAGE_PATH": ("~/art", Path("/home/ada/art")),
    "ARTIFACT_MAX_SIZE_MB": ("2", 2),
    "ARTIFACT_RETENTION_DAYS": ("1", 1),
    "COST_ALERT_THRESHOLD": ("0", 0.0),
    "COST_LIMIT_MONTHLY": ("12.50", 12.5),
    "ASSAY_TARGET": ("gcp", "gcp"),
    "ASSAY_PORT": ("0", 0),
    "ASSAY_DATA_DIR": ("/data", Path("/data")),
    "ASSAY_MODEL_DIR": ("/models", Path("/models")),
    "ASSAY_MODEL_PATH": ("/models/a.gguf", Path("/models/a.gguf")),
    "ASSAY_MODEL_THREADS": ("3", 3),
    "ASSAY_SCRIPTED_URL": ("http://127.0.0.1:1234", "http://127.0.0.1:1234"),
    "VERTEX_LOCATION": ("europe-west4", "europe-west4"),
    "OPENAI_API_KEY": ("sk-o", "sk-o"),
    "ANTHROPIC_API_KEY": ("sk-a", "sk-a"),
    "SANDBOX_BACKEND": ("service", "service"),
}


def problems(**environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environment)
    return caught.value.detail


@pytest.mark.parametrize(("variable", "name", "default"), PLAN + OURS, ids=[v for v, _, _ in PLAN + OURS])
def test_every_variable_has_its_default_and_is_read(variable: str, name: str, default: Any) -> None:
    config = Config.from_env(HOME)
    assert getattr(config, name) == default
    assert type(getattr(config, name)) is type(default)
    assert getattr(Config.from_env({**HOME, variable: " "}), name) == default
    everything = Config.from_env({**HOME, **{k: text for k, (text, _) in SET.items()}})
    assert getattr(everything, name) == SET[variable][1] != default
    assert everything.given == set(SET)


def test_there_is_no_other_variable() -> None:
    assert len(variables()) == len(PLAN + OURS)
    assert {f.metadata["variable"] for f in variables()} == {v for v, _, _ in PLAN + OURS} == set(SET)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_PORT", "8123")
    assert Config.from_env().port == 8123


def test_a_configuration_cannot_be_changed() -> None:
    config = Config.from_env(HOME)
    with pytest.raises(FrozenInstanceError):
        config.port = 1  # type: ignore[misc]


def test_one_error_names_every_bad_variable() -> None:
    bad = {
        "EXECUTION_MAX_RETRIES": "6",
        "ASSAY_PORT": "eighty",
        "COST_LIMIT_MONTHLY": "-1",
        "LLM_PROVIDER": "grok",
        "OLLAMA_BASE_URL": "localhost:11434",
        "SECRET_KEY": "short",
        "GROQ_API_KEY": "two words",
        "ASSAY_DATA_DIR": "relative/path",
        "CLOUD_RUN_PROJECT": "my project",
    }
    lines = problems(**bad).splitlines()
    assert len(lines) == 1 + len(bad)
    assert {line.split()[1] for line in lines[1:]} == set(bad)
    assert "- EXECUTION_MAX_RETRIES must be a whole number from 1 to 5, not '6'." in lines


SECRETS = [f.metadata["variable"] for f in variables() if f.metadata["secret"]]


def test_what_is_secret_is_known() -> None:
    assert set(SECRETS) == {
        "SECRET_KEY", "GROQ_API_KEY", "DEEPSEEK_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GITHUB_CLIENT_SECRET"
    }  # fmt: skip


@pytest.mark.parametrize("variable", SECRETS)
def test_no_secret_is_ever_shown(variable: str) -> None:
    assert "hunter2" not in problems(**{variable: "hunter2 with a space"})
    pair = {"GITHUB_CLIENT_ID": "id"} if variable == "GITHUB_CLIENT_SECRET" else {}
    assert "hunter2" not in repr(Config.from_env({**HOME, **pair, variable: "hunter2" * 6}))


@pytest.mark.parametrize("variable", [f.metadata["variable"] for f in variables()])
def test_a_key_in_the_wrong_place_is_not_shown_either(variable: str) -> None:
    key = "sk ant\x00hunter2hunter2hunter2"
    assert "hunter2" not in problems(**{variable: key})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("EXECUTION_MAX_RETRIES", v) for v in ("0", "6", "-1", "5.0", "five", "٥", "1e0", "+3", "9" * 5000)),
        *(("EXECUTION_TIMEOUT_SECONDS", v) for v in ("0", "3601", "2m")),
        *(("ASSAY_PORT", v) for v in ("65536", "80a")),
        *(("ARTIFACT_MAX_SIZE_MB", v) for v in ("0", "1025", "50MB")),
        *(("COST_LIMIT_MONTHLY", v) for v in ("nan", "inf", "-0.01", "$5", "1,5")),
        *(("OLLAMA_BASE_URL", v) for v in ("ftp://a", "x", "http://a:b", "http://a:70000", "http://[", "http://a b")),
        *(("ASSAY_DATA_DIR", v) for v in ("data", "./data", "~other/x", "/a\0b")),
        *(("ASSAY_TARGET", v) for v in ("GCP", "aws")),
        ("SANDBOX_BACKEND", "docker"),
        ("SECRET_KEY", "x" * 31),
        ("GROQ_API_KEY", "gsk\u200b_1"),
    ],
)  # fmt: skip
def test_bad_values_are_refused_by_name(variable: str, value: str) -> None:
    (line,) = problems(**{variable: value}).splitlines()[1:]
    assert line.startswith(f"- {variable} ")


@given(st.dictionaries(st.sampled_from(sorted(SET)), st.text(max_size=30)))
def test_any_text_gives_a_configuration_or_one_clear_error(environment: dict[str, str]) -> None:
    try:
        Config.from_env({**HOME, **environment})
    except ConfigError as error:
        named = {line.split()[1] for line in error.detail.splitlines()[1:]}
        assert named
        assert named <= set(SET)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"ASSAY_TARGET": "gcp", "CLOUD_RUN_PROJECT": "p"}, "SECRET_KEY must be set"),
        ({"ASSAY_TARGET": "gcp", "SECRET_KEY": LONG}, "CLOUD_RUN_PROJECT must be set"),
        ({"SANDBOX_BACKEND": "job"}, "CLOUD_RUN_PROJECT must be set"),
        (
            {"ASSAY_TARGET": "gcp", "SECRET_KEY": LONG, "CLOUD_RUN_PROJECT": "p", "SANDBOX_BACKEND": "local"},
            "SANDBOX_BACKEND can't be local",
        ),
        (
            {"ASSAY_TARGET": "gcp", "SECRET_KEY": LONG, "CLOUD_RUN_PROJECT": "p", "FIREBASE_AUTH_EMULATOR_HOST": "x:1"},
            "FIREBASE_AUTH_EMULATOR_HOST can't be set",
        ),
        ({"GITHUB_CLIENT_ID": "id"}, "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"),
        ({"GITHUB_CLIENT_SECRET": "s"}, "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"),
        ({"COST_ALERT_THRESHOLD": "201"}, "COST_ALERT_THRESHOLD can't be above"),
    ],
)
def test_variables_that_contradict_each_other_are_named(environment: dict[str, str], named: str) -> None:
    (line,) = problems(**environment).splitlines()[1:]
    assert named in line


def test_the_blobs_are_in_the_data_directory_unless_a_path_is_given() -> None:
    assert Config.from_env(HOME).blob_folder == Path("/home/ada/.local/share/assay/blobs")
    assert Config.from_env({**HOME, "ASSAY_DATA_DIR": "/d"}).blob_folder == Path("/d/blobs")
    assert Config.from_env({**HOME, "ARTIFACT_STORAGE_PATH": "/mnt/artifacts"}).blob_folder == Path("/mnt/artifacts")


def test_the_sandbox_follows_the_target() -> None:
    cloud = {"ASSAY_TARGET": "gcp", "SECRET_KEY": LONG, "CLOUD_RUN_PROJECT": "p"}
    assert Config.from_env(HOME).sandbox == "local"
    assert Config.from_env(cloud).sandbox == "job"
    assert Config.from_env({**cloud, "SANDBOX_BACKEND": "service"}).sandbox == "service"


def test_megabytes_are_mebibytes() -> None:
    assert Config.from_env({**HOME, "ARTIFACT_MAX_SIZE_MB": "50"}).artifact_max_bytes == 52_428_800


def test_the_providers_are_those_of_the_models() -> None:
    assert set(PROVIDERS) == set(catalogue.PROVIDERS)


def test_the_page_is_the_one_that_is_made() -> None:
    assert (ROOT / "docs/configuration.md").read_text() == page()


def test_the_page_names_every_variable_with_its_default() -> None:
    text = page()
    for variable, _, default in PLAN + OURS:
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{variable}` ")]
        if default not in ("", None) and not isinstance(default, Path):
            assert f"`{default:g}`" in row if isinstance(default, float) else f"`{default}`" in row
        assert len(row.split("|")[3].strip()) > 10
