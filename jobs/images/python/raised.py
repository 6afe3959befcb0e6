"""Exceptions of S on their way to the tests, and theirs on their way back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .borrowed import error_class, known_error
from .frames import frames
from .kept import Kept

if TYPE_CHECKING:
    from .showing import Showing

_TEXT, _FRAMES, _CHAIN = 4000, 5, 3


def encode_error(error: BaseException, server: Showing, depth: int) -> dict[str, Any]:
    """`b`: the tests' own exception; else everything that T can know of it."""
    number = server.borrowed.number(error)
    if number is not None:
        return {"b": number, "fr": _frames(error, server.users.root)}
    kind = type(error)
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(server.users.root):
        _shorten(error, server.users.root)
    told: dict[str, Any] = {"s": _text(error), "fr": _frames(error, server.users.root)}
    told["mro"] = [[c.__module__, c.__qualname__] for c in kind.__mro__[:-2] if not server.users.made(c)]
    if server.users.made(kind) or kind.__module__ not in sys.modules:  # its module has just failed to be imported
        told["c"] = server.lend_class(kind)
        told["n"] = server.lent.number(error)[0]
    if notes := getattr(error, "__notes__", None):
        told["no"] = [str(note)[:_TEXT] for note in list(notes)[:20]]
    told["a"] = [_part(value, server, depth) for value in error.args[:20]]
    told["d"] = [[n, _part(v, server, depth)] for n, v in list(vars(error).items())[:40] if not n.startswith("__")]
    if hasattr(error, "errors") and kind.__module__ == "pydantic_core._pydantic_core":
        told["errors"] = [
            {"loc": _part(e["loc"], server, depth), "msg": e["msg"], "type": e["type"]} for e in error.errors()
        ]
        told["title"] = error.title  # type: ignore[attr-defined]
    if depth < _CHAIN:
        for name in ("__cause__", "__context__"):
            if (other := getattr(error, name)) is not None:
                told[name] = encode_error(other, server, depth + 1)
    return told


def _part(value: Any, server: Showing, depth: int) -> Any:
    if isinstance(value, BaseException) and depth >= _CHAIN:
        return repr(value)[:_TEXT]
    try:
        return server.coder.encode(value, Kept(), depth + 1)
    except Exception:  # whatever a value of the user's does when it is looked at
        return f"<{type(value).__name__}>"


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_TEXT]
    except Exception:  # __str__ is the user's
        return f"<{type(error).__name__} without a text>"


def _frames(error: BaseException, root: str) -> list[str]:
    """Where in the user's files it came from, innermost last, as `solution.py:3 in f: line`."""
    return [line for _, line in frames(error, root) if line][-_FRAMES:]


def _shorten(error: SyntaxError, root: str) -> None:
    """Names the file as the person knows it."""
    error.filename = str(error.filename)[len(root) :]
    if len(error.args) == 2 and isinstance(error.args[1], tuple):
        error.args = (error.args[0], (error.filename, *error.args[1][1:]))


def rebuild_error(data: dict[str, Any], server: Showing) -> BaseException:
    """The exception that the tests raised: ours, or one of the nearest class that is known here."""
    if "H" in data:
        return server.lent.get(data["H"])  # type: ignore[no-any-return]
    known = server.borrowed.find(data["n"])
    if known is not None:
        return known  # type: ignore[no-any-return]
    args = [server.coder.decode(value, Kept()) for value in data["a"]]
    kind = known_error(data["mro"])
    if data["c"] is not None:
        found = server.borrowed.find(data["c"])
        kind = found or server.borrowed.keep(data["c"], error_class(data["name"], data["mro"]))
    try:
        error = kind(*args)
    except Exception:  # a class that wants other arguments than it keeps
        error = Exception(data["s"])
    server.borrowed.keep(data["n"], error)
    return error
