"""Writes the three requirements files from the short lists beside them: `python -m infra.local.cli.pins`.

Each list is resolved under the pins of those before it, for Python 3.11 and later on every system; what an earlier
file pins is left out of the later ones, so a version stands in one place only. Change a list, run this, commit both.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LISTS = (
    ("infra/requirements.in", "requirements.txt"),
    ("infra/local/requirements.in", "infra/local/requirements.txt"),
    ("tests/requirements.in", "tests/requirements.txt"),
)
COMMAND = "python -m infra.local.cli.pins"


def pinned(text: str) -> tuple[str, ...]:
    """The names that a requirements file pins, in its order."""
    return tuple(re.findall(r"^([A-Za-z0-9._-]+)==", text, flags=re.MULTILINE))


def head(source: str) -> str:
    """The comments of a short list; they stand at the head of the compiled file too."""
    return "".join(line + "\n" for line in source.splitlines() if line.startswith("#"))


def _resolve(source: str, earlier: tuple[str, ...], left_out: tuple[str, ...]) -> str:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--custom-compile-command", COMMAND, source]
    command += [word for file in earlier for word in ("--constraint", file)]
    command += [word for name in left_out for word in ("--no-emit-package", name)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Raises CalledProcessError when a list cannot be resolved; the files before it are then already written."""
    earlier: tuple[str, ...] = ()
    taken: set[str] = set()
    for source, target in LISTS:
        both = tuple(sorted(taken & set(pinned(_resolve(source, earlier, ())))))
        text = head(Path(source).read_text("utf-8")) + _resolve(source, earlier, both)
        Path(target).write_text(text, "utf-8")
        taken |= set(pinned(text))
        earlier += (target,)


if __name__ == "__main__":
    main()
