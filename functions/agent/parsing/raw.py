"""Code in a reply that has no fence at all: where it starts, where it ends, and whether it is some."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from functions.agent.parsing.python_source import tree_of

_PYTHON_START = re.compile(
    r"(?:assert |def \w+\(|async def \w+\(|class \w+[:(]|from [\w.]+ import |import \w[\w., ]*(?: as \w+)?$"
    r"|@\w[\w.]*(?:\(.*)?$|[A-Za-z_]\w*(?:\s*:\s*[\w\[\], .]+)? = \S|if __name__|#!|\"\"\"\S*)"
)
_OTHER_START = re.compile(
    r"(?:package [\w.]+;?$|import\b.*[;(\"'{]|using [\w.]+( = .*)?;|func \(?\w"
    r"|(?:export |public |private |protected |internal |static |final |abstract |sealed |async |default )*"
    r"(?:class|interface|enum|record|struct|function\*?|namespace|type) \w"
    r"|(?:export )?(?:const|let|var) \w+.*="
    r"|assert(?:\.?\w+)?\(|(?:Collection)?Assert\.\w+|(?:equal|near|fails|panics)\(t,"
    r"|#!|'use strict'|\"use strict\"|@\w+)"
)
_OTHER_END = re.compile(r".*(?:[};)\],]|\*/)\s*(?://.*)?$")
_TRIES = 12


def raw_code(lines: Sequence[str], language: str) -> str:
    """The code among lines of prose, or "": from the first line that starts code to the last that may end it."""
    dedented = textwrap.dedent("\n".join(lines)).split("\n")
    start = _PYTHON_START if language == "python" else _OTHER_START
    first = next((i for i, line in enumerate(dedented) if start.match(line.strip()[:400])), None)
    if first is None:
        return ""
    code = textwrap.dedent("\n".join(dedented[first:])).split("\n")
    return _python(code) if language == "python" else _other(code)


def _python(code: list[str]) -> str:
    """The longest beginning that is Python, cut where a line stands at the margin; without one all, if it defines."""
    ends = [len(code)]
    ends += [
        i for i in range(len(code) - 1, 0, -1) if code[i].strip() and not code[i].startswith((" ", "\t", ")", "]", "}"))
    ]
    for end in ends[:_TRIES]:
        text = "\n".join(code[:end])
        if (tree := tree_of(text)) is not None and tree.body:
            return text
    indented = any(line.startswith((" ", "\t")) and line.strip() for line in code)
    return "\n".join(code) if indented and re.match(r"(?:async )?def |class |from |import |@", code[0]) else ""


def _other(code: list[str]) -> str:
    last = next((i for i in range(len(code) - 1, -1, -1) if _OTHER_END.match(code[i][:400])), None)
    return "" if last is None else "\n".join(code[: last + 1])
