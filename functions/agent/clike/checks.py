"""From a test to single checks, each with the statements that it needs before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from functions.agent.clike import conditions, setups
from functions.agent.clike.forms import Assertion
from functions.agent.clike.found import Body
from functions.agent.clike.statements import Statement
from functions.agent.clike.writing import Writing


@dataclass(frozen=True)
class Check:
    """One statement that can fail, as what it checks, and what must come before it; `why` says why it is no case."""

    statement: Statement
    assertion: Assertion | None
    setup: tuple[Statement, ...]
    why: str = ""


def checks(body: Body, rules: Writing) -> Iterator[Check]:
    """Every check of one test, in order."""
    nothing = Statement(())
    if body.why:
        yield Check(nothing, None, (), f"{body.why} ({body.name})")
        return
    panicking = conditions.panicking(body.statements, rules)
    if panicking is not None:
        setup_before = (*body.shared, *body.statements[1:-1])
        found_panic = Assertion("panicking", panicking.tokens)
        yield Check(panicking, found_panic, tuple(setups.needed(setup_before, frozenset(), panicking)))
        return
    setup: list[Statement] = list(body.shared)
    echoes: set[int] = set()
    found = 0
    parted = [part for s in body.statements for part in conditions.parted(s, rules)]
    others = any(a is not None and a.kind != "success" for _, a in parted)
    for statement, assertion in parted:
        if assertion is not None and assertion.kind == "success" and others:
            continue  # the next assertion finds out whether it went well
        if assertion is None and not conditions.asserts(statement, rules):
            setup.append(statement)
            continue
        found += 1
        if assertion is None:
            yield from _whole_body(body, rules)
            return
        yield Check(statement, assertion, tuple(setups.needed(setup, frozenset(echoes), statement)))
        echo = conditions.echo(statement, assertion)
        if echo is not None:
            setup.append(echo)
            echoes.add(id(echo))
    if not found and not body.loose:
        yield Check(nothing, None, (), f"asserts nothing ({body.name})")


def _whole_body(body: Body, rules: Writing) -> Iterator[Check]:
    """A test that can't be taken apart, as one case; none of loose lines, or where it may assert nothing."""
    nothing = Statement(())
    if body.loose:
        for statement in body.statements:
            found = next((a for _, a in conditions.parted(statement, rules)), None)
            if found is None and conditions.asserts(statement, rules):
                yield Check(statement, None, (), "can't be read")
        return
    hidden = [s for s in body.statements if s.block and conditions.hides(s, rules)]
    if hidden:
        yield Check(nothing, None, (), f"asserts only under a condition ({body.name})")
        return
    last = Statement(tuple(t for s in body.statements for t in s.tokens), True)
    yield Check(last, None, body.shared)
