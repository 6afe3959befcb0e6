"""A few edits of many that lie apart: `order`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from functions.agent.mutation.edits import Edit

Sited = tuple[str, Edit]


def order(edits: Sequence[Sited], digest: str) -> Iterator[Sited]:
    """All (file, edit), those first that have least in common with the ones before: first one of each function and
    kind, then whatever function, kind and line had fewest. `digest`, of the files, breaks ties: the same each time."""
    left = sorted(edits, key=lambda sited: _rank(sited, digest))
    pairs: Counter[tuple[str, str, str]] = Counter()
    scopes: Counter[tuple[str, str]] = Counter()
    kinds: Counter[str] = Counter()
    lines: Counter[tuple[str, int]] = Counter()
    while left:
        at = min(range(len(left)), key=lambda i: _common(left[i], pairs, scopes, kinds, lines))
        file, edit = left.pop(at)
        pairs[file, edit.scope, edit.kind] += 1
        scopes[file, edit.scope] += 1
        kinds[edit.kind] += 1
        lines[file, edit.line] += 1
        yield file, edit


def _common(
    sited: Sited,
    pairs: Counter[tuple[str, str, str]],
    scopes: Counter[tuple[str, str]],
    kinds: Counter[str],
    lines: Counter[tuple[str, int]],
) -> tuple[int, int, int]:
    file, edit = sited
    spread = scopes[file, edit.scope] + kinds[edit.kind]
    return pairs[file, edit.scope, edit.kind], lines[file, edit.line], spread


def _rank(sited: Sited, digest: str) -> str:
    file, edit = sited
    said = f"{digest}\0{file}\0{edit.start}\0{edit.end}\0{edit.text}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
