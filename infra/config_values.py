"""How the text of a variable becomes a value. Each reader raises ValueError with what the value must be;
`contradictions` judges the values together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
Reader = Callable[[str], T]

SHOWN = 20
"""A refused value is shown up to this length; a longer one might be a key that went into the wrong variable."""


def whole(least: int, most: int) -> Reader[int]:
    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"must be a whole number from {least} to {most}{_not(text)}")

    return read


def dollars(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f"must be an amount in US dollars, 0 or more, such as 12.50{_not(text)}")
    return value


def one_of(*words: str) -> Reader[str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}{_not(text)}")
        return text

    return read


def url(text: str) -> str:
    """An http or https URL without a trailing slash. The value is never shown: it may hold a password."""
    problem = "must be a URL that begins with http:// or https:// and names a host"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(problem) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not _clean(text):
        raise ValueError(problem)
    return text.rstrip("/")


def name(text: str) -> str:
    if not all(c.isascii() and (c.isalnum() or c in "-_.:") for c in text):
        raise ValueError(f"may hold only letters, digits and -_.:{_not(text)}")
    return text


def secret(text: str) -> str:
    if not _clean(text):
        raise ValueError("has a space, a line break or a character outside ASCII in it (the value is not shown)")
    return text


def long_secret(text: str) -> str:
    if len(secret(text)) < 32:
        raise ValueError("must be at least 32 characters of random text (the value is not shown)")
    return text


def path(text: str) -> Path:
    """An absolute path, or one that begins with ~; `Config` puts the home directory in."""
    if "\0" in text or not text.startswith(("/", "~/")):
        raise ValueError("must be an absolute path, or begin with ~/")
    return Path(text)


def contradictions(values: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """What is wrong between variables; a value that could not be read is absent and not judged again."""
    problems = []
    on_gcp = values.get("target") == "gcp"
    if on_gcp and "secret_key" in values and not values["secret_key"]:
        problems.append("SECRET_KEY must be set when ASSAY_TARGET is gcp")
    if on_gcp and values.get("sandbox_backend") == "local":
        problems.append("SANDBOX_BACKEND can't be local when ASSAY_TARGET is gcp")
    in_cloud = on_gcp or values.get("sandbox_backend") in ("job", "service")
    if in_cloud and "cloud_project" in values and not values["cloud_project"]:
        problems.append("CLOUD_RUN_PROJECT must be set when ASSAY_TARGET is gcp or SANDBOX_BACKEND is job or service")
    if on_gcp and environment.get("FIREBASE_AUTH_EMULATOR_HOST"):
        problems.append("FIREBASE_AUTH_EMULATOR_HOST can't be set when ASSAY_TARGET is gcp: anybody could sign in")
    github = ("github_client_id", "github_client_secret")
    if all(k in values for k in github) and bool(values[github[0]]) != bool(values[github[1]]):
        problems.append("GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET must be set both or neither")
    if values.get("alert_usd", 0) > values.get("limit_usd", float("inf")):
        problems.append("COST_ALERT_THRESHOLD can't be above COST_LIMIT_MONTHLY")
    return problems


def _clean(text: str) -> bool:
    return all("!" <= c <= "~" for c in text)


def _not(text: str) -> str:
    return f", not {text!r}" if len(text) <= SHOWN else " (what it is now is too long to show)"
