"""What code reaches beyond its own memory: the network, files, other processes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resources
from typing import Any

from functions.agent.safety import reaching_python

KINDS = ("network", "files", "processes")
_SAME = {"typescript": "javascript"}


def touches(files: Mapping[str, str], language: str) -> tuple[str, ...]:
    """Those of KINDS that the code of `files` (name: text) seems to use, in that order.

    By imports and calls, never by running it; what hides its calls (`eval`, imports by computed name) counts as all.
    A language without a table does too."""
    table = _table().get(_SAME.get(language, language))
    if table is None:
        return KINDS
    found: set[str] = set()
    for text in files.values():
        found |= reaching_python.touched(text, table) if language == "python" else _searched(text, language)
    return tuple(kind for kind in KINDS if kind in found)


def _searched(text: str, language: str) -> set[str]:
    patterns = _patterns(_SAME.get(language, language))
    found = {kind for kind, pattern in patterns.items() if pattern.search(text)}
    return set(KINDS) if "anything" in found else found


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(pattern) for kind, pattern in _table()[language].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources(__package__).joinpath("reach.toml").read_text("utf-8"))
