"""Expected values that the user stated: assertions, doctests, and `f(2) -> 4`, `f(2) returns 4`, `f(2) == 4` in prose.

Found by rule alone. What can't be read with certainty is left out: a misread anchor would condemn right code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from functions.agent import python_source, suites
from functions.agent.interface import named_functions
from functions.agent.records import Suite
from functions.agent.words import Origin

SUITE_ID = "anchors"
_ARROW = re.compile(
    r"^\s*(?:->|=>|→|⇒|==|=(?!=)"
    r"|(?:should\s+|must\s+)?(?:returns?|equals?|gives?|yields?|be|is|evaluates? to)\b)[\s:`]*"
)
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_KEYWORDS = {"if", "while", "for", "print", "assert", "and", "or", "not", "in", "is", "return", "lambda", "def"}


def find(prompt: str) -> Suite:
    """The anchors of a request for Python code, as a suite; without any, a suite without cases."""
    known = named_functions(prompt)
    lines = dict.fromkeys([*_asserts(prompt, known), *_doctests(prompt, known), *_stated(prompt, known)])
    found = suites.split("\n".join(lines), SUITE_ID, Origin.ANCHOR, targets=())
    return found.suite


def _asserts(prompt: str, known: Collection[str]) -> Iterator[str]:
    for match in re.finditer(r"(?<!\w)assert\s", prompt):
        statement = _longest(prompt[match.start() :], ast.Assert)
        if statement and any(python_source.called(ast.parse(statement), known)):
            yield statement


def _doctests(prompt: str, known: Collection[str]) -> Iterator[str]:
    lines = [line.strip() for line in prompt.splitlines()]
    for line, answer in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith(">>> ") and answer and not answer.startswith((">>>", "...", "Traceback")):
            yield from _equation(line[4:], answer, known)


def _stated(prompt: str, known: Collection[str]) -> Iterator[str]:
    for match in _CALL.finditer(prompt):
        if match[1] in _KEYWORDS or prompt[: match.start()].rstrip().endswith(("assert", ">>>", "def", "class")):
            continue
        call = _balanced(prompt[match.start() :])
        rest = prompt[match.start() + len(call) :].lstrip("`")
        arrow = _ARROW.match(rest) if call else None
        if arrow:
            value = _longest_value(rest[arrow.end() :])
            yield from _equation(call, value, known) if value else ()


def _equation(call: str, value: str, known: Collection[str]) -> Iterator[str]:
    """`assert call == value` when the call is one of plain data and the value is plain data."""
    try:
        expression = ast.parse(call.strip(), mode="eval").body
        ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return
    if isinstance(expression, ast.Call) and any(python_source.called(expression, known)):
        yield f"assert {call.strip()} == {value.strip()}"


def _balanced(text: str) -> str:
    """`name(...)` up to its closing parenthesis, strings respected; empty when it does not close within 2,000."""
    depth, quote = 0, ""
    for i, char in enumerate(text[:2000]):
        if quote:
            quote = "" if char == quote and text[i - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return text[: i + 1]
    return ""


def _longest(text: str, kind: type[ast.stmt]) -> str:
    """The longest run of lines (at most 12), or else the longest run of words of the first, that is one statement."""
    lines = text.splitlines()[:12]
    attempts = ["\n".join(lines[:n]) for n in range(1, len(lines) + 1)]
    words = lines[0].rstrip()
    ends = [m.start() for m in re.finditer(r"[\s.,;`]", words)]
    attempts += [words.rstrip(".,;:`\"'"), *(words[:end] for end in reversed(ends))]
    for attempt in attempts:
        module = python_source.tree(attempt.rstrip().rstrip("`"))
        if module and len(module.body) == 1 and isinstance(module.body[0], kind):
            return ast.unparse(module.body[0])
    return ""


def _longest_value(text: str) -> str:
    """The longest prefix of the line that is a Python literal and ends where a value may end."""
    line = text.split("\n", 1)[0][:500]
    ends = [len(line), *(m.start() for m in reversed(list(re.finditer(r"[\s.,;`)]", line))))]
    for end in ends:
        piece = line[:end].strip().strip("`").rstrip(".,;")
        try:
            ast.literal_eval(piece)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return piece
    return ""
