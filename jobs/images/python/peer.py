"""What both sides of a conversation do alike: ask the other for an operation, and carry out what the other asks.

Each thread has a channel of its own, so requests of one channel nest like calls: while one side waits for its answer,
the other may ask back. A request names an operation, its target and arguments; the answer holds a result (`r`) or an
error (`x`), and what became of the containers among the arguments (`ch`).
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .kept import Kept
from .plain import Coder, Garbled
from .wire import Channel, TooLarge


class Lent:
    """Objects that the other side holds by number; one goes when the other side has let go of it as often as it got
    it."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._times: dict[int, int] = {}
        self._next = 1

    def number(self, value: Any) -> tuple[int, bool]:
        """Its number, and whether it is lent for the first time."""
        number = self._numbers.get(id(value))
        new = number is None
        if number is None:
            number = self._next
            self._next += 1
            self._numbers[id(value)] = number
            self._objects[number] = value
        self._times[number] = self._times.get(number, 0) + 1
        return number, new

    def knows(self, value: Any) -> bool:
        return id(value) in self._numbers

    def get(self, number: int) -> Any:
        return self._objects[number]

    def release(self, number: int, times: int) -> None:
        self._times[number] -= times
        if self._times[number] <= 0:
            del self._times[number]
            del self._numbers[id(self._objects.pop(number))]


Operation = Callable[..., Any]


class Peer:
    """Derived classes are the `Foreign` of their coder, and add operations, errors and channels."""

    def __init__(self) -> None:
        self.coder = Coder(self)
        self.lent = Lent()
        self.local = threading.local()
        self.operations: dict[str, Operation] = {
            "call": lambda target, /, *args, **kwargs: target(*args, **kwargs),
            "method": lambda target, name, /, *args, **kwargs: getattr(target, name)(*args, **kwargs),
            "special": lambda target, name, /, *args, **kwargs: getattr(type(target), name)(target, *args, **kwargs),
            "get": getattr,
            "set": setattr,
            "del": delattr,
            "copy": lambda target, deep: (copy.deepcopy if deep else copy.copy)(target),
        }

    def lend(self, value: Any, kept: Kept, depth: int) -> Any:
        raise NotImplementedError

    def take(self, data: dict[str, Any], kept: Kept, depth: int) -> Any:
        raise NotImplementedError

    def open(self) -> Channel:
        """A channel for a thread that has none. Raises Lost."""
        raise NotImplementedError

    def put_result(self, value: Any, kept: Kept) -> dict[str, Any]:
        """The answer that gives `value`. Raises what encoding raises."""
        return {"r": self.coder.encode(value, kept)}

    def put_large(self, error: TooLarge) -> dict[str, Any]:
        """The answer instead of one that was too large."""
        return {"x": self.put_error(error)}

    def put_error(self, error: BaseException) -> dict[str, Any]:
        """What crosses of an exception. Never raises."""
        raise NotImplementedError

    def get_error(self, data: dict[str, Any]) -> BaseException:
        """The exception to raise here for one of the other side's. Raises Garbled."""
        raise NotImplementedError

    def before_asking(self, message: dict[str, Any]) -> None:
        """Adds to a request what travels along with it."""

    def before_answering(self, answer: dict[str, Any]) -> None:
        """Adds to an answer what travels along with it."""

    def request(self, operation: str, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Has the other side carry out an operation; returns or raises what came of it. Raises Lost, Garbled."""
        kept = Kept()
        message: dict[str, Any] = {"op": operation, "o": self.coder.encode(target, kept)}
        message["a"] = [self.coder.encode(value, kept) for value in args]
        if kwargs:
            message["k"] = {name: self.coder.encode(value, kept) for name, value in kwargs.items()}
        return self.result(self.ask(message), kept)

    def ask(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """The answer to a message, with which `descriptors` go; what the other side asks meanwhile is answered.

        Raises Lost."""
        channel = getattr(self.local, "channel", None) or self.open()
        self.before_asking(message)
        channel.send(message, descriptors)
        while True:
            answer = channel.receive()
            if "op" not in answer:
                return answer
            self.reply(channel, answer)

    def reply(self, channel: Channel, message: Mapping[str, Any]) -> None:
        """Answers a request. Raises Lost."""
        try:
            channel.send(self.answer(message))
        except TooLarge as error:
            channel.send(self.put_large(error))
        except (TypeError, ValueError) as error:  # no JSON
            channel.send({"x": self.put_error(error)})

    def result(self, answer: Mapping[str, Any], kept: Kept) -> Any:
        if "x" in answer:
            error = self.get_error(answer["x"])
            self._apply(answer, kept)
            raise error
        value = self.coder.decode(answer.get("r"), kept)
        self._apply(answer, kept)
        return value

    def _apply(self, answer: Mapping[str, Any], kept: Kept) -> None:
        try:
            for number, body in answer.get("ch", ()):
                self.coder.fill(kept.items[number], body, kept)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise Garbled(f"what became of the arguments: {error}") from error

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Carries out a request. Never raises what the operation raises."""
        kept = Kept()
        try:
            target = self.coder.decode(message["o"], kept)
            args = [self.coder.decode(value, kept) for value in message["a"]]
            kwargs = {name: self.coder.decode(value, kept) for name, value in message.get("k", {}).items()}
            kept.remember()
            try:
                value, error = self.perform(message["op"], target, args, kwargs), None
            except BaseException as raised:
                value, error = None, raised
            answer: dict[str, Any] = self.put_result(value, kept) if error is None else {"x": self.put_error(error)}
            if changed := kept.changed():
                answer["ch"] = [[number, self.coder.body(kept.items[number], kept, 0)] for number in changed]
        except Exception as error:  # what came of it cannot cross, and the containers are no longer numbered alike
            answer = {"x": self.put_error(error)}
        self.before_answering(answer)
        return answer

    def perform(self, operation: str, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self.operations[operation](target, *args, **kwargs)
