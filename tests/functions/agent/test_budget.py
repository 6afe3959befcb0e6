"""Money is set aside before a call and given back after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.agent import budget
from functions.agent.errors import LimitReached
from functions.agent.ports import Message, ModelSpec, Question
from functions.agent.records import Spending, Usage

SPEC = ModelSpec("p", "m", input_usd_per_mtok=1.0, output_usd_per_mtok=10.0)
MONEY = st.floats(0, 1000, allow_nan=False)


def test_prices_are_per_million_tokens() -> None:
    assert budget.price(SPEC, Usage(1_000_000, 100_000)) == pytest.approx(2.0)


def test_the_worst_price_covers_a_full_reply_and_scripts_with_many_bytes_a_character() -> None:
    def worst(text: str) -> float:
        return budget.worst_price(SPEC, Question((Message("user", text),), max_tokens=1000))

    assert worst("a" * 2000) == pytest.approx((1016 + 10_000) / 1e6)
    assert worst("漢" * 2000) == pytest.approx((3016 + 10_000) / 1e6)
    assert worst("\ud800") > 0


def test_the_limit_refuses_what_does_not_fit_and_says_what_is_left() -> None:
    with pytest.raises(LimitReached, match=r"\$10.00 for month:2026-11 leaves \$0.50; this call may cost \$0.6000"):
        budget.reserve(Spending("month:2026-11", 9.0, 0.5), 0.6, 10.0)
    with pytest.raises(LimitReached, match=r"leaves \$0.00"):
        budget.reserve(Spending("m", 12.0), 0.1, 10.0)
    assert budget.reserve(Spending("m", 9.0, 0.5), 0.5, 10.0).reserved_usd == 1.0


@given(MONEY, MONEY, MONEY, MONEY)
def test_reserve_and_settle_leave_only_the_price(spent: float, reserved: float, usd: float, price: float) -> None:
    before = Spending("m", spent, reserved)
    held = budget.reserve(before, usd, 10_000.0)
    after = budget.settle(held, usd, price)
    assert after.spent_usd == pytest.approx(spent + price)
    assert after.reserved_usd == pytest.approx(reserved, abs=1e-6)
    assert budget.settle(before, reserved + 1, 0.0).reserved_usd == 0.0
