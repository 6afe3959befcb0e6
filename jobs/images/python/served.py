"""The process of the code under test (S): carries out what the tests' process asks, until the connection closes."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import os
import random
import socket
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from . import wire
from .printing import Printed
from .showing import Showing

_IN_LOOP = frozenset(["call", "method", "special", "new", "get", "set"])
"""Operations that run code which may expect the tests' event loop around it."""


class Server(Showing):
    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.printed = Printed()
        self._side_door: wire.Channel | None = None
        self._side_lock = threading.RLock()
        self._failed: dict[str, BaseException] = {}
        self.operations |= {
            "door": self._door, "describe": lambda number: self.describe(self.lent.get(number)),
            "import": self._import, "new": self._new, "dir": dir, "fields": _fields, "equal": _equal, "seed": _seed,
            "module": lambda name: self.lent.number(importlib.import_module(name))[0],
            "task": self.loops.task, "turn": self.loops.turn, "cancel": self.loops.cancel,
        }  # fmt: skip

    def serve(self, sock: socket.socket) -> None:
        """Answers on `sock` until it closes."""
        channel = self.local.channel = wire.Channel(sock)
        try:
            while True:
                message = channel.receive()
                self.reply(channel, message)
        except wire.Lost:
            return

    def _door(self, target: None) -> None:
        """The tests have threads, or lend what threads of the code can call."""
        door = wire.Channel(socket.socket(fileno=self.local.channel.descriptors.pop()))
        threading.Thread(target=self._stand_at, args=(door,), daemon=True).start()

    def _stand_at(self, door: wire.Channel) -> None:
        """Takes in the channels of other threads of the tests, and the one for callbacks from threads of the code."""
        try:
            while True:
                message = door.receive()
                sock = socket.socket(fileno=door.descriptors.pop())
                if message["for"] == "callbacks":
                    self._side_door = wire.Channel(sock)
                else:
                    threading.Thread(target=self.serve, args=(sock,), daemon=True).start()
        except wire.Lost:
            return

    def ask(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        if getattr(self.local, "channel", None) is not None or self._side_door is None:
            return super().ask(message, descriptors)
        with self._side_lock:
            self.local.channel = self._side_door
            try:
                return super().ask(message, descriptors)
            finally:
                self.local.channel = None

    def open(self) -> wire.Channel:
        raise RuntimeError("the tests are not listening to this thread")

    def before_asking(self, message: dict[str, Any]) -> None:
        message |= self.printed.take()

    def before_answering(self, answer: dict[str, Any]) -> None:
        answer |= self.printed.take()
        if busy := self.loops.busy():
            answer["busy"] = busy

    def perform(self, operation: str, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if operation in _IN_LOOP:
            return self.loops.within(lambda: self.operations[operation](target, *args, **kwargs))
        return self.operations[operation](target, *args, **kwargs)

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        for number, times in message.get("free", ()):
            self.lent.release(number, times)
        for name, value in message.get("env", {}).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self.loops.generation = message.get("loop", 0)
        return super().answer(message)

    def import_early(self, name: str) -> None:
        """Imports while the tests are still being collected; an error is kept for whoever asks."""
        try:
            importlib.import_module(name)
        except BaseException as error:
            self._failed[name] = error

    def _import(self, name: str, again: bool) -> Any:
        if name in self._failed:
            raise self._failed.pop(name)
        module = importlib.import_module(name)
        return importlib.reload(module) if again else module

    def _new(self, kind: Any, /, *args: Any, **kwargs: Any) -> Any:
        made = kind(*args, **kwargs)
        if isinstance(made, (type, enum.Enum, BaseException)) or not self.users.made(type(made)):
            return made
        if not hasattr(type(made), "_fields"):
            self.lent.number(made)  # what the tests construct stays the object it is, even if it derives from a builtin
        return made


def _fields(target: Any) -> list[Any]:
    return [getattr(target, field.name) for field in dataclasses.fields(target)]


def _equal(target: Any, values: list[Any]) -> list[bool]:
    """One answer for each value. The expected one is somewhere among them."""
    return [bool(target == value) for value in values]


def _seed(which: str, value: Any) -> None:
    if which == "random":
        random.seed(value)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(value)


def serve(modules: Sequence[str], workdir: str, descriptor: int) -> int:
    """Serves the `modules` of `workdir` on a connected socket until it closes; the exit code."""
    sock = socket.socket(fileno=descriptor)
    os.register_at_fork(after_in_child=sock.close)  # what the code forks must not keep the tests waiting
    server = Server(workdir)
    server.printed.install()
    warnings.simplefilter("always")
    if len(modules) == 1:
        server.import_early(modules[0])
    server.serve(sock)
    sys.stdout.flush()
    sys.stderr.flush()
    return 0
