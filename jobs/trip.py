"""One trip: every candidate against every suite, each pass confirmed from where the code cannot reach, in few steps.

apart    (harness languages) the tests in another process than the code: level R4
vectors  (driver languages) the calls of cases that are plain data, compared here: level vectors
beside   the tests in one process with the code: levels R2 and R3
again    fresh tests once more with their best candidate, in the way that settled them: what differs is flaky
stub     the tests against something that has the code's names and does nothing: what passes is vacuous
lint     the linter over all candidates

First all of apart and vectors, and only when those have ended (apart again, too) the runs that show tests to code: no
process that knows an expected value lives while another one of the trip is asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any

from jobs import cells, lint, vectors
from jobs.cells import Cell
from jobs.pool import Batch, Pool
from jobs.protocol import Bundle, Candidate, Suite
from jobs.report import CaseResult
from jobs.turns import Answers, Turns
from jobs.twice import Found, Twice

Key = tuple[str, str]


class Trip:
    """Made for one bundle; `deadline` is of time.monotonic."""

    def __init__(self, pool: Pool, bundle: Bundle, deadline: float) -> None:
        self._pool = pool
        self._bundle = bundle
        self._everyone = bundle.candidates
        self._suites = bundle.suites
        self._turns = Turns(pool.language, bundle, deadline)
        self._pairs = [(c, s) for c in bundle.candidates for s in bundle.suites]

    def run(self) -> dict[str, Any]:
        """{"cells", "findings", "vacuous", "flaky"} of the result document. Raises SandboxFailure."""
        with self._pool.batch() as batch:
            linted = batch.submit(self._turns.lint)
            twice = Twice(batch, self._turns, self._bundle)
            apart, answers = self._outside(batch, twice)
            flaky = twice.apart(apart)
            beside = self._inside(batch, apart)
            judged = {key: self._combined(key, beside, apart, answers) for key in (_key(*p) for p in self._pairs)}
            again = twice.beside(beside, judged, flaky)
            stubbed = [self._stubbed(batch, suite, judged) for suite in self._suites]
            flaky |= {suite: future.result() for suite, future in again.items()}
            vacuous = [id for future in stubbed if future is not None for id in future.result()]
            compiled = [f for c in self._everyone for f in self._compiled(c, judged)]
            findings = compiled + linted.result()
        told = [judged[_key(*p)].to_json() for p in self._pairs]
        differing = [id for suite in self._suites for id in flaky.get(suite.id, ())]
        return {"cells": told, "findings": findings, "vacuous": vacuous, "flaky": differing}

    def _outside(self, batch: Batch, twice: Twice) -> tuple[Found, Mapping[str, Answers]]:
        """What comes of the steps in which the code never sees an expected value."""
        if self._pool.language.harness is None:
            asked = [batch.submit(partial(self._turns.vectors, c), True) for c in self._everyone]
            return {}, {c.id: future.result() for c, future in zip(self._everyone, asked, strict=True)}
        if not self._pool.probe.apart:
            return {}, {}
        parted = [batch.submit(partial(self._turns.apart, c, self._suites)) for c in self._everyone]
        apart: dict[Key, Cell] = {}
        for future in parted:
            apart |= {(cell.candidate, cell.suite): cell for cell in future.result()}
            twice.look(apart)
        return apart, {}

    def _inside(self, batch: Batch, apart: Found) -> Found:
        """The cells of the pairs that are not settled yet."""
        begun: dict[Key, Future[Cell]] = {}
        for pair in self._pairs:
            cell = apart.get(_key(*pair))
            if cell is None or not cells.settled(cell):
                begun[_key(*pair)] = batch.submit(partial(self._turns.beside, *pair), True)
        return {key: future.result() for key, future in begun.items()}

    def _combined(self, key: Key, beside: Found, apart: Found, answers: Mapping[str, Answers]) -> Cell:
        if key not in beside:
            return cells.confirmed(apart[key])
        return cells.believed(_answered(beside[key], answers.get(key[0], {})), apart.get(key))

    def _stubbed(self, batch: Batch, suite: Suite, judged: Found) -> Future[list[str]] | None:
        """The run against a stub of the best candidate, where some pass is not confirmed by a vector already."""

        def open_cases(candidate: Candidate) -> list[str]:
            cell = judged[_key(candidate, suite)]
            return [id for id in cell.passed() if cell.cases[id].level != vectors.LEVEL]

        best = max(self._everyone, key=lambda c: len(open_cases(c)))
        asked = open_cases(best)
        if not asked:
            return None
        left_out = {test for id, test in suite.cases.items() if id not in asked}
        return batch.submit(lambda spare: self._turns.beside(best, suite, spare, True, left_out).passed())

    def _compiled(self, candidate: Candidate, judged: Found) -> list[dict[str, Any]]:
        """What the compiler said, once, although every suite had it compiled."""
        found = (judged[_key(candidate, suite)].findings for suite in self._suites)
        return lint.reported(candidate, next(filter(None, found), ()))


def _key(candidate: Candidate, suite: Suite) -> Key:
    return candidate.id, suite.id


def _answered(cell: Cell, answers: Answers) -> Cell:
    """`cell` with what its cases came to from outside: a pass that does not hold there is none. What the code gave is
    what it answered there, since a process that it shares with its tests can say anything."""

    def stronger(id: str, case: CaseResult) -> CaseResult:
        answer = answers.get(id)
        if answer is None:
            return replace(case, got="")
        return replace(answer, ms=case.ms) if case.outcome == "passed" else replace(case, got=answer.got)

    return replace(cell, cases={id: stronger(id, case) for id, case in cell.cases.items()})
