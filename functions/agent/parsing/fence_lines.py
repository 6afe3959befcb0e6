"""Single lines read as fences, and what the lines after each of them say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from functions.agent.parsing.cleaning import is_glued_stop

_FENCE = re.compile(
    r"(?P<indent>[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?)(?P<run>`{3,}|~{3,})[ \t]*(?P<info>.*)", re.DOTALL
)


@dataclass
class Mark:
    """One line read as a fence."""

    char: str
    run: int
    indent: int
    info: str

    @property
    def bare(self) -> bool:
        return not self.info or is_glued_stop(self.info)


def mark_of(line: str) -> Mark | None:
    """`line` as a fence, or None."""
    if "```" not in line and "~~~" not in line:
        return None
    match = _FENCE.match(line)
    if match is None or (match["run"][0] == "`" and "`" in match["info"]):
        return None
    return Mark(match["run"][0], len(match["run"]), len(match["indent"]), match["info"].strip())


def longest_closers(marks: list[Mark | None]) -> dict[str, list[int]]:
    """By fence character and line: the longest bare fence at or after that line, 0 for none."""
    longest: dict[str, list[int]] = {}
    for char in "`~":
        run = 0
        after = [0] * (len(marks) + 1)
        for i in range(len(marks) - 1, -1, -1):
            mark = marks[i]
            if mark is not None and mark.bare and mark.char == char and mark.run > run:
                run = mark.run
            after[i] = run
        longest[char] = after
    return longest


def docstring_goes_on(lines: list[str], marks: list[Mark | None]) -> list[bool]:
    """By line: whether triple quotes follow it before any tagged fence, and a bare fence after them.

    Only then is a bare fence between an odd number of triple quotes text of a docstring and not the end of the block.
    """
    goes_on = [False] * len(lines)
    bare_later = quotes_next = False
    for i in range(len(lines) - 1, -1, -1):
        goes_on[i] = quotes_next
        mark = marks[i]
        if mark is not None and mark.bare:
            bare_later = True
        elif mark is not None:
            quotes_next = False
        elif '"""' in lines[i] or "'''" in lines[i]:
            quotes_next = bare_later
    return goes_on


def dedented(line: str, indent: int) -> str:
    """`line` without up to `indent` characters of white space before it."""
    width = 0
    while width < indent and width < len(line) and line[width] in " \t":
        width += 1
    return line[width:]
