"""Which of the statements before an assertion it depends on."""

from __future__ import annotations

from collections.abc import Sequence

from functions.agent.clike.statements import Statement


def needed(setup: Sequence[Statement], echoes: frozenset[int], check: Statement) -> list[Statement]:
    """The statements of `setup` that the check, or a later needed statement, depends on, in their order.

    `echoes` are the ids of statements that repeat what an earlier assertion did: they count only where they may change
    something that is read. A call of a local variable's method is kept where it may change what is read; every other
    call is kept: it may do anything."""
    local = {n for s in setup for n in s.declares}
    elsewhere = {n for s in setup if s.block or not (s.declares or _of_local(s, local)) for n in s.reads}
    changeable = {n for s in setup for n in (*s.declares, *s.assigns) if not _fixed(s)}
    wanted = set(check.reads)
    kept: list[Statement] = []
    for statement in reversed(setup):
        if id(statement) in echoes:
            wants = bool(statement.reads & changeable & wanted)
        elif statement.declares:
            wants = bool(set(statement.declares) & wanted)
        elif statement.assigns:
            wants = bool(set(statement.assigns) & wanted)
        else:
            alone = _of_local(statement, local) and statement.tokens[0].text not in elsewhere
            wants = not alone or bool(statement.reads & changeable & wanted)
        if not wants:
            continue
        kept.insert(0, statement)
        wanted -= set(statement.declares)
        wanted |= statement.reads | set(statement.assigns)
    return kept


def _of_local(statement: Statement, local: set[str]) -> bool:
    """Whether the statement calls a method of a local variable."""
    tokens = statement.tokens
    return len(tokens) > 2 and tokens[0].text in local and tokens[1].text == "."


def _fixed(statement: Statement) -> bool:
    """Whether the statement gives a variable a value that no call can change."""
    return bool(statement.declares) and all(
        t.kind in ("number", "text", "char") or t.text == "-" for t in statement.value
    )


def unread(setup: Sequence[Statement], check: Statement) -> list[tuple[Statement, str]]:
    """Variables that nothing reads, each with the statement that declares it."""
    found = []
    for i, statement in enumerate(setup):
        read = set(check.reads).union(*(s.reads for s in setup[i + 1 :]))
        found += [(statement, name) for name in statement.declares if name not in read]
    return found
