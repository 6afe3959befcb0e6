"""How the sandbox's own interpreter is found and made, and what is said when that is impossible."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import base, debian, image, language, recipe
from jobs.failure import SandboxFailure, require_linux


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


@pytest.mark.parametrize(("platform", "named"), [("darwin", "macOS"), ("win32", "Windows"), ("freebsd14", "freebsd14")])
def test_another_system_is_told_about_the_container_image(platform: str, named: str) -> None:
    with pytest.raises(SandboxFailure, match=f"this is {named}: .*Dockerfile"):
        require_linux(platform)


def test_linux_will_do() -> None:
    require_linux("linux")


def recipe_in(folder: Path, **changes: object) -> recipe.Recipe:
    image_key = {"debian": {}, "pip": None, "npm": False, "steps": [], "proof": ["made"], "space_mb": 1, **changes}
    folder.mkdir(exist_ok=True)
    (folder / "language.json").write_text(json.dumps({"schema": 2, "image": image_key, "languages": {}}))
    return recipe.read(folder)


def test_an_image_is_what_its_steps_make(tmp_path: Path) -> None:
    target = tmp_path / "image"
    target.mkdir()
    said: list[str] = []
    steps = [["/bin/cp", "{folder}/source.txt", "{image}/made"]]
    made = recipe_in(tmp_path / "folder", steps=steps)
    (tmp_path / "folder" / "source.txt").write_text("1")
    recipe.carry_out(made, Path(sys.executable), target, said.append)
    assert (target / "made").read_text() == "1"
    assert said == ["sandbox: cp made"]


def test_a_step_that_fails_or_makes_nothing_is_told(tmp_path: Path) -> None:
    for steps, said in (([["/bin/ls", "nowhere"]], "ls failed: .*nowhere"), ([["/bin/true"]], "made is not in it")):
        with pytest.raises(SandboxFailure, match=said):
            recipe.carry_out(
                recipe_in(tmp_path / "folder", steps=steps), Path(sys.executable), tmp_path, lambda _: None
            )


def test_an_image_has_another_name_when_anything_in_it_changes_and_only_then(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    first = recipe_in(folder, steps=[["/bin/true"]]).digest()
    (folder / "driver.txt").write_text("1")
    second = recipe_in(folder, steps=[["/bin/true"]]).digest()
    (folder / "sample").mkdir()
    (folder / "sample" / "pass.json").write_text("{}")
    (folder / "Dockerfile").write_text("FROM x")
    assert recipe_in(folder, steps=[["/bin/true"]]).digest() == second != first
    assert recipe_in(folder, steps=[["/bin/false"]]).digest() != second


def test_missing_packages_are_named_with_the_command(tmp_path: Path) -> None:
    assert debian.missing({"there": str(tmp_path), "not-there": str(tmp_path / "x")}) == ["not-there"]
    debian.bring({"there": str(tmp_path)}, lambda _: None)


def test_every_image_has_a_recipe_and_a_place(tmp_path: Path) -> None:
    places = {image.location(name) for name in language.declared()}
    assert {place.parent.name for place in places} == set(language.declared().values())
    with pytest.raises(SandboxFailure, match="cobol"):
        image.location("cobol")
