"""Python's harness: runs a pytest suite, or serves the code to one, inside a forked child of the zygote.

Runs only in the image's interpreter. `load` is called once by the zygote and returns `run`; all that a job will need is
imported before the fork. The other files of this folder become a package of a name that no file of the user's hides.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import sys
import tempfile
import types
from collections.abc import Callable
from typing import Any

PACKAGE = "_assay_python"
APART_FD = 4
"""Where a test process has its connection to the process of the code."""


def _package() -> Callable[[str], Any]:
    """What imports the files of this folder."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    sys.modules[PACKAGE] = package
    return lambda name: importlib.import_module(f"{PACKAGE}.{name}")


def _end_stdin() -> None:
    """Whoever reads from it is at its end at once, whatever it was."""
    read, write = os.pipe()
    os.close(write)
    os.dup2(read, 0)
    os.close(read)
    sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def load(workdir: str, preload: list[str]) -> Callable[[Any, int], int]:
    """Imports pytest and `preload`, runs one small suite to warm everything, and prepares a session for `workdir`."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in preload:
        importlib.import_module(name)
    part = _package()
    session, reporter, served, stub, apart = map(part, ("session", "reporter", "served", "stub", "apart"))
    session.warm()
    report = reporter.Reporter(workdir)
    config, prepared = session.begin(workdir, report)

    def run(job: Any, report_fd: int) -> int:
        """`job`: {"mode", ...}; returns the exit code after the last event is written.

        `test` (or no mode): {"files", "skip", "stub"}: with `stub`, stand-ins take the place of the code.
        `apart`: {"files", "skip", "modules"}: the modules are in the process behind descriptor 4.
        Both: with `backwards`, the tests come in reverse, but for those of the last file.
        `serve`: {"modules"}: this is that process; `report_fd` is its end of the connection."""
        gc.enable()
        random.seed()
        tempfile.tempdir = None
        sys.argv = ["pytest"]
        _end_stdin()
        mode = job.get("mode", "test")
        if mode == "serve":
            sys.path.append(os.getcwd())
            return int(served.serve(job["modules"], os.getcwd(), report_fd))
        sys.path.append(workdir)  # last: no file of the user's hides a module of ours
        report.fd, report.skip = report_fd, frozenset(job["skip"])
        report.backwards = bool(job.get("backwards"))
        if mode == "apart":
            report.tally = apart.begin(APART_FD, job["modules"], workdir)
        elif job.get("stub"):
            stub.Finder(workdir, frozenset(job["files"])).install()
        code = int(session.execute(config, prepared, report, job["files"]))
        sys.stdout.flush()
        sys.stderr.flush()
        report.write(ev="finish", code=code)
        return code

    return run
