"""`f(2) returns 4` in a sentence: which value the writer wants, if that is certain.

A value counts when a known phrase leads from the call to it and nothing after it could change it ("4 or 5", "4 items").
A sentence that reports a fault counts only by what it says the call should give.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from functions.agent import python_source

MAX_CALL = 2000
Read = Callable[[str], Any]
"""Reads a literal of the request's language; raises ValueError for any other text."""
_SIGN = r"(?:-+>|=+>|→|⇒|➞|⟶|↦|===?|=(?!=))"
_GIVE = r"(?:return|equal|give|yield|produce|be|evaluate to|result in|output)"
_WANT = (
    r"(?:should|must|shall|will|would|has to|needs to|ought to)\s+"
    rf"(?:(?:always|then|now|instead|really|actually)\s+)?{_GIVE}"
)
_PLAIN = r"(?:returns?|equals?|gives?|yields?|produces?|is|evaluates? to|results? in)"
_LINK = re.compile(rf"[`*]*\s*(?:{_SIGN}|(?:(?P<want>{_WANT})|{_PLAIN})\b)\s*:?\s*[`*]*\s*")
_NOTE = re.compile(r"[`*]*[ \t]*(?:#|//)[ \t]*(?:=>|-+>|→|==?|(?:should )?returns?\b)?[ \t]*:?[ \t]*")
_WISH = re.compile(
    rf"\b(?:{_WANT}|expected(?:\s+(?:value|result|output))?(?:\s+(?:is|was|to be))?|(?P<rather>instead\s+of))"
    r"\s*:?\s*[`*]*\s*(?=[\d\"'\[({+\-TFNtfnu])"
)
_BLAME = re.compile(
    r"\b(?:wrong(?:ly)?|incorrect(?:ly)?|bug(?:s|gy)?|currently|erroneous(?:ly)?|mistaken(?:ly)?|faulty|broken|"
    r"no longer|used to|at the moment|right now|i (?:get|got|see)|we (?:get|got|see)|but (?:got|gets?|it)|"
    r"fails? (?:with|because)|invalid)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never|n't|nor|without|avoid)\b[\s`(*]*$|n't[\s`(*]*$", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:[\w)\]}\"'`]\s*(?:[-+*/%<>=!&|^@~]+|//)|\b(?:or|not|in|is|if|elif|while|lambda|yield|await|def|class|new|"
    r"func|than|instead of|unlike|except|unless)|[({\[,]\s*\w+\s*=|[<>!=]=)\s*[`*]*$|[-+~!]$",
)
_QUALIFIES = (
    r"(?:or|to|times|unless|if|when|whenever|except|depending|approximately|roughly|about|plus|minus|mod(?:ulo)?|"
    r"rounded|percent|up|at|in|of|for|with|per|items?|elements?)\b"
)
_SAFE = re.compile(
    r"(?:because|since)\b|(?:and|while|whereas|but|not|instead|rather|which|so|then|whose|although)\b(?!\s*[\d\"'\[({])"
)
_NUMBER = r"[-+]?(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*)?\.\d+(?:[eE][-+]?\d+)?|\d[\d_]*(?:[eE][-+]?\d+)?)(?![\w%])"
_TEXT = r"b?(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')(?![\w\"'])"
_ATOM = re.compile(rf"(?:{_NUMBER}|(?:True|False|None|true|false|null|nil|undefined)\b|{_TEXT})", re.DOTALL)
_BREAK = re.compile(r"[.;!?](?=\s|$)|\n\s*\n|\n(?=\s*(?:[-*>|#`]|\d+[.)]))")


def python_literal(text: str) -> Any:
    """The value of a Python literal, `true` and `false` included. Raises ValueError for anything else."""
    value = python_source.literal(text.title() if text in ("true", "false") else text)
    if text[:1] == "(" and not isinstance(value, tuple):  # it may have lost its comma, or be a mere bracket
        raise ValueError("a bracket")
    return value


def value_after(before: str, after: str, call: str, read: Read = python_literal) -> str:
    """The literal that the text says `call` shall give, as it is written; empty when that is not certain."""
    lead = _sentence_before(before)
    if _BEFORE.search(before[-200:].rsplit("\n", 1)[-1]) or denied(lead):
        return ""
    note = _NOTE.match(after)
    tail = after.split("\n", 1)[0] if note else after[: _sentence_end(after)]
    wishes = _wishes(tail, read)
    if any(w != wishes[0] for w in wishes):
        return ""
    link = _LINK.match(after)
    wanted = link is not None and (link["want"] or re.search(r"\bexpect(?:ed|s)?[\s:`*]*$", lead, re.IGNORECASE))
    if link and wanted and (first := value_at(after[link.end() :], read)):
        return first
    if (
        blamed(lead + " " + tail)
        or re.search(r"\b(?:instead of|rather than)\b", lead, re.I)
        or (re.search(r"\bexpected\b", lead, re.IGNORECASE) and re.search(r"\bbut\b", lead))
    ):
        return wishes[0] if wishes else ""
    if wishes or "instead of" in tail:
        return wishes[0] if wishes and "instead of" not in tail else ""
    if link:
        nothing = "->" in link[0] and call.endswith("()") and re.match(r"None\b", after[link.end() :])
        return "" if nothing else value_at(after[link.end() :], read)
    return value_at(after[note.end() :], read, whole_line=True) if note else ""


def blamed(sentence: str) -> bool:
    """Whether the sentence reports a fault: the values in it may be what is wrong."""
    return _BLAME.search(sentence) is not None


def denied(before: str) -> bool:
    """Whether the words before a call turn it into its opposite."""
    return _DENIED.search(before) is not None


def balanced(text: str) -> str:
    """`name(...)` up to its closing bracket, strings respected; empty when it does not close within MAX_CALL."""
    depth, quote, escaped = 0, "", False
    for i, char in enumerate(text[:MAX_CALL]):
        if quote:
            if char == "\n":
                return ""
            quote = "" if char == quote and not escaped else quote
            escaped = char == "\\" and not escaped
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return text[: i + 1]
    return ""


def _wishes(tail: str, read: Read) -> list[str]:
    """The values that the sentence says it should be."""
    found = [(w, value_at(tail[w.end() :], read)) for w in _WISH.finditer(tail)]
    wanted = [v for w, v in found if v and not w["rather"]]
    return wanted or [v for w, v in found if v]


def value_at(text: str, read: Read, whole_line: bool = False) -> str:
    """The literal that `text` begins with, if what follows leaves it as it is; else empty."""
    piece = literal_at(text, read)
    rest = text[len(piece) :]
    certain = piece and (not rest.split("\n", 1)[0].strip(" \t`*.;") if whole_line else ends(rest))
    return piece if certain else ""


def literal_at(text: str, read: Read) -> str:
    """The literal that `text` begins with, whatever follows; empty where there is none."""
    piece = balanced(text) if text[:1] in ("[", "(", "{") else (m[0] if (m := _ATOM.match(text)) else "")
    try:
        read(piece)
    except ValueError:
        return ""
    return piece


def ends(rest: str) -> bool:
    """Whether a value may end before `rest`."""
    rest = re.sub(r"^[`*)\]]+", "", rest)
    rest = re.sub(r"^[ \t]*(?:#|[-–—][ \t]+(?=[A-Za-z]{2})|\((?=(?:because|since|not|i\.e|as)\b)).*", "", rest)
    if rest.startswith(("...", "..", "?", "!")):
        return False
    stop = re.match(r"[ \t]*(?:[.,;:](?=\s|$|[`*)\"])|$|\n|\|)[`*)]*", rest)
    if not stop:
        return bool(re.match(r"[ \t]+", rest)) and _SAFE.match(rest.lstrip(" \t")) is not None
    following = rest[stop.end() :].lstrip(" \t")
    if rest.lstrip(" \t").startswith(",") and re.match(r"[\d\"'\[({+-]|(?:True|False|None)\b", following):
        return False
    return not re.match(rf"\n?[ \t]*{_QUALIFIES}" if rest.startswith("\n") else _QUALIFIES, following)


def _sentence_before(text: str) -> str:
    """What stands before in the same sentence, at most 200 characters."""
    text = re.sub(r"\b(?:e\.g|i\.e|ex|resp)\.", "", text[-200:], flags=re.IGNORECASE)
    return _BREAK.split(text)[-1].split("\n")[-1]


def _sentence_end(text: str) -> int:
    """Where the sentence ends that `text` begins in: at most 300 characters on, before another call's own example."""
    text = text[:300]
    ends = [m.start() for m in _BREAK.finditer(text)]
    ends += [
        m.start()
        for m in re.finditer(
            r"[A-Za-z_]\w*\([^()\n]*\)\s*[`*]*\s*(?:[-=]+>|→|➞|==|returns?\b|is\b|should\b|must\b|shall\b)", text
        )
    ]
    return min([*ends, len(text)])
