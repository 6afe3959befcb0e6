"""What is said at the end of a run."""

from __future__ import annotations

from typing import Any

from infra.local.cli.summary import summarize

VERDICT: dict[str, Any] = {
    "status": "passed",
    "confidence": "likely",
    "reason": "It passes.",
    "level": "R3",
    "passed": 3,
    "total": 4,
    "gaps": ["no other version of the code was found to behave alike", "the request states\nno value"],
    "mutation": {"killed": 7, "total": 9, "survivors": ["+ became - in line 2"], "note": ""},
}


def test_a_verdict_names_its_gaps_and_its_mutants() -> None:
    said = summarize({"status": "passed", "verdict": VERDICT})
    assert said.headline == "PASSED, likely: 3 of 4 cases passed"
    assert said.meaning.endswith("but the proof has a gap.")
    facts = dict(said.facts)
    assert facts["gap"] == "no other version of the code was found to behave alike; the request states no value"
    assert facts["mutants"] == "the tests kill 7 of 9; not noticed: + became - in line 2"


def test_a_verified_one_has_none() -> None:
    said = summarize({"status": "passed", "verdict": {**VERDICT, "confidence": "verified", "gaps": []}})
    assert "gap" not in dict(said.facts)
