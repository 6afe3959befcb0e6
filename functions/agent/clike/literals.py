"""Literals of a language as plain values in the sandbox's exact JSON (docs/sandbox.md), and nothing else as one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from functions.agent.clike import texts
from functions.agent.clike.composites import Composites
from functions.agent.clike.cursor import MAX_DEPTH
from functions.agent.clike.made import Made
from functions.agent.clike.plain import NotPlain, Rules, Wire, built, converted, number
from functions.agent.clike.tokens import Tokens, closes, generic

SAFE = 2**53 - 1
MAX_DIGITS = 400
"""Of one number; readers of JSON refuse very long ones."""
_NUMBER = re.compile(
    r"(?P<int>0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|0|[1-9]\d*)(?P<of_int>[A-Za-z]*)"
    r"|(?P<float>(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?P<of_float>[A-Za-z]*)"
)


def read(tokens: Tokens, rules: Rules, argument: bool = False) -> Wire:
    """The value of the tokens. Raises NotPlain for anything but a whole literal.

    `argument`: it shall be passed to the code, so what loses its type on the way (a bigint) is not plain either."""
    reader = _Reader(tokens, rules, argument)
    value = reader.value(0)
    reader.annotation()
    if reader.at != len(tokens):
        raise NotPlain("more than a literal")
    return value


class _Reader(Made, Composites):
    def value(self, depth: int) -> Wire:
        if depth > MAX_DEPTH:
            raise NotPlain("nested too deeply")
        token = self._take()
        if token.kind == "number":
            return self._number(token.text, False)
        if token.kind in ("text", "template"):
            return texts.plain(token.text, self.rules.syntax)
        if token.kind == "char":
            text = texts.plain(token.text, self.rules.syntax)
            return ord(text) if self.rules.char == "code" and len(text) == 1 else text
        if token.text in ("-", "+") and self.at < len(self.tokens):
            return self._signed(token.text, depth)
        if token.text == "[" and "brackets" in self.rules.features:
            return self._until("]", depth)
        if token.text == "{" and "objects" in self.rules.features:
            return self._object(depth)
        if token.text == "(":
            return self._bracketed(depth)
        if token.text == "new":
            return self._made(depth)
        if "composites" in self.rules.features and token.text in ("[", "map"):
            self.at -= 1
            return self._composite(depth)
        if token.kind == "word":
            return self._named(token.text, depth)
        raise NotPlain(token.text)

    def annotation(self) -> None:
        """Passes `as const`, `as unknown as T`: types are no part of the value."""
        while "as" in self.rules.features and self._peek() == "as":
            self.at += 1
            while self.at < len(self.tokens) and self._peek() not in (",", ")", "]", "}", "as", "as"):
                end = closes(self.tokens, self.at) if self.tokens[self.at].kind == "open" else None
                end = generic(self.tokens, self.at) if self._peek() == "<" else end
                self.at = (end if end is not None else self.at) + 1
                if self._peek() in ("[",) and self._peek(1) != "]":
                    raise NotPlain("an index")

    def _signed(self, sign: str, depth: int) -> Wire:
        token = self.tokens[self.at]
        if token.kind == "number":
            self.at += 1
            return self._number(token.text, sign == "-")
        value = self.value(depth + 1) if token.kind == "word" else None
        if isinstance(value, Mapping) and value.get("t") == "f":
            return number(-float(value["v"]) if sign == "-" else float(value["v"]))
        raise NotPlain("a sign")

    def _number(self, text: str, negative: bool) -> Wire:
        match = _NUMBER.fullmatch(text.replace("_", ""))
        if match is None or len(text) > MAX_DIGITS:
            raise NotPlain(text[:40])
        suffix = match["of_int"] or match["of_float"] or ""
        kind = self.rules.suffixes.get(suffix) if suffix else ("int" if match["int"] else "float")
        if kind is None:
            raise NotPlain(text)
        if kind == "float" or match["float"]:
            value = float(match["float"] or int(match["int"], 0)) * (-1 if negative else 1)
            whole = self.rules.numbers and value.is_integer() and abs(value) <= SAFE and (value or not negative)
            return int(value) if whole else number(value)
        whole_number = int(match["int"], 0) * (-1 if negative else 1)
        if kind == "big" and self.argument:
            raise NotPlain("a big number among plain ones")
        if self.rules.numbers and kind == "int" and (abs(whole_number) > SAFE or (negative and not whole_number)):
            return number(-0.0 if negative and not whole_number else float(whole_number))
        return whole_number

    def _object(self, depth: int) -> Wire:
        pairs: dict[str, Wire] = {}
        while self._peek() != "}":
            key = self._take()
            if key.kind == "word":
                name = key.text
            elif key.kind == "text":
                name = texts.plain(key.text, self.rules.syntax)
            elif key.kind == "number":
                name = str(self._number(key.text, False))
            else:
                raise NotPlain("a key")
            if name == "__proto__" or name in pairs or name.startswith("{"):
                raise NotPlain("a key")
            self._take(":")
            pairs[name] = self.value(depth + 1)
            self.annotation()
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        return {"t": "d", "v": [[k, v] for k, v in pairs.items()]}

    def _bracketed(self, depth: int) -> Wire:
        """`(long) 5`, `(5)`, `("a", 1)`; the opening bracket is taken already."""
        end = closes(self.tokens, self.at - 1)
        if end is None:
            raise NotPlain("a bracket")
        inner = self.tokens[self.at : end]
        is_type = (
            bool(inner)
            and inner[0].kind == "word"
            and all(t.kind == "word" or t.text in ("[", "]", "?", ".", "<", ">", ",") for t in inner)
        )
        follows = end + 1 < len(self.tokens) and (
            self.tokens[end + 1].kind in ("number", "text", "char", "word") or self.tokens[end + 1].text in ("-", "(")
        )
        if "casts" in self.rules.features and is_type and follows:
            self.at = end + 1
            return converted(
                self.value(depth + 1),
                {"double": "float", "float": "float", "decimal": "float"}.get(inner[-1].text, "same"),
                self.rules,
            )
        found = self._until(")", depth)
        if len(found) == 1 and self.tokens[end - 1].text != ",":
            return found[0]
        if len(found) > 1 and "tuples" in self.rules.features:
            return found
        raise NotPlain("a bracket")

    def _named(self, name: str, depth: int) -> Wire:
        """A constant, or a call that makes plain data."""
        while self._peek() == "." and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == "word":
            self.at += 1
            name += "." + self._take().text
        if self._peek() == "<" or (self._peek() == "." and self._peek(1) == "<"):
            self.at += self._peek() == "."
            self._type_arguments()
            if self.at < len(self.tokens) and self.tokens[self.at].kind == "word":
                name += "." + self._take().text
        if self._peek() == "(" and name in self.rules.calls:
            self._take("(")
            return built(self.rules.calls[name], self._until(")", depth), self.rules)
        if name in self.rules.constants and self._peek() != "(":
            return self.rules.constants[name]
        raise NotPlain(name)
