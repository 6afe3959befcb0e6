"""The embedded model's process: llama.cpp's own HTTP server on a loopback port that the system picks.

    python -m infra.models.llama_server --model FILE --parallel 2 --context 8192

The first line of standard input is the API key. One line of JSON goes to standard output: {"url": …, "states": […]}
once the model is loaded, or {"error": …}. `states` are names, one per slot, under which a slot's state can be saved;
none where the system has no files in memory. It ends with its parent: by the kernel's signal where there is one, and
when standard input closes.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sys
import time
from typing import Any

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.models.llama_server")
    parser.add_argument("--model", required=True)
    parser.add_argument("--parallel", type=int, required=True, help="requests at a time")
    parser.add_argument("--context", type=int, required=True, help="tokens per request, prompt and reply together")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are idle cores")
    given = parser.parse_args(arguments)
    _die_with_parent()
    key = sys.stdin.readline().strip()
    say = os.fdopen(_silence(), "w", encoding="utf-8")
    states = [str(os.memfd_create(f"slot-{i}")) for i in range(given.parallel)] if sys.platform == "linux" else []
    try:
        server = _load(given, key, bool(states))
    except (ImportError, RuntimeError, ValueError, OSError) as error:
        print(json.dumps({"error": str(error)[:300]}), file=say, flush=True)
        return 1
    print(json.dumps({"url": f"{server.listening_address}/v1", "states": states}), file=say, flush=True)
    sys.stdin.read()  # until the parent closes it, or is gone
    os._exit(0)  # the server's threads would wait for running requests


def _load(given: argparse.Namespace, key: str, keeps: bool) -> Any:
    import xllamacpp  # type: ignore[import-untyped]

    params = xllamacpp.CommonParams()
    params.model.path = given.model
    params.n_parallel = given.parallel
    params.n_ctx = given.parallel * given.context  # llama.cpp divides it among the slots
    params.n_gpu_layers = 0
    wanted = given.threads or threads(os.cpu_count() or 1, busy())
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = wanted
    params.api_keys = [key]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cache_ram_mib = 256  # prompts kept beside the slots; the default may take 8 GiB
    params.slot_save_path = "/proc/self/fd/" if keeps else ""  # files in memory are gone with the process
    params.fit_params = False
    params.endpoint_slots = False
    params.endpoint_metrics = True
    params.warmup = False
    params.ui = False
    params.verbosity = 0
    return xllamacpp.Server(params)


def busy(seconds: float = 0.3) -> float:
    """How many cores are in use, measured for so long; without /proc/stat the last minute's load.

    Not the load where it can be helped: what set the machine up a moment ago would count for the whole run."""
    try:
        used, every = _ticks()
        time.sleep(seconds)
        later, all_later = _ticks()
    except OSError:
        return os.getloadavg()[0]
    return (os.cpu_count() or 1) * (later - used) / max(1, all_later - every)


def _ticks() -> tuple[int, int]:
    """Of all cores since the start of the machine: those in use, and all."""
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    idle, waiting = ticks[3:5]
    return sum(ticks) - idle - waiting, sum(ticks)


def threads(cores: int, used: float) -> int:
    """How many threads to compute with, of `cores`, when `used` of them are in use by others.

    llama.cpp's threads wait for each other by spinning: with a core taken by somebody else, all of them crawl.
    Measured on two busy cores: 6 tokens/s with two threads, 18 with one; on two idle ones 28 with two."""
    return max(1, cores - round(used))


def _silence() -> int:
    """Sends what llama.cpp prints nowhere; returns the real standard output for our one line."""
    real = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return real


def _die_with_parent() -> None:
    """Linux only; elsewhere, and if the parent is gone already, the closed standard input does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
