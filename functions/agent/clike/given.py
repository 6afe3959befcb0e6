"""A user's file of tests in a language with braces, with the names of the code under test as the delivered file has
them."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

from functions.agent.clike.anchors import called
from functions.agent.clike.bodies import find
from functions.agent.clike.scanner import scan
from functions.agent.clike.shapes import helper_name
from functions.agent.clike.writing import Writing, writing
from functions.agent.under_test import choose

MAX_IMPORTS = 60
_IMPORT = re.compile(
    r"""^[ \t]*import\s+(?:type\s+)?(?P<what>[^;'"]*?)\s*from\s*['"](?P<path>[^'"]+)['"][ \t]*;?[ \t]*$""", re.MULTILINE
)
_REQUIRE = re.compile(
    r"""^[ \t]*(?:const|let|var)\s+(?P<what>\{[^}]*\}|\w+)\s*=\s*"""
    r"""require\(\s*['"](?P<path>[^'"]+)['"]\s*\)[ \t]*;?[ \t]*$""",
    re.MULTILINE,
)
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+[\w.]+[ \t]*;?[ \t]*$", re.MULTILINE)
_GO_PATH = re.compile(
    r"""^[ \t]*(?:import[ \t]+)?(?P<name>\w+)?[ \t]*"(?P<path>[\w.-]+/[\w./-]+)"[ \t]*$""", re.MULTILINE
)


def read(text: str, stem: str, prompt: str, language: str, named: Collection[str]) -> tuple[str, tuple[str, ...], str]:
    """(text, names that the tests take from the code, why there are none)."""
    if language in ("javascript", "typescript"):
        return _module(text, stem, prompt, named)
    if language == "go":
        return _go(text)
    return _class(text, stem, language, named)


def _module(text: str, stem: str, prompt: str, named: Collection[str]) -> tuple[str, tuple[str, ...], str]:
    taken: dict[str, list[str]] = {}
    places = [*islice(_IMPORT.finditer(text), MAX_IMPORTS), *islice(_REQUIRE.finditer(text), MAX_IMPORTS)]
    for match in places:
        path = match["path"]
        if path.startswith(".") or not re.match(r"(?:node:|@)|assert\b|fs\b|path\b|util\b", path):
            taken.setdefault(_base(path), []).append(match["what"])
    chosen, why = choose({m: re.findall(r"\w+", " ".join(w)) for m, w in taken.items()}, stem, prompt, named)
    if not chosen:
        return "", (), why
    names: dict[str, str] = {}
    spaces: list[str] = []
    for match in places:
        if _base(match["path"]) == chosen:
            _bind(match["what"], names, spaces, whole="require" in match[0])
    body = _without(text, [m for m in places if not m["path"].startswith("node:")])
    for space in spaces:
        members = re.findall(rf"(?<![\w.$]){re.escape(space)}\.(\w+)", body)
        if members:
            names |= {m: m for m in members}
            body = re.sub(rf"(?<![\w.$]){re.escape(space)}\.(?=\w)", "", body)
        else:
            names[space] = space
    if any(here != there for here, there in names.items()):
        return "", (), "it imports the code under other names"
    return body, tuple(dict.fromkeys(names.values())), ""


def _base(path: str) -> str:
    return re.sub(r"\.(?:m|c)?[jt]sx?$", "", path.rstrip("/").rsplit("/", 1)[-1])


def _bind(what: str, names: dict[str, str], spaces: list[str], whole: bool) -> None:
    """`what` stands between `import` and `from`, or before `= require(`."""
    braces = re.search(r"\{([^}]*)\}", what)
    for piece in (braces[1] if braces else "").split(","):
        pair = re.fullmatch(r"\s*(?:type\s+)?(\w+)(?:\s*(?:\bas\b|:)\s*(\w+))?\s*", piece)
        if pair:
            names[pair[2] or pair[1]] = pair[1]
    rest = re.sub(r"\{[^}]*\}", "", what).strip(" ,")
    if rest.startswith("*"):
        spaces.append(rest.split()[-1])
    elif re.fullmatch(r"\w+", rest):
        spaces.append(rest)


def _without(text: str, matches: list[re.Match[str]]) -> str:
    """The text without what these matched; they may overlap."""
    kept, at = "", 0
    for start, end in sorted(m.span() for m in matches):
        kept, at = kept + text[at : max(at, start)], max(at, end)
    return kept + text[at:]


def _go(text: str) -> tuple[str, tuple[str, ...], str]:
    rules = writing("go")
    package = re.search(r"^package[ \t]+(\w+)_test\b", text, re.MULTILINE)
    alias = [m["name"] or m["path"].rsplit("/", 1)[-1] for m in _GO_PATH.finditer(text)]
    own = [a for a in alias if package and a == package[1]] or (alias if package and len(alias) == 1 else [])
    for name in own:
        text = re.sub(rf"(?<![\w.]){re.escape(name)}\.(?=[A-Z])", "", text)
    return _open(text, rules)


def _open(text: str, rules: Writing) -> tuple[str, tuple[str, ...], str]:
    """Tests that stand in the package of the code: what they call and do not define is the code."""
    found = find(scan(text, rules.syntax), rules.syntax, rules.style)
    own = {*map(helper_name, found.helpers), *(b.name for b in found.bodies)}
    targets = [
        n
        for n in dict.fromkeys(called(text, rules))
        if n not in own and n not in rules.known and n not in rules.foreign and not n.startswith("Test")
    ]
    return text, tuple(targets)[:40], "" if targets else "it calls nothing that could be the code under test"


def _class(text: str, stem: str, language: str, named: Collection[str]) -> tuple[str, tuple[str, ...], str]:
    """Java and C#: the class that the file is named after. Used for its functions only, it is the class that these
    languages' functions are put in, unless the request asks for it by its name."""
    rules = writing(language)
    text = _PACKAGE.sub("", text)
    words = {t.text for t in scan(text, rules.syntax) if t.kind == "word"}
    name = stem if stem in words else rules.home if rules.home in words else ""
    if not name:
        return "", (), "which class is the code under test is not clear"
    made = re.search(rf"\bnew\s+{name}\b|\b{name}\s+\w+\s*[=;]", text)
    if made or name in named or name == rules.home:
        return text, (name,), ""
    return re.sub(rf"(?<![\w.]){name}(?=\s*\.)", rules.home, text), (rules.home,), ""
