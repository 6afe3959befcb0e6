"""docs/security.md shows what the fixtures hold and what was recorded of them."""

from __future__ import annotations

import pytest

import attacks
import forgeries
import security
from fixtures import languages


def test_the_tables_are_those_of_the_fixtures() -> None:
    page = security.PAGE.read_text(encoding="utf-8")
    assert security.render(page, security.recorded()) == page


@pytest.mark.parametrize("language", languages("attacks"))
def test_every_attack_was_tried_and_came_to_nothing(language: str) -> None:
    record = security.recorded()[language]["attacks"]
    assert set(record) == {attack.name for attack in attacks.read(language)}
    assert {name: counts for name, counts in record.items() if counts[0] != counts[1]} == {}


@pytest.mark.parametrize("language", languages("forgeries"))
def test_every_forgery_was_tried_and_caught(language: str) -> None:
    record = security.recorded()[language]["forgeries"]
    assert set(record) == {forgery.name for forgery in forgeries.read(language)}
    passed = {f"{language}-{name}" for name, level in record.items() if level == "passed"}
    assert passed <= forgeries.OWN_OBJECTS
    assert set(record.values()) <= {"test", "R2", "R3", "R4", "vectors", "passed"}


def test_a_page_without_a_place_for_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place"):
        security.replaced("text\n", "attacks", ["| row |"])
    assert security.replaced("a\n<!-- t -->\nold\n<!-- end of t -->\nb\n", "t", ["new"]) == (
        "a\n<!-- t -->\nnew\n<!-- end of t -->\nb\n"
    )
