"""The steps of one trip, each carried out in a lent slot with the trip's limits."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from jobs import cells, lint, steps, vectors
from jobs.cells import Cell
from jobs.language import Language
from jobs.protocol import Bundle, Candidate, Suite, Vector
from jobs.report import CaseResult
from jobs.spare import Spare
from jobs.supervise import Outcome

Answers = Mapping[str, CaseResult | None]


class Turns:
    """`deadline` is of time.monotonic. Each method but `over` raises SandboxFailure.

    `again`: it is the second time, so the order of the tests is the other way round where a harness runs them."""

    def __init__(self, language: Language, bundle: Bundle, deadline: float) -> None:
        self._language = language
        self._bundle = bundle
        self._limits = bundle.limits
        self._deadline = deadline

    def over(self) -> bool:
        """Whether the time of the whole trip is up."""
        return time.monotonic() >= self._deadline

    def beside(
        self,
        candidate: Candidate,
        suite: Suite,
        spare: Spare,
        stub: bool = False,
        left_out: Collection[str] = (),
        again: bool = False,
    ) -> Cell:
        canary = self._canary()
        backwards = again and self._language.harness is not None
        once = steps.Beside(spare, candidate, suite, canary, self._limits, stub, backwards)
        return cells.run_cell(once, candidate, suite, canary[2], self._limits, self._deadline, left_out)

    def apart(
        self,
        candidate: Candidate,
        suites: Sequence[Suite],
        spare: Spare,
        left_out: Collection[str] = (),
        again: bool = False,
    ) -> Sequence[Cell]:
        """The cell of each suite. All go into one pair of processes; one with an error there gets a pair of its own."""

        def once(suite: Suite) -> Cell:
            canary = self._canary()
            step = steps.Apart(spare, candidate, suite, canary, self._limits, again)
            return cells.run_cell(step, candidate, suite, canary[2], self._limits, self._deadline, left_out)

        found: dict[str, Cell] = {}
        whole = cells.merged(suites)
        if whole is not None:
            together = once(whole)
            for suite in suites:
                cell = cells.part(together, suite)
                if together.complete and {suite.cases[id] for id in cell.errors()} <= set(left_out):
                    found[suite.id] = cell
        return [found.get(suite.id) or once(suite) for suite in suites]

    def vectors(self, candidate: Candidate, spare: Spare) -> Answers:
        wanted: dict[str, Vector] = {}
        for suite in self._bundle.suites:
            wanted |= suite.vectors

        def once(calls: Sequence[Mapping[str, Any]], wall_s: float) -> Outcome:
            return steps.drive(spare, candidate.files, {"mode": "vectors", "calls": calls}, self._limits, wall_s)

        rules = vectors.Rules(self._language.errors, self._language.empty_is_nothing)
        return vectors.ask(once, wanted, rules, self._limits, self._deadline)

    def lint(self, spare: Spare) -> list[dict[str, Any]]:
        left = self._deadline - time.monotonic()
        if left <= 0 or spare.slot.language.lint is None:
            return []
        spare.drop()
        return lint.lint(spare.slot, self._bundle.candidates, self._limits, left)

    def _canary(self) -> steps.Canary:
        return self._language.canary.fill(cells.token())
