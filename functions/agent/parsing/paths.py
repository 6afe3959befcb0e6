"""From a name in a reply to a path that is safe to write, and to the expected file that it means."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence

from functions.agent.languages import is_test_file
from functions.agent.parsing.blocks import MAX_NAME
from functions.agent.parsing.cleaning import without_invisible

_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>:\"|?*`\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SYSTEM_ROOTS = frozenset(
    [
        "home",
        "users",
        "tmp",
        "root",
        "etc",
        "usr",
        "var",
        "opt",
        "mnt",
        "workspace",
        "work",
        "app",
        "private",
        "dev",
        "proc",
        "sys",
        "c",
        "d",
    ]
)
_ALIKE = 0.8


def safe_path(name: str) -> str:
    """`name` as a relative path that cannot leave the bundle, or "" if nothing safe is left of it.

    Drive letters, leading slashes and `..` are dropped, a path below a system folder keeps its last part only;
    control characters, names that Windows reserves, .git and paths over 200 characters are refused.
    """
    if len(name) > 4 * MAX_NAME:
        return ""
    name = unicodedata.normalize("NFC", without_invisible(name)).strip().strip("\"'`")
    name = re.sub(r"\\(?=[_*~-])", "", name).replace("\\", "/").removeprefix("file://")
    name, drives = re.subn(r"^[A-Za-z]:", "", name)
    absolute = bool(drives) or name.startswith(("/", "~"))
    parts: list[str] = []
    for part in map(str.strip, name.split("/")):
        if part == "..":
            del parts[-1:]
        elif (part := part.rstrip(". ")) not in ("", "~"):
            parts.append(part)
    if absolute and parts and parts[0].lower() in _SYSTEM_ROOTS:
        parts = parts[-1:]
    while parts[:2] == ["path", "to"]:
        parts = parts[2:]
    path = "/".join(parts)
    return "" if len(path) > MAX_NAME or any(map(_is_refused, parts)) else path


def match_expected(names: Sequence[str], expected: Sequence[str]) -> dict[str, str]:
    """Which expected path each name means: the same, the same but for case or folder, or alike to at least 0.8.

    A file of tests is never taken for its code, nor one expected file for two names where one of them fits better.
    """
    found: dict[str, str] = {}
    free = list(dict.fromkeys(expected))
    for alike in (_same, _same_folded, _same_base, _similar):
        for name in names:
            if name in found:
                continue
            hits = [path for path in free if alike(name, path)]
            if len(hits) == 1:
                found[name] = hits[0]
                free.remove(hits[0])
    return found


def _is_refused(part: str) -> bool:
    return (
        _FORBIDDEN.search(part) is not None
        or _RESERVED.match(part) is not None
        or part.lower() == ".git"
        or part.strip("._- ") == ""
        or not part.isprintable()
    )


def _same(name: str, path: str) -> bool:
    return name == path


def _same_folded(name: str, path: str) -> bool:
    return name.casefold() == path.casefold()


def _same_base(name: str, path: str) -> bool:
    return name.casefold().rsplit("/", 1)[-1] == path.casefold().rsplit("/", 1)[-1]


def _similar(name: str, path: str) -> bool:
    if is_test_file(name) != is_test_file(path):
        return False
    a, b = name.casefold().rsplit("/", 1)[-1], path.casefold().rsplit("/", 1)[-1]
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE
