"""The price table: generated from the package genai-prices, because importing that costs 200 ms at every start.

python -m infra.models.prices           writes prices.json
python -m infra.models.prices --check   exit code 1 when prices.json is not what the package gives
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

FILE = Path(__file__).with_name("prices.json")
Prices = dict[str, dict[str, float]]

PRICED = {
    "groq": ("groq", ("llama-3.1-8b-instant", "llama-3.3-70b-versatile")),
    "deepseek": ("deepseek", ("deepseek-chat", "deepseek-reasoner")),
    "openai": ("openai", ("gpt-4o", "gpt-4o-mini")),
    "anthropic": ("anthropic", ("claude-haiku-4-5", "claude-sonnet-4-5")),
    "vertexai": ("google", ("gemini-2.5-flash", "gemini-2.5-pro", "claude-sonnet-4-5@20250929")),
}
"""Our provider: (the package's provider, our model names)."""

_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)  # some providers are cheaper at night: the table holds the day's price
_TOKENS = 10_000  # below every long-context tier


@cache
def table() -> Prices:
    """`provider/model` → input and output, US dollars per million tokens, as committed."""
    return cast(Prices, json.loads(FILE.read_text()))


def generate() -> Prices:
    """The table as the installed genai-prices gives it. Raises LookupError for a model that it does not know."""
    from genai_prices import Usage, calc_price

    def per_mtok(provider: str, model: str, usage: Usage) -> float:
        price = calc_price(usage, model, provider_id=provider, genai_request_timestamp=_AT)
        return round(float(price.total_price) * 1_000_000 / _TOKENS, 6)

    return {
        f"{ours}/{model}": {
            "input": per_mtok(theirs, model, Usage(input_tokens=_TOKENS)),
            "output": per_mtok(theirs, model, Usage(output_tokens=_TOKENS)),
        }
        for ours, (theirs, models) in PRICED.items()
        for model in models
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.models.prices", description="Writes the price table.")
    parser.add_argument("--check", action="store_true", help="only say whether the table is up to date")
    check = parser.parse_args(arguments).check
    text = json.dumps(generate(), indent=2) + "\n"
    if not check:
        FILE.write_text(text)
        return 0
    if FILE.exists() and FILE.read_text() == text:
        return 0
    print("prices.json is out of date: run `python -m infra.models.prices`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
