"""`assay run`: the whole stack in this process, one request through its front door, shown as it happens."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.agent import usecases
from functions.agent.delivery import VALIDATION
from functions.agent.errors import AssayError, BadInput, Refused, StorageError
from functions.agent.languages import detect
from functions.agent.people import LOCAL
from functions.agent.safety import refusal
from infra.config import Config
from infra.local import eventloop
from infra.local.cli.files import DEFAULT, write_files
from infra.local.cli.setup import prepare
from infra.local.cli.sse import events
from infra.local.cli.view import View, open_view
from infra.local.disk import make_folder, storage_error
from infra.local.server import LocalServer
from infra.local.stack import LocalStack

if TYPE_CHECKING:
    import httpx

PASSED, FAILED, UNAVAILABLE, CANCELLED = 0, 1, 3, 130
CANCEL_S = 5.0
LEFT_S = 86_400.0
_UNAVAILABLE = ("model-", "sandbox-", "prompt-too-long")


def main(args: argparse.Namespace) -> int:
    """0 passed, 1 partial or failed, 3 model or sandbox unavailable, 130 cancelled. Raises Refused before any work."""
    if why := refusal(args.prompt):
        raise Refused(why)
    config = Config.from_env(os.environ)
    check_writable(args.out or DEFAULT)
    private = _private(config.data_folder)
    try:
        prepare(config, sys.stderr, args.model, args.quiet, _language(args))
        return eventloop.run(_run(args, alone(config, private)))
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _language(args: argparse.Namespace) -> str:
    """The one that the request will be in, so that its tools are there before the clock runs."""
    return args.language or detect(args.prompt, [path.name for path in args.attach]).language


def alone(config: Config, folder: Path) -> Config:
    """The configuration of a run that keeps everything, its blobs too, in `folder`, which goes when it ends."""
    return replace(config, data_folder=folder, given=config.given - {"ARTIFACT_STORAGE_PATH"})


def _private(data: Path) -> Path:
    """A folder of its own: a run neither waits for a running server nor takes up what another run left."""
    make_folder(data)
    for left in data.glob("run-*"):  # of a run that was killed
        if time.time() - left.stat().st_mtime > LEFT_S:
            shutil.rmtree(left, ignore_errors=True)
    try:
        return Path(tempfile.mkdtemp(prefix="run-", dir=data))
    except OSError as error:
        raise storage_error(error, data) from error


async def _run(args: argparse.Namespace, config: Config) -> int:
    import httpx

    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    stack = LocalStack(config)
    async with LocalServer(stack) as server, httpx.AsyncClient(base_url=f"{server.url}/api", trust_env=False) as client:
        body = await _request(args, stack)
        execution_id = await _submit(client, body)
        view = open_view(sys.stderr if args.json else sys.stdout, args.quiet)
        with view:
            following = asyncio.create_task(_follow(client, execution_id, view))
            stopping = asyncio.create_task(interrupted.wait())
            await asyncio.wait({following, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if interrupted.is_set():
                await client.post(f"/execute/{execution_id}/cancel")
                await asyncio.wait({following}, timeout=CANCEL_S)
                following.cancel()
            else:
                following.result()
            stopping.cancel()
        result = (await client.get(f"/execute/{execution_id}")).json()
        try:
            folder = await write_files(stack.wired.ports, execution_id, args.out)
        except StorageError:
            _show(args, view, result, None)  # the work was done: what came of it is not lost with the files
            raise
        code = exit_code(result)
        if code == UNAVAILABLE and not args.json:
            raise AssayError(result["explanation"])  # there is nothing to sum up
        _show(args, view, result, folder)
        return code


def exit_code(result: dict[str, Any]) -> int:
    """What GET /execute/{id} means for a shell. What still runs was interrupted, and could not even be told so."""
    if result["status"] == "passed":
        return PASSED
    if result["status"] in ("cancelled", "running", "pending"):
        return CANCELLED
    return UNAVAILABLE if str(result["error_type"]).startswith(_UNAVAILABLE) and not result["code"] else FAILED


def _show(args: argparse.Namespace, view: View, result: dict[str, Any], folder: Path | None) -> None:
    if args.json:
        print(json.dumps({**result, "files_dir": str(folder) if folder else None}, indent=2))
    else:
        view.summary(result, str(folder) if folder else None)


async def _request(args: argparse.Namespace, stack: LocalStack) -> dict[str, Any]:
    body = {
        "prompt": args.prompt,
        "language": args.language,
        "max_attempts": args.attempts,
        "model": args.model,
        "llm_preference": args.preference,
        "output_preference": args.output,
        "context_artifacts": [await _attach(stack, path) for path in args.attach],
    }
    return {name: value for name, value in body.items() if value is not None}


async def _attach(stack: LocalStack, path: Path) -> str:
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise BadInput("attach", f"{path} can't be read: {error.strerror}.") from error
    return (await usecases.attach(stack.wired.ports, LOCAL, path.name, data, time.time())).id


async def _submit(client: httpx.AsyncClient, body: dict[str, Any]) -> str:
    answer = await client.post("/execute", json=body)
    if answer.status_code == 202:
        return str(answer.json()["execution_id"])
    problem = answer.json()
    if answer.status_code in (413, 422):
        raise BadInput(str(problem.get("field", "")), problem["detail"])
    raise AssayError(problem["detail"])


async def _follow(client: httpx.AsyncClient, execution_id: str, view: View) -> None:
    async for kind, data in events(client, f"/execute/{execution_id}/stream"):
        view.event(kind, data)


def check_writable(folder: Path) -> None:
    """Raises BadInput (field out) where `folder` can't be made or written: a run of minutes must not end there.

    A folder with files that are not an earlier result is refused too: ours would overwrite the user's."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / VALIDATION).exists() and folder != DEFAULT:
            raise BadInput("out", f"The folder {folder} holds other files; name a new one, or that of an earlier run.")
        there = next(f for f in (folder, *folder.absolute().parents) if f.exists())
        with tempfile.TemporaryFile(dir=there):
            return
    except OSError as error:
        raise BadInput("out", f"The folder {folder} can't be written: {error.strerror}.") from error
