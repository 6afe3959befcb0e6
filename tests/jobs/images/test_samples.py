"""The samples of every image prove it: a pass, a failure, what cannot be built, and a forged pass."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs import image
from jobs.language import IMAGES
from jobs.runner import Runner

SAMPLES = sorted(IMAGES.glob("*/sample/*.json"))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    before = os.umask(0o022)
    with Runner(None, image.home() / "slots") as warm:
        yield warm
    os.umask(before)


@pytest.mark.parametrize("path", SAMPLES, ids=[f"{p.parts[-3]}-{p.stem}" for p in SAMPLES])
def test_a_sample_is_judged_as_it_says(path: Path, runner: Runner, image_of: Callable[[str], Path]) -> None:
    sample = json.loads(path.read_text())
    image_of(sample["bundle"]["language"])
    result = runner.trip(json.dumps(sample["bundle"]).encode())
    assert result["error"] is None
    assert {id: case["outcome"] for cell in result["cells"] for id, case in cell["cases"].items()} == sample["expect"]
