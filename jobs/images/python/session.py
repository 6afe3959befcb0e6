"""pytest without its command line: configured and begun before the fork, run after it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

from _pytest.config import Config, ExitCode, _prepareconfig
from _pytest.main import Session

from .reporter import Reporter

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
ARGUMENTS += ["--noconftest", "-c", "/dev/null", "--import-mode=importlib", "--capture=no", "-q"]
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


def begin(workdir: str, reporter: Reporter) -> tuple[Config, Session]:
    """A configured session with `workdir` as its root. The process stays where it is."""
    before = os.getcwd()
    os.chdir(workdir)
    config = _prepareconfig([*ARGUMENTS, "--rootdir", workdir, "--confcutdir", workdir], [reporter])
    config._do_configure()
    config.option.tbstyle = "value"  # no traceback: the reporter makes its own, in a tenth of the time
    config.option.usepdb = True  # without the debugger, all that this does: KeyboardInterrupt fails one test, not all
    config.option.trace = False  # an option of the debugger's that unittest's classes ask for
    session = Session.from_config(config)
    session.exitstatus = ExitCode.OK
    config.hook.pytest_sessionstart(session=session)
    config.pluginmanager.unregister(name="terminalreporter")  # stdout is the user's
    os.chdir(before)
    return config, session


def execute(config: Config, session: Session, reporter: Reporter, arguments: list[str]) -> int:
    """What pytest's own main does between the start and the end of a session; returns the exit code."""
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
    if session.testsfailed or reporter.voided:
        return int(ExitCode.TESTS_FAILED)
    return int(ExitCode.OK if session.testscollected else ExitCode.NO_TESTS_COLLECTED)


def warm() -> None:
    """Whatever pytest imports late, it imports here, so that no child pays for it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_warm.py").write_text(WARM_UP)
        Path(folder, "folder").mkdir()  # the patterns of folders to leave out are compiled for the first one
        before = list(sys.path)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            reporter = Reporter(folder)
            config, session = begin(folder, reporter)
            os.chdir(folder)
            execute(config, session, reporter, ["test_warm.py"])
            config.hook.pytest_sessionfinish(session=session, exitstatus=0)
            config._ensure_unconfigure()
        os.chdir("/")
        sys.path[:] = before
        sys.modules.pop("test_warm", None)
        asyncio.set_event_loop(None)
