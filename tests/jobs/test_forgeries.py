"""Wrong code that wants to be judged right, from tests/fixtures/forgeries: none of it passes a single case."""

from __future__ import annotations

import pytest

import forgeries
from fixtures import languages
from forgeries import Forgery
from jobs import image
from jobs.runner import Runner

ALL = [forgery for language in languages("forgeries") for forgery in forgeries.read(language)]


@pytest.mark.parametrize("forgery", ALL, ids=str)
def test_a_forgery_passes_nothing(forgery: Forgery, runner: Runner) -> None:
    image.make(forgery.language, lambda _: None)
    result = runner.trip(forgery.bundle())
    assert result["error"] is None
    (cell,) = result["cells"]
    passed = {id: case["level"] for id, case in cell["cases"].items() if case["outcome"] == "passed"}
    if str(forgery) in forgeries.OWN_OBJECTS:
        assert set(passed.values()) <= {"R2", "R3"}
    else:
        assert passed == {}
    assert runner.warm(forgery.language).processes() == []


@pytest.mark.parametrize("language", languages("forgeries"))
def test_every_language_has_forgeries_of_its_own(language: str) -> None:
    mine = forgeries.read(language)
    assert len({forgery.name for forgery in mine}) == len(mine) >= 8
