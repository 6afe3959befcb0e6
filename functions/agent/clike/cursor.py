"""Where reading a literal has got to."""

from __future__ import annotations

from functions.agent.clike.plain import NotPlain, Rules, Wire
from functions.agent.clike.tokens import Token, Tokens

MAX_DEPTH = 40


class Cursor:
    """A place in the tokens of a literal."""

    def __init__(self, tokens: Tokens, rules: Rules, argument: bool) -> None:
        self.tokens, self.rules, self.argument = tokens, rules, argument
        self.at = 0

    def _peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead].text if self.at + ahead < len(self.tokens) else ""

    def _take(self, text: str = "") -> Token:
        if self.at >= len(self.tokens) or (text and self.tokens[self.at].text != text):
            raise NotPlain(f"no {text or 'value'}")
        self.at += 1
        return self.tokens[self.at - 1]

    def value(self, depth: int) -> Wire:
        """The value that begins here. Raises NotPlain."""
        raise NotImplementedError

    def annotation(self) -> None:
        """Passes what belongs to no value, such as a type after it."""

    def _until(self, closing: str, depth: int) -> list[Wire]:
        found: list[Wire] = []
        while self._peek() != closing:
            found.append(self.value(depth + 1))
            self.annotation()
            if self._peek() != closing:
                self._take(",")
        self._take(closing)
        return found
