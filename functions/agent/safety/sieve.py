"""Takes secrets out of a text that arrives in pieces, however they cut it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from functions.agent.safety.secrets import CONTEXT, find, pieces

MOST = 8300
"""Characters that are held back at most: no secret is longer."""
_RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+="
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z ]{0,20}PRIVATE KEY-----|[A-Z ]{0,40}-{0,4}\Z)")
_END = re.compile(r"-----END [A-Z ]{0,20}PRIVATE KEY-----")


class Sieve:
    """`feed` gives what can't become a part of a secret any more; `end` gives the rest. Together they are what
    `redact(text, given)` gives for the whole text."""

    def __init__(self, given: str = "") -> None:
        self._given = given
        self._before = ""
        """The end of what was given out, as it came: it tells what stands next to a secret."""
        self._held = ""

    def feed(self, piece: str) -> str:
        self._held += piece
        floor = len(self._held) - MOST  # what began before it is too long for a secret
        return self._give(min((at for at in self._open() if at >= floor), default=floor))

    def end(self) -> str:
        return self._give(len(self._held))

    def _open(self) -> Iterator[int]:
        """Where that begins in what is held which more text could make a secret."""
        yield len(self._held.rstrip(_RUN))
        for begin in _BEGIN.finditer(self._held):
            if not _END.search(self._held, begin.end()):
                yield begin.start()
                return

    def _give(self, size: int) -> str:
        text, start = self._before + self._held, len(self._before)
        found = find(text, self._given)
        cut = start + size
        cut = min((s.start for s in found if s.start < cut < s.end), default=cut)
        if cut <= start:
            return ""
        given = "".join(pieces(text[:cut], tuple(s for s in found if s.end <= cut), start))
        self._before, self._held = text[max(0, cut - CONTEXT) : cut], text[cut:]
        return given
