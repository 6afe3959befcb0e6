"""What the outcomes of tasks come to."""

from __future__ import annotations

from typing import Any

import pytest

from bench import _figures


def outcome(single: bool, loop: bool, status: str = "passed", confidence: str = "likely", ratio: int = 4) -> Any:
    side = {"tokens": 100, "seconds": 1.0}
    return {
        "single": {"all": single, "unseen": single, **side},
        "loop": {
            **side, "all": loop, "unseen": loop, "status": status, "confidence": confidence, "attempts": 2,
            "tokens": 100 * ratio,
        },
    }  # fmt: skip


OUTCOMES = [
    *(outcome(True, True, ratio=3), outcome(False, True), outcome(True, False)),
    *(outcome(False, False, "partial", "unverified", 9), outcome(True, True, "failed", "unverified", 9)),
]


def test_each_way_and_each_confidence_is_counted() -> None:
    figures = _figures.summarize(OUTCOMES)
    loop = figures["loop"]
    assert (figures["n"], figures["single"]["solved"], loop["solved"]) == (5, 3, 3)
    assert (loop["passed"], loop["false_accepts"], loop["false_rejects"]) == (3, 1, 1)
    assert (loop["lost"], figures["won"]) == (1, 1)
    assert loop["by_confidence"] == {"likely": {"n": 3, "right": 2}, "not passed": {"n": 2, "right": 1}}
    assert loop["token_ratio_median"] == 4
    assert "likely: 2 of 3 right (21% to 94%)" in _figures.table(figures)


def test_no_task_is_no_figure_and_no_crash() -> None:
    assert _figures.summarize([])["loop"]["solved"] == 0


@pytest.mark.parametrize(("won", "lost", "p"), [(6, 0, 1 / 64), (0, 0, 1.0), (1, 1, 0.75), (0, 3, 1.0)])
def test_chance(won: int, lost: int, p: float) -> None:
    assert _figures.by_chance(won, lost) == p


def test_the_interval_holds_the_share_and_narrows() -> None:
    low, high = _figures.interval(26, 30)
    assert (round(low, 3), round(high, 3)) == (0.703, 0.947)
    assert _figures.interval(0, 0) == (0.0, 1.0)
