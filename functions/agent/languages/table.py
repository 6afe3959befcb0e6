"""The languages that Assay writes, and the ways to find one.

Their facts are data: the key `writing` of each language in jobs/images/<image>/language.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from functions.agent.errors import BadInput


@dataclass(frozen=True)
class Language:
    """What prompts, the parser and the tests need to know of one language.

    `main_file` is where the code goes, `test_file` where a reply's tests go, `test_pattern` matches the base name of
    any test file; `extensions` has the preferred one first; `tags` are the words after a Markdown fence; `test_style`
    and `code_rule` are sentences for prompts, `test_opening` is how a file of tests begins ($name, $names), `packages`
    what may be imported besides the standard library of `version`, `notes` what else its code must heed; `counted`
    marks an assertion in a reply, `stated` finds names in code of a request; `writing` is all of the data."""

    name: str
    label: str
    version: str
    packages: tuple[str, ...]
    notes: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    extensions: tuple[str, ...]
    main_file: str
    test_file: str
    test_pattern: str
    suite_file: str
    comment: str
    test_style: str
    test_opening: str
    code_rule: str
    counted: tuple[str, ...]
    stated: tuple[re.Pattern[str], ...]
    writing: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def extension(self) -> str:
        return self.extensions[0]

    def is_test(self, path: str) -> bool:
        """Whether the file at `path` is one of tests by its name."""
        return re.fullmatch(self.test_pattern, path.rsplit("/", 1)[-1]) is not None


def _read() -> Iterator[tuple[int, Language]]:
    """(rank, language) of every language that has been described."""
    for folder in files("jobs").joinpath("images").iterdir():
        described = folder.joinpath("language.json")
        if described.is_file():
            for name, facts in json.loads(described.read_text("utf-8")).get("languages", {}).items():
                if "writing" in facts:
                    yield facts["writing"]["rank"], _language(name, facts, facts["writing"])


def _language(name: str, facts: Mapping[str, Any], writing: Mapping[str, Any]) -> Language:
    return Language(
        name=name,
        label=facts["title"],
        version=facts["version"],
        packages=tuple(facts["packages"]),
        notes=facts["notes"],
        aliases=tuple(writing["aliases"]),
        tags=tuple(writing["tags"]),
        extensions=tuple(writing["extensions"]),
        main_file=writing["main_file"],
        test_file=writing["test_file"],
        test_pattern=writing["test_pattern"],
        suite_file=writing["suite_file"],
        comment=writing["comment"],
        test_style=writing["test_style"],
        test_opening=writing.get("test_opening", ""),
        code_rule=writing["code_rule"],
        counted=tuple(writing["counted"]),
        stated=tuple(map(re.compile, writing["stated"])),
        writing=writing,
    )


_TABLE = tuple(language for _, language in sorted(_read(), key=lambda ranked: ranked[0]))
LANGUAGES: Mapping[str, Language] = MappingProxyType({language.name: language for language in _TABLE})
_BY_NAME = {word: language.name for language in _TABLE for word in (language.name, *language.aliases, *language.tags)}
_BY_EXTENSION = {extension: language.name for language in _TABLE for extension in language.extensions}


def resolve(name: str) -> str:
    """The name in LANGUAGES of `name` or of its alias, in any case. Raises BadInput (field language)."""
    found = _BY_NAME.get(name.strip().lower())
    if found is None:
        shown = name.strip()[:40]
        raise BadInput("language", f"The language {shown!r} is not known; use one of {', '.join(LANGUAGES)}.")
    return found


def by_tag(tag: str) -> str | None:
    """The language of a fence tag, or None."""
    return _BY_NAME.get(tag.strip().lower())


def by_file_name(path: str) -> str | None:
    """The language of a file by its extension, or None."""
    base = path.rsplit("/", 1)[-1].lower()
    return _BY_EXTENSION.get("." + base.rsplit(".", 1)[1]) if "." in base else None


def is_test_file(path: str) -> bool:
    """Whether any language would take `path` for a file of tests."""
    language = by_file_name(path)
    return language is not None and LANGUAGES[language].is_test(path)
