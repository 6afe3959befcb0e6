"""One candidate against one suite. A test that ends the process takes only itself along: the others run again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs import supervise
from jobs.judge import Judgement, every, judge
from jobs.protocol import Candidate, Limits, Suite, clash
from jobs.report import CaseResult
from jobs.slot import Slot

RERUNS = 3


@dataclass(frozen=True)
class Cell:
    """`cases` maps case ids to what is known of them; `last` is None when no process was started."""

    candidate: str
    suite: str
    status: str
    exit_code: int | None
    complete: bool
    why: str
    cases: Mapping[str, CaseResult]
    outcomes: tuple[supervise.Outcome, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Output is of the first process, times and leftovers are sums over all."""
        empty = {"head": "", "tail": "", "total": 0}
        first = self.outcomes[0] if self.outcomes else None
        return {
            **{name: getattr(self, name) for name in ("candidate", "suite", "status", "exit_code", "complete", "why")},
            "cases": {id: case.to_json() for id, case in self.cases.items()},
            "stdout": first.stdout.to_json() if first else empty,
            "stderr": first.stderr.to_json() if first else empty,
            "wall_ms": round(sum(o.wall_ms for o in self.outcomes), 3),
            "cpu_ms": round(sum(o.cpu_ms for o in self.outcomes), 3),
            "max_rss_mb": max((o.max_rss_mb for o in self.outcomes), default=0.0),
            "leftovers": sum(o.leftovers for o in self.outcomes),
        }


def run_cell(slot: Slot, candidate: Candidate, suite: Suite, limits: Limits, deadline: float) -> Cell:
    """`deadline` is of the whole trip (time.monotonic). Raises SandboxFailure."""
    if time.monotonic() >= deadline:
        return _not_run(candidate, suite, "timeout", "the time of the whole run was up before this could start")
    files = {**candidate.files, **suite.files}  # a test file is never the candidate's
    if name := clash(files):
        return _not_run(candidate, suite, "spawn_error", f"{name!r} is a file of one side and a folder of the other")
    tests = tuple(suite.cases.values())
    judged: list[Judgement] = []
    outcomes: list[supervise.Outcome] = []
    settled: dict[str, CaseResult] = {}
    wall_s = limits.cell_wall_s
    while True:
        slot.workspace.reset()
        slot.workspace.write(files)
        job = {"files": _test_files(tests), "skip": sorted(settled)}
        wall_s = max(0.05, min(wall_s, deadline - time.monotonic()))
        outcome = supervise.run(slot, {"job": job}, limits, wall_s)
        outcomes.append(outcome)
        verdict = judge(bytes(outcome.report.head), outcome.report.whole, tests, outcome.ending, settled)
        judged.append(verdict)
        # A first process that ends badly on its own terms settles everything; a later one only what it was asked for.
        settled |= {t: c for t, c in verdict.cases.items() if t not in settled and t not in verdict.again}
        if not verdict.again or len(outcomes) > RERUNS or time.monotonic() >= deadline:
            break
        wall_s = limits.cell_wall_s / RERUNS  # so that a cell takes at most twice its time
    last = "not run: other tests of this suite had ended the process before"
    cases = {id: settled.get(test, CaseResult("missing", last)) for id, test in suite.cases.items()}
    ending = outcomes[0].ending
    complete = all(v.complete for v in judged)
    return Cell(
        *(candidate.id, suite.id, ending.status, ending.exit_code, complete, judged[0].why, cases, tuple(outcomes))
    )


def _not_run(candidate: Candidate, suite: Suite, status: str, why: str) -> Cell:
    judged = every(tuple(suite.cases), f"not run: {why}")
    return Cell(candidate.id, suite.id, status, None, False, why, judged.cases)


def _test_files(tests: Sequence[str]) -> list[str]:
    return sorted({test.partition("::")[0] for test in tests})
