"""What became of the mutants: `count`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from functions.agent.mutation.making import Mutant
from functions.agent.records import Mutation
from functions.agent.words import CaseOutcome

_NOTICED = {CaseOutcome.FAILED, CaseOutcome.ERROR}


def count(
    mutants: Sequence[Mutant],
    results: Mapping[str, Mapping[str, CaseOutcome]],
    trusted: Collection[str],
    note: str = "",
) -> Mutation:
    """How many mutants the trusted cases kill. `results`: mutant id → case id → outcome.

    `trusted` are the ids of the cases that the winner passes. One that fails or ends in an error (a timeout is one)
    kills; where all that have an outcome pass, the mutant survived. In any other case it was not tried to the end: it
    counts nowhere, and the note says so."""
    outcomes = {m.id: {o for case, o in results.get(m.id, {}).items() if case in trusted} for m in mutants}
    tried = [m for m in mutants if outcomes[m.id] & _NOTICED or outcomes[m.id] == {CaseOutcome.PASSED}]
    survivors = tuple(m.what for m in tried if not outcomes[m.id] & _NOTICED)
    left = len(mutants) - len(tried)
    said = f"{left} of {len(mutants)} mutants {'was' if left == 1 else 'were'} not tried." if left else ""
    return Mutation(len(tried) - len(survivors), len(tried), survivors, " ".join(filter(None, (note, said))))
