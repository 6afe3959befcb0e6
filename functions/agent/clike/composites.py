"""Go's composite literals: `[]int{1, 2}`, `map[string][]int{"a": {1}}`."""

from __future__ import annotations

from functions.agent.clike.cursor import MAX_DEPTH, Cursor
from functions.agent.clike.plain import NotPlain, Wire, converted
from functions.agent.clike.tokens import Tokens, closes


class Composites(Cursor):
    """Reads a type and the braces after it."""

    def _composite(self, depth: int) -> Wire:
        """Go's `[]int{1, 2}`, `map[string][]int{"a": {1}}`."""
        start = self.at
        self._go_type()
        return self._filled(self.tokens[start : self.at], depth)

    def _go_type(self) -> None:
        """Passes a type: of slices, arrays, maps and names."""
        if self._peek() == "[":
            self._take("[")
            if self._peek() != "]":
                self._take()
            self._take("]")
            self._go_type()
        elif self._peek() == "map":
            self._take("map")
            self._take("[")
            self._go_type()
            self._take("]")
            self._go_type()
        elif self._take().text in ("interface", "struct"):
            self._take("{")
            self._take("}")

    def _filled(self, of: Tokens, depth: int) -> Wire:
        """The braces after the type `of`; elements that leave their own type out have the inner one."""
        if depth > MAX_DEPTH or not of or of[-1].text in self.rules.opaque:
            raise NotPlain("a type")
        is_map = of[0].text == "map"
        if is_map and [t.text for t in of[-3:]] == ["struct", "{", "}"]:
            return self._keys(of[2:-4], depth)
        if not is_map and of[0].text != "[":
            raise NotPlain("a struct")
        end = closes(of, 1 if is_map else 0)
        if end is None:
            raise NotPlain("a type")
        inner = of[end + 1 :]
        self._take("{")
        found: list[Wire] = []
        while self._peek() != "}":
            item = self._element(of[2:end] if is_map else inner, depth)
            if is_map:
                self._take(":")
                item = [item, self._element(inner, depth)]
            found.append(item)
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        return {"t": "d", "v": found} if is_map else found

    def _keys(self, of: Tokens, depth: int) -> Wire:
        """A map to nothing is a set."""
        self._take("{")
        found: list[Wire] = []
        while self._peek() != "}":
            found.append(self._element(of, depth))
            for text in (":", "{", "}"):
                self._take(text)
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        return {"t": "s", "v": found}

    def _element(self, of: Tokens, depth: int) -> Wire:
        if self._peek() == "{":
            return self._filled(of, depth + 1)
        value = self.value(depth + 1)
        floats = len(of) == 1 and of[0].text in ("float64", "float32")
        return converted(value, "float" if floats else "same", self.rules)
