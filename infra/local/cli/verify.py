"""`assay verify bundle.zip`: runs the proof again, from the ZIP alone, and says whether it still holds."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from functions.agent import proof
from functions.agent.errors import BadInput, SandboxError
from infra.local.cli.setup import prepare_sandbox
from infra.local.cli.text import clean

HOLDS, BROKEN = 0, 1
WALL_S, SPARE_S = 120.0, 60.0


def main(args: argparse.Namespace) -> int:
    """0 the proof holds, 1 it does not, 2 not a bundle, 3 the sandbox is unavailable."""
    try:
        data = args.bundle.read_bytes()
    except OSError as error:
        raise BadInput("bundle", f"{args.bundle} can't be read: {error.strerror}.") from error
    claims = proof.read(data)
    prepare_sandbox(sys.stderr, claims.language)
    outcome = proof.compare(claims, asyncio.run(_run(proof.bundle(claims), claims.limits.get("wall_s", WALL_S))))
    if args.json:
        verdict = {"status": claims.status, "confidence": claims.confidence, "level": claims.level}
        print(json.dumps({**asdict(outcome), "verdict": verdict}, indent=2))
    else:
        levels = f"judged at {claims.level or 'no level'}, now at {outcome.level or 'no level'}"
        print(f"{clean(str(args.bundle))}: {claims.status}, {claims.confidence}, {levels}")
        for name, claimed, found in outcome.differs:
            print(f"  {clean(name)}: was {claimed}, is {found}")
        print(clean(outcome.detail))
    return HOLDS if outcome.holds else BROKEN


async def _run(bundle: bytes, wall_s: float) -> dict[str, Any]:
    """The sandbox's result document. Raises SandboxError where it could not be had."""
    from infra.local.runners import RunnerProcess

    runner = await RunnerProcess.start(None)
    try:
        result: dict[str, Any] = json.loads(await runner.trip(proof.RUN_ID, bundle, wall_s + SPARE_S))
    finally:
        await runner.end()
    if result.get("error"):
        raise SandboxError(f"The sandbox failed: {result['error']['detail']}")
    return result
