"""Whether an object of the code equals a plain value, asked so that one which equals everything does not.

The value is asked about among others that look just like it: it is a place on a random walk whose every step could have
been taken in both directions. So no place of the walk is more likely to be where it began, in the middle or at an end.
"""

from __future__ import annotations

import math
import random
import string
from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from typing import Any

DECOYS = 7
_TRIES = 20
_LONG = 10**15  # longer integers have so many neighbours that their ring need not be closed
_EXACT = Context(prec=40)
_WORDS = ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "elit"]
_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_Build = Callable[[Iterator[Any]], Any]
"""Puts a value together again from its leaves."""


def among(value: Any, choose: random.Random) -> tuple[list[Any], int]:
    """Up to DECOYS other values of the same type with `value` among them, and its place."""
    leaves: list[Any] = []
    build = _take_apart(value, leaves)
    walk = [value]
    before = choose.randint(0, DECOYS)
    for steps in (before, DECOYS - before):
        here = list(leaves)
        for _ in range(steps):
            here = _next(value, here, build, walk, choose)
    choose.shuffle(walk)
    return walk, next(place for place, other in enumerate(walk) if other is value)


def _next(value: Any, here: list[Any], build: _Build, walk: list[Any], choose: random.Random) -> list[Any]:
    """The leaves one step from `here`; what they build is added to `walk`, unless it is there already."""
    for _ in range(_TRIES):
        there = list(here)
        if there:
            at = choose.randrange(len(there))
            there[at] = _step(there[at], choose)
        other = build(iter(there)) if there else _invented(value, choose)
        whole = not isinstance(value, (dict, set, frozenset)) or len(other) == len(value) or not there
        if whole and not any(one is other or one == other for one in walk):
            walk.append(other)
            return there
    return here


def _take_apart(value: Any, leaves: list[Any]) -> _Build:
    """Appends what can be edited in `value` to `leaves`, in order."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        parts = [_take_apart(item, leaves) for item in value]
        return lambda given: kind([part(given) for part in parts])
    if kind is dict:
        pairs = [(_take_apart(key, leaves), _take_apart(item, leaves)) for key, item in value.items()]
        return lambda given: {key(given): item(given) for key, item in pairs}
    if kind in (bool, int) or (kind in (str, bytes) and value) or (kind is float and math.isfinite(value)):
        leaves.append(value)
        return next
    return lambda given: value


def _step(leaf: Any, choose: random.Random) -> Any:
    by = choose.choice((-1, 1)) * choose.randint(1, 9)
    kind = type(leaf)
    if kind is bool:
        return not leaf
    if kind in (int, float):
        return _number(leaf, by)
    if kind is bytes:
        at = choose.randrange(len(leaf))
        return leaf[:at] + bytes([(leaf[at] + by) % 256]) + leaf[at + 1 :]
    places = [i for i, char in enumerate(leaf) if any(char in known for known in _CLASSES)] or range(len(leaf))
    at = choose.choice(places)
    return leaf[:at] + _other(leaf[at], by) + leaf[at + 1 :]


def _number(value: Any, by: int) -> Any:
    """A number with as many digits and as round: these lie on a ring, so that the walk has no middle."""
    if type(value) is int and abs(value) >= _LONG:
        return value + by
    sign, digits, exponent = Decimal(repr(value)).normalize(_EXACT).as_tuple()
    first = 10 ** (len(digits) - 1) if len(digits) > 1 or exponent else 0
    size = 10 ** len(digits) - first
    found = int("".join(map(str, digits)))
    for _ in range(abs(by)):
        found = first + (found - first + (1 if by > 0 else -1)) % size
        if found and found % 10 == 0:  # rounder
            found = first + (found - first + (1 if by > 0 else -1)) % size
    made = type(value)(Decimal((sign, tuple(map(int, str(found))), int(exponent))))
    return made if math.isfinite(made) else value


def _other(char: str, by: int) -> str:
    """A character of the same class."""
    for known in _CLASSES:
        if char in known:
            return known[(known.index(char) + by) % len(known)]
    found = chr(max(0, min(0x10FFFF, ord(char) + by)))
    return found if found.isprintable() else string.ascii_lowercase[by % 26]


def _invented(value: Any, choose: random.Random) -> Any:
    """For a value in which nothing can be edited."""
    number, word = choose.randint(-999, 999), choose.choice(_WORDS)
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return kind([*value, number])
    if kind is dict:
        return {**value, word: number}
    if kind in (float, complex):
        return kind(number)
    if kind is str:
        return word[: choose.randint(1, len(word))]
    return bytes([number % 256]) if kind is bytes else choose.choice([number, word, choose.random(), (), []])


def is_plain(value: Any, depth: int = 0) -> bool:
    """True for values that cross as data."""
    if depth > 20:
        return False
    if isinstance(value, (list, tuple, set, frozenset)):
        return type(value) in (list, tuple, set, frozenset) and all(is_plain(v, depth + 1) for v in value)
    if type(value) is dict:
        return all(is_plain(k, depth + 1) and is_plain(v, depth + 1) for k, v in value.items())
    return type(value) in (type(None), bool, int, float, complex, str, bytes)


def equals(value: Any, ask: Callable[[list[Any]], list[Any]]) -> bool:
    """True where `ask` says of `value` alone, hidden among others, that it is equal. `ask` gives an answer for each."""
    values, place = among(value, random.SystemRandom())
    answers = ask(values)
    return len(answers) == len(values) and [i for i, a in enumerate(answers) if a is not False] == [place]
