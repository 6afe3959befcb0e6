"""The conversation of the tests' process (T) with the code's: what is asked, what travels along, when it is over."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from . import errors, lending, wire
from .awaiting import Awaiting
from .kept import Kept
from .peer import Peer
from .plain import Garbled, TooDeep
from .tally import Ended, NotApart, Tally
from .wire import Lost, TooLarge

_GRACE_S = 0.05
"""Where it is the runner that ends the code, it ends the tests as well, before they say that the code did."""


class Talking(Peer):
    def __init__(self, sock: socket.socket, tally: Tally, workdir: str) -> None:
        super().__init__()
        self.tally = tally
        self.lendable = lending.Lendable(workdir)
        self.awaiting = Awaiting(self)
        self.local.channel = wire.Channel(sock)
        self._door: wire.Channel | None = None
        self._door_lock = threading.Lock()
        self._listening = False
        self._freed: list[list[int]] = []
        self._gone = ""
        self._home = os.getcwd()
        self._tmp = os.environ.get("TMPDIR", "/tmp") + os.sep  # noqa: S108
        self._environ = self._environment()

    def request(self, operation: str, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As of Peer; counted as a call that crosses, and what comes of it is noted. Raises Ended and NotApart."""
        self.tally.reach += 1
        for value in (*args, *kwargs.values()):
            if isinstance(value, (str, PurePath)) and str(value).startswith(self._tmp):
                raise self.tally.not_apart("the test and the code share a file")
        try:
            value = self.quietly(operation, target, *args, **kwargs)
        except (Ended, NotApart):
            raise
        except BaseException as error:
            self.tally.seen.raised(operation, args, error)
            raise
        self.tally.seen.gave(operation, args, value, self.local.changed)
        return value

    def quietly(self, operation: str, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A request that the test did not make."""
        if self._gone:
            raise self.tally.ended(self._gone)
        try:
            return super().request(operation, target, *args, **kwargs)
        except Lost as error:
            time.sleep(_GRACE_S)
            raise self.end(str(error)) from None
        except Garbled as error:
            raise self.end(f"it garbled its answer: {error}") from None
        except (TooDeep, TooLarge) as error:
            raise self.tally.not_apart(str(error)) from None

    def result(self, answer: Mapping[str, Any], kept: Kept) -> Any:
        value = super().result(answer, kept)
        self.local.changed = [kept.items[number] for number, _ in answer.get("ch", ())]
        return value

    def end(self, reason: str) -> Ended:
        """Nothing that comes from the other side counts any longer; the error to raise."""
        self._gone = self._gone or reason
        return self.tally.ended(self._gone)

    def ask(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        answer = super().ask(message, descriptors)
        self._show(answer)
        if answer.get("busy"):
            self.awaiting.keep_going()
        return answer

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        self._show(message)
        return super().answer(message)

    def before_asking(self, message: dict[str, Any]) -> None:
        if os.getcwd() != self._home:
            raise self.tally.not_apart("the test changes the working directory")
        if self._freed:
            message["free"], self._freed = self._freed, []
        environ = self._environment()
        if environ != self._environ:
            changed = {n: environ.get(n) for n in {*environ, *self._environ} if environ.get(n) != self._environ.get(n)}
            message["env"], self._environ = changed, environ
        if generation := self.awaiting.generation():
            message["loop"] = generation

    @staticmethod
    def _environment() -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}

    def _show(self, answer: Mapping[str, Any]) -> None:
        """What the code printed, as if it had been printed here, and its warnings."""
        try:
            texts = [(number, str(text)) for number, text in answer.get("out", ())]
            warned = [(module, name, str(text), int(line)) for module, name, text, line in answer.get("warn", ())]
        except (TypeError, ValueError) as error:
            raise Garbled(f"what it printed: {error}") from error
        for number, text in texts:
            (sys.stdout if number == 1 else sys.stderr).write(text)
            if number == 1:
                self.tally.seen.printed(text)
        for module, name, text, line in warned:
            category = errors.library_error([module, name]) or UserWarning
            if issubclass(category, Warning):
                warnings.warn_explicit(text, category, "the code under test", line)

    def perform(self, operation: str, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The code asks something of what it was lent."""
        name = args[0] if operation in ("get", "set", "del", "method", "special") else ""
        self.tally.seen.called_back()
        self.lendable.check(operation, target, name)
        return super().perform(operation, target, args, kwargs)

    def open(self) -> wire.Channel:
        ours, theirs = wire.pair()
        self._tell_door("requests", theirs)
        channel = self.local.channel = wire.Channel(ours)
        return channel

    def _tell_door(self, purpose: str, theirs: socket.socket) -> None:
        with self._door_lock, theirs:
            if self._door is None:
                raise self.tally.not_apart("a thread of the test came out of nowhere")
            self._door.send({"for": purpose}, [theirs.fileno()])

    def open_door(self) -> None:
        """Hands over, once, the door through which further channels go: to be called before there are threads."""
        if self._door is not None or self._gone:
            return
        ours, theirs = wire.pair()
        self._door = wire.Channel(ours)
        with theirs:
            try:
                self.ask({"op": "door", "o": None, "a": []}, [theirs.fileno()])
            except Lost as error:
                raise self.end(str(error)) from None

    def listen(self) -> None:
        """From the first object that is lent, threads of the code can call back at any time."""
        if self._listening:
            return
        self._listening = True
        self.open_door()
        ours, theirs = wire.pair()
        self._tell_door("callbacks", theirs)

        def answer() -> None:
            channel = self.local.channel = wire.Channel(ours)
            try:
                while True:
                    self.reply(channel, channel.receive())
            except Lost:
                return

        threading.Thread(target=answer, daemon=True).start()

    def let_go(self, number: int, times: int) -> None:
        """Told with the next request: nobody here holds the object any longer."""
        self._freed.append([number, times])
