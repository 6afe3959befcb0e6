"""A language is data: `jobs/images/<image>/language.json` declares one or more of them. This reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.failure import SandboxFailure

IMAGES = Path(__file__).resolve().parent / "images"
SCHEMA = 2


@dataclass(frozen=True)
class Lint:
    """`argv` has {image} to be filled in. It prints one JSON object a line; `fields` says where file, line, rule and
    message are in it, with dots between names. The first match of `severity` on the rule counts. `exit_codes` are those
    of a linter that saw everything."""

    argv: tuple[str, ...]
    fields: Mapping[str, str]
    severity: tuple[tuple[re.Pattern[str], str], ...]
    exit_codes: tuple[int, ...]

    def severity_of(self, rule: str) -> str:
        return next((level for pattern, level in self.severity if pattern.match(rule)), "warning")


@dataclass(frozen=True)
class Canary:
    """A file of tests that must fail, and their names; {token} is filled in anew for every run, {file} in names."""

    file: str
    text: str
    tests: tuple[str, ...]

    def fill(self, token: str) -> tuple[str, str, tuple[str, ...]]:
        """(file name, text, test ids)."""
        file = self.file.replace("{token}", token)
        text = self.text.replace("{token}", token)
        return file, text, tuple(t.replace("{token}", token).replace("{file}", file) for t in self.tests)


@dataclass(frozen=True)
class Language:
    """`harness` runs tests in a fork of the zygote; without it, `argv` starts one single-use process a job, and
    `argv` + `spare` the same ahead of its job (`spare` None: never ahead).

    `memory_mb`, `processes`: what the language needs at least; `read`: further paths that a run may read; `env`: its
    environment, with {tmp} and {image} to be filled in; `errors`: the parent of each standard error by its name;
    `empty_is_nothing`: a nil and an empty list are written the same way."""

    name: str
    folder: Path
    image: Path
    harness: Path | None
    preload: tuple[str, ...]
    argv: tuple[str, ...]
    spare: tuple[str, ...] | None
    memory_mb: int
    processes: int
    files: int
    read: tuple[str, ...]
    env: Mapping[str, str]
    errors: Mapping[str, str]
    empty_is_nothing: bool
    lint: Lint | None
    canary: Canary

    def fill(self, text: str, tmp: Path) -> str:
        return text.replace("{image}", str(self.image)).replace("{tmp}", str(tmp))


def declared(images: Path = IMAGES) -> Mapping[str, str]:
    """Every language and the image that has it."""
    found: dict[str, str] = {}
    for path in sorted(images.glob("*/language.json")):
        found.update(dict.fromkeys(json.loads(path.read_text(encoding="utf-8"))["languages"], path.parent.name))
    return found


def image_of(name: str, images: Path = IMAGES) -> str:
    """The image of a language. Raises SandboxFailure when no folder declares it."""
    found = declared(images).get(name)
    if found is None:
        raise SandboxFailure(f"there is no image for the language {name!r}")
    return found


def load(name: str, image: Path, images: Path = IMAGES) -> Language:
    """The language `name`, whose tools are in `image`. Raises SandboxFailure when there is none."""
    folder = images / image_of(name, images)
    document = json.loads((folder / "language.json").read_text(encoding="utf-8"))
    if document["schema"] != SCHEMA:
        raise SandboxFailure(f"{folder.name}/language.json has schema {document['schema']!r}, not {SCHEMA}")
    raw = document["languages"][name]
    test, canary = raw["test"], raw["canary"]
    return Language(
        name=name,
        folder=folder,
        image=image,
        harness=folder / test["harness"] if "harness" in test else None,
        preload=tuple(test.get("preload", ())),
        argv=tuple(part.replace("{folder}", str(folder)) for part in test.get("argv", ())),
        spare=tuple(test["spare"]) if test.get("spare") is not None else None,
        memory_mb=raw.get("memory_mb", 0),
        processes=raw.get("processes", 0),
        files=raw.get("files", 512),
        read=tuple(raw.get("read", ())),
        env=raw["env"],
        errors=raw.get("errors", {}),
        empty_is_nothing=raw.get("empty_is_nothing", False),
        lint=_lint(raw["lint"]) if raw.get("lint") else None,
        canary=Canary(canary["file"], canary["text"], tuple(canary["tests"])),
    )


def _lint(raw: Mapping[str, Any]) -> Lint:
    severity = tuple((re.compile(pattern), level) for pattern, level in raw["severity"])
    codes = tuple(raw.get("exit_codes", (0,)))
    return Lint(tuple(raw["argv"]), raw["fields"], severity, codes)
