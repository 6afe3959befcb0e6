"""Import time and resident memory of each entry point in local wiring, each in a fresh interpreter.

    ./assay bench imports [--rounds 5] [--json]

The entry point is imported, its application made (for `api`: the whole FastAPI application) and the local stack wired.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from functions import main as entry_points

_PROBE = """
import sys, time
began = time.perf_counter()
from functions_framework.aio import create_asgi_app
create_asgi_app({name!r}, "functions/main.py")
from infra import wiring
wiring.ports()
if {name!r} == "api":
    from functions.api.entry import application
    application()
else:
    import functions.agent.usecases
seconds = time.perf_counter() - began
rss = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(seconds, rss / 1024)
"""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="assay bench imports", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    figures = measure(args.rounds)
    if args.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:12} {figure['s']:.2f} s  {figure['rss_mb']:.0f} MB")
    return 0


def measure(rounds: int) -> dict[str, Any]:
    """Entry point → median seconds and MiB of `rounds` interleaved rounds; one round before them fills the caches."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in entry_points.__all__}
    for turn in range(rounds + 1):
        for name in seen:
            figures = _once(name)
            if turn:
                seen[name].append(figures)
    return {
        name: {
            "s": round(statistics.median(s for s, _ in figures), 3),
            "rss_mb": round(statistics.median(m for _, m in figures), 1),
        }
        for name, figures in seen.items()
    }


def _once(name: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        answer = subprocess.run(
            [sys.executable, "-c", _PROBE.format(name=name)],
            capture_output=True,
            check=True,
            text=True,
            env={**environment, "ASSAY_DATA_DIR": folder, "PYTHONPATH": os.getcwd()},
        )
    seconds, megabytes = answer.stdout.split()
    return float(seconds), float(megabytes)
