"""A model that replays a list of replies: a real HTTP server with OpenAI's wire, for tests and demonstrations.

    python -m infra.models.scripted --script FILE.json [--port N]

prints its address, ending in /v1. The script is a JSON list; each request takes the first entry not yet taken whose
`match` is in its last user message. GET /requests tells what was asked so far.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from functions.agent.errors import BadInput
from infra.models.loopback import Answer, Cut, LoopbackServer, Request

_PIECE = 64
_KEPT = 10_000


@dataclass(frozen=True)
class Scripted:
    """One reply. `status` other than 200 is an error answer, with Retry-After where `retry_after` (seconds) is set.

    `delay_s` passes before the first byte; `cut_after` characters of text the connection is dropped; an entry with
    `repeat` is never used up."""

    text: str = ""
    match: str = ""
    finish_reason: str = "stop"
    status: int = 200
    retry_after: float | None = None
    delay_s: float = 0.0
    cut_after: int | None = None
    repeat: bool = False


def read_script(text: str) -> tuple[Scripted, ...]:
    """The entries of a script file. Raises BadInput naming the entry."""
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise BadInput("script", f"The script is not JSON: {error}.") from error
    if not isinstance(entries, list):
        raise BadInput("script", "The script must be a JSON list.")
    return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))


def _entry(number: int, entry: Any) -> Scripted:
    if not isinstance(entry, dict):
        raise BadInput("script", f"Entry {number} of the script must be an object.")
    known = {field.name: field.type for field in fields(Scripted)}
    for name, value in entry.items():
        if name not in known:
            raise BadInput("script", f"Entry {number} of the script has an unknown field {name!r}.")
        if type(value) not in _KINDS[str(known[name])]:
            raise BadInput("script", f"Field {name!r} of entry {number} of the script must be {known[name]}.")
    return Scripted(**entry)


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (int, float),
    "float | None": (int, float, type(None)),
    "int | None": (int, type(None)),
}


class ScriptedServer:
    """`async with ScriptedServer(script) as server:` answers at `server.url` (ending in /v1) until the block ends."""

    def __init__(self, script: Sequence[Scripted], port: int = 0) -> None:
        self._left = list(script)
        self._http = LoopbackServer(self._handle, port)
        self.requests: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    @property
    def url(self) -> str:
        return f"{self._http.url}/v1"

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def _handle(self, request: Request, answer: Answer) -> None:
        match request.method, request.path.partition("?")[0]:
            case "GET", "/requests":
                await answer.send(200, list(self.requests))
            case "GET", "/health":
                await answer.send(200, {"status": "ok"})
            case "POST", "/v1/chat/completions":
                await self._complete(request, answer)
            case _:
                await answer.send(404, _error(404, f"There is nothing at {request.method} {request.path}."))

    async def _complete(self, request: Request, answer: Answer) -> None:
        try:
            asked = request.json
            messages = asked["messages"]
            last = next((str(m["content"]) for m in reversed(messages) if m["role"] == "user"), "")
        except (ValueError, KeyError, TypeError):
            await answer.send(400, _error(400, "The body is not a chat completion request."))
            return
        self.requests.append(asked)
        entry = self._take(last)
        if entry is None:
            detail = f"No entry of the script is left for: {last[:200]!r}"
            await answer.send(500, _error(500, detail))
            return
        await asyncio.sleep(entry.delay_s)
        if entry.status != 200:
            headers = {} if entry.retry_after is None else {"retry-after": f"{entry.retry_after:g}"}
            await answer.send(entry.status, _error(entry.status, entry.text or "The script says so."), headers)
        elif asked.get("stream"):
            await _stream(entry, asked, answer)
        else:
            message = {"role": "assistant", "content": entry.text}
            choice = {"index": 0, "message": message, "finish_reason": entry.finish_reason}
            usage = _usage(messages, entry.text)
            await answer.send(200, {**_envelope(asked, "chat.completion"), "choices": [choice], "usage": usage})

    def _take(self, last: str) -> Scripted | None:
        for index, entry in enumerate(self._left):
            if entry.match in last:
                return entry if entry.repeat else self._left.pop(index)
        return None


async def _stream(entry: Scripted, asked: dict[str, Any], answer: Answer) -> None:
    envelope = _envelope(asked, "chat.completion.chunk")
    answer.begin("text/event-stream")
    until = len(entry.text) if entry.cut_after is None else min(entry.cut_after, len(entry.text))
    for start in range(0, until, _PIECE):
        delta = {"role": "assistant", "content": entry.text[start : min(start + _PIECE, until)]}
        await answer.piece(_event({**envelope, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}))
    if entry.cut_after is not None:
        raise Cut
    end = _event({**envelope, "choices": [{"index": 0, "delta": {}, "finish_reason": entry.finish_reason}]})
    if (asked.get("stream_options") or {}).get("include_usage"):
        end += _event({**envelope, "choices": [], "usage": _usage(asked["messages"], entry.text)})
    await answer.piece(end + b"data: [DONE]\n\n")


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def _envelope(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": asked.get("model", "script")}


def _usage(messages: list[dict[str, Any]], text: str) -> dict[str, int]:
    read = sum(len(str(message.get("content", ""))) for message in messages) // 4 + 1
    wrote = len(text) // 4 + 1
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}


def _error(status: int, detail: str) -> dict[str, Any]:
    return {"error": {"message": detail, "type": "scripted", "code": status}}


async def serve(script: Sequence[Scripted], port: int) -> None:
    """Prints the address and serves until cancelled."""
    async with ScriptedServer(script, port) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.models.scripted", description="Replays model replies.")
    parser.add_argument("--script", type=Path, required=True, help="a JSON list of replies")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    given = parser.parse_args(arguments)
    try:
        asyncio.run(serve(read_script(given.script.read_text(encoding="utf-8")), given.port))
    except KeyboardInterrupt:
        return 130
    except (OSError, BadInput) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
