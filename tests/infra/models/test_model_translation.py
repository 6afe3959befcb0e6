from __future__ import annotations

import importlib
import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.errors import (
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    PromptTooLong,
    RateLimited,
)
from infra.models.translation import TABLE, from_status, retry_after, rule_for, translate

MODULES = {
    "openai": ("openai._exceptions",),
    "groq": ("groq._exceptions",),
    "anthropic": ("anthropic._exceptions",),
    "google": ("google.genai.errors", "google.auth.exceptions"),
    "httpx": ("httpx",),
    "httpx2": ("httpx2",),
}


def raised_by(module: str) -> list[type[BaseException]]:
    found = vars(importlib.import_module(module)).values()
    return [
        kind
        for kind in found
        if inspect.isclass(kind) and issubclass(kind, Exception) and not issubclass(kind, Warning)
        if kind.__module__.partition(".")[0] == module.partition(".")[0]
    ]


@pytest.mark.parametrize("module", [module for modules in MODULES.values() for module in modules])
def test_every_exception_of_every_sdk_has_a_rule(module: str) -> None:
    kinds = raised_by(module)
    assert len(kinds) > 5
    assert [kind.__name__ for kind in kinds if rule_for(kind) is None] == []


@pytest.mark.parametrize("key", TABLE)
def test_every_rule_names_a_class_that_exists(key: str) -> None:
    package, _, name = key.partition(".")
    modules = MODULES.get(package, (package,))
    assert any(hasattr(importlib.import_module(module), name) for module in modules)


def test_a_mistake_of_ours_is_not_translated() -> None:
    assert translate(TypeError("bug"), "a/b") is None
    assert translate(AttributeError("bug"), "a/b") is None


def test_our_own_errors_stay_as_they_are() -> None:
    error = ModelRefused("no")
    assert translate(error, "a/b") is error


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, '{"code": "insufficient_quota"}', ModelMisconfigured),
        (400, '{"message": "Your credit balance is too low"}', ModelMisconfigured),
        (402, "Insufficient Balance", ModelMisconfigured),
        (400, '{"code": "content_policy_violation"}', ModelRefused),
        (200, "{'error': {'type': 'overloaded_error'}}", ModelUnavailable),
        (200, "{'error': {'type': 'rate_limit_error'}}", RateLimited),
        (401, "maximum context length", ModelMisconfigured),
        (408, "", ModelTimeout),
        (504, "", ModelTimeout),
        (422, "", ModelMisconfigured),
        (413, "", PromptTooLong),
        (0, "", ModelUnavailable),
    ],
)
def test_statuses_and_words(status: int, body: str, kind: type[ModelError]) -> None:
    error = from_status(status, body, {}, "groq/x")
    assert type(error) is kind
    assert "groq/x" in error.detail
    assert error.detail.endswith(".")


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "12"}, "", 12.0),
        ({"retry-after": "1.5"}, "", 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, "", 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, "", 90.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:01 GMT"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-3"}, "", None),
        ({}, "{'@type': 'RetryInfo', 'retryDelay': '13s'}", 13.0),
        ({}, "", None),
    ],
)
def test_retry_after(headers: dict[str, str], body: str, seconds: float | None) -> None:
    assert retry_after(headers, body, lambda: 10.0) == seconds


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 999))
def test_no_header_or_body_breaks_the_translation(header: str, body: str, status: int) -> None:
    error = from_status(status, body, {"retry-after": header, "retry-after-ms": header}, "a/b", lambda: 0.0)
    assert isinstance(error, ModelError)
