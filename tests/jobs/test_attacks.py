"""What the matrix of attacks does not look at: how much is left of an output, how many were ended, how soon, and that
honest code beside the limits is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

Trip = Callable[..., dict[str, Any]]
SUITE = "from solution import mean\n\n\ndef test_1():\n    assert mean([1, 2, 3]) == 2\n"


def outcomes(cell: dict[str, Any]) -> set[str]:
    return {case["outcome"] for case in cell["cases"].values()}


def test_output_without_end_is_cut_and_ended(call: Trip) -> None:
    begun = time.monotonic()
    cell = call("import sys\nwhile True:\n    sys.stdout.write('x' * 65536)")
    assert time.monotonic() - begun < 5
    assert cell["status"] == "output_limit"
    assert outcomes(cell) == {"error"}
    assert len(cell["stdout"]["head"]) == 65536
    assert len(cell["stdout"]["tail"]) == 4096
    assert cell["stdout"]["total"] > 8 << 20


def test_much_output_is_no_crime(call: Trip) -> None:
    cell = call("print('x' * 300_000, flush=True)\nprint('end')\nreturn 'done'")
    assert outcomes(cell) == {"passed"}
    assert cell["stdout"]["tail"].endswith("xx\nend\n")
    assert cell["stdout"]["total"] == 300_005


def test_many_children_that_share_memory_are_no_crime(call: Trip) -> None:
    body = """
import os, time
pids = []
for _ in range(25):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.4)
        os._exit(0)
    pids.append(pid)
for pid in pids:
    os.waitpid(pid, 0)
return 'done'
"""
    assert outcomes(call(body)) == {"passed"}


def test_a_fork_bomb_stays_small_and_leaves_nobody(call: Trip) -> None:
    body = """
import os, time
made = 0
try:
    for _ in range(400):
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
        made += 1
except BlockingIOError:
    assert made < 64, made
    return 'done'
"""
    cell = call(body)
    assert outcomes(cell) == {"passed"}
    assert 30 < cell["leftovers"] < 64
    bomb = call("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass", cell_wall_s=1)
    assert bomb["status"] in ("timeout", "cpu_limit", "memory_limit")


def test_a_hang_ends_in_time_keeps_its_output_and_takes_its_family_along(call: Trip) -> None:
    body = """
import os, signal, time
for number in set(range(1, 64)) - {signal.SIGCHLD}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    time.sleep(60)
print('still here', flush=True)
time.sleep(60)
"""
    begun = time.monotonic()
    cell = call(body, cell_wall_s=1)
    assert time.monotonic() - begun < 2.5
    assert (cell["status"], cell["stdout"]["head"]) == ("timeout", "still here\n")
    assert cell["leftovers"] == 2


def test_a_daemon_that_holds_the_output_does_not_hold_us(call: Trip) -> None:
    body = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\nreturn 'done'"
    begun = time.monotonic()
    cell = call(body)
    assert time.monotonic() - begun < 2
    assert (outcomes(cell), cell["leftovers"]) == ({"passed"}, 1)


def test_whatever_is_left_on_disk_is_gone_for_the_next_run(call: Trip) -> None:
    mess = """
import os, tempfile
here = tempfile.gettempdir()
os.chdir(here)
open(b'\\xff\\xfe name', 'w').close()
os.mkfifo('pipe')
os.symlink('/etc/passwd', 'link')
os.makedirs('closed/inside')
os.chmod('closed', 0)
for _ in range(1100):
    os.mkdir('d')
    os.chdir('d')
return 'done'
"""
    assert outcomes(call(mess)) == {"passed"}
    look = "import os, tempfile\nreturn os.listdir(tempfile.gettempdir()) or 'done'"
    assert outcomes(call(look)) == {"passed"}


HOOK = (
    "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
    "    r = yield\n    r.get_result().outcome = 'passed'\ndef pytest_collection_modifyitems(items): items.clear()\n"
)


@pytest.mark.parametrize(
    "planted",
    [
        {"conftest.py": HOOK},
        {"pytest.ini": "[pytest]\naddopts = --co\n"},
        {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--co'\n"},
        {"setup.cfg": "[tool:pytest]\naddopts = --co\n"},
        {"sitecustomize.py": "import os\nos._exit(0)\n"},
        {"usercustomize.py": "import os\nos._exit(0)\n"},
        {"pytest.py": "def main(*a): return 0\n", "json.py": "raise SystemExit(0)\n", "_pytest/__init__.py": ""},
        {"test_s1.py": "def test_1(): pass\n"},
        {"test_s1/__init__.py": "def test_1(): pass\n"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_planted_files_take_nothing_from_right_code(trip: Trip, planted: dict[str, str]) -> None:
    right = trip({"solution.py": "def mean(v):\n    return 2\n", **planted}, SUITE)
    assert outcomes(right) == {"passed"}
