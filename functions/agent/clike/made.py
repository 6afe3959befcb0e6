"""What `new` makes: arrays, and objects of the classes that are plain data."""

from __future__ import annotations

from functions.agent.clike.cursor import MAX_DEPTH, Cursor
from functions.agent.clike.plain import NotPlain, Wire, built
from functions.agent.clike.tokens import generic


class Made(Cursor):
    """Reads what follows `new`."""

    def _made(self, depth: int) -> Wire:
        """After `new`: an array, or an object of a known class."""
        name = ""
        while self.at < len(self.tokens) and (self.tokens[self.at].kind == "word" or self._peek() == "."):
            name += self._take().text
        self._type_arguments()
        sizes: list[str] = []
        while self._peek() == "[":
            self._take("[")
            sizes.append(self._take().text if self._peek() != "]" else "")
            self._take("]")
        if sizes:
            if name in self.rules.opaque:
                raise NotPlain(name)
            if self._peek() == "{" and not any(sizes):
                return self._initialiser(depth)
            if sizes[0] == "0" and not any(sizes[1:]):
                return []
            raise NotPlain("an array of a size")
        kind = self.rules.classes.get(name.rsplit(".", 1)[-1])
        if kind is None:
            raise NotPlain(name)
        arguments = []
        if self._peek() == "(":
            self._take("(")
            arguments = self._until(")", depth)
        if self._peek() == "{" and "initialisers" in self.rules.features and not arguments:
            return self._collected(kind, depth)
        return built(kind, arguments, self.rules)

    def _type_arguments(self) -> None:
        if self._peek() == "<":
            end = generic(self.tokens, self.at)
            if end is None:
                raise NotPlain("a type")
            self.at = end + 1

    def _initialiser(self, depth: int) -> list[Wire]:
        """`{1, 2}` of an array, with arrays in it written the same way."""
        if depth > MAX_DEPTH:
            raise NotPlain("nested too deeply")
        self._take("{")
        found: list[Wire] = []
        while self._peek() != "}":
            found.append(self._initialiser(depth + 1) if self._peek() == "{" else self.value(depth + 1))
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        return found

    def _collected(self, kind: str, depth: int) -> Wire:
        """`{1, 2}`, `{{"a", 1}}` and `{["a"] = 1}` of a collection."""
        if kind != "map":
            return built(kind, [self._initialiser(depth)], self.rules)
        self._take("{")
        pairs: list[Wire] = []
        while self._peek() != "}":
            if self._peek() == "[":
                self._take("[")
                key = self.value(depth + 1)
                self._take("]")
                self._take("=")
                pairs.append([key, self.value(depth + 1)])
            else:
                pairs.append(self._initialiser(depth + 1))
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        return built("map", [pairs], self.rules)
