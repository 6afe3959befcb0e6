"""The score: the plan's table, its tiers, and what the rules read out of a prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.complexity import Numbers, estimate, score, tier_of
from functions.agent.words import Tier

NOTHING = Numbers(lines=0, files=0)


@pytest.mark.parametrize(
    ("numbers", "points"),
    [
        (NOTHING, 0),
        (replace(NOTHING, lines=49), 0),
        (replace(NOTHING, lines=50), 1),
        (replace(NOTHING, lines=149), 2),
        (replace(NOTHING, files=4), 4),
        (replace(NOTHING, dependencies=3), 3),
        (replace(NOTHING, apis=2), 4),
        (replace(NOTHING, database=True), 2),
        (replace(NOTHING, authentication=True), 2),
        (replace(NOTHING, languages=2), 3),
        (replace(NOTHING, languages=4), 3),
        (Numbers(120, 2, 1, 1, True, True, 2), 14),
        (Numbers(-100, -1, -2, -3), 0),
    ],
)
def test_points(numbers: Numbers, points: int) -> None:
    assert score("", "python", numbers).score == points


@pytest.mark.parametrize(
    ("points", "tier"),
    [(0, Tier.SIMPLE), (2, Tier.SIMPLE), (3, Tier.MEDIUM), (6, Tier.MEDIUM), (7, Tier.COMPLEX), (99, Tier.COMPLEX)],
)
def test_tiers(points: int, tier: Tier) -> None:
    assert tier_of(points) == tier
    assert score("", "python", replace(NOTHING, files=points)).tier == tier


@pytest.mark.parametrize(
    ("prompt", "points", "reasons"),
    [
        ("Write a function that parses ISO 8601 durations", 1, ("1 file",)),
        ("Create a.py and b.py", 2, ("2 files",)),
        ("Split it over three modules", 3, ("3 files",)),
        ("Write a 300-line script", 7, ("about 300 lines", "1 file")),
        ("Store the rows in SQLite", 3, ("1 file", "a database: SQLite")),
        ("Check a JWT", 3, ("1 file", "authentication: JWT")),
        ("Plot it with numpy and matplotlib", 3, ("1 file", "2 dependencies: numpy, matplotlib")),
        ("Post a message to Slack", 3, ("1 file", "1 API integration: Slack")),
        ("Call the Weather API", 3, ("1 file", "1 API integration: Weather")),
        ("A Go server and a Python client", 4, ("1 file", "2 languages: Go, Python")),
        (
            "Build a REST API with FastAPI and PostgreSQL with JWT login",
            9,
            (
                "about 120 lines",
                "2 files",
                "1 dependency: FastAPI",
                "a database: PostgreSQL",
                "authentication: JWT, login",
            ),
        ),
    ],
)
def test_prompts(prompt: str, points: int, reasons: tuple[str, ...]) -> None:
    found = score(prompt, "python")
    assert (found.score, found.reasons) == (points, reasons)


@pytest.mark.parametrize(
    "prompt",
    [
        "Count the authors of each book",
        "Reverse the words of a sentence, keep their order",
        "A function that checks how strong a password is",
        "Convert Java code to Python",
        "Parse this:\n```\nimport django, flask, numpy\nlogin with sqlite\n```\nand return the names",
        "Write the Game of Life",
        "Replace the last token of the text",
    ],
)
def test_no_false_alarm(prompt: str) -> None:
    assert score(prompt, "python").score == 1


def test_a_list_of_requirements_counts() -> None:
    items = "\n".join(f"- rule {i}" for i in range(10))
    assert estimate(f"A function with these rules:\n{items}").lines > estimate("A function with these rules").lines


def test_given_numbers_are_not_estimated() -> None:
    assert score("Build a full-stack shop with Stripe and a login", "python", Numbers(lines=10, files=1)).score == 1


@pytest.mark.parametrize("field", ["lines", "files", "dependencies", "apis", "database", "authentication", "languages"])
@settings(max_examples=30, deadline=None)
@given(st.integers(-5, 400), st.integers(-5, 30), st.booleans(), st.integers(0, 300))
def test_more_is_never_simpler(field: str, lines: int, count: int, flag: bool, more: int) -> None:
    numbers = Numbers(lines, count, count, count, flag, flag, max(count, 1))
    raised = replace(
        numbers,
        **{field: bool(getattr(numbers, field)) or more > 0}
        if field in ("database", "authentication")
        else {field: getattr(numbers, field) + more},
    )
    assert score("", "python", raised).score >= score("", "python", numbers).score


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_prompt_has_a_score_and_reasons(prompt: str) -> None:
    found = score(prompt, "python")
    assert found.score >= 1
    assert found.reasons
    assert found.tier == tier_of(found.score)
