"""The forked child of a zygote: gives everything up, then becomes the program or the test harness. Never returns."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from jobs import confine

_HIGH = 512  # above every descriptor that is in use while they are sorted
SPAWN, CONFINE = "spawn", "confine"


def main(
    request: Mapping[str, Any], descriptors: list[int], tell: int, harness: Callable[[Any, int], int] | None
) -> NoReturn:
    """`request`: cwd, env, confinement, and argv to be executed; without argv, `harness` gets the job from stdin.

    `tell` gets `kind: reason` when the run cannot begin, and is closed when it does."""
    code = 127
    stage = CONFINE
    try:
        parent = os.getppid()
        os.setsid()
        tell = _sort(descriptors, tell)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        confine.apply(confine.Confinement.from_json(request["confinement"]), parent)
        confine.set_dumpable(True)  # else its own /proc/self is closed to it
        stage = SPAWN
        if "argv" in request:
            os.set_inheritable(3, True)
            os.execvpe(request["argv"][0], request["argv"], os.environ)  # noqa: S606
        if harness is None:
            raise OSError("this language has no harness")
        os.close(tell)
        tell = -1
        code = _run(harness, _job())
    except BaseException as error:
        if tell >= 0:
            os.write(tell, f"{stage}: {type(error).__name__}: {error}".encode()[:2000])
        else:
            os.write(2, traceback.format_exc()[-4000:].encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _job() -> Any:
    """The one line of stdin, which is at its end then."""
    with open(0, "rb", closefd=False) as stdin:
        return json.loads(stdin.read())


def _sort(descriptors: list[int], tell: int) -> int:
    """Descriptors become 0, 1, 2 … and nothing else stays open; returns the new number of `tell`, which exec closes."""
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH) for fd in (*descriptors, tell)]
    for number, fd in enumerate(high[:-1]):
        os.dup2(fd, number, inheritable=number < 3)
    kept = len(high) - 1
    os.dup2(high[-1], kept, inheritable=False)
    os.closerange(kept + 1, _HIGH + len(high) + 64)
    return kept


def _run(harness: Callable[[Any, int], int], job: Any) -> int:
    sys.stdin = os.fdopen(0, closefd=False, encoding="utf-8", errors="replace")
    sys.stdout = os.fdopen(1, "w", closefd=False, encoding="utf-8", errors="backslashreplace")
    sys.stderr = os.fdopen(2, "w", closefd=False, encoding="utf-8", errors="backslashreplace", buffering=1)
    for name in [n for n in sys.modules if n.partition(".")[0] == "jobs"]:
        del sys.modules[name]  # the code under test may have a module of this name
    try:
        code = harness(job, 3)
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    return code
