"""The command line that starts a slot's zygote: the image's interpreter, inside bubblewrap where that is the fence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from jobs.language import Language
from jobs.probe import NAMESPACES, Probe
from jobs.workspace import Workspace

HERE = Path(__file__).parent
_ETC = ("ld.so.cache", "alternatives", "ssl", "localtime", "passwd", "group", "nsswitch.conf", "hosts")


def readable(language: Language) -> tuple[str, ...]:
    """What a run reads besides the system: the image, and the interpreter with its library that the image rests on."""
    python = Path(os.path.realpath(language.image / "bin" / "python"))
    return (str(language.image), str(python), str(python.parent.parent / "lib"), *language.read)


def command(found: Probe, language: Language, workspace: Workspace, arguments: Sequence[str]) -> list[str]:
    """`arguments` go to jobs/zygote.py."""
    python = [str(language.image / "bin" / "python"), "-I", "-B", "-X", "utf8", str(HERE / "zygote.py"), *arguments]
    return [*_bubblewrap(found, language, workspace), *python] if found.fence == "namespaces" else python


def _bubblewrap(found: Probe, language: Language, workspace: Workspace) -> list[str]:
    parts = [found.bwrap, *NAMESPACES, "--ro-bind", "/usr", "/usr"]
    for name in ("/lib", "/lib64", "/bin", "/sbin"):
        if os.path.islink(name):
            parts += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            parts += ["--ro-bind", name, name]
    for path in (*(f"/etc/{name}" for name in _ETC), *readable(language), str(HERE)):
        if not path.startswith("/usr/") and path != "/usr":
            parts += ["--ro-bind-try", path, path]
    root, tmp = str(workspace.root), str(workspace.tmp)
    return [*parts, "--proc", "/proc", "--dev", "/dev", "--ro-bind", root, root, "--bind", tmp, tmp, "--chdir", "/"]
