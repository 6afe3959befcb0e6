"""Which remarks of ruff keep code from passing: the grave ones, and no ordinary one."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import language


@pytest.fixture
def rules(tmp_path: Path) -> language.Lint:
    lint = language.load("python", tmp_path).lint
    assert lint is not None
    return lint


@pytest.mark.parametrize(
    "rule",
    [
        *("S102", "S307", "S301", "S302", "S506"),  # runs what came in as data
        *("S602", "S605", "S609"),  # a shell
        *("S608", "S610", "S611"),  # SQL put together from texts
        *("S501", "S323", "S507"),  # no look at who answers
        *("invalid-syntax", "F821"),
    ],
)
def test_the_grave_ones_fail_an_attempt(rules: language.Lint, rule: str) -> None:
    assert rules.severity_of(rule) == "error"


@pytest.mark.parametrize(
    "rule", ["S311", "S603", "S607", "S604", "S110", "S113", "S324", "S310", "F401", "E731", "B006"]
)
def test_ordinary_ones_do_not(rules: language.Lint, rule: str) -> None:
    assert rules.severity_of(rule) in ("warning", "info")


def test_asserts_are_no_finding_at_all(rules: language.Lint) -> None:
    (ignored,) = (word for word in rules.argv if word.startswith("--ignore="))
    assert "S101" in ignored.removeprefix("--ignore=").split(",")
