"""From a reply with tests to cases of one assertion each, in the languages with braces. Bad ones are dropped alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from functions.agent.clike import assertions, claims, forms, setups
from functions.agent.clike.bodies import find
from functions.agent.clike.checks import Check, checks
from functions.agent.clike.objections import objection
from functions.agent.clike.scanner import scan, whole
from functions.agent.clike.shapes import helper_name
from functions.agent.clike.statements import Statement, names
from functions.agent.clike.tokens import source
from functions.agent.clike.writing import Writing, writing
from functions.agent.records import Case

Maker = Callable[[int], tuple[Case | None, str]]


@dataclass(frozen=True)
class _Reader:
    """Makes cases of the tests in one text."""

    text: str
    suite_id: str
    writing: Writing
    targets: frozenset[str]
    helpers: frozenset[str]
    stated: bool

    def case(self, check: Check, number: int) -> tuple[Case | None, str]:
        """The case of a check, or None and why there is none."""
        name = self._name(check)
        why = check.why or objection(check, self.writing, self.targets, self.helpers)
        if why:
            return None, f"{why}: {name}"
        setup = [s for s in check.setup if s.tokens]
        lines = [self._line(s) for s in setup]
        lines = self._with_unused(setup, lines, check)
        if check.assertion is None:
            lines.append(_levelled(source(self.text, check.statement.tokens)))
        else:
            lines.append(
                forms.write(check.assertion, self.text, self.writing.forms, _identifier(self.suite_id), self.stated)
            )
        found = check.assertion
        straight = found is not None and all(not s.block for s in setup)
        call, expected, vector = "", "", None
        if found is not None and straight:
            call, expected = claims.claim(found, setup, self.writing.rules, self.targets, self.writing.home)
            vector = claims.vector(found, setup, self.writing.rules, self.targets, self.writing.truthy)
        return Case(
            f"{self.suite_id}-{number}",
            name,
            function(self.writing, self.suite_id, number, "\n".join(lines)),
            call,
            expected,
            error=found is not None and bool(found.block or found.kind in ("failure", "panicking")),
            vector=vector,
        ), ""

    def _line(self, statement: Statement) -> str:
        text = _levelled(source(self.text, statement.tokens))
        return text if statement.block else text + self.writing.templates.get("end", "")

    def _with_unused(self, setup: Sequence[Statement], lines: list[str], check: Check) -> list[str]:
        if not self.writing.unused:
            return lines
        for statement, name in reversed(setups.unread(setup, check.statement)):
            lines.insert(list(setup).index(statement) + 1, self.writing.unused.replace("$name", name))
        return lines

    def _name(self, check: Check) -> str:
        """One line that says what the check checks."""
        found = check.assertion
        text = assertions.source_of(check.statement.tokens)
        if found is not None:
            rules = self.writing.rules
            told, value = (
                claims.normal(claims.inlined(part, check.setup) or part, rules)
                for part in (found.actual, found.expected)
            )
            error = claims.normal(found.error, rules)
            failing = f"{told or 'it'} fails with {error}" if error else f"{told or 'it'} fails"
            text = {
                "equal": f"{told} == {value}",
                "near": f"{told} == {value} ± {found.within}",
                "differ": f"{told} != {value}",
                "true": told,
                "false": f"not {told}",
                "null": f"{told} is null",
                "undefined": f"{told} is undefined",
                "filled": f"{told} is not null",
            }.get(found.kind, failing if found.block or found.kind in ("failure", "panicking") else text)
        text = " ".join(text.split())
        return text if len(text) <= 100 else text[:99] + "…"


def _levelled(text: str) -> str:
    """The text of a block as if its first line stood at the margin, as the others do to it."""
    first, *others = text.split("\n")
    if not others:
        return text
    margin = min((len(line) - len(line.lstrip()) for line in others if line.strip()), default=0)
    return "\n".join([first, *(line[margin:] for line in others)])


def function(rules: Writing, suite_id: str, number: int, body: str) -> str:
    """The test function of a case, as it stands in the suite's file."""
    waits = re.search(r"(?<![\w.$])await\b", body) is not None
    indent = rules.templates["indent"]
    inner = "\n".join(indent + line if line.strip() else line for line in body.split("\n"))
    name = rules.fill("name", number=str(number), suite=_identifier(suite_id))
    return rules.fill("async_case" if waits and "async_case" in rules.templates else "case", test=name, body=inner)


def _identifier(text: str) -> str:
    return re.sub(r"\W", "_", text)


def body_of(case: Case, language: str) -> str:
    """The statements of a case, without the function around them."""
    lines = case.source.split("\n")
    rules = writing(language)
    head, tail = (len(part.split("\n")) for part in rules.templates["case"].split("$body"))
    indent = rules.templates["indent"]
    inner = lines[head - 1 : len(lines) - tail + 1]
    return "\n".join(line.removeprefix(indent) for line in inner)


def test_name(number: str, suite_id: str, language: str) -> str:
    """What the language's test runner calls the case of that number."""
    return writing(language).fill("name", number=number, suite=_identifier(suite_id))


def read(text: str, suite_id: str, language: str, targets: Collection[str], stated: bool) -> Iterator[Maker]:
    """For every check of a text what makes its case. `stated`: the text is a request's, before there was any code."""
    rules = writing(language)
    text = whole(qualified(text, rules, targets), rules.syntax)
    targets = {*targets, rules.home} if rules.home and targets else targets
    found = find(scan(text, rules.syntax), rules.syntax, rules.style)
    doors = [h for h in found.helpers if set(names(h.tokens)) & set(targets)]
    helpers = frozenset(filter(None, map(helper_name, doors)))
    reader = _Reader(text, suite_id, rules, frozenset(targets), helpers, stated)
    for body in found.bodies:
        for check in checks(body, rules):
            yield partial(reader.case, check)


def helpers_of(text: str, language: str, targets: Collection[str]) -> str:
    """Imports that may stay and helper functions of a text, as the suite's preamble."""
    rules = writing(language)
    text = whole(text, rules.syntax)
    found = find(scan(text, rules.syntax), rules.syntax, rules.style)
    imports = [source(text, s.tokens) for s in found.imports]
    kept = [line for line in dict.fromkeys(imports) if rules.importable.fullmatch(line)]
    helpers = [
        source(text, h.tokens)
        for h in found.helpers
        if helper_name(h) not in targets and not set(names(h.tokens)) & rules.foreign
    ]
    return "\n".join([*(line + rules.templates.get("end", "") for line in kept), *helpers])


def qualified(text: str, rules: Writing, targets: Collection[str]) -> str:
    """With the class put before functions that were called without it: `add(1)` → `Solution.add(1)`."""
    if not rules.home:
        return text
    found: list[str] = []
    tokens, at = scan(text, rules.syntax), 0
    for before, token, after in zip([None, *tokens], tokens, tokens[1:], strict=False):
        typed = before is not None and before.kind == "word" and before.text not in ("return", "throw", "await")
        bare = before is None or not (typed or before.text in (".", "new", "::", ">", "]"))
        if token.kind == "word" and after.text == "(" and bare and token.text in targets and token.text != rules.home:
            found += [text[at : token.at], rules.home, "."]
            at = token.at
    return "".join([*found, text[at:]])
