"""How the sandbox's own interpreter is found and made, and what is said when that is impossible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import base, image
from jobs.failure import SandboxFailure


def script(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    return tmp_path


def test_the_first_interpreter_that_everybody_can_run_is_taken(open_folder: Path) -> None:
    closed = script(open_folder / "closed" / "bin" / "python3", "3 12")
    closed.parent.parent.chmod(0o700)
    old = script(open_folder / "old", "3 9")
    broken = script(open_folder / "broken", "what?")
    good = script(open_folder / "good", "3 11")
    assert base.choose([closed, old, broken, good], everybody=True) == good
    assert base.choose([closed, good], everybody=False) == closed
    with pytest.raises(SandboxFailure) as raised:
        base.choose([closed, old, broken], everybody=True)
    said = str(raised.value)
    assert f"other users cannot enter {open_folder / 'closed'}" in said
    assert "version 3.9" in said
    assert "version unknown" in said
    assert "apt-get install python3 python3-venv" in said


def test_a_file_that_others_cannot_run_is_closed(open_folder: Path) -> None:
    python = script(open_folder / "python", "3 11")
    assert base.closed_part(python) is None
    python.chmod(0o750)
    assert base.closed_part(python) == python


def test_our_own_interpreter_is_a_candidate() -> None:
    assert Path(os.path.realpath(sys.executable)) in base.candidates()


def test_an_image_is_made_once_and_readable_by_a_slot(image_dir: Path) -> None:
    assert image.is_ready(image_dir)
    assert image_dir == image.location("python")
    assert image_dir.name in {path.name for path in image_dir.parent.iterdir()}
    assert not list(image_dir.parent.glob(".draft-*"))
    said: list[str] = []
    assert image.make("python", said.append) == image_dir
    assert said == []
    if os.geteuid() == 0:
        assert base.closed_part(Path(os.path.realpath(image_dir / "bin" / "python"))) is None


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(SandboxFailure, match="cobol"):
        image.make("cobol")


def test_a_failed_build_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    """Made by a copy of the program whose requirements nobody can satisfy."""
    copy = tmp_path / "project"
    shutil.copytree(Path(image.__file__).parent, copy / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "jobs" / "images" / "python" / "requirements.txt").write_text("./no-such-folder-anywhere\n")
    home = image.home() / "images" / "python"
    before = set(home.iterdir()) if home.exists() else set()
    done = subprocess.run(
        [sys.executable, str(copy / "jobs" / "image.py"), "python"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith("sandbox: ")
    assert "pip install failed" in last
    assert "Traceback" not in done.stderr
    assert set(home.iterdir()) - before <= {home / "lock"}


def test_images_are_where_the_uid_of_a_slot_can_read_them() -> None:
    expected = Path("/var/lib/assay") if os.geteuid() == 0 else Path.home() / ".cache" / "assay"
    assert image.home() == expected
    assert image.home() in image.location("python").parents
