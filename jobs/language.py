"""A language is a folder of data: `jobs/images/<name>/language.json`. This reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.failure import SandboxFailure

IMAGES = Path(__file__).parent / "images"


@dataclass(frozen=True)
class Lint:
    """`argv` has {image} to be filled in; `pattern` the groups file, line, rule, message; the first match of `severity`
    counts."""

    argv: tuple[str, ...]
    pattern: re.Pattern[str]
    severity: tuple[tuple[re.Pattern[str], str], ...]

    def severity_of(self, rule: str) -> str:
        return next((level for pattern, level in self.severity if pattern.match(rule)), "warning")


@dataclass(frozen=True)
class Language:
    """`read`: further paths that a run may read; `env`: its environment, with {tmp} and {image} to be filled in."""

    name: str
    folder: Path
    image: Path
    harness: Path
    preload: tuple[str, ...]
    read: tuple[str, ...]
    env: Mapping[str, str]
    lint: Lint | None

    def fill(self, text: str, tmp: Path) -> str:
        return text.replace("{image}", str(self.image)).replace("{tmp}", str(tmp))


def load(name: str, image: Path, images: Path = IMAGES) -> Language:
    """The language `name`, whose interpreter and packages are in `image`. Raises SandboxFailure when there is none."""
    folder = images / name
    try:
        raw = json.loads((folder / "language.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SandboxFailure(f"there is no image for the language {name!r}") from None
    return Language(
        name=raw["name"],
        folder=folder,
        image=image,
        harness=folder / raw["test"]["harness"],
        preload=tuple(raw["test"]["preload"]),
        read=tuple(raw["read"]),
        env=raw["env"],
        lint=_lint(raw["lint"]) if raw.get("lint") else None,
    )


def _lint(raw: Mapping[str, Any]) -> Lint:
    severity = tuple((re.compile(pattern), level) for pattern, level in raw["severity"])
    return Lint(tuple(raw["argv"]), re.compile(raw["pattern"]), severity)
