"""`./assay test`: the checks, then the tests, each runner with its own output; what CI runs and what a person runs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FULL = "ASSAY_TEST_FULL"
NO_TESTS = 5
# Thousands of tests kill real processes on few cores beside each other: one that fails is tried once more, and the
# closing lines name it as RERUN whatever comes of it, so that it is mended and not forgotten.
AGAIN = ("--reruns", "1", "--reruns-delay", "1", "-r", "fER")


@dataclass(frozen=True)
class Step:
    """One runner. `may_be_empty`: that pytest selects nothing here is no failure by itself."""

    name: str
    command: tuple[str, ...]
    may_be_empty: bool = False


def plan(expression: str | None, cores: int) -> tuple[Step, ...]:
    """What runs, in order: checks, the images of all languages, tests. With an expression (pytest's -k) no checks.

    Tests marked `alone` come last, one at a time: beside others the real model is many times slower, and images that
    are built and judge inside share the uids of the slots outside.
    """
    checks = () if expression else (
        Step("ruff check", ("ruff", "check", ".", "assay")),
        Step("ruff format", ("ruff", "format", "--check", ".", "assay")),
        Step("mypy", ("mypy",)),
        Step("mypy assay", ("mypy", "assay")),
    )  # fmt: skip
    images = Step("images", ("jobs.image",))
    chosen = ("-k", expression) if expression else ()
    workers = ("-n", str(max(2, cores)), "--dist", "worksteal")
    tests = Step("pytest", ("pytest", *workers, "-m", "not alone", *AGAIN, *chosen), bool(expression))
    alone = Step("pytest -m alone", ("pytest", "-n", "0", "-m", "alone", *AGAIN, *chosen), True)
    return (*checks, images, tests, alone)


def verdict(outcomes: Sequence[tuple[Step, int]]) -> list[str]:
    """The names of the steps that failed; nothing at all selected by any pytest is a failure too."""
    failed = [step.name for step, code in outcomes if code and not (step.may_be_empty and code == NO_TESTS)]
    ran = [code for step, code in outcomes if step.command[0] == "pytest" and code != NO_TESTS]
    return failed or ([] if ran else ["no test matches"])


def environment(full: bool, given: Mapping[str, str]) -> dict[str, str]:
    """The tests' environment. `ASSAY_TEST_FULL=1` asks for every attack, language and privilege level."""
    return {**given, FULL: "1"} if full else {name: value for name, value in given.items() if name != FULL}


def main(args: argparse.Namespace) -> int:
    """0 when every step passed, else 1. `full` and `expression` are read from `args`."""
    outcomes = []
    for step in plan(args.expression, os.cpu_count() or 2):
        print(f"\n== {step.name}", flush=True)
        command = [sys.executable, "-m", *step.command]
        code = subprocess.run(command, cwd=ROOT, env=environment(args.full, os.environ), check=False).returncode
        outcomes.append((step, code))
    failed = verdict(outcomes)
    print("\nassay test: " + (f"failed: {', '.join(failed)}" if failed else "all steps passed"), flush=True)
    return 1 if failed else 0
