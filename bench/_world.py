"""A model of a model: tasks whose right answers are known, code that is right so often, tests that are right so often.

Nothing is written or run. A candidate is one of a few behaviours of its task; behaviour 0 is right, the wrong ones are
the mistakes that are made again and again, so that candidates agree in being wrong too. A test asks for the output of
one input and expects what one behaviour gives; the sandbox is a comparison.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from functions.agent.events import CellResult, RunFinished
from functions.agent.records import Candidate, Case, CaseResult, Execution, Suite
from functions.agent.words import CaseOutcome, Level, Origin, RunStatus

INPUTS = 40
MISTAKES = 6
ALIKE = 0.5
"""How often a wrong behaviour gives the right output all the same."""
CASES = 6
SHARED_MISTAKE = 0.5
"""How often a wrong test expects what a wrong program gives; otherwise what no program gives."""
MENDS = 0.5
"""How likely a repair succeeds, as a share of how likely a fresh sample is right, plus what it keeps of the rest."""


@dataclass
class World:
    """One task, for a model that is right with `skill` (0 … 1). Outputs are small numbers."""

    skill: float
    dice: random.Random

    def __post_init__(self) -> None:
        right = [0] * INPUTS
        self._outputs = [right] + [
            [0 if self.dice.random() < ALIKE else wrong for _ in range(INPUTS)] for wrong in range(1, MISTAKES + 1)
        ]
        self._likely = [1 / n for n in range(1, MISTAKES + 1)]  # some mistakes are far more common than others
        self._made = 0

    def behaviour(self) -> int:
        """Of one fresh sample."""
        return 0 if self.dice.random() < self.skill else self._mistake()

    def mended(self, old: int) -> int:
        """Of one repair of `old`, told of a failing test."""
        return 0 if old == 0 or self.dice.random() < MENDS * self.skill else self.dice.choice([old, self._mistake()])

    def candidate(self, attempt: int, number: int, behaviour: int) -> Candidate:
        """A text of its own for each sample: equal behaviour in other words."""
        self._made += 1
        files = {"solution.py": f"{behaviour} {self._made}"}
        return Candidate(f"a{attempt}c{number}", attempt, f"sha{self._made}", files)

    def suite(self, id: str, origin: Origin = Origin.GENERATED) -> Suite:
        """Generated: expected values are right about as often as code is, and more. Anchors always are."""
        right = 1.0 if origin is Origin.ANCHOR else 0.5 + 0.45 * self.skill
        count = 1 if origin is Origin.ANCHOR else CASES
        cases = []
        for n, asked in enumerate(self.dice.sample(range(INPUTS), count), 1):
            expected = self._outputs[0][asked] if self.dice.random() < right else self._wrong(asked)
            cases.append(Case(f"{id}-{n}", f"f({asked}) == {expected}", "", f"f({asked})", str(expected)))
        return Suite(id, origin, tuple(cases))

    def finished(self, execution: Execution, run_id: str, candidates: Sequence[Candidate]) -> RunFinished:
        """What the sandbox would say of `candidates` against every suite of the execution."""
        cells = tuple(
            CellResult(c.id, s.id, RunStatus.EXITED, {case.id: self._result(c, case) for case in s.cases})
            for c in candidates
            for s in execution.suites
        )
        return RunFinished(execution.attempt_number, run_id, cells)

    def _result(self, candidate: Candidate, case: Case) -> CaseResult:
        got = str(self._outputs[kind(candidate)][int(case.call[2:-1])])
        outcome = CaseOutcome.PASSED if got == case.expected else CaseOutcome.FAILED
        return CaseResult(outcome, level=Level.R4 if outcome is CaseOutcome.PASSED else Level.NONE, got=got)

    def _mistake(self) -> int:
        return self.dice.choices(range(1, MISTAKES + 1), self._likely)[0]

    def _wrong(self, asked: int) -> int:
        shared = self._outputs[self._mistake()][asked]
        return shared if shared and self.dice.random() < SHARED_MISTAKE else 100 + self.dice.randrange(9)


def kind(candidate: Candidate) -> int:
    """The behaviour of a candidate; 0 is right."""
    return int(candidate.files["solution.py"].split()[0])
