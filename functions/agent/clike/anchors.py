"""Expected values that a request states, for the languages with braces: examples in sentences and whole assertions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from functions.agent import asked, prose, tabled, worded
from functions.agent.clike import literals
from functions.agent.clike.scanner import scan
from functions.agent.clike.tokens import Tokens, parts
from functions.agent.clike.writing import Writing, writing
from functions.agent.languages import LANGUAGES
from functions.agent.records import Suite

MAX_LOOKS = 300
"""Places in a request that are looked at closely: nobody states more examples by hand."""
BEFORE, AFTER = 300, 2500
"""Characters around a place that are looked at."""
_CALL = re.compile(r"(?<![\w.@$])([A-Za-z_$][\w$]*)\(")
_FENCED = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)
_ELSEWHERE = frozenset(
    [
        "print",
        "println",
        "printf",
        "len",
        "cap",
        "append",
        "make",
        "sqrt",
        "max",
        "min",
        "pow",
        "abs",
        "floor",
        "ceil",
        "round",
        "log",
        "sin",
        "cos",
        "parseInt",
        "parseFloat",
        "isNaN",
        "String",
        "Number",
        "Boolean",
        "BigInt",
        "Array",
        "Object",
        "Symbol",
        "require",
        "typeof",
        "sizeof",
        "str",
        "int",
        "float",
        "list",
        "set",
    ]
)
"""Functions that a request talks of without asking for them."""


def stated(prompt: str, language: str, known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """(assertions as text, names of the functions that they call) of what the request states."""
    rules = writing(language)
    found = [*_examples(prompt, rules, known), *_worded(prompt, rules, known)]
    blocks = list(_asserted(prompt, language))
    if any(name in known for name, _ in found):  # calls of anything else are talk about it
        found = [(name, line) for name, line in found if name in known]
    wanted = tuple(dict.fromkeys((*known, *(name for name, _ in found)))) or tuple(called("\n".join(blocks), rules))
    return "\n".join([*dict.fromkeys(line for _, line in found), *blocks]), wanted


def agreeing(suite: Suite) -> Suite:
    """Without the cases that give one call two values: nobody knows which of them is meant."""
    values: dict[str, set[str]] = {}
    for case in suite.cases:
        values.setdefault(case.call, set()).add(case.expected)
    cases = tuple(c for c in suite.cases if not c.call or len(values[c.call]) == 1)
    return replace(suite, cases=cases)


def _examples(prompt: str, rules: Writing, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """(function, assertion) of `add(1, 2) returns 3` and its like."""

    def read(text: str) -> Any:
        return _plain(scan(text, rules.syntax), rules)

    for match in islice(_CALL.finditer(prompt), MAX_LOOKS):
        name = match[1]
        if (name in _ELSEWHERE or name in rules.syntax.keywords or name in rules.foreign) and name not in known:
            continue
        before = prompt[max(0, match.start() - BEFORE) : match.start()]
        line = before.rsplit("\n", 1)[-1]
        if re.search(r"(?i)assert|expect\(|equal\(", line):
            continue
        call = prose.balanced(prompt[match.start() : match.start() + AFTER])
        if not call or not _plain_call(call, rules):
            continue
        after = prompt[match.start() + len(call) :][:AFTER]
        if value := prose.value_after(before, after, call, read):
            yield name, rules.fill("stated", call=call, value=value)


def _worded(prompt: str, rules: Writing, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """(function, assertion) of examples that do not spell the call, or have it in a table."""

    def read(text: str) -> Any:
        return _plain(scan(text, rules.syntax), rules)

    function = asked.function(prompt, {n for n in known if n != rules.home})
    if function is None:
        return
    calls = [(function.call(e.arguments), e.value) for e in worded.examples(prompt, read)]
    for call, value in [*islice(tabled.calls(prompt), MAX_LOOKS), *calls]:
        try:
            read(value)
        except ValueError:
            continue
        if call.startswith(f"{function.name}(") and _plain_call(call, rules):
            yield function.name, rules.fill("stated", call=call, value=value)


def called(code: str, rules: Writing) -> Iterator[str]:
    """Functions that assertions call."""
    tokens = scan(code, rules.syntax)
    ours = {*rules.forms.names, *rules.forms.owners, rules.forms.chain, *rules.syntax.keywords, *_ELSEWHERE}
    for i, token in enumerate(tokens[:-1]):
        member = i > 0 and tokens[i - 1].text == "." and tokens[i - 2].text != rules.home
        if token.kind == "word" and tokens[i + 1].text == "(" and not member and token.text not in ours:
            yield token.text


def _plain_call(call: str, rules: Writing) -> bool:
    tokens = scan(call, rules.syntax)
    try:
        for argument in parts(tokens[2:-1]):
            _plain(argument, rules)
    except ValueError:
        return False
    return True


def _plain(tokens: Tokens, rules: Writing) -> Any:
    """The value of a literal that can be taken over as it stands. Raises ValueError for others.

    Quotes that stand for one character in the language may be meant as text, and brackets alone as a list."""
    if not tokens or any(t.kind in ("char", "bad") or t.text == "..." for t in tokens):
        raise ValueError("not certain")
    return literals.read(tokens, rules.rules, argument=True)


def _asserted(prompt: str, language: str) -> Iterator[str]:
    """Code of the request that has assertions: in fences, or lines of their own."""
    marks = LANGUAGES[language].counted
    rest = prompt
    for block in islice(_FENCED.finditer(prompt), 20):
        rest = rest.replace(block[0], "\n")
        before = prompt[max(0, block.start() - BEFORE) : block.start()].rsplit("\n\n", 1)[-1]
        if any(mark in block[1] for mark in marks) and not prose.blamed(before):
            yield block[1]
    for line in rest.splitlines():
        if line.strip().startswith(marks) and not prose.blamed(line):
            yield line.strip()
