"""The words and the patterns of words.toml and harms.toml, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Harm:
    """One kind of harm. `name` and `instead` are parts of the refusing sentence; for the patterns see harms.toml."""

    name: str
    instead: str
    things: re.Pattern[str] | None
    deeds: re.Pattern[str] | None
    weak: re.Pattern[str] | None


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def harms() -> tuple[Harm, ...]:
    """All that is refused, in the order of the table."""
    table = _table("harms.toml")
    sets = {name: f"(?:{'|'.join(words)})" for name, words in table["sets"].items()}

    def joined(patterns: list[str]) -> re.Pattern[str] | None:
        text = re.sub(r"\{([a-z]+)\}", lambda name: sets[name[1]], "|".join(patterns))
        text = re.sub(r"~(\d) ", r"(?:\\S{1,40} ){0,\1}", text)
        return re.compile(rf"(?<!\S)(?:{text})(?!\S)") if patterns else None

    return tuple(
        Harm(h["name"], h["instead"], *(joined(h.get(kind, [])) for kind in ("things", "deeds", "weak")))
        for h in table["harms"]
    )


@cache
def words(name: str) -> frozenset[str]:
    """The words of one list of words.toml."""
    return frozenset(_words()[name].split())


@cache
def beginning(name: str) -> re.Pattern[str]:
    """Matches words that begin as one of the list."""
    return re.compile(f"(?:{'|'.join(_words()[name].split())})")


@cache
def ending(name: str) -> re.Pattern[str]:
    """Searches words that end as one of the list."""
    return re.compile(rf"(?:{'|'.join(_words()[name].split())})$")


@cache
def whole(name: str) -> re.Pattern[str]:
    """Searches sentences for whole words of the list."""
    return re.compile(rf"\b(?:{'|'.join(_words()[name].split()).replace('_', ' ')})\b")


@cache
def _words() -> dict[str, str]:
    return _table("words.toml")
