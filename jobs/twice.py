"""Fresh tests are run twice on the same code, the one that passes most of them: what comes out differently is flaky.

The second run is made in the way that settled the first one, for a harness in the other order. It leaves out the tests
without an outcome of their own, so a test that hangs costs its time once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial

from jobs import cells, vectors
from jobs.cells import Cell
from jobs.pool import Batch
from jobs.protocol import Bundle, Candidate, Suite
from jobs.spare import Spare
from jobs.turns import Turns

Found = Mapping[tuple[str, str], Cell]
"""Cells by the ids of candidate and suite."""

SAID = ("passed", "failed")
"""Outcomes of a test that came to its end; any other one has reasons of its own."""


class Twice:
    """For one trip, whose steps go into `batch`."""

    def __init__(self, batch: Batch, turns: Turns, bundle: Bundle) -> None:
        self._batch = batch
        self._turns = turns
        self._everyone = bundle.candidates
        self._fresh = [suite for suite in bundle.suites if suite.fresh]
        self._looked: set[str] = set()
        self._begun: list[Future[Sequence[Cell]]] = []

    def look(self, apart: Found) -> None:
        """Begins with the suites that a candidate passes as a whole, since nobody can have more passes, while other
        candidates have still to come."""

        def is_whole(suite: Suite) -> bool:
            return any(len(apart[c.id, suite.id].passed()) == len(suite.cases) for c in self._known(suite, apart))

        self._begin(list(filter(is_whole, self._fresh)), apart)

    def apart(self, apart: Found) -> dict[str, list[str]]:
        """Suite → ids of its flaky cases, for the suites that their best candidate has settled apart. Everyone has had
        a turn, and all second turns are over then."""
        self._begin(self._fresh, apart)
        again = [cell for future in self._begun for cell in future.result()]
        return {cell.suite: self._differing(apart[cell.candidate, cell.suite], cell) for cell in again}

    def beside(self, beside: Found, judged: Found, known: Mapping[str, object]) -> dict[str, Future[list[str]]]:
        """The same for the suites that are not `known` yet. What a vector confirms has come out twice already."""
        begun = {s.id: self._beside(s, beside, judged) for s in self._fresh if s.id not in known}
        return {suite: future for suite, future in begun.items() if future is not None}

    def _known(self, suite: Suite, found: Found) -> list[Candidate]:
        return [c for c in self._everyone if (c.id, suite.id) in found]

    def _begin(self, suites: Sequence[Suite], apart: Found) -> None:
        new = [s for s in suites if s.id not in self._looked and self._known(s, apart)]
        self._looked |= {s.id for s in new}
        best = {s.id: _best(self._known(s, apart), s, apart) for s in new}
        for c in self._everyone:
            mine = [s for s in new if best[s.id] is c and cells.settled(apart[c.id, s.id])]
            asked = {s.cases[id] for s in mine for id in said(apart[c.id, s.id])}
            left_out = {test for s in mine for test in s.cases.values()} - asked
            if asked:
                step = partial(self._turns.apart, c, mine, left_out=left_out, again=True)
                self._begun.append(self._batch.submit(step))

    def _beside(self, suite: Suite, beside: Found, judged: Found) -> Future[list[str]] | None:
        known = self._known(suite, beside)
        if not known:
            return None
        best = _best(known, suite, judged)
        first, sure = beside[best.id, suite.id], judged[best.id, suite.id].cases
        asked = {suite.cases[id] for id in said(first) if sure[id].level != vectors.LEVEL}
        left_out = set(suite.cases.values()) - asked

        def step(spare: Spare) -> list[str]:
            return self._differing(first, self._turns.beside(best, suite, spare, left_out=left_out, again=True))

        return self._batch.submit(step, True) if asked else None

    def _differing(self, first: Cell, second: Cell) -> list[str]:
        """Nothing where the time of the whole trip was up: that is no doing of the tests."""
        return [] if self._turns.over() else differing(first, second)


def _best(candidates: Sequence[Candidate], suite: Suite, found: Found) -> Candidate:
    """The one with the most passes, the first of several."""
    return max(candidates, key=lambda c: len(found[c.id, suite.id].passed()))


def said(cell: Cell) -> list[str]:
    """Ids of the cases that pass, or fail by an assertion."""
    return [id for id, case in cell.cases.items() if case.outcome in SAID]


def differing(first: Cell, second: Cell) -> list[str]:
    """Ids of the cases that pass in one of the two and came to an end without passing in the other."""
    # Where the process ended early, any outcome but these says nothing of the test.
    ended = {id for id, c in second.cases.items() if c.outcome in SAID or (second.complete and c.outcome != "missing")}
    passed = set(first.passed()) ^ set(second.passed())
    return [id for id in said(first) if id in ended & passed]
