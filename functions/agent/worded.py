"""Examples that do not spell the call: `Input: …` and `Output: …`, tables, `given … it returns …`, `e.g. … -> …`.

Pure text work: what is found are arguments and a value, both literals of the request's language. Which call they
make is for `asked` to say, and only where the request asks for one function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from functions.agent import prose, tabled
from functions.agent.asked import split
from functions.agent.prose import Read

MAX_LOOKS = 100
"""Places of each kind that are looked at closely."""
MAX_LINES = 2000
REACH = 1500
"""Characters from an input to its output."""
_LABEL = (
    r"(?im)(?:^|(?<=[\s*_(]))[`*_]*(?:(?:sample|example|expected)[ \t]+)?(?P<which>inputs?|outputs?)(?:[ \t]*#?\d+)?"
)
_LABELS = re.compile(_LABEL + r"[`*_]*[ \t]*(?::|=(?!=))[`*_]*[ \t]*")
_NAMED = re.compile(r"([A-Za-z_]\w*)\s*(?:=(?!=)|:)\s*")
_IT = (
    r"(?:it|this|that|the (?:function|method|code|output|result|answer|return value|returned value)|"
    r"the (?:expected|correct) (?:output|result|answer|value)|(?:your )?output|(?:the )?result)"
)
_WILL = r"(?:should|must|shall|will|would|has to|needs to)\s+(?:return|be|give|equal|yield|produce|output)"
_GIVES = rf"(?:{_WILL}|returns?|gives?|yields?|produces?|outputs?)"
_GIVEN = re.compile(
    r"\b(?:(?P<clear>given|(?:when|if) (?:given|called with|passed)|called with|passing)|for)\s+"
    r"(?:(?:an?|the)\s+)?(?:(?:inputs?|arguments?|lists?|strings?|arrays?|numbers?|values?|integers?|words?|texts?)"
    r"\s*:?\s*)?(?=[`*]*[\w\"'\[({-])",
    re.IGNORECASE,
)
_IT_GIVES = re.compile(rf"[`*]*\s*,?\s*(?:then\s+)?{_IT}\s+(?:{_GIVES}|is|=(?!=)|:)\s*:?\s*[`*]*\s*", re.IGNORECASE)
_THEN = re.compile(rf"[`*]*\s*,?\s*(?:then\s+)?{_GIVES}\s*:?\s*[`*]*\s*", re.IGNORECASE)
_ARROW = re.compile(r"[`*]*[ \t]*(?:-+>|=+>|→|⇒|➞|⟶|↦)[ \t]*[`*]*[ \t]*")
_EXAMPLE = re.compile(r"\b(?:examples?|e\.g\.?|for instance|test cases?|samples?)(?=\W)", re.IGNORECASE)
_BULLET = re.compile(r"[ \t]*(?:[-*•+][ \t]+|\d+[.)][ \t]+)?[`*]*")


@dataclass(frozen=True)
class Example:
    """`arguments` are (name or empty, literal) pairs; `value` is the literal that they shall give."""

    arguments: list[tuple[str, str]]
    value: str


def examples(prompt: str, read: Read) -> Iterator[Example]:
    """All that the request states in these forms and that can be read with certainty."""
    for found in (_labelled(prompt, read), _given(prompt, read), _listed(prompt, read)):
        yield from islice(found, MAX_LOOKS)
    for rows in islice(tabled.tables(prompt), MAX_LOOKS):
        read_rows = [_row(cells, value, read) for cells, value in rows]
        if all(read_rows):  # beside `abc`, `12` may be text too
            yield from (row for row in read_rows if row is not None)


def arguments(text: str, read: Read) -> list[tuple[str, str]]:
    """The arguments that `text` lists, as (name or empty, literal) pairs; none unless all of it is understood."""
    found: list[tuple[str, str]] = []
    for piece in split(text.strip(" \t\n`*;"), ",;\n"):
        named = _NAMED.match(piece)
        name, rest = (named[1], piece[named.end() :]) if named else ("", piece)
        literal = _literal(rest.strip(" `*"), read)
        if not literal:
            return []
        found.append((name, literal))
    return found


def _row(cells: list[tuple[str, str]], value: str, read: Read) -> Example | None:
    made = [a for name, text in cells for a in ([(name, _literal(text, read))] if name else arguments(text, read))]
    result = _literal(value, read)
    return Example(made, result) if result and made and all(text for _, text in made) else None


def _literal(text: str, read: Read) -> str:
    """The text as the literal that it is, `true` as each language writes it; empty for anything else."""
    text = text.strip().strip("`").strip()
    try:
        read(text)
    except ValueError:
        return ""
    return text


def _labelled(prompt: str, read: Read) -> Iterator[Example]:
    labels = list(islice(_LABELS.finditer(prompt), 2 * MAX_LOOKS))
    for given, gives in pairwise(labels):
        inside = prompt[given.end() : gives.start()]
        wanted = given["which"].lower().startswith("in") and gives["which"].lower().startswith("out")
        if not wanted or len(inside) > REACH or inside.count("\n\n") > 1 or _faulty(prompt, given.start()):
            continue
        told = re.sub(r"(?m)^[ \t]*```\w*[ \t]*$", "", inside)
        told = re.sub(r"\s*(?:-+>|=+>|→|⇒)\s*$", "", told)
        after = re.sub(r"^\s*```\w*[ \t]*\n", "", prompt[gives.end() : gives.end() + REACH])
        value = prose.value_at(after.lstrip(), read)
        made = arguments(told, read)
        if value and made:
            yield Example(made, value)


def _given(prompt: str, read: Read) -> Iterator[Example]:
    for match in islice(_GIVEN.finditer(prompt), MAX_LOOKS):
        at, made = _pieces(prompt, match.end(), read)
        link = _IT_GIVES.match(prompt, at) if made else None
        if made and link is None and (match["clear"] or all(name for name, _ in made)):
            link = _THEN.match(prompt, at)
        if link is None or _faulty(prompt, match.start()):
            continue
        value = prose.value_at(prompt[link.end() : link.end() + REACH], read)
        if value:
            yield Example(made, value)


def _listed(prompt: str, read: Read) -> Iterator[Example]:
    """`e.g. [1] -> 1, [] -> 0`, and lines of a list under a line that calls them examples."""
    for match in islice(re.finditer(_EXAMPLE.pattern + r"[.:,]*[ \t]*[`*]*", prompt, re.IGNORECASE), MAX_LOOKS):
        before = re.sub(r"[ \t>*`(-]+$|(?<=for) ?$", "", prompt[max(0, match.start() - 20) : match.start()])
        begins = not before or before[-1] in ".!?:;\n" or before[-3:].lower() == "for"
        if begins and not _faulty(prompt, match.start()):
            yield from _pairs(prompt, match.end(), read)
    meant = begun = False
    at = 0
    for line in prompt.splitlines(keepends=True)[:MAX_LINES]:
        start = at + (m.end() if (m := _BULLET.match(line)) else 0)
        at += len(line)
        if not line.strip():
            meant = meant and not begun  # a blank line ends the list, not what leads to it
            continue
        if _EXAMPLE.search(line):
            meant, begun = not prose.blamed(line), False
            continue
        pairs = list(_pairs(prompt, start, read)) if meant else []
        meant = meant and bool(_ARROW.search(line))
        begun = begun or bool(pairs)
        yield from pairs


def _pairs(prompt: str, at: int, read: Read) -> Iterator[Example]:
    for _ in range(MAX_LOOKS):
        at, made = _pieces(prompt, at, read)
        arrow = _ARROW.match(prompt, at) if made else None
        if arrow is None:
            return
        text = prompt[arrow.end() : arrow.end() + REACH]
        value = prose.literal_at(text, read)
        if not value:
            return
        end = arrow.end() + len(value)
        joint = re.match(r"[`*]*[ \t]*(?:[,;]|and\b)[ \t]*[`*]*", prompt[end:][:20])
        following = end + joint.end() if joint else end
        after, more = _pieces(prompt, following, read) if joint else (end, [])
        again = bool(more) and _ARROW.match(prompt, after) is not None
        if not again and not prose.ends(text[len(value) :]):
            return
        yield Example(made, value)
        if not again:
            return
        at = following


def _pieces(prompt: str, at: int, read: Read) -> tuple[int, list[tuple[str, str]]]:
    """(where they end, the arguments) of `[1, 2], 3`, `n = 3 and k = 4` and their like at a place."""
    found: list[tuple[str, str]] = []
    for _ in range(8):
        start = re.compile(r"[`*]*").match(prompt, at)
        first = start.end() if start else at
        named = _NAMED.match(prompt, first)
        first = named.end() if named else first
        literal = prose.literal_at(prompt[first : first + REACH], read)
        if not literal:
            break
        found.append((named[1] if named else "", literal))
        at = first + len(literal)
        joint = re.compile(r"[`*]*\s*(?:,\s*(?:and\s+)?|and\s+)(?=[`*]*[\w\"'\[({-])").match(prompt, at)
        follows = prompt[joint.end() : joint.end() + REACH].lstrip("`*") if joint else ""
        more = _NAMED.match(follows)
        if not joint or not prose.literal_at(follows[more.end() if more else 0 :], read):
            break
        at = joint.end()
    return at, found


def _faulty(prompt: str, at: int) -> bool:
    """Whether the line around a place, or the one before, reports a fault."""
    start = prompt.rfind("\n", 0, at) + 1
    end = prompt.find("\n", at)
    line = prompt[start : end if end >= 0 else len(prompt)]
    before = prompt[max(0, start - 300) : start].rstrip().rsplit("\n", 1)[-1]
    return prose.blamed(line) or prose.blamed(before) or prose.denied(prompt[start:at])
