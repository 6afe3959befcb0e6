"""Code that was run before is not run again: what the sandbox said of it is kept under a hash of all that it rests on.

A key is over the user, one candidate's files, one suite as the sandbox gets it (rendered file, case ids, vectors),
language, limits and image. So a hit is only ever for identical code and identical tests of the same user: it gives
nothing that the run itself would not give, and nobody's result is ever the answer to somebody else.

Kept is only what would come out the same again. Not kept: a cell that is not complete, that met a limit, that has a
case which came out differently twice, or whose vacuous cases the trip did not look for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from functions.agent import bundle, finishing
from functions.agent.events import CellResult, RunFinished
from functions.agent.records import Candidate, Execution, Finding, Judged
from functions.agent.words import CaseOutcome, Level, Phase, RunStatus

SCHEMA = 1
"""Goes up when results are read differently, or when `Judged` means something else."""
OUTSIDE = "it passes only in one process with its tests"
"""How the message begins of a case that failed in a step of its own, apart from its tests. A limit that was met there
does not show in the status of the cell."""
LINTER = "linter"
"""The rule of the sandbox's own finding that the linter did not come to its end."""

Cells = Mapping[str, CellResult]
"""Of one candidate, by suite id."""


@dataclass(frozen=True)
class Trip:
    """What one run asks. `execution` is as the sandbox sees it; `image` is empty where nobody knows it."""

    execution: Execution
    candidates: tuple[Candidate, ...]
    image: str = ""

    @property
    def keeps(self) -> bool:
        """Whether results are looked up and kept at all."""
        return bool(self.image) and "cache" not in self.execution.without

    def keys(self, candidate: Candidate, once: bool = False) -> Mapping[str, str]:
        """The key of the candidate against each suite, by suite id, in the order of the suites. `once`: as if none of
        the tests were to be run twice, which is how new ones are found that are flaky."""
        common, suites = self._asked
        about = [SCHEMA, self.image, self.execution.user_id, common, dict(candidate.files)]
        return {s["id"]: _hash([*about, {**s, "fresh": s.get("fresh", False) and not once}]) for s in suites}

    def unlike(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The first one of each text: candidates with equal files are run once."""
        first: dict[str, Candidate] = {}
        for candidate in candidates:
            first.setdefault(_hash(dict(candidate.files)), candidate)
        return tuple(first.values())

    @cached_property
    def _asked(self) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """(what all cells have in common, the suites), out of the very bundle that the sandbox would get."""
        whole = json.loads(bundle.pack(self.execution, "", ()))
        mine = ("run_id", "execution_id", "candidates", "suites")
        return {name: value for name, value in whole.items() if name not in mine}, whole["suites"]


def trip(execution: Execution, image: str) -> Trip:
    """The run that the execution waits for: the racing candidates against all suites, or the leader's mutants against
    those that bind."""
    if execution.phase is Phase.PROVING:
        return Trip(finishing.trial(execution), finishing.as_candidates(execution), image)
    return Trip(execution, bundle.racing(execution), image)


def complete(data: bytes) -> frozenset[tuple[str, str]]:
    """(candidate, suite) of the complete cells in a result that `result.read` has accepted."""
    cells = json.loads(data)["cells"]
    return frozenset((str(c["candidate"]), str(c["suite"])) for c in cells if c.get("complete") is True)


def worth_keeping(asked: Trip, found: RunFinished, whole: frozenset[tuple[str, str]], now: float) -> tuple[Judged, ...]:
    """What of a result is to be kept. `whole` has the (candidate, suite) of complete cells."""
    limit_ms = 1000 * float(asked.execution.limits.get("wall_s", 0.0))
    if not asked.keeps or found.sandbox_ms >= limit_ms:  # at the end of its time a trip leaves steps out
        return ()
    looked = _looked_for(asked, found)
    alone = len({cell.candidate for cell in found.cells}) == 1  # then it is the one whose tests were run twice
    kept = []
    for candidate, cell in _cells(asked, found):
        findings = tuple(found.findings.get(candidate.id, ()))
        open_cases = _open(cell)
        sound = _sound(cell, findings) and not found.flaky & set(cell.cases) and open_cases <= looked[cell.suite]
        if sound and (candidate.id, cell.suite) in whole:
            key, less = (asked.keys(candidate, once)[cell.suite] for once in (False, True))
            vacuous = tuple(sorted(found.vacuous & open_cases))
            judged = Judged(less, cell.cases, cell.stdout, cell.stderr, findings, vacuous, found.environment, now)
            kept += [judged, replace(judged, id=key)] if alone and key != less else [judged]
    return tuple(kept)


def from_memory(asked: Trip, known: Mapping[str, Judged], attempt: int, run_id: str) -> RunFinished | None:
    """The decision where every cell is among `known`, by key; else None."""
    found = completed(asked, RunFinished(attempt, run_id, ()), known)
    if found is None or not found.cells:
        return None
    return replace(found, environment=next(iter(known.values())).environment)


def completed(asked: Trip, found: RunFinished, known: Mapping[str, Judged]) -> RunFinished | None:
    """`found` and what it leaves out: candidates with the files of one that ran, or that are `known` by their keys.

    None where a candidate is neither."""
    ran: dict[str, dict[str, CellResult]] = {}
    for cell in found.cells:
        ran.setdefault(cell.candidate, {})[cell.suite] = cell
    twins = {_hash(dict(c.files)): c.id for c in asked.candidates if c.id in ran}
    findings, vacuous = dict(found.findings), set(found.vacuous)
    for candidate in asked.candidates:
        if candidate.id in ran:
            continue
        twin = twins.get(_hash(dict(candidate.files)))
        if twin is not None:
            cells: Cells = ran[twin]
            said = found.findings.get(twin, ())
        else:
            keys = asked.keys(candidate)
            if any(key not in known for key in keys.values()):
                return None
            judged = {suite: known[key] for suite, key in keys.items()}
            cells = {suite: _restored(suite, one) for suite, one in judged.items()}
            said = next((one.findings for one in judged.values()), ())
            vacuous.update(case for one in judged.values() for case in one.vacuous)
        ran[candidate.id] = {suite: replace(cell, candidate=candidate.id) for suite, cell in cells.items()}
        findings |= {candidate.id: tuple(said)} if said else {}
    ordered = tuple(cell for c in asked.candidates for cell in ran.get(c.id, {}).values())
    return replace(found, cells=ordered, findings=findings, vacuous=frozenset(vacuous))


def _restored(suite: str, judged: Judged) -> CellResult:
    """Only what ended by itself is kept, so that is its status."""
    return CellResult("", suite, RunStatus.EXITED, judged.cases, judged.stdout, judged.stderr)


def _cells(asked: Trip, found: RunFinished) -> Iterator[tuple[Candidate, CellResult]]:
    """The cells of candidates and suites that were asked for."""
    candidates = {c.id: c for c in asked.candidates}
    suites = {s.id for s in asked.execution.suites if s.cases}
    return ((candidates[c.candidate], c) for c in found.cells if c.candidate in candidates and c.suite in suites)


def _looked_for(asked: Trip, found: RunFinished) -> Mapping[str, frozenset[str]]:
    """By suite: the cases for which the trip looked whether a stub passes them, as jobs/trip.py chooses them."""
    looked: dict[str, frozenset[str]] = {}
    for _, cell in _cells(asked, found):
        mine = _open(cell)
        if len(mine) > len(looked.get(cell.suite, frozenset())) or cell.suite not in looked:
            looked[cell.suite] = mine
    return looked


def _open(cell: CellResult) -> frozenset[str]:
    """The cases of a cell whose pass needs a look at a stub: a vector has shown already what the others may not."""
    passed = ((i, r) for i, r in cell.cases.items() if r.outcome is CaseOutcome.PASSED)
    return frozenset(i for i, r in passed if r.level is not Level.VECTORS)


def _sound(cell: CellResult, findings: Sequence[Finding]) -> bool:
    """Whether no limit of time or of the machine had a part in it."""
    unseen = any(f.rule == LINTER for f in findings)
    outside = any(r.message.startswith(OUTSIDE) for r in cell.cases.values())
    missing = any(r.outcome is CaseOutcome.MISSING for r in cell.cases.values())
    return cell.status is RunStatus.EXITED and not (unseen or outside or missing)


def _hash(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
