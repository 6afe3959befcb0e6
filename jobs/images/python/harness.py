"""Runs a pytest suite inside a forked child: pytest is imported, configured and its session begun before the fork.

Imports pytest, so it runs only in the image's interpreter. `load` is called once by the zygote and returns `run`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import io
import json
import os
import random
import sys
import tempfile
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import Config, ExitCode, _prepareconfig
from _pytest.main import Session

MESSAGE_LIMIT = 2000
OFF = (
    *("cacheprovider", "faulthandler", "stepwise", "doctest", "junitxml", "pastebin", "debugging", "setuponly"),
    *("setupplan", "legacypath", "unraisableexception", "threadexception", "logging", "terminalprogress"),
)
ARGUMENTS = [
    *(a for name in OFF for a in ("-p", f"no:{name}")),
    "-p",
    "pytest_asyncio.plugin",
    "-o",
    "asyncio_mode=auto",
]
ARGUMENTS += ["--noconftest", "-c", "/dev/null", "--import-mode=importlib", "--capture=no", "--tb=short", "-q"]


class Reporter:
    """Writes one JSON event a line to `fd`, never to stdout; tests that `skip` names are collected but not run."""

    def __init__(self, root: str) -> None:
        self.fd = -1
        self.skip: frozenset[str] = frozenset()
        self._root = root
        self._broken = ""
        self._told = False
        self._running = ""
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

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._told = True
        self.write(ev="collected", ids=[item.nodeid for item in items])
        items[:] = [i for i in items if not {i.nodeid, i.nodeid.partition("[")[0]} & self.skip]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._outcome = {"outcome": "passed", "message": "", "ms": 0.0}
        self._running = nodeid
        self.write(ev="start", id=nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
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
        self._running = ""
        self.write(ev="case", id=nodeid, **self._outcome)

    def stopped(self, error: BaseException) -> int:
        """Says what ended pytest from inside, such as SystemExit at import; returns the exit code."""
        message = self._import_error(error)
        if not self._told:
            self.write(ev="broken", message=message)
            return int(ExitCode.INTERRUPTED)
        if self._running:
            self.write(ev="case", id=self._running, outcome="error", message=message, ms=0.0)
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
        return self._with_frames(text, error)

    def _with_frames(self, message: str, error: BaseException | None) -> str:
        frames = []
        for frame in traceback.extract_tb(error.__traceback__) if error else ():
            if frame.filename.startswith(self._root + os.sep):
                where = f"{os.path.relpath(frame.filename, self._root)}:{frame.lineno} in {frame.name}"
                frames.append(f"{where}: {frame.line}" if frame.line else where)
        tail = "\n".join(frames[-3:])[: MESSAGE_LIMIT // 2]
        return f"{message[: MESSAGE_LIMIT - len(tail) - 1]}\n{tail}" if tail else message[:MESSAGE_LIMIT]


def _session(workdir: str, reporter: Reporter) -> tuple[Config, Session]:
    before = os.getcwd()
    os.chdir(workdir)
    config = _prepareconfig([*ARGUMENTS, "--rootdir", workdir, "--confcutdir", workdir], [reporter])
    config._do_configure()
    session = Session.from_config(config)
    session.exitstatus = ExitCode.OK
    config.hook.pytest_sessionstart(session=session)
    config.pluginmanager.unregister(name="terminalreporter")  # stdout is the user's
    os.chdir(before)
    return config, session


def _execute(config: Config, session: Session, reporter: Reporter, arguments: list[str]) -> int:
    """What pytest's own main does between the start and the end of a session."""
    config.args = arguments
    config.invocation_params = Config.InvocationParams(args=arguments, plugins=None, dir=Path.cwd())
    try:
        config.hook.pytest_collection(session=session)
        config.hook.pytest_runtestloop(session=session)
    except Session.Failed:
        return int(ExitCode.TESTS_FAILED)
    except Session.Interrupted:
        return int(ExitCode.INTERRUPTED)
    except BaseException as error:
        return reporter.stopped(error)
    if session.testsfailed:
        return int(ExitCode.TESTS_FAILED)
    return int(ExitCode.OK if session.testscollected else ExitCode.NO_TESTS_COLLECTED)


def load(workdir: str, preload: list[str]) -> Callable[[Any, int], int]:
    """Imports pytest and `preload`, runs one small suite to warm everything, and prepares a session for `workdir`."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in preload:
        importlib.import_module(name)
    _warm()
    reporter = Reporter(workdir)
    config, session = _session(workdir, reporter)

    def run(job: Any, report_fd: int) -> int:
        """`job`: {"files": [...], "skip": [...]}; returns pytest's exit code after the last event is written."""
        gc.enable()
        random.seed()
        tempfile.tempdir = None
        sys.argv = ["pytest"]
        sys.path.append(workdir)  # last: no file of the user's hides a module of ours
        reporter.fd, reporter.skip = report_fd, frozenset(job["skip"])
        code = _execute(config, session, reporter, job["files"])
        sys.stdout.flush()
        sys.stderr.flush()
        reporter.write(ev="finish", code=code)
        return code

    return run


WARM_UP = """
import pytest
def test_same(): assert {"a": [1, 2]} == {"a": [1, 2]}
def test_different(): assert {"a": [1, 2]} == {"a": [1, 3]}
def test_raises():
    with pytest.raises(ValueError): int("x")
@pytest.mark.parametrize("n", [1, 2])
def test_many(n): assert n
def test_text(): assert "one two" == "one three"
async def test_async(): assert True
"""


def _warm() -> None:
    """Whatever pytest imports late, it imports here, so that no child pays for it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_warm.py").write_text(WARM_UP)
        before = list(sys.path)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            reporter = Reporter(folder)
            config, session = _session(folder, reporter)
            os.chdir(folder)
            _execute(config, session, reporter, ["test_warm.py"])
            config.hook.pytest_sessionfinish(session=session, exitstatus=0)
            config._ensure_unconfigure()
        os.chdir("/")
        sys.path[:] = before
        sys.modules.pop("test_warm", None)
        asyncio.set_event_loop(None)
