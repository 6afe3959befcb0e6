"""Markdown tables of examples: which columns are arguments, and which one has the results."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_ROWS = 60
_RESULT = re.compile(
    r"(?:expected|correct)?\s*(?:outputs?|results?|returns?|return(?:ed)? values?|answers?|values?)|expected|f\(x\)|"
    r"(?:output|result|expected) value",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(r"(?:inputs?|arguments?|args?|parameters?|(?:input|argument) value)", re.IGNORECASE)
_CALL = re.compile(r"(?:calls?|examples?|expressions?|usage|inputs?|code|test)", re.IGNORECASE)
_ASIDE = re.compile(
    r"#|no\.?|nr\.?|notes?|comments?|explanations?|why|reasons?|descriptions?|case|test case|name|remarks?",
    re.IGNORECASE,
)
_ERROR = re.compile(r"`?(?:raises?|throws?|error|an error|[A-Z]\w*(?:Error|Exception))\b.*", re.IGNORECASE)
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")


def tables(prompt: str) -> Iterator[list[tuple[list[tuple[str, str]], str]]]:
    """(arguments as (name or empty, cell), cell of the result) of each row, of each table that has those columns.

    Rows whose result is an error are left out."""
    for header, body in _tables(prompt):
        columns = _columns(header)
        if columns is None:
            continue
        arguments, result = columns
        whole = [c for c in body if len(c) == len(header) and not _ERROR.fullmatch(c[result])]
        yield [([(name, c[i]) for i, name in arguments], c[result]) for c in whole]


def calls(prompt: str) -> Iterator[tuple[str, str]]:
    """(cell with a call, cell of the result) of each row of a table with such columns."""
    for header, body in _tables(prompt):
        result = [i for i, h in enumerate(header) if _RESULT.fullmatch(h)]
        called = [i for i, h in enumerate(header) if _CALL.fullmatch(h) and i not in result]
        if len(result) == 1 and len(called) == 1:
            yield from (
                (c[called[0]], c[result[0]])
                for c in body
                if len(c) == len(header) and re.fullmatch(r"[A-Za-z_]\w*\(.*\)", c[called[0]])
            )


def _columns(header: list[str]) -> tuple[list[tuple[int, str]], int] | None:
    """((index, name or empty) of each argument, index of the result); None for any other table."""
    result = [i for i, h in enumerate(header) if _RESULT.fullmatch(h)]
    others = [(i, h) for i, h in enumerate(header) if i not in result and not _ASIDE.fullmatch(h)]
    if len(result) != 1 or not others:
        return None
    if len(others) == 1 and _ARGUMENT.fullmatch(others[0][1]):
        return [(others[0][0], "")], result[0]
    if all(re.fullmatch(r"[A-Za-z_]\w*", h) for _, h in others) and all(i < result[0] for i, _ in others):
        return others, result[0]
    return None


def _tables(prompt: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """(header, rows) of the tables, cells without the marks around them."""
    lines = prompt.splitlines()
    for at in range(1, len(lines)):
        if not _RULE.fullmatch(lines[at].strip()) or "|" not in lines[at - 1]:
            continue
        header = _cells(lines[at - 1])
        body = []
        for line in lines[at + 1 : at + 1 + MAX_ROWS]:
            if "|" not in line:
                break
            body.append(_cells(line))
        yield header, body


def _cells(line: str) -> list[str]:
    text = line.strip().replace("\\|", "\0")
    text = text.removeprefix("|").removesuffix("|")
    return [cell.replace("\0", "|").strip().strip("`*_").strip() for cell in text.split("|")]
