"""The kinds of runs there are, each as one process (or a pair) in a lent slot."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobs import launch, supervise
from jobs.protocol import Candidate, Limits, Suite
from jobs.spare import Spare
from jobs.supervise import Outcome
from jobs.workspace import Workspace

Canary = tuple[str, str, tuple[str, ...]]


class Beside:
    """The tests in one process with the code, in the words of the language's own test tool.

    `stub`: the code is replaced by something that has its names and does nothing; `backwards`: the last test comes
    first, which only a harness can do."""

    def __init__(
        self,
        spare: Spare,
        candidate: Candidate,
        suite: Suite,
        canary: Canary,
        limits: Limits,
        stub: bool = False,
        backwards: bool = False,
    ):
        self._spare = spare
        self._files = {**candidate.files, **suite.files, canary[0]: canary[1]}  # a test file is never the candidate's
        self._tests = [*_test_files(suite.cases.values()), canary[0]]
        self._limits = limits
        self._how = {"stub": stub, **({"backwards": True} if backwards else {})}

    def __call__(self, skip: Sequence[str], wall_s: float) -> Outcome:
        job = {"mode": "test", "files": self._tests, "skip": list(skip), **self._how}
        return drive(self._spare, self._files, job, self._limits, wall_s)


class Apart:
    """The tests in one process and the code in another, which sees neither the tests nor their report.

    `backwards`: the last test comes first."""

    def __init__(
        self,
        spare: Spare,
        candidate: Candidate,
        suite: Suite,
        canary: Canary,
        limits: Limits,
        backwards: bool = False,
    ):
        self._spare = spare
        self._code = {name: text for name, text in candidate.files.items() if name not in suite.files}
        self._files = {**suite.files, canary[0]: canary[1]}
        self._tests = [*_test_files(suite.cases.values()), canary[0]]
        self._limits = limits
        self._backwards = backwards

    def __call__(self, skip: Sequence[str], wall_s: float) -> Outcome:
        slot = self._spare.slot
        fill(slot.code.workspace, self._code)
        fill(slot.tests.workspace, self._files)
        modules = sorted({_module(name) for name in self._code if name.endswith(".py")} - {""})
        ours, theirs = socket.socketpair()
        with ours, theirs:
            serve = {"mode": "serve", "modules": modules}
            how = {"modules": modules, "backwards": self._backwards}
            job = {"mode": "apart", "files": self._tests, "skip": list(skip), **how}
            code = launch.start(slot, slot.code, self._limits, wall_s, job=serve, report=theirs.fileno())
            try:
                tests = launch.start(slot, slot.tests, self._limits, wall_s, job=job, beside=[ours.fileno()])
            except BaseException:
                code.close()
                raise
        return supervise.finish(slot, tests, self._limits, wall_s, beside=[code])


def drive(spare: Spare, files: Mapping[str, str], job: Mapping[str, Any], limits: Limits, wall_s: float) -> Outcome:
    """One job over `files`, in the harness or in the language's driver, warm where there is a spare."""
    slot = spare.slot
    language = slot.language
    workspace = slot.tests.workspace
    running = spare.take(limits)
    if running is None:
        fill(workspace, files)
        argv = [language.fill(part, workspace.tmp) for part in language.argv]
        running = launch.start(slot, slot.tests, limits, wall_s, argv, job)
    else:
        workspace.clear()
        workspace.write(files)
        running.input = launch.line(job)
    return supervise.finish(slot, running, limits, wall_s)


def fill(workspace: Workspace, files: Mapping[str, str]) -> None:
    """Nothing but `files` is in the workspace then."""
    workspace.reset()
    workspace.write(files)


def _test_files(tests: Iterable[str]) -> list[str]:
    return sorted({test.partition("::")[0] for test in tests})


def _module(file: str) -> str:
    """What an import calls a file: `pkg/x.py` is pkg.x, `pkg/__init__.py` is pkg."""
    return file.rpartition(".")[0].replace("/", ".").removesuffix("__init__").rstrip(".")
