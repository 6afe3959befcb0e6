"""The whole stack as one process on loopback: the five functions under the functions framework, the queue, the care."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from functions.agent.errors import ConfigError
from functions.agent.ports import Task
from functions.agent.usecases import sweep
from infra import wiring
from infra.local.http_delivery import http_delivery
from infra.local.stack import LocalStack
from infra.local.stoppable import Stoppable

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.types import ASGIApp

MAIN = Path(__file__).resolve().parents[2] / "functions" / "main.py"
TARGETS = ("attempt", "controller", "deliver", "janitor")
CARE_S = 300.0
HOST = "127.0.0.1"


class LocalServer:
    """`async with LocalServer(stack, port)` serves until it is left; `url` is where. Port 0 takes a free one."""

    def __init__(self, stack: LocalStack, port: int = 0) -> None:
        self._stack = stack
        self._port = port
        self._tasks: list[asyncio.Task[None]] = []
        self._server: uvicorn.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        import httpx

        bound = _bind(self._port)
        try:
            self._stack.open()
            wiring.install(self._stack.wired)
            self.url = f"http://{HOST}:{bound.getsockname()[1]}"
            self._app = Stoppable(application())
            self._server = _uvicorn(self._app)
            serving = asyncio.create_task(self._server.serve(sockets=[bound]))
            self._tasks = [serving]
            while not self._server.started:
                if serving.done():
                    serving.result()
                    raise ConfigError("The server ended while it started.")
                await asyncio.sleep(0.005)
            limits = httpx.Limits(max_connections=256, max_keepalive_connections=64)
            self._client = httpx.AsyncClient(limits=limits, trust_env=False)
            deliver = http_delivery(
                self._client, self.url, self._stack.wired.caller_secret or "", lambda target: f"/_tasks/{target}/"
            )
            await sweep(self._stack.wired.ports, time.time(), stale_s=0.0, anew=False)
            self._tasks += [
                asyncio.create_task(self._stack.queue.run(self._stack.delivery(deliver))),
                asyncio.create_task(self._care()),
            ]
        except BaseException:
            bound.close()
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def wait(self) -> None:
        """Until the server ends, by a signal for instance."""
        await self._tasks[0]

    async def _care(self) -> None:
        while True:
            await asyncio.sleep(CARE_S)
            slot = int(time.time() // CARE_S)
            await self._stack.queue.put(Task(f"janitor-{slot}", "janitor", {}))

    async def _close(self) -> None:
        self._stack.queue.stop(grace_s=0.5)
        for task in self._tasks[1:]:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks[1:], return_exceptions=True)
        if self._server is not None and self._tasks:
            await self._app.stop()
            self._server.should_exit = True
            self._server.force_exit = True
            await asyncio.gather(self._tasks[0], return_exceptions=True)
        if hasattr(self, "_client"):
            await self._client.aclose()
        await self._stack.aclose()
        wiring.install(None)


def application() -> Starlette:
    """The API under /api, the inner functions under /_tasks, a plain page at /."""
    from functions_framework.aio import create_asgi_app
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route

    from infra.local import page

    def function(target: str) -> ASGIApp:
        app: ASGIApp = create_asgi_app(target, str(MAIN))  # type: ignore[no-untyped-call]
        return app

    inner = [Mount(f"/{target}", app=function(target)) for target in TARGETS]
    return Starlette(
        routes=[
            Route("/", page.index),
            Route("/config.json", page.config),
            Mount("/api", app=function("api")),
            Mount("/_tasks", routes=inner),
        ]
    )


def _bind(port: int) -> socket.socket:
    """A listening socket on loopback. Raises ConfigError with one sentence when the port is taken."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen(512)
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"Port {port} can't be used ({error.strerror}): end the other program or choose another with --port."
        ) from error
    return bound


def _uvicorn(app: ASGIApp) -> uvicorn.Server:
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    return server
