"""Three samples of one prompt asked at once of the embedded model, with and without sharing the prompt's beginning.

    ./assay bench prefix [--samples 3] [--tokens 48] [--json]

The prompts are those of a second attempt: the same request, another hint and seed. All figures are the model server's
own. The embedded model must be on this machine already.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from functions.agent import wording
from functions.agent.ports import Message, Question
from functions.agent.records import Execution
from functions.agent.schedule import HINTS
from infra.config import Config
from infra.models.catalogue import EMBEDDED
from infra.models.download import cached
from infra.models.llama_process import LlamaProcess
from infra.models.model_file import QWEN_CODER_1_5B
from infra.models.shared_prompt import SharedPrompt

REQUEST = """Write a function parse_duration(text) that turns a text like "1h 30m" or "2d" into a number of seconds.
Units are d, h, m and s, in any order and each at most once; spaces between the parts are optional.
It raises ValueError for an empty text, an unknown unit, a unit twice or a number without a unit.
parse_duration("1h 30m") returns 5400 and parse_duration("2d") returns 172800."""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="assay bench prefix", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=48, help="the longest reply")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    model = cached(QWEN_CODER_1_5B, Config.from_env().model_folder)
    if model is None:
        print("The embedded model is not on this machine; the first question to it downloads it.", file=sys.stderr)
        return 1
    figures = {
        name: asyncio.run(measure(model, questions(args.samples, args.tokens), shares))
        for name, shares in (("without", False), ("with", True))
    }
    print(json.dumps(figures) if args.json else table(figures))
    return 0


def questions(samples: int, tokens: int) -> list[Question]:
    """As many samples of one request as wanted, as the loop asks for them."""
    execution = Execution("bench", "bench", REQUEST, "python", 0.0)
    asked = []
    for i in range(samples):
        prompt = wording.code(execution, "", HINTS[i % len(HINTS)])
        messages = (Message("system", wording.system()), Message("user", prompt))
        asked.append(Question(messages, 0.8, tokens, 10 + i))
    return asked


async def measure(model: Path, asked: Sequence[Question], shares: bool) -> dict[str, Any]:
    """The figures of a fresh server: tokens of all prompts, those of them computed and not, milliseconds of it."""
    process = await LlamaProcess.start(model, EMBEDDED.parallel, EMBEDDED.context_tokens)
    client = SharedPrompt(EMBEDDED, process.url, process.key, process.states if shares else ())
    try:
        replies = await asyncio.gather(*(client.complete(question) for question in asked))
        computed, seconds = await asyncio.to_thread(_counted, process)
    finally:
        await client.aclose()
        await process.stop()
    return {
        "samples": len(replies),
        "prompt_tokens": sum(reply.usage.input_tokens for reply in replies),
        "computed": computed,
        "cached": sum(reply.usage.cached_tokens for reply in replies),
        "prompt_ms": round(seconds * 1000),
    }


def _counted(process: LlamaProcess) -> tuple[int, float]:
    """Prompt tokens that the server computed since it started, for whatever request, and the seconds it says."""
    import httpx

    address = process.url.removesuffix("/v1") + "/metrics"
    text = httpx.get(address, headers={"authorization": f"Bearer {process.key}"}).raise_for_status().text
    found = dict(re.findall(r"^llamacpp:(prompt_tokens_total|prompt_seconds_total) ([0-9.e+]+)$", text, re.M))
    return round(float(found["prompt_tokens_total"])), float(found["prompt_seconds_total"])


def table(figures: dict[str, dict[str, Any]]) -> str:
    """The figures as lines for people."""
    names = ("prompt_tokens", "computed", "cached", "prompt_ms")
    rows = [f"{'sharing':10}" + "".join(f"{name:>15}" for name in names)]
    rows += [f"{side:10}" + "".join(f"{figure[name]:>15}" for name in names) for side, figure in figures.items()]
    return "\n".join(rows)
