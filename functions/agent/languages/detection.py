"""Which language a request is about, by rules on its text and on the names of attached files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from functions.agent.languages.table import LANGUAGES, by_file_name, by_tag


@dataclass(frozen=True)
class Detection:
    """`certain` is False where the language is a guess that the user should confirm; `why` is one sentence."""

    language: str
    certain: bool
    why: str


# Of each language's data: "go" is a verb, so it counts only as a proper noun or in the places where a language stands.
_FACTS = {name: language.writing["detection"] for name, language in LANGUAGES.items()}
_SPELLINGS = {name: facts["spelling"] for name, facts in _FACTS.items()}
_THING = (
    r"(?:function|program|script|class|module|package|library|code|snippet|method|app|application|api|server|service|"
    r"backend|frontend|back-end|front-end|client|cli|tool|implementation|solution|version|project|struct|interface|"
    r"generator|decorator|dataclass|component|coroutine|bot|parser|microservice|unit tests?|tests)s?"
)
_END = r"(?![\w#+])"
_TARGET = {
    name: re.compile(
        rf"\b(?:convert|port|translate|rewrite|migrate|transpile)\b[^.\n]{{0,120}}?\b(?:to|into|in)\s+{spelling}{_END}",
        re.IGNORECASE,
    )
    for name, spelling in _SPELLINGS.items()
}
_ASKED = {
    name: re.compile(
        rf"(?:\b(?:in|using|use|with|language:?)\s+(?:plain |pure |modern |idiomatic |vanilla )?{spelling}{_END}"
        rf"|(?<![\w.#]){spelling}(?:\s+[\w-]+)?\s+{_THING}\b|^[ \t]*{spelling}\s*[:,—-])",
        re.IGNORECASE | re.MULTILINE,
    )
    for name, spelling in _SPELLINGS.items()
}
_COMPARED = r"(?<!like )(?<!unlike )(?<!from )(?<!not )(?<!than )(?<!of )(?<!similar to )"
_BARE = {
    name: re.compile(facts.get("bare") or rf"{_COMPARED}(?<![\w.#]){facts['spelling']}{_END}(?!['’]s\b)", re.IGNORECASE)
    for name, facts in _FACTS.items()
}
_CODE = {name: re.compile(facts["code"], re.MULTILINE) for name, facts in _FACTS.items()}
_FRAMEWORK = {
    name: re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, words.split()))})(?![\w])", re.IGNORECASE)
    for name, words in ((name, facts["frameworks"]) for name, facts in _FACTS.items())
}
_EXTENSIONS = "|".join(re.escape(e[1:]) for language in LANGUAGES.values() for e in language.extensions)
_FILE = re.compile(rf"(?<![\w.])[\w/-]{{1,80}}(?:\.[\w-]{{1,40}}){{0,3}}\.(?:{_EXTENSIONS})(?![\w.]\w|\()")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*([\w#+-]{1,20})", re.MULTILINE)
_HEAD, _TAIL = 16_000, 4_000
_PRODUCTS = re.compile(r"^(?:node|next|vue|express|react|d3|three|nest|nuxt|discord|chart)\.js$", re.IGNORECASE)


def essence(prompt: str) -> str:
    """The beginning and the end of a long prompt, where people say what they want; the middle is pasted text."""
    return prompt if len(prompt) <= _HEAD + _TAIL else f"{prompt[:_HEAD]}\n{prompt[-_TAIL:]}"


def named(prompt: str) -> tuple[str, ...]:
    """The languages that `prompt` asks to have code in, first mention first; of a translation only the target."""
    prompt = essence(prompt)
    return _in_order(prompt, _TARGET) or _in_order(prompt, _ASKED)


def detect(prompt: str, file_names: Sequence[str] = ()) -> Detection:
    """The language to write in, by rules from the strongest sign to the weakest; Python, uncertain, without any.

    `file_names` are those of attached files. Two languages at the deciding rule: the first one, uncertain.
    """
    prompt = essence(prompt)
    files = [name for name in _FILE.findall(prompt) if not _PRODUCTS.match(name)]
    rules = (
        ("the request says so", named(prompt)),
        ("of the code in the request", _known(map(by_tag, _FENCE.findall(prompt))) or _in_order(prompt, _CODE)),
        ("of a file named in the request", _known(map(by_file_name, files))),
        ("the request names it", _in_order(prompt, _BARE)),
        ("of the attached files", _known(map(by_file_name, file_names))),
        ("of a library or tool in the request", _in_order(prompt, _FRAMEWORK)),
    )
    for why, found in rules:
        if len(found) == 1:
            return Detection(found[0], True, f"{LANGUAGES[found[0]].label}, because {why}.")
        if found:
            labels = " and ".join(LANGUAGES[name].label for name in found)
            return Detection(found[0], False, f"{LANGUAGES[found[0]].label}, the first of {labels}.")
    return Detection("python", False, "Python, because the request names no language.")


def _in_order(prompt: str, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, ...]:
    hits = [(match.start(), name) for name, pattern in patterns.items() if (match := pattern.search(prompt))]
    return tuple(name for _, name in sorted(hits))


def _known(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
