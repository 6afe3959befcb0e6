"""From the files of a candidate to its mutants: `mutants`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from functions.agent.languages import LANGUAGES, by_file_name
from functions.agent.mutation import brace_rules, python_rules
from functions.agent.mutation.choice import Sited, order
from functions.agent.mutation.edits import Edit

MAX_BYTES = 200_000  # of all files that are looked at together
MOST_REFUSED = 30  # edits that turn out not to parse, before it is given up
_ENTRY = ("main", "Main")


@dataclass(frozen=True)
class Mutant:
    """The candidate with one small mistake. `files` has all of its files, `what` says the mistake in one line of at
    most 100 characters."""

    id: str
    files: Mapping[str, str]
    what: str


def mutants(files: Mapping[str, str], language: str, most: int = 9) -> tuple[Mutant, ...]:
    """At most `most` mutants of a candidate's files (name: text), the same each time, no two of them alike.

    Tests among the files, files of other languages and what does not parse are left as they are. Empty where there is
    nothing to change; never raises on what `files` hold."""
    sources = dict(_sources(files, language))
    found: list[Sited] = []
    for name, source in sources.items():
        found += ((name, edit) for edit in _edits(source, language, name))
    kept = [sited for sited in found if sited[1].scope not in _ENTRY] or found
    several = len({name for name, _ in kept}) > 1
    made: dict[tuple[str, bytes], str] = {}
    refused = 0
    for name, edit in order(kept, _digest(sources)):
        if len(made) >= most or refused >= MOST_REFUSED:
            break
        text = edit.apply(sources[name])
        if (name, text) in made or text == sources[name] or not _parses(text, language, name):
            refused += 1
            continue
        made[name, text] = edit.said(name if several else "")
    return tuple(
        Mutant(f"m{number}", {**files, name: text.decode()}, what)
        for number, ((name, text), what) in enumerate(made.items(), 1)
    )


def _sources(files: Mapping[str, str], language: str) -> Iterator[tuple[str, bytes]]:
    """The texts that may be changed, the short ones first while they fit."""
    facts = LANGUAGES.get(language)
    left = MAX_BYTES
    for name, text in sorted(files.items(), key=lambda item: (len(item[1]), item[0])):
        if facts is None or len(text) > left or by_file_name(name) != language or facts.is_test(name):
            continue
        try:
            source = text.encode()
        except UnicodeEncodeError:
            continue
        if len(source) <= left:
            left -= len(source)
            yield name, source


def _edits(source: bytes, language: str, name: str) -> Iterator[Edit]:
    return python_rules.edits(source) if language == "python" else brace_rules.edits(source, language, name)


def _parses(source: bytes, language: str, name: str) -> bool:
    return python_rules.parses(source) if language == "python" else brace_rules.parses(source, language, name)


def _digest(sources: Mapping[str, bytes]) -> str:
    return hashlib.sha256(b"\0".join(sources[name] for name in sorted(sources))).hexdigest()
