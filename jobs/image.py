"""Makes the sandbox's own tools and packages of a language, outside the project: `python -m jobs.image python`.

As root they go to /var/lib/assay/images, where a slot's uid can read them; otherwise to ~/.cache/assay/images. An
image's name is the hash of what it is made from, so a change makes a new one and never touches one in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobs import debian, recipe
from jobs.base import find_base
from jobs.failure import SandboxFailure, require_linux
from jobs.language import IMAGES, declared, image_of

MARKER = "image.json"
Say = Callable[[str], None]


def home() -> Path:
    """Where the sandbox keeps what it needs: machine-wide as root, else the user's own."""
    return Path("/var/lib/assay") if os.geteuid() == 0 else Path.home() / ".cache" / "assay"


def location(language: str) -> Path:
    """The image of a language as its sources are now, whether or not it has been made. Raises SandboxFailure."""
    name = image_of(language)
    return home() / "images" / name / recipe.read(IMAGES / name).digest()


def is_ready(folder: Path) -> bool:
    """True for a whole image whose interpreter and Debian packages are still there."""
    try:
        made = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    paths = (made["base"], *made["rests_on"], *(str(folder / name) for name in made["proof"]))
    return all(os.path.exists(path) for path in paths)


def interpreter(folder: Path) -> Path:
    """The Python that the zygotes of an image run in: its own, or the one that it was made with."""
    own = folder / "bin" / "python"
    return own if own.exists() else Path(json.loads((folder / MARKER).read_text(encoding="utf-8"))["base"])


def make(language: str, say: Say = print) -> Path:
    """The ready image of a language, made when it is not there: seconds to a minute. `say` gets a line a step.

    Raises SandboxFailure."""
    require_linux()
    target = location(language)
    if is_ready(target):
        return target
    try:
        with _alone(target):
            if not is_ready(target):
                _build(image_of(language), target, say)
    except OSError as error:
        raise SandboxFailure(f"the image cannot be made in {target.parent}: {error.strerror}") from error
    return target


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    before = os.umask(0o022)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target.parent / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    finally:
        os.umask(before)


def _build(name: str, target: Path, say: Say) -> None:
    """In its final place, since tools remember their own paths; the marker comes last, so half an image is none."""
    wanted = recipe.read(IMAGES / name)
    base = find_base()
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(mode=0o755)
    say(f"sandbox: making the {name} image")
    try:
        recipe.carry_out(wanted, base, target, say)
        rests_on = sorted(wanted.debian.values())
        marker = {"image": name, "base": str(base), "rests_on": rests_on, "proof": wanted.proof}
        (target / f".{MARKER}").write_text(json.dumps(marker), encoding="utf-8")
        (target / f".{MARKER}").rename(target / MARKER)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    say(f"sandbox: the {name} image is ready in {target}")


def lacks(language: str) -> list[str]:
    """Debian packages that the language needs and this machine does not have."""
    return debian.missing(recipe.read(IMAGES / image_of(language)).debian)


def main(arguments: list[str]) -> int:
    """Makes the images of the languages (or images) named, all of them without any."""
    known = declared()
    wanted = {known.get(name, name) for name in arguments} or set(known.values())
    for name in sorted(wanted):
        try:
            make(next((language for language, image in known.items() if image == name), name))
        except SandboxFailure as failure:
            print(f"sandbox: {failure}", file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
