"""What happens to a reply while it comes: it is passed on, and stopped when nobody needs the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from functions.agent.languages import LANGUAGES
from functions.agent.parsing import repeats
from functions.agent.ports import NewEvent, Ports
from functions.agent.records import Execution
from functions.agent.safety import Sieve
from functions.agent.words import Status

FLUSH_S = 0.1
LOOK_S = 0.5
CIRCLE_PIECES = 64
TESTS_ASKED = 6
"""As the prompt says; the beginning of one more is the end of the reply."""


@dataclass(frozen=True)
class Purpose:
    """What a question is for (`code` or `tests`), and which of the samples asked for together it is, from 1."""

    what: str
    sample: int = 1


class Stopped(Exception):
    """The execution was cancelled while the model was talking."""


class Listener:
    """Passes the reply's pieces to the log, a few times a second and without secrets, and stops the call when nobody
    wants it any more.

    `early`: for local models, where tokens cost time, the reply ends with its first whole block, or when it goes round
    in a circle; `enough` says that it did. `asked` is what the user wrote: its secrets are no news."""

    def __init__(
        self,
        ports: Ports,
        execution: Execution,
        purpose: Purpose,
        clock: Callable[[], float],
        early: bool,
        asked: str,
    ) -> None:
        self._ports, self._execution, self._purpose, self._clock, self._early = ports, execution, purpose, clock, early
        self.text: list[str] = []
        self.pieces = 0
        self.enough = False
        self._sieve = Sieve(asked)
        self._waiting = ""
        self._flushed = self._looked = clock()

    async def __call__(self, piece: str) -> bool:
        """Whether that is enough. Raises Stopped."""
        self.text.append(piece)
        self.pieces += 1
        self._waiting += self._sieve.feed(piece)
        now = self._clock()
        if now - self._flushed >= FLUSH_S:
            await self.flush()
            self._flushed = now
        if now - self._looked >= LOOK_S:
            self._looked = now
            if (await self._ports.records.get(Execution, self._execution.id)).status is Status.CANCELLED:
                raise Stopped
        self.enough = self._early and self._over(piece)
        return self.enough

    def _over(self, piece: str) -> bool:
        """Whether the reply is complete, or goes round in a circle (looked for now and then: it reads all of it)."""
        text = "".join(self.text)
        if "`" in text[-3 - len(piece) :] and _whole(text):
            return True
        marks = LANGUAGES[self._execution.language].counted
        if self._purpose.what == "tests" and sum(map(text.count, marks)) > TESTS_ASKED:
            return True
        return self.pieces % CIRCLE_PIECES == 0 and repeats(text)

    async def finish(self) -> None:
        """Passes on what was held back as what a secret may begin with."""
        self._waiting += self._sieve.end()
        await self.flush()

    async def flush(self) -> None:
        if self._waiting:
            data = {
                "attempt": self._execution.attempt_number,
                "purpose": self._purpose.what,
                "sample": self._purpose.sample,
                "text": self._waiting,
            }
            self._waiting = ""
            await self._ports.events.append(self._execution.id, [NewEvent("delta", data)])


def _whole(text: str) -> bool:
    """Whether the first fenced block of the reply is closed; shorter fences in it are part of it."""
    fence = ""
    for line in text.split("\n"):
        if not fence:
            opening = re.match(r"(`{3,})[^`]*$", line)
            fence = opening[1] if opening else ""
        elif set(line.rstrip()) == {"`"} and len(line.rstrip()) >= len(fence):
            return True
    return False
