"""One candidate against one suite. A test that ends the process takes only itself along: the others run again."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobs.judge import Judgement, every, judge
from jobs.protocol import Candidate, Limits, Suite, clash
from jobs.report import CaseResult
from jobs.supervise import Outcome

RERUNS = 3

Once = Callable[[Sequence[str], float], Outcome]
"""One process over the tests of a cell: (ids that are not to be run, seconds) → what is left of it."""


@dataclass(frozen=True)
class Cell:
    """`cases` maps case ids to what is known of them; `outcomes` is empty when no process was started."""

    candidate: str
    suite: str
    status: str
    exit_code: int | None
    complete: bool
    why: str
    cases: Mapping[str, CaseResult]
    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()

    def passed(self) -> list[str]:
        """Ids of the cases that pass."""
        return [id for id, case in self.cases.items() if case.outcome == "passed"]

    def errors(self) -> list[str]:
        """Ids of the cases that ended otherwise than by passing or by an assertion."""
        return [id for id, case in self.cases.items() if case.outcome not in ("passed", "failed")]

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


def token() -> str:
    """A name for canaries that nobody can know before the run."""
    return secrets.choice(string.ascii_lowercase) + secrets.token_hex(6)  # names of no language begin with a digit


def refused(candidate: Candidate, suite: Suite, deadline: float) -> Cell | None:
    """The cell of a pair that cannot be run at all, else None."""
    if time.monotonic() >= deadline:
        return _not_run(candidate, suite, "timeout", "the time of the whole run was up before this could start")
    if name := clash({**candidate.files, **suite.files}):
        return _not_run(candidate, suite, "spawn_error", f"{name!r} is a file of one side and a folder of the other")
    return None


def run_cell(
    once: Once,
    candidate: Candidate,
    suite: Suite,
    canaries: Collection[str],
    limits: Limits,
    deadline: float,
    left_out: Collection[str] = (),
) -> Cell:
    """All tests of the suite but `left_out`, in as many processes as it takes; `deadline` is of the whole trip
    (time.monotonic). Raises SandboxFailure."""
    if (cell := refused(candidate, suite, deadline)) is not None:
        return cell
    tests = tuple(suite.cases.values())
    settled: dict[str, CaseResult] = {test: CaseResult("missing", "it was not to be run") for test in left_out}
    judged: list[Judgement] = []
    outcomes: list[Outcome] = []
    wall_s = limits.cell_wall_s
    while True:
        wall_s = max(0.05, min(wall_s, deadline - time.monotonic()))
        outcome = once(sorted(settled), wall_s)
        outcomes.append(outcome)
        report = bytes(outcome.report.head)
        verdict = judge(report, outcome.report.whole, tests, outcome.ending, settled, canaries)
        judged.append(verdict)
        # A first process that ends badly on its own terms settles everything; a later one only what it was asked for.
        settled |= {t: c for t, c in verdict.cases.items() if t not in settled and t not in verdict.again}
        if not verdict.again or len(outcomes) > RERUNS or time.monotonic() >= deadline:
            break
        wall_s = limits.cell_wall_s / RERUNS  # so that a cell takes at most twice its time
    last = "not run: other tests of this suite had ended the process before"
    cases = {id: settled.get(test, CaseResult("missing", last)) for id, test in suite.cases.items()}
    ending = outcomes[0].ending
    return Cell(
        *(candidate.id, suite.id, ending.status, ending.exit_code),
        complete=all(v.complete for v in judged),
        why=judged[0].why,
        cases=cases,
        outcomes=tuple(outcomes),
        findings=judged[0].findings,
    )


def _not_run(candidate: Candidate, suite: Suite, status: str, why: str) -> Cell:
    judged = every(tuple(suite.cases), f"not run: {why}")
    return Cell(candidate.id, suite.id, status, None, False, why, judged.cases)


def merged(suites: Sequence[Suite]) -> Suite | None:
    """All of them as one, whose case ids are the tests; None where there are not several with files of their own."""
    files = {name: text for suite in suites for name, text in suite.files.items()}
    cases = {test: test for suite in suites for test in suite.cases.values()}
    if len(suites) < 2 or len(files) < sum(len(s.files) for s in suites) or clash(files):
        return None
    return Suite("all", files, cases, {})


def part(cell: Cell, suite: Suite) -> Cell:
    """What a cell over `merged` suites says of one of them."""
    return replace(cell, suite=suite.id, cases={id: cell.cases[test] for id, test in suite.cases.items()})


def settled(apart: Cell) -> bool:
    """Whether the tests need not run beside the code: nothing is left to what the code says of itself."""
    return not any(case.weak for case in apart.cases.values())


def confirmed(apart: Cell) -> Cell:
    """A settled cell, whose passes are worth what they are worth apart."""
    cases = {id: replace(c, level="R4") if c.outcome == "passed" else c for id, c in apart.cases.items()}
    return replace(apart, cases=cases)


def believed(cell: Cell, apart: Cell | None) -> Cell:
    """`cell` after its tests ran apart from the code (None: they did not). A pass that does not hold there is none,
    unless the test cannot be judged apart. What the code gave is what was seen there."""
    if apart is None:
        return cell
    cases = {id: _believed(case, apart.cases[id]) for id, case in cell.cases.items()}
    return replace(cell, cases={id: replace(case, got=apart.cases[id].got) for id, case in cases.items()})


def _believed(case: CaseResult, apart: CaseResult) -> CaseResult:
    if case.outcome != "passed":
        return case
    if apart.outcome == "passed":
        return case if apart.weak else replace(case, level="R4")
    if apart.outcome == "error" and apart.weak:
        return case
    return CaseResult("failed", f"it passes only in one process with its tests; apart from them: {apart.message}")
