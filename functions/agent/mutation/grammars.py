"""The grammars of tree-sitter, and texts parsed by them.

The one place of the domain that needs packages. They are imported when first asked for.

A parser of tree-sitter never gives up: what has mistakes it mends, in time and memory that can grow with the square of
the length. So a text is refused before where its signs are not those of code, and left in the middle where it takes
more steps than code does."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node

MAX_DEPTH = 200  # of brackets; and how many `<` a statement may have
MAX_SIGNS = 400  # groups of other signs in a statement, or in an entry of a list
_CHUNK = 4_096
# A step is what the parser does between two looks at the limit. Code takes one for 55 to 75 bytes.
_BYTES_A_STEP = 20
_FREE_STEPS = 100
_SIGNS = re.compile(rb"[(\[{}\]);,]|[<>=!?:&|+\-*/%^~@]+")


def parse(source: bytes, language: str, name: str) -> Node | None:
    """The root of a file's tree; None where the text has a mistake in it, or is too entangled to be looked at."""
    from tree_sitter import Parser

    if _entangled(source):
        return None
    steps = iter(range(_FREE_STEPS + len(source) // _BYTES_A_STEP))
    grammar = "tsx" if name.endswith(".tsx") and language == "typescript" else language
    try:
        tree = Parser(_language(grammar)).parse(
            lambda start, _: source[start : start + _CHUNK],
            progress_callback=lambda *_: next(steps, None) is None,
        )
    except ValueError:  # it was stopped
        return None
    return None if tree.root_node.has_error else tree.root_node


def _entangled(source: bytes) -> bool:
    """Whether brackets are nested too deep, or a statement has too many signs; those in texts count as well."""
    depth = signs = opened = 0
    for found in _SIGNS.finditer(source):
        sign = found[0]
        depth += (sign in b"([{") - (sign in b")]}")
        opened = 0 if sign in b";{}" else opened + sign.count(b"<")
        signs = 0 if sign in b";{}," else signs + (sign not in b"()[]")
        if depth > MAX_DEPTH or opened > MAX_DEPTH or signs > MAX_SIGNS:
            return True
    return False


@cache
def _language(grammar: str) -> Language:
    """Raises KeyError for a grammar that there is none of."""
    import tree_sitter_c_sharp
    import tree_sitter_go
    import tree_sitter_java
    import tree_sitter_javascript
    import tree_sitter_typescript
    from tree_sitter import Language

    made = {
        "csharp": tree_sitter_c_sharp.language,
        "go": tree_sitter_go.language,
        "java": tree_sitter_java.language,
        "javascript": tree_sitter_javascript.language,
        "tsx": tree_sitter_typescript.language_tsx,
        "typescript": tree_sitter_typescript.language_typescript,
    }[grammar]
    return Language(made())
