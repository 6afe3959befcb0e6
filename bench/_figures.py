"""What the outcomes of all tasks come to: the figures, and the table for people."""

from __future__ import annotations

import math
import statistics
from typing import Any


def summarize(outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures: on all hidden assertions, and (`unseen`) on those that were not in the prompt."""
    n = len(outcomes)
    passed = [o for o in outcomes if o["loop"]["status"] == "passed"]
    levels: dict[str, dict[str, int]] = {}
    for o in outcomes:
        level = o["loop"]["confidence"] if o["loop"]["status"] == "passed" else "not passed"
        counted = levels.setdefault(level, {"n": 0, "right": 0})
        counted["n"] += 1
        counted["right"] += o["loop"]["all"]
    ratios = [o["loop"]["tokens"] / o["single"]["tokens"] for o in outcomes if o["single"]["tokens"]]
    return {
        "n": n,
        "single": _side(outcomes, "single"),
        "loop": {
            **_side(outcomes, "loop"),
            "passed": len(passed),
            "false_accepts": sum(not o["loop"]["all"] for o in passed),
            "false_rejects": sum(o["loop"]["all"] for o in outcomes if o["loop"]["status"] != "passed"),
            "lost": sum(o["single"]["all"] and not o["loop"]["all"] for o in outcomes),
            "attempts": statistics.mean(o["loop"]["attempts"] for o in outcomes) if n else 0,
            "token_ratio_median": round(statistics.median(ratios), 2) if ratios else 0,
            "by_confidence": levels,
        },
        "won": sum(o["loop"]["all"] and not o["single"]["all"] for o in outcomes),
    }


def interval(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of Wilson for a share, 0 … 1."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.96, right / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def by_chance(won: int, lost: int) -> float:
    """The one-sided sign test: how likely so many tasks are won rather than lost by two ways that are equally good."""
    n = won + lost
    return float(sum(math.comb(n, k) for k in range(won, n + 1)) / 2**n)


def _side(outcomes: list[dict[str, Any]], side: str) -> dict[str, Any]:
    return {
        "solved": sum(o[side]["all"] for o in outcomes),
        "solved_unseen": sum(o[side]["unseen"] for o in outcomes),
        "tokens": sum(o[side]["tokens"] for o in outcomes),
        "seconds": round(sum(o[side]["seconds"] for o in outcomes), 1),
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as lines for people."""
    n, single, loop = figures["n"], figures["single"], figures["loop"]
    rows = [
        f"{'':14}{'single':>8}{'loop':>8}   of {n} tasks",
        f"{'solved':14}{single['solved']:>8}{loop['solved']:>8}   by every hidden assertion",
        f"{'solved, unseen':14}{single['solved_unseen']:>8}{loop['solved_unseen']:>8}   by those not in the prompt",
        f"{'tokens':14}{single['tokens']:>8}{loop['tokens']:>8}   median ratio {loop['token_ratio_median']}",
        f"passed {loop['passed']}, false accepts {loop['false_accepts']}, false rejects {loop['false_rejects']}, "
        f"lost {loop['lost']}, attempts {loop['attempts']:.2f}",
        f"won {figures['won']}, lost {loop['lost']}: p {by_chance(figures['won'], loop['lost']):.2g} (sign test)",
    ]
    for level, counted in sorted(loop["by_confidence"].items()):
        low, high = interval(counted["right"], counted["n"])
        rows.append(f"  {level}: {counted['right']} of {counted['n']} right ({low:.0%} to {high:.0%})")
    return "\n".join(rows)
