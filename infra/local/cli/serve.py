"""`assay serve`: the stack on loopback until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

from infra.config import Config
from infra.local import eventloop
from infra.local.cli.setup import prepare
from infra.local.server import LocalServer
from infra.local.stack import LocalStack


def main(args: argparse.Namespace) -> int:
    """Prepares the sandbox and the model, serves, and returns 0 after Ctrl-C or SIGTERM."""
    config = Config.from_env(os.environ)
    prepare(config, sys.stderr)
    eventloop.run(_serve(config, config.port if args.port is None else args.port))
    return 0


async def _serve(config: Config, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with LocalServer(LocalStack(config), port) as server:
        print(f"assay: serving on {server.url} (API docs: {server.url}/api/docs); Ctrl-C ends it", flush=True)
        ended = asyncio.create_task(server.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
    print("assay: ended; what was under way goes on at the next start", flush=True)
