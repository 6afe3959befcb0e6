"""What is noted of each test that runs apart from the code: how it reached the code, and what its verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass

from .seen import Seen


class Ended(BaseException):
    """The process of the code is gone. No `except Exception` of a test may swallow it."""


class NotApart(BaseException):
    """The test does something that needs the code in its own process."""


@dataclass
class Tally:
    """`seen`: what the code gave; `weak`: the code was asked whether it is right; `reach`: calls that crossed;
    `trouble`: why the test is void; `judged` False: for a reason that lies in the test, not in the code; `gone`: no
    test can reach the code any more."""

    seen: Seen
    weak: bool = False
    reach: int = 0
    trouble: str = ""
    judged: bool = True
    gone: bool = False
    doubtful: bool = False
    """The code's own names are such that different answers look alike: no test that reaches it can be strong."""

    def begin(self) -> None:
        self.weak, self.reach, self.trouble = False, 0, ""
        self.judged = True
        self.seen.begin()

    def not_apart(self, reason: str) -> NotApart:
        """The error to raise; whatever the test makes of it, the test counts as not judged."""
        self.judged = self.judged and bool(self.trouble)
        self.trouble = self.trouble or f"cannot be judged apart: {reason}"
        return NotApart(self.trouble)

    def is_weak(self, outcome: str) -> bool:
        """Whether the outcome proves nothing about the code. What the code can bring about is never an excuse."""
        if outcome != "passed":
            return not self.judged
        return self.weak or self.doubtful or self.reach == 0

    def ended(self, reason: str) -> Ended:
        self.gone = True
        self.trouble = self.trouble or f"the code under test ended its process ({reason})"
        return Ended(self.trouble)
