"""What the candidates gave, rather than whether a test liked it: equal outputs are votes, whatever was expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from functions.agent.records import Candidate
from functions.agent.words import CaseOutcome

RAISED = "raises "
"""How the sandbox says that there was no value."""


def rivals(case_id: str, voters: Iterable[Candidate]) -> tuple[int, str]:
    """(how many of `voters` agree on one output that the case does not expect, that output); (0, "") for none.

    `voters` are distinct candidates. One that raised has an output too, but no vote here: code that fails on anything
    would agree with other code that fails on anything."""
    given = Counter(
        result.got
        for voter in voters
        if (result := voter.results.get(case_id)) is not None and result.outcome is CaseOutcome.FAILED and result.got
    )
    values = [(count, got) for got, count in given.items() if not got.startswith(RAISED)]
    return max(values, key=lambda pair: (pair[0], pair[1]), default=(0, ""))


def behaviour(candidate: Candidate, case_ids: Sequence[str]) -> tuple[str, ...]:
    """How the candidate answers each case: equal for candidates that can't be told apart by them."""
    return tuple(_answer(candidate, case_id) for case_id in case_ids)


def value(candidate: Candidate, case_id: str) -> str | None:
    """The value that the candidate gave, in words that are equal for equal values; None when it gave none."""
    answer = _answer(candidate, case_id)
    return answer if answer == "passed" or answer.startswith("gives ") else None


def _answer(candidate: Candidate, case_id: str) -> str:
    result = candidate.results.get(case_id)
    if result is None:
        return "missing"
    if result.outcome is CaseOutcome.PASSED:
        return "passed"
    raised = result.got.startswith(RAISED) or not result.got
    return "failed" if raised else f"gives {result.got}"  # how it fails is no behaviour that anybody asked for
