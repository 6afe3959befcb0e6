"""The question to a strong model about risky code, and its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from functions.agent import prompting, python_source
from functions.agent.parsing import render

MAX_REPLY = 64 * 1024
MAX_CODE = 60_000
"""Characters of the code that is shown. Longer code can't be reviewed whole."""
MAX_REQUEST = 8000
MAX_REASON = 300
_STARTS = 40
"""Places, from either end, at which an object is looked for."""
_FLAT = re.compile(r"\{[^{}]{0,4000}\}")
_JSON = json.JSONDecoder(strict=False)
_SAYS = {
    "network": "the network",
    "files": "files",
    "processes": "other processes",
}


@dataclass(frozen=True)
class Review:
    """Whether the code does only what was asked; else the line (from 1; 0 where none was named) and why."""

    ok: bool
    line: int = 0
    reason: str = ""


def review_prompt(request: str, files: Mapping[str, str], touches: Sequence[str]) -> str:
    """Asks whether the code of `files` (name: text) does only what `request` asks for with what it touches.

    Raises ValueError for code of more than MAX_CODE characters: half of it can't be called harmless."""
    if sum(map(len, files.values())) > MAX_CODE:
        raise ValueError(f"The code is longer than {MAX_CODE} characters.")
    return prompting.fill(
        "review",
        request=request.strip()[:MAX_REQUEST],
        touches=" and ".join(_SAYS[kind] for kind in touches),
        code=render({name: _numbered(text) for name, text in files.items()}).strip(),
    )


def _numbered(text: str) -> str:
    """Models don't count lines well."""
    return "\n".join(f"{number}: {line}" for number, line in enumerate(text.splitlines(), 1))


def read_review(reply: str) -> Review | None:
    """The answer in a reply, also with talk or a fence around it; None for one without a usable answer.

    Of several answers one that is not ok counts: code can talk a model into quoting one that is."""
    found = [review for data in _objects(reply[:MAX_REPLY]) if (review := _review(data)) is not None]
    return next((r for r in found if not r.ok), found[0] if found else None)


def _objects(reply: str) -> Iterator[Any]:
    """The objects in a reply, as JSON or, where they are none, as Python would write them."""
    starts = [match.start() for match in re.finditer(r"\{", reply)]
    for start in dict.fromkeys(starts[:_STARTS] + starts[-_STARTS:]):
        try:
            yield _JSON.raw_decode(reply, start)[0]
            continue
        except (ValueError, RecursionError):
            flat = _FLAT.match(reply, start)
        if flat:
            with suppress(ValueError):
                yield python_source.literal(re.sub(r"\b(?:true|false)\b", lambda word: word[0].title(), flat[0]))


def _review(data: Any) -> Review | None:
    if not isinstance(data, dict):
        return None
    said = {str(key).lower(): value for key, value in data.items()}
    ok = {"true": True, "false": False}.get(str(said.get("ok")).lower())
    if ok is None:
        return None
    line = said.get("line")
    number = int(str(line)) if re.fullmatch(r"[0-9]{1,7}", str(line)) else 0
    reason = said.get("reason")
    text = " ".join(reason.split())[:MAX_REASON] if isinstance(reason, str) else ""
    return Review(ok, number, text)
