"""The one function that a request asks for, as far as its text says so: what its examples without a call must mean."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from functions.agent import prose

_OTHERWISE = re.compile(
    r"\blinked[- ]lists?\b|\bbinary (?:search )?trees?\b|\b(?:Tree|List)Node\b|\btree nodes?\b|\bin[- ]place\b|"
    r"\bstdin\b|"
    r"\bstandard (?:in|out)put\b|\bstdout\b|\bcommand[- ]line\b|\bprints?\b|\bconsole\b|\bgenerators?\b|\biterators?\b",
    re.IGNORECASE,
)
"""Where the arguments or the result are likely to be something else than the data that the example shows."""
_ANY_ORDER = re.compile(
    r"\bany (?:valid )?order\b|"
    r"\border (?:of [^.\n]{0,40})?(?:does not|doesn't|is not|isn't) (?:matter|important|relevant)|"
    r"\bregardless of order\b|\bany (?:valid|correct|one of|of the|such) |\bone of the possible\b",
    re.IGNORECASE,
)
_PART = (
    r"(?:[A-Za-z_][\w.<>\[\]?]*\s+)?\*{0,2}[A-Za-z_]\w*(?:\s+[A-Za-z_*\[\]][\w.\[\]*]*)?(?:\s*:\s*[^=]+)?(?:\s*=\s*.+)?"
)
_SIGNATURE = re.compile(r"\b(?:[Ww]rite|[Ii]mplement|[Cc]reate|[Dd]efine|[Mm]ake)\s+`?([a-z_]\w*)\((?=[A-Za-z_\s,)])")
"""`Write f(n) …`, where the request has no other word for it."""
_NODES = {"head", "root", "node", "tree", "l1", "l2", "list1", "list2", "linked_list", "linkedList"}
_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,), "bool": (bool,), "int": (int,), "float": (int, float), "list": (list,), "tuple": (tuple,),
    "dict": (dict,), "set": (set,), "none": (type(None),),
}  # fmt: skip
_TYPES = """
str float bool int list dict set tuple bytes complex object none optional union any sequence iterable mapping frozenset
callable typing string number boolean integer double long char array map void final const ilist ienumerable byte short
decimal readonly int32 int64 float32 float64 rune uint error var
"""
_PLAIN_TYPES = frozenset(_TYPES.split())


@dataclass(frozen=True)
class Parameter:
    """`words` are all names in it: which of them is the type, and which its name, differs between languages."""

    words: frozenset[str]
    kind: str
    optional: bool


@dataclass(frozen=True)
class Function:
    """`parameters` is None where the request does not spell them; `returns` is the first word of the result's type."""

    name: str
    parameters: tuple[Parameter, ...] | None = None
    returns: str = ""
    ordered: bool = True

    def call(self, arguments: list[tuple[str, str]]) -> str:
        """The call with these (name or empty, literal) arguments; empty where it is not certain."""
        named = [name for name, _ in arguments if name]
        if not arguments or (named and len(named) != len(arguments)) or _NODES & set(named):
            return ""
        if self.parameters is None:
            certain = bool(named) or len(arguments) == 1
            return f"{self.name}({', '.join(value for _, value in arguments)})" if certain else ""
        required = sum(not p.optional for p in self.parameters)
        if not required <= len(arguments) <= len(self.parameters):
            return ""
        placed = self._placed(arguments) if named and len(self.parameters) > 1 else [value for _, value in arguments]
        return f"{self.name}({', '.join(placed)})" if placed else ""

    def _placed(self, arguments: list[tuple[str, str]]) -> list[str]:
        """The values in the order of the parameters; none where a name is not there."""
        assert self.parameters is not None
        values = dict(arguments)
        order = [[n for n in values if n in p.words] for p in self.parameters[: len(arguments)]]
        names = [found[0] for found in order if len(found) == 1]
        return [values[n] for n in names] if len(set(names)) == len(values) == len(arguments) else []

    def takes(self, values: list[Any]) -> bool:
        """Whether it may be called with these Python values, as far as the types are stated."""
        return all(fits(p.kind, v) for p, v in zip(self.parameters or (), values, strict=False))

    def gives(self, value: Any) -> bool:
        """Whether it may return the Python value, as far as its type is stated."""
        if not self.ordered and isinstance(value, (list, tuple)) and len(value) > 1:
            return False
        return fits(self.returns, value)


def fits(kind: str, value: Any) -> bool:
    """Whether a Python value is of the type that an annotation's first word names; of an unknown word it may be."""
    wanted = _KINDS.get(kind.lower())
    if wanted is None:
        return True
    return isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))


def function(prompt: str, known: Collection[str]) -> Function | None:
    """The function that the request asks for; None where it asks for several, or for what is not plain data."""
    known = known or set(_SIGNATURE.findall(prompt))
    if len(known) != 1 or _OTHERWISE.search(prompt):
        return None
    (name,) = known
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        return None
    if re.search(rf"\bclass\s+`?{name}\b|\b{name}`? class\b", prompt):
        return None
    ordered = _ANY_ORDER.search(prompt) is None
    for match in list(re.finditer(rf"(?<![\w.]){name}\(", prompt))[:20]:
        before = prompt[max(0, match.start() - 60) : match.start()].rsplit("\n", 1)[-1]
        spelled = prose.balanced(prompt[match.start() :][: prose.MAX_CALL])
        defined = re.search(r"\b(?:def|func|function|static|public)\b", before) is not None
        parameters = _parameters(spelled[len(name) + 1 : -1], defined)
        if parameters is None:
            continue
        returns = re.match(r"\s*(?:->|:)\s*([\w.]+)", prompt[match.start() + len(spelled) :]) if defined else None
        kind = returns[1].rsplit(".", 1)[-1] if returns else ""
        if any(_foreign(p) for p in parameters) or (kind and kind[0].isupper() and kind.lower() not in _PLAIN_TYPES):
            return None
        return Function(name, parameters, kind, ordered)
    return Function(name, None, "", ordered)


def _parameters(text: str, defined: bool) -> tuple[Parameter, ...] | None:
    """The parameters of a signature; None for what is a call, or a mere mention such as `f()`."""
    pieces = split(text)
    pieces = pieces[1:] if pieces[:1] in (["self"], ["cls"]) else pieces
    if not pieces:
        return None
    if any(not re.fullmatch(_PART, p) or (not defined and re.search(r"[=\"'\d(]", p.split(":")[0])) for p in pieces):
        return None
    if any(p.lower() in ("true", "false", "none", "null") for p in pieces):
        return None
    return tuple(map(_parameter, pieces))


def _parameter(piece: str) -> Parameter:
    typed = piece.split("=")[0].partition(":")[2].strip()
    kind = re.match(r"[\w.]+", typed)
    optional = "=" in piece or piece.startswith("*")
    words = frozenset(re.findall(r"[A-Za-z_]\w*", piece.split("=")[0]))
    return Parameter(words, kind[0].rsplit(".", 1)[-1] if kind else "", optional)


def _foreign(parameter: Parameter) -> bool:
    """Whether it takes an object of some class, or a node, which an example shows as plain data."""
    if parameter.words & _NODES:
        return True
    named = [w for w in parameter.words if w[0].isupper() and len(w) > 1]
    return any(w.lower() not in _PLAIN_TYPES for w in named)


def split(text: str, separators: str = ",") -> list[str]:
    """The pieces of `text` between separators that stand in no bracket and no string; brackets may fail to match."""
    found, piece, depth, quote, escaped = list[str](), "", 0, "", False
    for char in text:
        if quote:
            quote = "" if char == quote and not escaped else quote
            escaped = char == "\\" and not escaped
        elif char in "'\"":
            quote = char
        elif char in "([{<":
            depth += 1
        elif char in ")]}>":
            depth -= 1
        elif char in separators and depth <= 0:
            found.append(piece)
            piece = ""
            continue
        piece += char
    return [p.strip() for p in [*found, piece] if p.strip()]
