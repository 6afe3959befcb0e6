"""Plain data as it crosses from the code under test to its judge, in JSON that keeps every language's values apart.

null, true, false, text; a number without a point is an integer; {"t": "f", "v": "1.5"} a float; [...] a list;
{"t": "d", "v": [[key, value], ...]} a map; {"t": "s", "v": [...]} a set; {"t": "b", "v": hex} bytes; {"t": "u"}
undefined; {"t": "o", "v": text} anything that is not plain data. Pure.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

DEPTH = 60
SHOWN = 300
WRITTEN = 200
_WRITTEN_HEAD = 128
_TAGS = ("f", "d", "s", "b", "u", "o")


def equal(found: Any, expected: Any, within: float = 0.0) -> bool:
    """Whether two values are the same; numbers may differ by `within`. Not plain data is equal to nothing, and a whole
    float equals the integer: languages write both as 2."""
    return _equal(found, expected, within, 0)


def _equal(found: Any, expected: Any, within: float, depth: int) -> bool:
    def same(a: Any, b: Any) -> bool:
        return _equal(a, b, within, depth + 1)

    if depth > DEPTH:
        return False
    numbers = _number(found), _number(expected)
    if None not in numbers:
        return _close(*numbers, within)  # type: ignore[arg-type]
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    kinds = _tag(found), _tag(expected)
    if kinds == ("d", "d"):
        return _matched(found["v"], expected["v"], lambda a, b: same(a[0], b[0]) and same(a[1], b[1]))
    if kinds == ("s", "s"):
        return _matched(found["v"], expected["v"], same)
    if kinds in (("b", "b"), ("u", "u")):
        return bool(found == expected)
    return kinds == ("", "") and type(found) is type(expected) and bool(found == expected)


def _matched(found: Sequence[Any], expected: Sequence[Any], same: Callable[[Any, Any], bool]) -> bool:
    """Whether each of `found` has a partner of its own in `expected`, in any order."""
    if len(found) != len(expected):
        return False
    left = list(expected)
    for item in found:
        place = next((i for i, other in enumerate(left) if same(item, other)), None)
        if place is None:
            return False
        del left[place]
    return True


def _close(found: float, expected: float, within: float) -> bool:
    if isinstance(found, float) and math.isnan(found):
        return isinstance(expected, float) and math.isnan(expected)
    if found == expected:
        return True
    try:
        return abs(found - expected) <= within
    except OverflowError:  # an integer that no float can hold, beside a float
        return False


def _tag(value: Any) -> str:
    return value["t"] if isinstance(value, dict) else ""


def _number(value: Any) -> int | float | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return float(value["v"]) if isinstance(value, dict) and value["t"] == "f" else None


def empty(value: Any) -> bool:
    """Nothing, or a list, map or set without items."""
    return value is None or value == [] or (_tag(value) in ("d", "s") and value["v"] == [])


def truthy(value: Any) -> bool:
    """What the languages that have such a thing agree on: nothing, false, nought and empty text are not true."""
    number = _number(value)
    if number is not None:
        return not (number == 0 or math.isnan(number))
    return not (value is None or value is False or value == "" or _tag(value) == "u")


def fault(value: Any, depth: int = 0) -> str:
    """What makes `value` no wire value, or ""."""
    if depth > DEPTH:
        return "is nested too deeply"
    if value is None or isinstance(value, (bool, int, str)):
        return ""
    if isinstance(value, list):
        return next(filter(None, (fault(item, depth + 1) for item in value)), "")
    if not isinstance(value, dict) or value.get("t") not in _TAGS:
        return "has a part of no known kind"
    return _fault_of_tag(value["t"], value.get("v"), depth)


def _fault_of_tag(tag: str, inner: Any, depth: int) -> str:
    if tag == "u":
        return ""
    if tag in ("f", "b", "o"):
        if not isinstance(inner, str):
            return "has a part without text"
        try:
            _ = float(inner) if tag == "f" else bytes.fromhex(inner) if tag == "b" else None
        except ValueError:
            return "has a part that cannot be read"
        return ""
    if not isinstance(inner, list):
        return "has a part without items"
    if tag == "d" and not all(isinstance(pair, list) and len(pair) == 2 for pair in inner):
        return "has a map without pairs"
    return fault(inner, depth + 1)


def show(value: Any) -> str:
    """The value for a person, at most 300 characters, in no language's own words."""
    text = _show(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _show(value: Any) -> str:
    tag = _tag(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_show, value))}]"
    if tag == "d":
        return f"{{{', '.join(f'{_show(k)}: {_show(v)}' for k, v in value['v'])}}}"
    if tag == "s":
        return f"set({', '.join(map(_show, value['v']))})"
    if tag in ("f", "o"):
        return str(value["v"])
    if tag == "b":
        return f"bytes {value['v']}"
    return "undefined" if tag == "u" else json.dumps(value, ensure_ascii=False)


def written(value: Any) -> str:
    """The value of no fault as text that is the same for values that are `equal`, at most 200 characters: where it has
    more, its beginning and a hash of the whole. "" for what is not plain data."""
    text = _written(value)
    if text is None:
        return ""
    data = text.encode("utf-8", "backslashreplace")
    clean = data.decode()
    if len(clean) <= WRITTEN:
        return clean
    return f"{clean[:_WRITTEN_HEAD]}…sha256:{hashlib.sha256(data).hexdigest()}"


def _written(value: Any) -> str | None:
    tag = _tag(value)
    if tag == "o":
        return None
    if tag in ("b", "u"):
        return f"bytes {value['v']}" if tag == "b" else "undefined"
    if tag == "f":
        number = float(value["v"])
        return str(int(number)) if number.is_integer() else repr(number)
    if not tag and not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if tag == "d":
        pairs = [(_written(key), _written(item)) for key, item in value["v"]]
        parts = [None if None in pair else f"{pair[0]}: {pair[1]}" for pair in pairs]
    else:
        parts = [_written(item) for item in (value["v"] if tag == "s" else value)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if isinstance(value, list):
        return f"[{', '.join(known)}]"
    return f"{'set' if tag == 's' else ''}{{{', '.join(sorted(known))}}}"
