"""From tokens to statements: where one ends, what it declares and reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from functions.agent.clike.scanner import Syntax
from functions.agent.clike.tokens import Token, Tokens, parts

_ASSIGNS = {"=", ":=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^=", "&&=", "||=", "??=", ">>>="}
_FOLLOWS = {"else", "catch", "finally", "while"}
_DECLARES = {"const", "let", "var", "final", "using"}
_CONTINUES = {"++", "--"}


@dataclass(frozen=True)
class Statement:
    """`tokens` without the semicolon. `block`: it is a loop, a condition, a function or the like."""

    tokens: tuple[Token, ...]
    block: bool = False

    @cached_property
    def reads(self) -> frozenset[str]:
        """Words that stand for something by themselves: not after a dot, not a key, nor what is given a value here."""
        if self.declares:
            return frozenset((*names(self._right), *names(self._left[:-1] if self._typed else ())))
        return frozenset(names(self._right if self._plain else self.tokens))

    @cached_property
    def declares(self) -> tuple[str, ...]:
        """Names that the statement declares; for one that only assigns, none."""
        if self.block or not self.tokens:
            return ()
        left, sign = self._left, self._sign
        first = self.tokens[0].text
        if sign == ":=":
            return tuple(t.text for t in left if t.kind == "word" and t.text != "_")
        if first in _DECLARES:
            return _declared(self.tokens[1:] if sign is None else left[1:], first in ("var", "let"))
        return (left[-1].text,) if self._typed else ()

    @cached_property
    def assigns(self) -> tuple[str, ...]:
        """Names whose value, or a part of it, the statement changes without declaring them."""
        if self.block or self.declares or self._sign is None:
            if self.tokens and any(t.text in _CONTINUES for t in (self.tokens[0], self.tokens[-1])):
                return tuple(names(self.tokens))[:1]
            return ()
        return tuple(
            dict.fromkeys(p[0].text for p in parts(self._left) if p and p[0].kind == "word" and p[0].text != "_")
        )

    @property
    def _plain(self) -> bool:
        """Whether it gives whole variables a new value: `x = …`, `x, err = …`."""
        return self._sign == "=" and all(len(p) == 1 and p[0].kind == "word" for p in parts(self._left))

    @cached_property
    def gives(self) -> Mapping[str, tuple[Token, ...]]:
        """What each declared name gets, as far as it gets all of it; a result besides an error counts as all."""
        if not self._right or not (self.declares or self._plain):
            return {}
        listed = self._sign == ":=" or self._plain
        several = [t.text for t in self._left if t.kind == "word"] if listed else list(self.declares)
        if self._left[0].kind == "open" or (self._left[1:2] and self._left[1].kind == "open"):
            return {}
        if len(several) > 1 and (len(several) > 2 or several[-1] != "err"):
            return {}
        return dict.fromkeys(self.declares or self.assigns, self._right)

    @property
    def value(self) -> tuple[Token, ...]:
        """What a declaration of one name gives it."""
        return self.gives.get(self.declares[0], ()) if len(self.declares) == 1 else ()

    @cached_property
    def _at(self) -> int | None:
        depth = 0
        for i, token in enumerate(self.tokens):
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0 and token.kind == "op" and token.text in _ASSIGNS:
                return i
        return None

    @property
    def _sign(self) -> str | None:
        return None if self._at is None else self.tokens[self._at].text

    @property
    def _left(self) -> tuple[Token, ...]:
        return self.tokens if self._at is None else self.tokens[: self._at]

    @property
    def _right(self) -> tuple[Token, ...]:
        return () if self._at is None else self.tokens[self._at + 1 :]

    @property
    def _typed(self) -> bool:
        """Whether a type and a name stand before the sign: `List<Integer> xs = …`, `int x`."""
        left = self._left
        if (
            len(left) < 2
            or left[-1].kind != "word"
            or left[0].kind != "word"
            or left[0].text in ("return", "throw", "await")
        ):
            return False
        before = left[-2]
        return (before.kind == "word" and before.text != "new") or before.text in (">", "]", "?")


def _declared(left: Tokens, named_first: bool) -> tuple[str, ...]:
    """The names of `x`, `x: number`, `{a, b}`, `[a, b]`, and of `int x` after `final`, `x int` after Go's `var`."""
    if not left:
        return ()
    if left[0].kind == "open":
        found = []
        for i, token in enumerate(left):
            key = i + 1 < len(left) and left[i + 1].text == ":"
            if token.kind == "word" and not key:
                found.append(token.text)
            if token.text == ":" and not any(t.kind == "close" for t in left[i:]):
                break
        return tuple(found)
    if any(t.text == ":" for t in left):
        return (left[0].text,)
    if named_first:
        return tuple(p[0].text for p in parts(left) if p and p[0].kind == "word")
    plain = [t for t in left if t.kind == "word"]
    return (plain[-1].text,) if plain and left[-1].kind == "word" else (left[0].text,)


def names(tokens: Tokens) -> Iterator[str]:
    """Words of `tokens` that are no member of something and no key."""
    for i, token in enumerate(tokens):
        if token.kind != "word":
            if token.kind == "template" and "${" in token.text:
                yield from _in_template(token.text)
            continue
        before = tokens[i - 1].text if i else ""
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        if before in (".", "?.") or (after == ":" and before in ("{", ",")):
            continue
        yield token.text


def _in_template(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        if char.isalnum() or char in "_$":
            word += char
        else:
            if word:
                yield word.lstrip("$")
            word = ""


def statements(tokens: Tokens, syntax: Syntax) -> list[Statement]:
    """The statements of a body, in order. What is cut off, or closes what was never opened, ends the list."""
    found: list[Statement] = []
    first, depth, at = 0, 0, 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "bad" and depth == 0:  # not code: what stands before it in its line is none either
            first, at = at + 1, at + 1
            continue
        if token.kind == "bad":
            return found
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return found
        if depth == 0:
            block = _is_block(tokens[first], syntax)
            if token.text == ";" and not (block and syntax.headers):
                _add(found, tokens[first:at], block)
                first = at + 1
            elif (token.text == "}" and block and not _goes_on(tokens, at, syntax)) or (
                syntax.newlines and _line_ends(tokens, at, syntax)
            ):
                _add(found, tokens[first : at + 1], block)
                first = at + 1
        at += 1
    if depth == 0 and first < len(tokens) and syntax.newlines:
        _add(found, tokens[first:], _is_block(tokens[first], syntax))
    return found


def _add(found: list[Statement], tokens: Tokens, block: bool) -> None:
    if tokens:
        found.append(Statement(tuple(tokens), block))


def _is_block(token: Token, syntax: Syntax) -> bool:
    return token.text in syntax.blocks or token.text == "{"


def _goes_on(tokens: Tokens, at: int, syntax: Syntax) -> bool:
    """Whether a block goes on after the brace at `at`: with `else`, or because the brace is still in its head."""
    if at + 1 == len(tokens):
        return False
    following = tokens[at + 1]
    return following.text in _FOLLOWS or (syntax.headers and not following.line)


def _line_ends(tokens: Tokens, at: int, syntax: Syntax) -> bool:
    """Whether the line break after the token at `at` ends the statement."""
    token, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
    if following is None or not following.line:
        return False
    ended = (
        (token.kind == "word" and token.text not in syntax.keywords)
        or token.kind in ("number", "text", "char", "template", "regex", "close")
        or token.text in (*_CONTINUES, "return", "break", "continue", "this", "true", "false", "null")
    )
    joined = following.kind == "op" and following.text not in (*_CONTINUES, "!", "~", "@", "-", "<-", "*", "&")
    joined = joined or (following.text in ("(", "[") and syntax.regex) or following.text in ("instanceof", "in", "as")
    return ended and not joined
