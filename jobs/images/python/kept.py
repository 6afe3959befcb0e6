"""The mutable containers of one call: which they are on both sides, and which of them the call has changed."""

from __future__ import annotations

from operator import is_
from typing import Any


class Kept:
    """The mutable containers of one call, numbered in the same order on both sides, so that both mean the same ones."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._before: list[list[Any]] = []

    def number(self, container: Any) -> int | None:
        return self._numbers.get(id(container))

    def add(self, container: Any) -> None:
        self._numbers[id(container)] = len(self.items)
        self.items.append(container)

    def forget(self, size: int) -> None:
        """Only the first `size` containers were told to the other side."""
        for container in self.items[size:]:
            del self._numbers[id(container)]
        del self.items[size:]

    def remember(self) -> None:
        """What the containers hold now, to be asked later what has changed."""
        self._before = [_flat(item) for item in self.items]

    def changed(self) -> list[int]:
        """Numbers of the containers that hold other objects than when they were remembered."""
        found = []
        for number, before in enumerate(self._before):
            now = _flat(self.items[number])
            if len(now) != len(before) or not all(map(is_, now, before)):
                found.append(number)
        return found


def _flat(container: Any) -> list[Any]:
    return [*container, *container.values()] if isinstance(container, dict) else list(container)
