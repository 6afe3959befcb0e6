"""What the steps of the parser hand to each other, and the limits that hold for every reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_REPLY_BYTES = 512 * 1024
MAX_FILE_BYTES = 256 * 1024
MAX_FILES = 64
MAX_BLOCKS = 512
MAX_NAME = 200


@dataclass(frozen=True)
class Parsed:
    """`files` maps safe relative paths to whole texts; `warnings` says in sentences what was repaired or left out."""

    files: Mapping[str, str]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """One fenced block. `info` is what stands after its fence, `before` the last lines above it, nearest last.

    `closed` is False for a block whose closing fence never came, `fenced` for code that had no fence at all. `path` is
    a name that a wrapper gave it.
    """

    info: str
    text: str
    before: tuple[str, ...] = ()
    closed: bool = True
    path: str = ""
    fenced: bool = True

    @property
    def tag(self) -> str:
        """The first word of the info string in lower case, without braces: the language tag, if it is one."""
        words = self.info.strip().strip("{}").split(None, 1)
        return words[0].split(":", 1)[0].lstrip(".").lower() if words else ""
