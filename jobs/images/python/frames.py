"""Where an exception came from, as a person reads it."""

from __future__ import annotations

import linecache
import traceback


def frames(error: BaseException, root: str) -> list[tuple[str, str]]:
    """[path, `solution.py:3 in f: its line`] of each frame, innermost last; no text for frames that are not below
    `root`, since reading their sources takes longer than all the rest."""
    found = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        path, text = code.co_filename, ""
        if path.startswith(root):
            linecache.checkcache(path)
            source = linecache.getline(path, line, frame.f_globals).strip()
            text = f"{path[len(root) :]}:{line} in {code.co_name}" + (f": {source}" if source else "")
        found.append((path, text))
    return found
