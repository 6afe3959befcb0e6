"""Every attack of tests/fixtures/attacks against the real sandbox, in every language that has fixtures.

Each is judged with an honest neighbour, which must come out right whatever happens beside or before it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import attacks
from attacks import Attack, Machine
from fixtures import languages
from jobs import image
from jobs.runner import Runner

TRIES = 3 if os.environ.get("ASSAY_TEST_FULL") else 1
ALL = [attack for language in languages("attacks") for attack in attacks.read(language)]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    os.environ["ASSAY_TEST_SECRET"] = "secret"
    with Machine() as made:
        yield made
    del os.environ["ASSAY_TEST_SECRET"]


@pytest.mark.parametrize("attack", ALL, ids=str)
def test_an_attack_comes_to_nothing(attack: Attack, machine: Machine, runner: Runner) -> None:
    image.make(attack.language, lambda _: None)
    for _ in range(TRIES):
        result = runner.trip(attacks.bundle(attack, machine))
        seen = attacks.observe(attack, result, machine)
        assert not seen.wrong, "\n".join(seen.wrong)
        assert result["vacuous"] == []
        assert runner.warm(attack.language).processes() == []


@pytest.mark.parametrize("language", languages("attacks"))
def test_every_number_that_code_can_try_is_tried(language: str) -> None:
    mine = attacks.read(language)
    assert len({attack.name for attack in mine}) == len(mine)
    tried = {attack.number for attack in mine}
    assert tried == set(range(1, 51)) - attacks.NOT_FROM_CODE - attacks.LEFT_OUT.get(language, set())
