"""From a private report and the list of expected tests to an outcome a test. Pure.

The report is written by the process under test, so nothing in it counts unless it is whole, matches the list of
expected tests and agrees with how the process ended (level R2), and unless the canaries in it, which must fail, have
failed (R3).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobs.report import OUTCOMES, CaseResult, Report, Untrusted, clean, read

NOT_APART = "cannot be judged apart"  # how a harness says that the tests need the code in their own process
_WORDS = {
    "timeout": "timed out",
    "cpu_limit": "used up its CPU time",
    "memory_limit": "used more memory than it may",
    "disk_limit": "wrote more than it may",
    "inode_limit": "made more files than it may",
    "file_size_limit": "wrote a file larger than it may",
    "output_limit": "printed more than it may",
    "syscall_kill": "was killed for a forbidden system call",
    "spawn_error": "could not be started",
}


@dataclass(frozen=True)
class Ending:
    """How the process ended: a RunStatus word, and the exit code (negative: the signal) where there is one."""

    status: str
    exit_code: int | None

    @property
    def killed(self) -> bool:
        """True unless the process left of its own will."""
        return self.status != "exited" or self.exit_code is None or self.exit_code < 0

    @property
    def words(self) -> str:
        if self.status in _WORDS:
            return _WORDS[self.status]
        if self.exit_code is not None and self.exit_code < 0:
            return f"was killed by signal {-self.exit_code}"
        return f"ended by itself with exit code {self.exit_code}"


@dataclass(frozen=True)
class Judgement:
    """`cases` has every expected test. `again`: those that never got their turn because another ended the process.

    `findings` are the compiler's, as it reported them."""

    cases: Mapping[str, CaseResult]
    complete: bool
    why: str = ""
    again: tuple[str, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()


def judge(
    report: bytes,
    whole: bool,
    tests: Sequence[str],
    ending: Ending,
    left_out: Collection[str] = (),
    canaries: Collection[str] = (),
) -> Judgement:
    """The outcome of each of `tests`; a pass has its level.

    `whole`: nothing of the report was cut off; `left_out`: those of `tests` that were not to be run this time;
    `canaries`: further tests of the run, which must fail."""
    try:
        if not whole:
            raise Untrusted("is too long")
        found = read(report, ending.killed)
        owners = _owners(found.collected or (), (*tests, *canaries))
    except Untrusted as reason:
        return every(tests, f"the report cannot be trusted: it {reason}")
    said = tuple(found.findings)
    if found.broken is not None:
        judged = every(tests, found.broken or "no message", "the tests could not be imported")
        if found.broken.startswith(NOT_APART):
            judged = replace(judged, cases={t: replace(c, weak=True) for t, c in judged.cases.items()})
        return replace(judged, findings=said)
    if found.collected is None:
        return every(tests, f"the process {ending.words} before any test was collected")
    if found.finish is None and not ending.killed:
        return every(tests, f"the process {ending.words} in the middle of the tests")
    held = all(c in found.done for c in canaries)
    ended = found.finish is not None and (held or not _waiting(found, owners, tests, left_out))
    judged = (_finished if ended else _interrupted)(found, owners, tests, ending, left_out)
    if singing := [c for c in canaries if c in found.done and found.done[c].outcome not in ("failed", "error")]:
        return every(tests, f"the outcomes cannot be trusted: {len(singing)} of the tests that must fail did not")
    if ended and not held:
        return every(tests, "the outcomes cannot be trusted: the tests that must fail were not run")
    level = "R3" if canaries and ended else "R2"
    cases = {t: replace(c, level=level) if c.outcome == "passed" else c for t, c in judged.cases.items()}
    return replace(judged, cases=cases, findings=said)


def every(tests: Sequence[str], message: str, why: str = "") -> Judgement:
    """No test counts, all for the same reason."""
    return Judgement({t: CaseResult("error", clean(message)) for t in tests}, complete=False, why=why or message)


def _finished(
    found: Report, owners: Mapping[str, str], tests: Sequence[str], ending: Ending, left_out: Collection[str]
) -> Judgement:
    bad = any(c.outcome in ("failed", "error") for c in found.done.values())
    if not ending.killed and (ending.exit_code != found.finish or ending.exit_code not in ((1,) if bad else (0, 5))):
        return every(tests, f"the report does not agree with exit code {ending.exit_code}")
    cases = _outcomes(found, owners, tests)
    absent = [t for t in tests if cases[t].outcome == "missing" and t not in left_out]
    if ending.killed:
        return Judgement(cases, complete=False, why=f"the process {ending.words} after the last test")
    if not set(owners.values()) & set(tests):
        return Judgement(cases, complete=False, why="no test was collected")
    return Judgement(cases, complete=not absent, why=f"no outcome for {', '.join(absent)}" if absent else "")


def _interrupted(
    found: Report, owners: Mapping[str, str], tests: Sequence[str], ending: Ending, left_out: Collection[str]
) -> Judgement:
    """A limit or a signal: what was reported stays, the running test is the culprit, the rest may go again."""
    running = {owners[item] for item in found.started if item not in found.done}
    cases = _outcomes(found, owners, tests)
    for test in running & set(tests):
        cases[test] = CaseResult("error", f"the process {ending.words} while this test ran")
    stopped = running or any(found.done[item].outcome == "error" for item in found.done)
    waiting = _waiting(found, owners, tests, left_out)
    again = tuple(t for t in waiting if t not in running) if stopped else ()
    return Judgement(cases, complete=False, why=f"the process {ending.words}", again=again)


def _waiting(
    found: Report, owners: Mapping[str, str], tests: Sequence[str], left_out: Collection[str]
) -> tuple[str, ...]:
    """The tests that were to run and have no outcome yet."""
    waiting = {owner for item, owner in owners.items() if item not in found.done} - set(left_out)
    return tuple(t for t in tests if t in waiting)


def _outcomes(found: Report, owners: Mapping[str, str], tests: Sequence[str]) -> dict[str, CaseResult]:
    items: dict[str, list[str]] = {test: [] for test in tests}
    for item, owner in owners.items():
        if owner in items:
            items[owner].append(item)
    cases = {}
    for test, mine in items.items():
        done = [found.done[item] for item in mine if item in found.done]
        if not mine:
            cases[test] = CaseResult("missing", "the suite has no such test")
        elif len(done) < len(mine):
            cases[test] = CaseResult("missing", "it was not run")
        else:
            worst = max(done, key=lambda case: OUTCOMES.index(case.outcome))
            cases[test] = CaseResult(
                *(worst.outcome, worst.message, round(sum(case.ms for case in done), 3)),
                weak=any(case.weak for case in done),
                got=done[0].got if len(done) == 1 else "",
            )
    return cases


def _owners(items: Sequence[str], tests: Sequence[str]) -> dict[str, str]:
    """Each collected item's test: itself, or the test whose parameters it shows (`test_x[1]`)."""
    expected = set(tests)
    owners = {}
    for item in items:
        owner = item if item in expected else item.partition("[")[0]
        if owner not in expected:
            raise Untrusted(f"names {item[:100]!r}, which nobody asked for")
        owners[item] = owner
    return owners
