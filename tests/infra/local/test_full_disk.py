"""A disk that is really full: a tmpfs of 1 MiB in a namespace that only the child process has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def in_namespace(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_each_adapter_says_so_and_goes_on_once_there_is_space(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=1m none "$1"'
    try:
        if in_namespace(mount, str(tmp_path)).returncode:
            pytest.skip("this machine gives no mount namespace")
    except FileNotFoundError:
        pytest.skip("this machine has no unshare")
    child = str(Path(__file__).with_name("full_disk.py"))
    done = in_namespace(f'{mount} && exec "$2" "$3" "$1"', str(tmp_path), sys.executable, child)
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    for adapter in ("blobs", "records", "events", "queue"):
        assert "free" in story[adapter]["detail"], adapter
        assert str(tmp_path) in story[adapter]["detail"]
    assert story["blobs"]["written"] > 0
    assert len([f for f in story["blobs"]["files"] if f.startswith("b")]) == story["blobs"]["written"]
    assert len(story["blobs"]["files"]) == story["blobs"]["written"], "a part was left behind"
    assert story["records"]["written"] == story["records"]["kept"] > 0
    assert story["integrity"]["check"] == "ok"
