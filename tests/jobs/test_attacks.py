"""The real sandbox against code that wants out, wants more, or wants to look as if it had passed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Trip = Callable[..., dict[str, Any]]
SUITE = "from solution import mean\n\n\ndef test_1():\n    assert mean([1, 2, 3]) == 2\n"
WRONG = "def mean(values):\n    return 0\n"


def outcomes(cell: dict[str, Any]) -> set[str]:
    return {case["outcome"] for case in cell["cases"].values()}


# ------------------------------------------------------------------ out of the box


@pytest.mark.parametrize(
    "family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_BLUETOOTH"]
)
def test_no_socket_of_any_family(call: Trip, family: str) -> None:
    body = f"""
import socket
try:
    socket.socket(socket.{family}, socket.SOCK_DGRAM)
except PermissionError:
    return 'done'
"""
    assert outcomes(call(body)) == {"passed"}


def test_no_request_reaches_anything(call: Trip) -> None:
    body = """
import requests
try:
    requests.get('http://169.254.169.254/', timeout=2)
except requests.exceptions.ConnectionError as error:
    assert 'ermission' in str(error), error
    return 'done'
"""
    assert outcomes(call(body)) == {"passed"}


def test_files_of_others_cannot_be_read(call: Trip, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("secret")
    os.chmod(secret, 0o644)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        os.chmod(folder, 0o755)
    here = Path(__file__).resolve()
    paths = [str(secret), "/etc/shadow", "/etc/hostname", str(here), str(here.parents[2] / "pyproject.toml")]
    body = f"""
for path in {paths!r}:
    try:
        open(path).read()
    except OSError:
        continue
    return path
import os
for folder in ('/proc', '/tmp', '/var', '/root', '/home', {str(here.parents[2])!r}, '/var/lib/assay/slots'):
    try:
        os.listdir(folder)
    except OSError:
        continue
    return folder
return 'done'
"""
    assert outcomes(call(body)) == {"passed"}


def test_the_environment_holds_nothing_of_ours(call: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_TEST_SECRET", "secret")
    body = """
import os
allowed = {'PATH', 'LC_ALL', 'HOME', 'TMPDIR', 'PYTHONHASHSEED', 'PYTHONDONTWRITEBYTECODE', 'OPENBLAS_NUM_THREADS',
    'OMP_NUM_THREADS', 'TZ', 'NO_COLOR', 'PYTEST_DISABLE_PLUGIN_AUTOLOAD', 'PYTEST_CURRENT_TEST', 'PYTEST_VERSION'}
extra = set(os.environ) - allowed
assert not extra, extra
for pid in (os.getppid(), 1):
    for name in ('environ', 'mem', 'maps', 'cmdline'):
        try:
            open(f'/proc/{pid}/{name}').read()
        except OSError:
            continue
        return name
return 'done'
"""
    cell = call(body)
    assert outcomes(cell) == {"passed"}, cell


def test_nothing_outside_tmp_can_be_written(call: Trip) -> None:
    body = """
import os
for folder in ('.', '/tmp', '/var/tmp', '/dev/shm', '/usr', '/etc', os.path.expanduser('~/..')):
    try:
        open(folder + '/x', 'w')
    except OSError:
        continue
    return folder
for path in ('solution.py', 'test_s1.py'):
    for change in (lambda: os.unlink(path), lambda: os.chmod(path, 0o777), lambda: os.rename(path, 'tmp/x')):
        try:
            change()
        except OSError:
            continue
        return path
return 'done'
"""
    assert outcomes(call(body)) == {"passed"}


def test_nobody_else_can_be_signalled(call: Trip) -> None:
    body = f"""
import os, signal
for pid in (os.getppid(), {os.getpid()}, 1):
    try:
        os.kill(pid, signal.SIGSTOP)
    except OSError:
        continue
    return pid
return 'done'
"""
    assert outcomes(call(body)) == {"passed"}


def test_dangerous_calls_are_refused_and_rights_do_not_come_back(call: Trip) -> None:
    body = """
import ctypes, os, resource
libc = ctypes.CDLL(None, use_errno=True)
for attempt in (lambda: libc.ptrace(0, 0, 0, 0), lambda: libc.unshare(0x10000000), lambda: libc.syscall(319, b'x', 0),
        lambda: libc.mount(b'none', b'/', b'tmpfs', 0, None), lambda: libc.syscall(425, 1, None),
        lambda: libc.shmget(0, 4096, 0o1600), lambda: libc.syscall(435, None, 0), lambda: libc.setuid(0)):
    ctypes.set_errno(0)
    assert attempt() == -1 and ctypes.get_errno() in (1, 13, 22, 38), ctypes.get_errno()
for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE):
    try:
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (ValueError, OSError):
        continue
    return limit
status = open('/proc/self/status').read()
assert 'CapEff:\\t0000000000000000' in status and 'NoNewPrivs:\\t1' in status and 'Seccomp:\\t2' in status
return 'done'
"""
    cell = call(body)
    assert outcomes(cell) == {"passed"}, cell


# ------------------------------------------------------------------ more than its share


def test_output_without_end_is_cut_and_ended(call: Trip) -> None:
    begun = time.monotonic()
    cell = call("import sys\nwhile True:\n    sys.stdout.write('x' * 65536)")
    assert time.monotonic() - begun < 5
    assert cell["status"] == "output_limit"
    assert outcomes(cell) == {"error"}
    assert len(cell["stdout"]["head"]) == 65536
    assert len(cell["stdout"]["tail"]) == 4096
    assert cell["stdout"]["total"] > 16 << 20


def test_much_output_is_no_crime(call: Trip) -> None:
    cell = call("print('x' * 300_000, flush=True)\nprint('end')\nreturn 'done'")
    assert outcomes(cell) == {"passed"}
    assert cell["stdout"]["tail"].endswith("xx\nend\n")
    assert cell["stdout"]["total"] == 300_005


def test_memory_of_one_process_is_bounded(call: Trip) -> None:
    cell = call("x = bytearray(1500 << 20)\nreturn 'done'")
    assert outcomes(cell) == {"failed"}
    assert "MemoryError" in cell["cases"]["test_1"]["message"]


def test_memory_of_all_processes_together_is_bounded(call: Trip) -> None:
    body = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        x = bytearray(b'x') * (200 << 20)
        time.sleep(60)
time.sleep(60)
"""
    cell = call(body)
    assert cell["status"] == "memory_limit"
    assert outcomes(cell) == {"error"}


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


@pytest.mark.parametrize(
    "write",
    [
        "open(f'{t}/{n}', 'wb').write(block)",
        "f = open(f'{t}/{n}', 'wb'); os.unlink(f.name); f.write(block); f.flush(); kept.append(f)",
    ],
    ids=["named", "unlinked"],
)
def test_disk_is_bounded(call: Trip, write: str) -> None:
    body = f"""
import os, tempfile, time
t, kept, block = tempfile.gettempdir(), [], b'x' * (8 << 20)
for n in range(40):
    {write}
    time.sleep(0.01)
time.sleep(5)
return 'done'
"""
    assert call(body)["status"] == "disk_limit"


def test_one_file_is_bounded(call: Trip) -> None:
    cell = call("import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.truncate(500 << 20)\nreturn 'done'")
    assert outcomes(cell) == {"failed"}
    assert "File too large" in cell["cases"]["test_1"]["message"]


def test_inodes_are_bounded(call: Trip) -> None:
    body = "import os, tempfile\nt = tempfile.gettempdir()\nfor n in range(10**6):\n    os.mknod(f'{t}/{n}')"
    assert call(body, cell_wall_s=50)["status"] == "inode_limit"


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


def test_a_stopped_process_ends_in_time(call: Trip) -> None:
    assert call("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", cell_wall_s=0.5)["status"] == "timeout"


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


# ------------------------------------------------------------------ looking as if it had passed


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(0)\n",
        "import os, threading, time\nthreading.Thread(target=lambda: os._exit(0)).start()\ntime.sleep(5)\n",
        "import sys\nsys.exit(0)\n",
        "import pytest\npytest.exit('fine', returncode=0)\n",
        "import pytest\npytest.skip('fine', allow_module_level=True)\n",
        "import os\nprint('1 passed in 0.01s', flush=True)\nos._exit(0)\n",
        'import os\nos.write(3, b\'{"ev": "finish", "code": 0}\\n\')\nos._exit(0)\n',
        "import os\nos.write(3, b'1 passed')\ndef mean(v): return 2\n",
        "import os\nos.close(3)\ndef mean(v): return 2\n",
        "import os\ndef mean(v): os._exit(0)\n",
        "import pytest\ndef mean(v): pytest.skip('fine')\n",
        "import atexit, os\natexit.register(os._exit, 0)\n" + WRONG,
        WRONG + "print('\\n===== 1 passed in 0.01s =====')\n",
        WRONG + "import sys\nsys.modules.pop('pytest', None)\n",
        WRONG
        + "import json, os, tempfile\nfor n in ('report.json', 'result.json', 'junit.xml'):\n"
        + "    open(os.path.join(tempfile.gettempdir(), n), 'w').write('{\"test_1\": \"passed\"}')\n",
    ],
)
def test_a_forgery_is_no_pass(trip: Trip, code: str) -> None:
    assert "passed" not in outcomes(trip(code, SUITE))


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
def test_planted_files_change_nothing(trip: Trip, planted: dict[str, str]) -> None:
    wrong = trip({"solution.py": WRONG, **planted}, SUITE)
    assert outcomes(wrong) == {"failed"}
    assert wrong["complete"]
    right = trip({"solution.py": "def mean(v):\n    return 2\n", **planted}, SUITE)
    assert outcomes(right) == {"passed"}
