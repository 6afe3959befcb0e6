from __future__ import annotations

from infra.models.prices import PRICED, generate, main, table


def test_the_committed_table_is_what_the_pinned_package_gives() -> None:
    assert table() == generate(), "run `python -m infra.models.prices`"
    assert main(["--check"]) == 0


def test_every_price_is_sane() -> None:
    assert len(table()) == sum(len(models) for _, models in PRICED.values())
    for price in table().values():
        assert 0 < price["input"] < price["output"] < 100
