"""The command line that starts a slot's zygote: the image's interpreter, inside bubblewrap where that is to be had."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.language import Language
from jobs.probe import NAMESPACES

if TYPE_CHECKING:
    from jobs.slot import Slot

HERE = Path(__file__).parent
_ETC = ("ld.so.cache", "alternatives", "ssl", "localtime", "passwd", "group", "nsswitch.conf", "hosts")


def readable(language: Language, python: Path) -> tuple[str, ...]:
    """What a run reads besides the system: the image, the language's own paths, and the interpreter with its library
    (the one that the image's rests on)."""
    real = Path(os.path.realpath(python))
    return (str(language.image), str(real), str(real.parent.parent / "lib"), *language.read)


def command(slot: Slot, arguments: Sequence[str]) -> list[str]:
    """`arguments` go to jobs/zygote.py."""
    # Not -I: of the environment, which is ours alone, PYTHONHASHSEED must count.
    python = [str(slot.python), "-s", "-P", "-B", "-X", "utf8", str(HERE / "zygote.py"), *arguments]
    return [*_bubblewrap(slot), *python] if slot.probe.namespaces else python


def _bubblewrap(slot: Slot) -> list[str]:
    parts = [slot.probe.bwrap, *NAMESPACES[slot.probe.fence], "--ro-bind", "/usr", "/usr"]
    for name in ("/lib", "/lib64", "/bin", "/sbin"):
        if os.path.islink(name):
            parts += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            parts += ["--ro-bind", name, name]
    shown = (*(f"/etc/{name}" for name in _ETC), *readable(slot.language, slot.python), str(HERE))
    shown = tuple(
        path for path in shown if os.path.exists(path) and Path("/usr") not in (Path(path), *Path(path).parents)
    )
    places = [(str(p.workspace.root), str(p.workspace.shelf)) for p in (slot.tests, slot.code)]
    parts += _folders([*shown, *(folder for place in places for folder in place)])
    for path in shown:
        parts += ["--ro-bind", path, path]
    parts += ["--proc", "/proc", "--dev", "/dev"]
    for root, shelf in places:
        parts += ["--ro-bind", root, root, "--bind", shelf, shelf]
    return [*parts, "--chdir", "/"]


def _folders(paths: Sequence[str]) -> list[str]:
    """What bubblewrap makes on its way to a path is closed to other uids, so the way is made for it."""
    above = {parent for path in paths for parent in Path(path).parents if parent != Path("/")}
    return [part for folder in sorted(above) for part in ("--perms", "0755", "--dir", str(folder))]
