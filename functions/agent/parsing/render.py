"""Files as Markdown, in the very form in which models are asked to reply."""

from __future__ import annotations

import re
from collections.abc import Mapping

from functions.agent.languages import LANGUAGES, by_file_name

_RUN = re.compile(r"`{3,}")


def render(files: Mapping[str, str]) -> str:
    """Each file under its name, in a fence longer than any in it. `parse` reads the same files back."""
    return "\n".join(_rendered(path, text) for path, text in files.items())


def _rendered(path: str, text: str) -> str:
    longest = max((len(run) for run in _RUN.findall(text)), default=2)
    fence = "`" * (longest + 1)
    language = by_file_name(path)
    tag = LANGUAGES[language].tags[0] if language else _other_tag(path)
    return f"`{path}`\n{fence}{tag}\n{text.rstrip()}\n{fence}\n"


def _other_tag(path: str) -> str:
    """Every fence gets a tag, so that none can be read as the end of another."""
    extension = path.rsplit(".", 1)[-1].lower()
    return {"md": "markdown"}.get(extension, extension if re.fullmatch(r"[a-z]{1,10}", extension) else "text")
