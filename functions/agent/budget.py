"""Money before work: a call may start only when its worst price fits what is left."""

from __future__ import annotations

from dataclasses import replace

from functions.agent.errors import LimitReached
from functions.agent.ports import ModelSpec, Question
from functions.agent.records import Spending, Usage


def price(spec: ModelSpec, usage: Usage) -> float:
    """Dollars for `usage` at the prices of `spec`."""
    return (usage.input_tokens * spec.input_usd_per_mtok + usage.output_tokens * spec.output_usd_per_mtok) / 1e6


def worst_price(spec: ModelSpec, question: Question) -> float:
    """Dollars if the prompt is one token per two bytes of UTF-8 and the reply as long as allowed."""
    size = sum(len(m.content.encode("utf-8", "surrogatepass")) for m in question.messages)
    return price(spec, Usage(input_tokens=size // 2 + 16, output_tokens=question.max_tokens))


def reserve(spending: Spending, usd: float, limit_usd: float) -> Spending:
    """`spending` with `usd` set aside. Raises LimitReached when limit, spent and reserved leave less."""
    left = limit_usd - spending.spent_usd - spending.reserved_usd
    if usd > left:
        have = f"The limit of ${limit_usd:.2f} for {spending.id} leaves ${max(left, 0):.2f}"
        raise LimitReached(f"{have}; this call may cost ${usd:.4f}.")
    return replace(spending, reserved_usd=spending.reserved_usd + usd)


def settle(spending: Spending, reserved_usd: float, usd: float) -> Spending:
    """`spending` once a call that had `reserved_usd` set aside has cost `usd`."""
    reserved = max(0.0, spending.reserved_usd - reserved_usd)
    return replace(spending, reserved_usd=reserved, spent_usd=spending.spent_usd + usd)
