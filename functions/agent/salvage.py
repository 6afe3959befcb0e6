"""A file of tests with a bad line: the rest of it is still worth having."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from functions.agent import python_source

_CONTINUES = re.compile(r"\s|[)\]}#]|(?:else|elif|except|finally)\b.*:")
"""How a line begins that belongs to the statement before it."""
_TRIES = 20


def salvage(source: str) -> tuple[ast.Module, tuple[str, ...]]:
    """The top-level statements of `source` that parse, and what was left out and why."""
    whole = python_source.tree(source)
    if whole is not None:
        return whole, ()
    kept: list[ast.stmt] = []
    lost: list[str] = []
    for chunk in _chunks(source):
        module, cut = _without_bad_asserts(chunk)
        if module is None:
            cut = [chunk.strip().split("\n", 1)[0]]
        lost += [f"does not parse: {line[:100]}" for line in cut]
        kept += module.body if module else []
    return ast.Module(kept, []), tuple(lost)


def _chunks(source: str) -> Iterator[str]:
    """The text in pieces of one top-level statement each, as far as indentation tells."""
    chunk: list[str] = []
    for line in source.replace("\0", "").splitlines():
        decorated = bool(chunk) and chunk[-1].startswith("@")
        if chunk and line and not _CONTINUES.match(line) and not decorated:
            yield "\n".join(chunk)
            chunk = []
        chunk.append(line)
    if chunk:
        yield "\n".join(chunk)


def _without_bad_asserts(chunk: str) -> tuple[ast.Module | None, list[str]]:
    """The chunk without the single assertions in it that don't parse: nothing else depends on an assertion."""
    lines, cut = chunk.split("\n"), list[str]()
    for _ in range(_TRIES):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse("\n".join(lines)), cut
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not (0 <= at < len(lines) and lines[at].lstrip().startswith("assert ")):
                return None, cut
            cut.append(lines[at].strip())
            lines[at] = lines[at][: len(lines[at]) - len(lines[at].lstrip())] + "pass"
        except (ValueError, RecursionError, MemoryError):
            return None, cut
    return None, cut
