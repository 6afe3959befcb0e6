"""The private report of a test process: pytest's hooks, written as events to a descriptor of the runner's."""

from __future__ import annotations

import json
import os
import sys
import traceback
import types
from collections.abc import Generator
from typing import Any

import pytest
from _pytest.config import ExitCode

from . import peer
from .frames import frames
from .handles import Handle
from .modules import ModuleOfCode
from .tally import Tally

MESSAGE_LIMIT = 2000
_CROSSING = peer.__file__
"""Where a traceback leaves this process for the code's."""


class Reporter:
    """Writes one JSON event a line to `fd`, never to stdout; tests that `skip` names are collected but not run.

    `backwards`: the tests of all files but the last (which has the canaries) come in reverse.

    `tally` is there when the code is in another process: then a test also says what its verdict rests on."""

    def __init__(self, root: str) -> None:
        self.fd = -1
        self.skip: frozenset[str] = frozenset()
        self.backwards = False
        self.tally: Tally | None = None
        self.voided = 0
        self._root = root
        self._broken = ""
        self._told = False
        self._running = ""
        self._before_last: pytest.Item | None = None
        self._outcome = {"outcome": "passed", "message": "", "ms": 0.0}

    def write(self, **event: Any) -> None:
        if self.fd >= 0:
            data = (json.dumps(event) + "\n").encode()
            while data:
                data = data[os.write(self.fd, data) :]

    def pytest_exception_interact(self, call: pytest.CallInfo[Any], report: Any) -> None:
        if isinstance(report, pytest.CollectReport) and call.excinfo is not None and not self._broken:
            self._broken = self._import_error(call.excinfo.value)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self._told:
            self._told = True
            self.write(ev="broken", message=self._broken or str(report.longrepr)[-MESSAGE_LIMIT:])

    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: object) -> list[Any] | None:
        """A function that a test file only imports is no test of it: code may be called test_…, too."""
        if not isinstance(collector, pytest.Module):
            return None
        foreign = isinstance(obj, types.FunctionType) and obj.__module__ != collector.obj.__name__
        return [] if foreign or isinstance(obj, Handle) else None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._told = True
        self.write(ev="collected", ids=[item.nodeid for item in items])
        items[:] = [i for i in items if not {i.nodeid, i.nodeid.partition("[")[0]} & self.skip]
        last = items[-1].nodeid.partition("::")[0] if items else ""
        ours = [i for i in items if i.nodeid.partition("::")[0] != last]
        if self.backwards:
            ours.reverse()
            items[: len(ours)] = ours
        self._before_last = ours[-1] if ours else None

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Without the code, the tests that still need it are left to another process. The last file does without."""
        if self._before_last is not None and self.tally is not None and self.tally.gone:
            raise pytest.Session.Failed("the code is gone")
        if item is self._before_last:
            self._before_last = None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._outcome = {"outcome": "passed", "message": "", "ms": 0.0}
        self._running = nodeid
        if self.tally is not None:
            self.tally.begin()
        self.write(ev="start", id=nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if self.tally is not None:
            if call.when == "call":
                self.tally.seen.close()
            elif call.when == "setup" and getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                self.tally.seen.lose()
        report = yield
        mine = self._outcome
        if report.when == "call":
            mine["ms"] = round(report.duration * 1000, 3)
        if report.failed and mine["outcome"] not in ("failed", "error"):
            mine["outcome"] = "failed" if report.when == "call" else "error"
            mine["message"] = self._explain(report, call)
        elif (report.skipped or hasattr(report, "wasxfail")) and mine["outcome"] == "passed":
            mine["outcome"] = "skipped"
            mine["message"] = getattr(report, "wasxfail", "") or str(report.longrepr)[:MESSAGE_LIMIT]
        return report

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._end(nodeid, self._outcome)

    def _end(self, nodeid: str, outcome: dict[str, Any]) -> None:
        self._running = ""
        if self.tally is None:
            self.write(ev="case", id=nodeid, **outcome)
            return
        if self.tally.trouble:
            self.voided += 1
            outcome = {**outcome, "outcome": "error", "message": self.tally.trouble[:MESSAGE_LIMIT]}
        weak = self.tally.is_weak(outcome["outcome"])
        got = "" if self.tally.trouble else self.tally.seen.text()
        self.write(ev="case", id=nodeid, **outcome, weak=weak, reach=self.tally.reach, got=got)

    def stopped(self, error: BaseException) -> int:
        """Says what ended pytest from inside, such as SystemExit at import; returns the exit code."""
        message = self._import_error(error)
        if not self._told:
            self.write(ev="broken", message=message)
            return int(ExitCode.INTERRUPTED)
        if self._running:
            self._end(self._running, {"outcome": "error", "message": message, "ms": 0.0})
        return int(ExitCode.TESTS_FAILED)

    def _explain(self, report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
        """What pytest says of the failure, then the innermost frames of the user's own files."""
        crash = getattr(report.longrepr, "reprcrash", None)
        message = crash.message if crash else str(report.longrepr)
        return self._with_frames(message, call.excinfo.value if call.excinfo else None)

    def _import_error(self, error: BaseException) -> str:
        """pytest wraps what a test module raises at import; the person wants the error itself."""
        while error.__cause__ is not None and type(error).__module__.startswith("_pytest"):
            error = error.__cause__
        text = "".join(traceback.format_exception_only(error)).strip().replace(self._root + os.sep, "")
        if isinstance(error, ImportError) and isinstance(module := sys.modules.get(error.name or ""), ModuleOfCode):
            text = text.replace("(unknown location)", f"({module.file()})")
        return self._with_frames(text, error)

    def _with_frames(self, message: str, error: BaseException | None) -> str:
        lines: list[str] = []
        there = list(getattr(error, "__dict__", {}).get("_assay_frames", ()))  # of the code's process
        at: int | None = None
        for path, text in frames(error, self._root + os.sep) if error else ():
            if text:
                lines.append(text)
            elif path == _CROSSING:
                at = len(lines)
        at = len(lines) if at is None else at
        lines[at:at] = there
        tail = "\n".join(lines[-3:])[: MESSAGE_LIMIT // 2]
        return f"{message[: MESSAGE_LIMIT - len(tail) - 1]}\n{tail}" if tail else message[:MESSAGE_LIMIT]
