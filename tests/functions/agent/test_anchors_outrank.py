"""A repair that breaks what the user stated is thrown away, however many generated tests it passes."""

from __future__ import annotations

from dataclasses import replace

from functions.agent import feedback, selection
from functions.agent.words import Origin, Status, Strategy
from making import candidate, case, execution, suite

ATTACHED = suite("attached1", case("attached1-1", "f(5)", "25"), origin=Origin.ANCHOR)
SUITES = [
    suite("anchors", case("anchors-1", "f(1)", "1")),
    ATTACHED,
    suite("s11", *(case(f"s11-{i}", f"f({i})", f"{i * i}") for i in range(2, 5))),
    suite("s12", *(case(f"s12-{i}", f"f({i + 5})", f"{(i + 5) ** 2}") for i in range(2, 5))),
]
GENERATED = [c.id for s in SUITES[2:] for c in s.cases]


def test_the_older_version_stays_the_winner_when_a_repair_breaks_an_example_of_the_request() -> None:
    old = candidate("a1c1", {"anchors-1": True, "attached1-1": True, **dict.fromkeys(GENERATED, False)})
    repaired = candidate("a2c1", {"anchors-1": False, "attached1-1": True, **dict.fromkeys(GENERATED, True)})
    after = execution(SUITES, [old, repaired])
    assert after.verdict is not None
    assert after.verdict.winner == "a1c1"
    assert selection.best(after.candidates, after.ledger) == old


def test_a_test_of_an_attached_file_counts_as_much() -> None:
    old = candidate("a1c1", {"anchors-1": True, "attached1-1": True, **dict.fromkeys(GENERATED, False)})
    repaired = candidate("a2c1", {"anchors-1": True, "attached1-1": False, **dict.fromkeys(GENERATED, True)})
    after = execution(SUITES, [old, repaired])
    assert after.verdict is not None
    assert after.verdict.winner == "a1c1"
    alone = execution(SUITES, [repaired])
    assert alone.verdict is not None
    assert alone.verdict.status is not Status.PASSED
    assert "f(5) == 25" in alone.verdict.reason


def test_the_attempt_says_what_its_repair_broke() -> None:
    old = candidate("a1c1", {"anchors-1": True, "attached1-1": True, **dict.fromkeys(GENERATED, False)})
    repaired = candidate("a2c1", {"anchors-1": False, "attached1-1": True, **dict.fromkeys(GENERATED, True)})
    after = execution(SUITES, [old, repaired])
    first, second = after.attempts
    mended = replace(after, attempts=(first, replace(second, strategy=Strategy.REPAIR)))
    assert feedback.thrown_away(mended) == "The repair is thrown away: it breaks f(1) == 1, which you stated."
    assert feedback.thrown_away(after) == "", "fresh samples throw nothing away"
    better = replace(repaired, results=dict(old.results))
    kept = replace(mended, attempts=(first, replace(mended.attempts[1], candidates=(better,))))
    assert feedback.thrown_away(kept) == ""
