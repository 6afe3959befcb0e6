"""A prompt in plain words: without case, accents, hidden characters, figures for letters, or letters set apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_LOOKALIKES = str.maketrans("аевіјкмнорстухѕԁԛԝοανρετικυ", "aebijkmhopctyxsdqwoavpetiky")
_FIGURES = str.maketrans({"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_BREAK = re.compile(r"[.!?;]+(?=\s|$)|[\r\n]+[ \t]*[\r\n]+|[。！？；]")
_WORD = re.compile(r"[^\W_](?:[^\W_]|[@$!'’](?=\w))*|[,:()]")
_APART = re.compile(r"(?<![^\W_])[^\W_](?:[ \t._*|/-]{1,3}[^\W_]){5,79}(?![^\W_])")
_MIXED = re.compile(r"[a-z]")


def sentences(text: str, apart: Collection[str]) -> list[str]:
    """The sentences of `text`, each as words and `, : ( )` with one space between; linear in the text's length.

    Letters set apart (`k e y s`) are put together where they hold one of the words `apart`."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    flat = "".join(c for c in flat if unicodedata.category(c) not in ("Mn", "Cf"))
    known = re.compile("|".join(sorted(map(re.escape, apart), key=len, reverse=True)))
    flat = _APART.sub(lambda run: _together(run[0], known), flat)
    return [words for part in _BREAK.split(flat) if (words := " ".join(map(_letters, _WORD.findall(part))))]


def _together(run: str, known: re.Pattern[str]) -> str:
    """The known words in letters set apart; the run as it is without any."""
    return " ".join(known.findall(re.sub(r"[\W_]|\s", "", run).translate(_FIGURES).replace("1", "l"))) or run


def _letters(word: str) -> str:
    """The word with letters for figures and for other alphabets' lookalikes, where it mixes them; no apostrophes."""
    word = word.replace("’", "").replace("'", "")
    if not _MIXED.search(word):
        return word
    if not word.isascii():
        word = word.translate(_LOOKALIKES)
    if word.isalpha():
        return word
    word = word.translate(_FIGURES)
    return re.sub(r"[1!](?=[aeiou])", "l", word).replace("1", "i").replace("!", "i")
