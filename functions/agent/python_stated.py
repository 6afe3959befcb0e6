"""Assertions, doctests and examples of a request for Python, each as an assertion line; pure text work.

What can't be read with certainty is left out: a misread example would condemn right code.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
from collections.abc import Collection, Iterator
from itertools import islice

from functions.agent import asked, prose, python_source, tabled, worded

MAX_LINES = 12
"""Of one assertion in a request."""
MAX_LOOKS = 300
"""Places in a request that are looked at closely, of each kind: nobody states more examples by hand."""
BEFORE, AFTER = 300, 2500
"""Characters around a place that are looked at."""
_HELPFUL = {"math", "cmath", "sys", "datetime", "collections", "decimal", "fractions", "itertools", "json", "re"}
"""Modules that an assertion may use without saying where they are from: `math.isclose(f(2), 0.3)`."""
_RAISED = re.compile(r"(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)(?::|$)")
_CALL = re.compile(r"(?<![\w.@])([A-Za-z_]\w*)\(")


def lines(prompt: str, known: Collection[str]) -> list[str]:
    """`assert call == value` and its like, of all that the request states; `known` are functions that it names."""
    return [*_asserts(prompt, known), *_doctests(prompt, known), *_stated(prompt, known), *_worded(prompt, known)]


def _asserts(prompt: str, known: Collection[str]) -> Iterator[str]:
    for match in islice(re.finditer(r"(?<![\w.])assert\b", prompt), MAX_LOOKS):
        before = prompt[max(0, match.start() - BEFORE) : match.start()].rsplit("\n", 1)[-1]
        statement, rest = _statement(prompt[match.start() : match.start() + AFTER])
        if statement is None or prose.blamed(before + " " + rest.split("\n", 1)[0]) or prose.denied(before):
            continue
        if any(python_source.called(statement, known)) and _closed(statement, known):
            yield from (f"import {name}" for name in sorted(python_source.free([statement]) & _HELPFUL))
            yield from _written(statement)


def _doctests(prompt: str, known: Collection[str]) -> Iterator[str]:
    lines = [line.strip() for line in prompt.splitlines()]
    at = 0
    looks = 0
    while at < len(lines) and looks < MAX_LOOKS:
        if not lines[at].startswith(">>> "):
            at += 1
            continue
        source, at, looks = [lines[at][4:]], at + 1, looks + 1
        while at < len(lines) and re.match(r"\.\.\.(\s|$)", lines[at]):
            source, at = [*source, lines[at][4:]], at + 1
        answer: list[str] = []
        while at < len(lines) and lines[at] and not lines[at].startswith((">>>", '"""', "'''", "```")):
            answer, at = [*answer, lines[at]], at + 1
        if len(" ".join((*source, *answer))) <= AFTER:
            yield from _example(" ".join(source), answer, known)


def _example(call: str, answer: list[str], known: Collection[str]) -> Iterator[str]:
    """The assertion of one doctest: the answer is a value or, after `Traceback`, an exception."""
    if not answer:
        left, sign, right = call.rpartition("==")
        yield from _equation(left, right, known) if sign else ()
        return
    if not answer[0].startswith("Traceback"):
        yield from _equation(call, "\n".join(answer), known)
        return
    raised = _RAISED.match(answer[-1])
    kind = getattr(builtins, raised[1], None) if raised else None
    if isinstance(kind, type) and issubclass(kind, Exception) and _plain_call(call, known):
        yield f"with pytest.raises({kind.__name__}):\n    {call}"


def _stated(prompt: str, known: Collection[str]) -> Iterator[str]:
    for match in islice(_CALL.finditer(prompt), MAX_LOOKS):
        before = prompt[max(0, match.start() - BEFORE) : match.start()]
        line = before.rsplit("\n", 1)[-1]
        if re.search(r"(?<!\w)assert\b", line) or line.lstrip().startswith((">>>", "...")):
            continue
        call = prose.balanced(prompt[match.start() : match.start() + AFTER])
        if call and _plain_call(call, known):
            after = prompt[match.start() + len(call) :][:AFTER]
            value = prose.value_after(before, after, call)
            value = value.title() if value in ("true", "false") else value
            yield from _equation(call, value, known) if value else ()


def _worded(prompt: str, known: Collection[str]) -> Iterator[str]:
    """Examples that do not spell the call, or have it in a table."""
    for call, value in islice(tabled.calls(prompt), MAX_LOOKS):
        yield from _equation(call, _as_python(value), known)
    function = asked.function(prompt, known)
    if function is None:
        return
    for example in worded.examples(prompt, lambda text: python_source.literal(_as_python(text))):
        given = [(name, _as_python(text)) for name, text in example.arguments]
        value = _as_python(example.value)
        if function.takes([python_source.literal(text) for _, text in given]) and function.gives(
            python_source.literal(value)
        ):
            yield from _equation(function.call(given), value, known)


def _as_python(text: str) -> str:
    """The literal as Python writes it, where it is one of JSON: `[true, null]`."""
    try:
        prose.python_literal(text)
    except ValueError:
        try:
            return repr(json.loads(text))
        except (ValueError, RecursionError):
            return text
    return text.title() if text in ("true", "false") else text


def _equation(call: str, value: str, known: Collection[str]) -> Iterator[str]:
    """`assert call == value` when the call is one of plain data and the value is plain data."""
    try:
        python_source.literal(value)
    except ValueError:
        return
    if _plain_call(call, known):
        yield f"assert {' '.join(call.split())} == ({value.strip()})" if "\n" in value else f"assert {call} == {value}"


def _plain_call(call: str, known: Collection[str]) -> bool:
    """Whether `call` is one call of a function of the request with data that is all there."""
    module = python_source.tree(call.strip())
    if module is None or len(module.body) != 1 or not isinstance(module.body[0], ast.Expr):
        return False
    expression = module.body[0].value
    return (
        isinstance(expression, ast.Call)
        and any(python_source.called(expression, known))
        and _closed(expression, known)
        and not any(isinstance(n, ast.Constant) and n.value is ... for n in ast.walk(expression))
    )


def _closed(node: ast.AST, known: Collection[str]) -> bool:
    """Whether all that `node` reads is there: builtins and functions that it calls."""
    needed = python_source.free([node]) - set(python_source.called(node, known))
    members = [n.value for n in ast.walk(node) if isinstance(n, ast.Attribute)]
    return needed <= {n.id for n in members if isinstance(n, ast.Name)} & _HELPFUL


def _written(node: ast.AST) -> Iterator[str]:
    try:
        yield ast.unparse(node)
    except (RecursionError, ValueError):
        return


def _statement(text: str) -> tuple[ast.stmt | None, str]:
    """The assertion that `text` begins with, as long as its lines and words reach, and the text after it."""
    lines = text.splitlines()[:MAX_LINES]
    ends = [len("\n".join(lines[:n])) for n in range(1, len(lines) + 1)]
    first = lines[0].rstrip()
    ends += [len(first), *(m.start() for m in reversed(list(re.finditer(r"[\s.,;:`]", first))))]
    for end in ends[: MAX_LINES + 60]:
        module = python_source.tree(text[:end].rstrip().rstrip("`.,;"))
        if module and len(module.body) == 1 and isinstance(module.body[0], ast.Assert):
            return module.body[0], text[end:]
    return None, ""
