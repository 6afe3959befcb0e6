"""What an assertion checks, and how a language writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.agent.clike.tokens import Tokens, source


@dataclass(frozen=True)
class Assertion:
    """`kind` is a key of the language's `write`: equal, near, differ, true, false, null, filled, error or any_error.

    `actual` is what is checked (of an error: the call that shall raise), `block` the whole function around that call,
    `error` the name of the error that is expected (empty: any), `within` the tolerance as it is written."""

    kind: str
    actual: Tokens = ()
    expected: Tokens = ()
    block: Tokens = ()
    error: Tokens = ()
    within: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Forms:
    """How a language writes assertions, from its data. A form is `kind role role …`; `?` marks what may be missing.

    `owners` may stand before a form's name; `leads` are first arguments that say nothing (Go's t); `chain` is the
    function whose result has matchers (`expect`), `constraints` the form whose last argument is one (`Assert.That`)."""

    owners: frozenset[str]
    names: Mapping[str, str]
    leads: frozenset[str]
    chain: str
    matchers: Mapping[str, str]
    constraint: str
    constraints: Mapping[str, str]
    equalities: frozenset[str]
    write: Mapping[str, str]
    arrays: re.Pattern[str] | None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Forms:
        return cls(
            frozenset(raw["owners"]),
            raw["names"],
            frozenset(raw.get("leads", ())),
            raw.get("chain", ""),
            raw.get("matchers", {}),
            raw.get("constraint", ""),
            raw.get("constraints", {}),
            frozenset(raw.get("equalities", ())),
            raw["write"],
            re.compile(raw["arrays"]) if "arrays" in raw else None,
        )


def write(found: Assertion, text: str, forms: Forms, suite: str, stated: bool = False) -> str:
    """The assertion as a statement of the language, the way we write it; `suite` is part of our helpers' names.

    `stated`: it was made of an example in words, so that nothing is known of the code's types."""
    kind = f"any_{found.kind}" if found.block and not found.error else found.kind
    expected = source(text, found.expected)
    if forms.arrays and forms.arrays.match(expected):
        kind = {"equal": "array", "near": "near_array"}.get(kind, kind)
    if stated and kind == "equal" and "stated" in forms.write:
        kind = "stated"
    line = forms.write[kind]
    awaited = found.waits and not found.block and found.actual[0].text != "await"
    values = {
        "actual": ("await " if awaited else "") + source(text, found.actual),
        "expected": expected,
        "within": found.within,
        "block": source(text, found.block),
        "error": source(text, found.error),
        "suite": suite,
    }
    return re.sub(r"\$(actual|expected|within|block|error|suite)", lambda m: values[m[1]], line)
