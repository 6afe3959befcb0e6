"""What the code must be called: names and signatures that the request states, or that the first candidate chose.

Tests are written apart from the code, so both sides need the same names; only signatures ever cross over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from functions.agent import python_source
from functions.agent.clike.signatures import named_in, signatures
from functions.agent.languages import LANGUAGES

_STATED = (
    re.compile(r"\b(?:def\s+([A-Za-z_]\w*)\s*\(|class\s+([A-Z]\w*)\s*[(:])"),
    re.compile(
        r"\b(?:function|method|class|routine)s?\s+(?:is\s+)?(?:(?:named|called)\s+)?[`'\"]([A-Za-z_]\w*)(?:\([^`'\"]*\))?[`'\"]"
    ),
    re.compile(
        r"\b(?:function|method|class|routine)s?\s+(?:named|called)\s+([A-Za-z_]\w*)\b"
        r"|\b[Nn]ame (?:the|your) (?:function|class)(?: as)?\s+[`'\"]?([A-Za-z_]\w*)\b"
        r"|\b(?:named|called)\s+([A-Za-z]\w*_\w+)\b"
    ),
    re.compile(r"\b(?:named|called)\s+[`'\"]([A-Za-z_]\w*)(?:\([^`'\"]*\))?[`'\"]"),
    re.compile(r"\b(?:function|method)\s+([a-z]\w*_\w+|[a-z]\w*)\("),
)
_WORDS = {"a", "an", "the", "that", "which", "it", "with", "once", "when", "by", "as", "after", "before", "for", "from"}


def named_functions(prompt: str, language: str = "python") -> tuple[str, ...]:
    """Names of functions and classes that the request states, in words or in code of the language, in order.

    Tests in the request are code too, but not what is asked for."""
    patterns = (*_STATED, *LANGUAGES[language].stated)
    hits = sorted((m.start(m.lastindex or 0), m[m.lastindex or 0]) for p in patterns for m in p.finditer(prompt))
    return tuple(dict.fromkeys(name for _, name in hits if not _no_name(name)))


def _no_name(name: str) -> bool:
    return name.lower() in _WORDS or name.startswith(("test_", "Test"))


def of_files(files: Mapping[str, str], main: str, language: str = "python") -> str:
    """Signatures of the main file (or of all files when it has none), one stub a line, for the test writer."""
    texts = [files[main]] if main in files else list(files.values())
    read = python_source.signatures if language == "python" else partial(signatures, language=language)
    return "\n".join(s for text in texts for s in read(text))


def targets(stated: tuple[str, ...], interface: str, language: str = "python") -> tuple[str, ...]:
    """The names that tests import or call: the stated ones that the interface has, else all that it has.

    Where functions are methods of a class, the classes belong to them in any case."""
    if language != "python":
        return named_in(interface, stated, language)
    have = tuple(re.findall(r"^(?:async def|def|class) ([A-Za-z_]\w*)", interface, re.MULTILINE))
    wanted = tuple(n for n in stated if n in have)
    return wanted or have or stated
