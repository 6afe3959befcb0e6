"""The name under which results of the local sandbox are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from infra.local import runners
from infra.local.blobs import LocalBlobs
from infra.local.database import Database
from infra.local.queue import LocalQueue
from infra.local.runners import image_id
from infra.local.sandbox import LocalSandbox
from jobs import image


def test_it_names_the_image_and_differs_between_languages_and_folders(tmp_path: Path) -> None:
    assert image_id("python", None).startswith(image.location("python").name + "-")
    found = [image_id("python", None), image_id("go", None), image_id("python", tmp_path / "a")]
    found += [image_id("python", tmp_path / "b"), image_id("javascript", tmp_path / "b")]
    assert len(set(found)) == len(found)
    assert image_id("klingon", None) == ""


def _id(jobs: Path) -> str:
    image_id.cache_clear()
    return image_id("python", Path("i"), jobs)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("judge.py", True),
        ("images/python/harness.py", True),
        ("images/python/language.json", True),
        ("images/python/new.py", True),
        ("images/python/sample/pass.json", False),
        ("images/go/driver.go", False),
        ("__pycache__/judge.pyc", False),
    ],
)
def test_it_changes_with_the_judge_and_the_driver_and_nothing_else(tmp_path: Path, name: str, changes: bool) -> None:
    jobs = tmp_path / "jobs"
    shutil.copytree(runners.JOBS, jobs, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    before = _id(jobs)
    assert before == _id(jobs)
    (jobs / name).parent.mkdir(exist_ok=True)
    with open(jobs / name, "a", encoding="utf-8") as file:
        file.write("\n")
    assert (_id(jobs) != before) is changes


async def test_an_image_that_is_still_to_be_made_has_no_name(tmp_path: Path) -> None:
    database = Database(tmp_path / "data")
    sandbox = LocalSandbox(LocalBlobs(tmp_path / "blobs"), LocalQueue(database), lambda: tmp_path, 1)
    assert sandbox.image("python") == ""
    await sandbox.aclose()
    await database.aclose()
