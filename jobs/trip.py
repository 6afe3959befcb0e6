"""One trip: every candidate against every suite, each pass confirmed from where the code cannot reach, in few steps.

apart    (harness languages) the tests in another process than the code: level R4
vectors  (driver languages) the calls of cases that are plain data, compared here: level vectors
beside   the tests in one process with the code: levels R2 and R3
stub     the tests against something that has the code's names and does nothing: what passes is vacuous
lint     the linter over all candidates

First all of apart and vectors, and only when those have ended the runs that show tests to code: no process that knows
an expected value lives while another one of the trip is asked for it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any

from jobs import cells, lint, steps, vectors
from jobs.cells import Cell
from jobs.pool import Batch, Pool
from jobs.protocol import Bundle, Candidate, Suite, Vector
from jobs.report import CaseResult
from jobs.spare import Spare
from jobs.supervise import Outcome

Key = tuple[str, str]
Answers = Mapping[str, CaseResult | None]


class Trip:
    """Made for one bundle; `deadline` is of time.monotonic."""

    def __init__(self, pool: Pool, bundle: Bundle, deadline: float) -> None:
        self._pool = pool
        self._bundle = bundle
        self._limits = bundle.limits
        self._deadline = deadline
        self._pairs = [(c, s) for c in bundle.candidates for s in bundle.suites]

    def run(self) -> dict[str, Any]:
        """{"cells", "findings", "vacuous"} of the result document. Raises SandboxFailure."""
        with self._pool.batch() as batch:
            linted = batch.submit(self._run_lint)
            apart, answers = self._outside(batch)
            beside = self._inside(batch, apart)
            judged = {key: self._combined(key, beside, apart, answers) for key in (_key(*p) for p in self._pairs)}
            stubbed = [self._stubbed(batch, suite, judged) for suite in self._bundle.suites]
            vacuous = [id for future in stubbed if future is not None for id in future.result()]
            compiled = [f for c in self._bundle.candidates for f in self._compiled(c, judged)]
            findings = compiled + linted.result()
        return {"cells": [judged[_key(*p)].to_json() for p in self._pairs], "findings": findings, "vacuous": vacuous}

    def _outside(self, batch: Batch) -> tuple[Mapping[Key, Cell], Mapping[str, Answers]]:
        """What comes of the steps in which the code never sees an expected value."""
        everyone = self._bundle.candidates
        if self._pool.language.harness is None:
            asked = [batch.submit(partial(self._run_vectors, c), True) for c in everyone]
            return {}, {c.id: future.result() for c, future in zip(everyone, asked, strict=True)}
        if not self._pool.probe.apart:
            return {}, {}
        parted = [batch.submit(partial(self._run_apart, c)) for c in everyone]
        return {(cell.candidate, cell.suite): cell for future in parted for cell in future.result()}, {}

    def _inside(self, batch: Batch, apart: Mapping[Key, Cell]) -> Mapping[Key, Cell]:
        """The cells of the pairs that are not settled yet."""
        begun: dict[Key, Future[Cell]] = {}
        for pair in self._pairs:
            cell = apart.get(_key(*pair))
            if cell is None or not cells.settled(cell):
                begun[_key(*pair)] = batch.submit(partial(self._run_beside, *pair), True)
        return {key: future.result() for key, future in begun.items()}

    def _combined(
        self, key: Key, beside: Mapping[Key, Cell], apart: Mapping[Key, Cell], answers: Mapping[str, Answers]
    ) -> Cell:
        if key not in beside:
            return cells.confirmed(apart[key])
        return cells.believed(_answered(beside[key], answers.get(key[0], {})), apart.get(key))

    def _canary(self) -> steps.Canary:
        return self._pool.language.canary.fill(cells.token())

    def _run_beside(
        self, candidate: Candidate, suite: Suite, spare: Spare, stub: bool = False, left_out: Collection[str] = ()
    ) -> Cell:
        canary = self._canary()
        once = steps.Beside(spare, candidate, suite, canary, self._limits, stub)
        return cells.run_cell(once, candidate, suite, canary[2], self._limits, self._deadline, left_out)

    def _run_apart(self, candidate: Candidate, spare: Spare) -> Sequence[Cell]:
        """The cell of each suite. All go into one pair of processes; one with an error there gets a pair of its own."""
        found: dict[str, Cell] = {}
        whole = cells.merged(self._bundle.suites)
        if whole is not None:
            together = self._apart_once(spare, candidate, whole)
            parts = [cells.part(together, suite) for suite in self._bundle.suites]
            found = {cell.suite: cell for cell in parts if together.complete and not cell.errors()}
        for suite in self._bundle.suites:
            if suite.id not in found:
                found[suite.id] = self._apart_once(spare, candidate, suite)
        return tuple(found.values())

    def _apart_once(self, spare: Spare, candidate: Candidate, suite: Suite) -> Cell:
        canary = self._canary()
        once = steps.Apart(spare, candidate, suite, canary, self._limits)
        return cells.run_cell(once, candidate, suite, canary[2], self._limits, self._deadline)

    def _run_vectors(self, candidate: Candidate, spare: Spare) -> Answers:
        wanted: dict[str, Vector] = {}
        for suite in self._bundle.suites:
            wanted |= suite.vectors

        def once(calls: Sequence[Mapping[str, Any]], wall_s: float) -> Outcome:
            return steps.drive(spare, candidate.files, {"mode": "vectors", "calls": calls}, self._limits, wall_s)

        language = self._pool.language
        rules = vectors.Rules(language.errors, language.empty_is_nothing)
        return vectors.ask(once, wanted, rules, self._limits, self._deadline)

    def _run_lint(self, spare: Spare) -> list[dict[str, Any]]:
        left = self._deadline - time.monotonic()
        if left <= 0 or spare.slot.language.lint is None:
            return []
        spare.drop()
        return lint.lint(spare.slot, self._bundle.candidates, self._limits, left)

    def _stubbed(self, batch: Batch, suite: Suite, judged: Mapping[Key, Cell]) -> Future[list[str]] | None:
        """The run against a stub of the best candidate, where some pass is not confirmed by a vector already."""

        def open_cases(candidate: Candidate) -> list[str]:
            cell = judged[_key(candidate, suite)]
            return [id for id in cell.passed() if cell.cases[id].level != vectors.LEVEL]

        best = max(self._bundle.candidates, key=lambda c: len(open_cases(c)))
        asked = open_cases(best)
        if not asked:
            return None
        left_out = {test for id, test in suite.cases.items() if id not in asked}
        return batch.submit(lambda spare: self._run_beside(best, suite, spare, True, left_out).passed())

    def _compiled(self, candidate: Candidate, judged: Mapping[Key, Cell]) -> list[dict[str, Any]]:
        """What the compiler said, once, although every suite had it compiled."""
        found = (judged[_key(candidate, suite)].findings for suite in self._bundle.suites)
        return lint.reported(candidate, next(filter(None, found), ()))


def _key(candidate: Candidate, suite: Suite) -> Key:
    return candidate.id, suite.id


def _answered(cell: Cell, answers: Answers) -> Cell:
    """`cell` with what its cases came to from outside: a pass that does not hold there is none."""

    def stronger(id: str, case: CaseResult) -> CaseResult:
        answer = answers.get(id)
        return case if answer is None or case.outcome != "passed" else replace(answer, ms=case.ms)

    return replace(cell, cases={id: stronger(id, case) for id, case in cell.cases.items()})
