"""The runner's own variables are out of everybody's sight, and still what they were."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, subprocess
from pathlib import Path
from jobs import environment

shown = lambda: Path("/proc/self/environ").read_bytes()
assert b"TOKEN=secret" in shown()
for _ in range(2):
    environment.hide()
    assert b"secret" not in shown(), shown()
assert b"TOKEN" not in shown() and b"EMPTY" not in shown()
assert os.environ["TOKEN"] == "secret" and os.environ["EMPTY"] == "" and os.environ["ODD"] == "a=b ü"
os.environ["TOKEN"] = "other"
environment.hide()
done = subprocess.run(["/usr/bin/env"], capture_output=True, check=True)
assert {b"TOKEN=other", b"EMPTY=", "ODD=a=b ü".encode()} <= set(done.stdout.split(b"\\n")), done.stdout
"""


def test_no_variable_can_be_seen_from_outside_and_all_stay_what_they_are() -> None:
    variables = {"TOKEN": "secret", "EMPTY": "", "ODD": "a=b ü", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-B", "-X", "dev", "-c", PROGRAM]
    done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_process_without_any_variable_has_nothing_to_hide() -> None:
    code = "import os; os.environ.clear(); from jobs import environment; environment.hide(); print(dict(os.environ))"
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, env={}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "{}\n"), done.stderr
