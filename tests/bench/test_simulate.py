"""The simulation says something: the loop beats the single sample, and knows more often when it is right."""

from __future__ import annotations

import json

import pytest

from bench import simulate


def rows(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, object]]:
    assert simulate.main(["--n", "80", "--json", *argv]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_the_loop_solves_more_than_one_sample_and_accepts_less_blindly(capsys: pytest.CaptureFixture[str]) -> None:
    for row in rows(capsys):
        single, ours = row["single"], row["loop"]
        assert isinstance(single, dict)
        assert isinstance(ours, dict)
        assert ours["solved"] > single["solved"], row
        assert ours["false_accepts"] < 1 - single["solved"], row


def test_the_same_seed_gives_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert rows(capsys) == rows(capsys)
    assert rows(capsys) != rows(capsys, "--seed", "2")


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.main(["--n", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("skill")
    assert lines[-1] == "5 tasks a row"
