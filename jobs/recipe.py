"""How an image is made from its folder: Debian packages, a venv, npm packages, then the folder's own steps."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jobs import debian
from jobs.failure import SandboxFailure

NOT_IN_IT = ("language.json", "Dockerfile", "README.md")
OLDEST_NPM = 10
Say = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """The key `image` of a language.json. `proof`: paths below the image that must be there when it is ready."""

    folder: Path
    debian: Mapping[str, str]
    pip: str
    npm: bool
    steps: tuple[tuple[str, ...], ...]
    proof: tuple[str, ...]
    space_mb: int

    def digest(self) -> str:
        """Changes with whatever the image is made from, and only with that."""
        found = hashlib.sha256(f"{sys.platform} {os.uname().machine}\n".encode())
        parts = (dict(self.debian), self.pip, self.npm, self.steps, self.proof)
        found.update(json.dumps(parts, sort_keys=True).encode())
        for path in sorted(self._sources()):
            found.update(f"{path.relative_to(self.folder)}\n".encode() + path.read_bytes())
        return found.hexdigest()[:16]

    def _sources(self) -> Iterator[Path]:
        if self.pip:
            yield self.folder / self.pip
        if self.npm:
            yield from (self.folder / "package.json", self.folder / "package-lock.json")
        if self.steps:
            for path in self.folder.rglob("*"):
                inner = path.relative_to(self.folder)
                passing = inner.parts[0] == "sample" or "__pycache__" in inner.parts or inner.name in NOT_IN_IT
                if path.is_file() and not passing and path.name != self.pip:
                    yield path


def read(folder: Path) -> Recipe:
    """The recipe of an image. Raises SandboxFailure when the folder has none."""
    try:
        raw = json.loads((folder / "language.json").read_text(encoding="utf-8"))["image"]
    except FileNotFoundError:
        raise SandboxFailure(f"there is no image {folder.name!r}") from None
    return Recipe(
        folder=folder,
        debian=raw["debian"],
        pip=raw["pip"] or "",
        npm=raw["npm"],
        steps=tuple(tuple(step) for step in raw["steps"]),
        proof=tuple(raw["proof"]),
        space_mb=raw["space_mb"],
    )


def carry_out(recipe: Recipe, base: Path, target: Path, say: Say) -> None:
    """Fills the empty folder `target`, which is where the image stays. Raises SandboxFailure."""
    free = shutil.disk_usage(target).free >> 20
    if free < recipe.space_mb:
        raise SandboxFailure(f"the image needs {recipe.space_mb} MiB, but {target} has {free} MiB free")
    debian.bring(recipe.debian, say)
    if recipe.pip:
        _python(base, target, recipe.folder / recipe.pip, say)
    if recipe.npm:
        _node(recipe.folder, target, say)
    for step in recipe.steps:
        argv = [part.replace("{image}", str(target)).replace("{folder}", str(recipe.folder)) for part in step]
        say(f"sandbox: {Path(argv[0]).name} {Path(argv[-1]).name}")
        call(argv, Path(argv[0]).name, cwd=target)
    if absent := [name for name in recipe.proof if not (target / name).exists()]:
        raise SandboxFailure(f"the image was made, but {absent[0]} is not in it")


def _python(base: Path, target: Path, requirements: Path, say: Say) -> None:
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    python = str(target / "bin" / "python")
    if uv:
        call([uv, "venv", "--quiet", "--no-config", "--allow-existing", "--python", str(base), str(target)], "uv venv")
        say("sandbox: installing its packages with uv")
        install = [uv, "pip", "install", "--quiet", "--link-mode=copy", "--python", python]
        call([*install, "-r", str(requirements)], "uv pip install")
    else:
        advice = "as root, `apt-get install python3-venv` brings it"
        call([str(base), "-I", "-m", "venv", "--clear", str(target)], "venv", advice)
        say("sandbox: installing its packages with pip")
        install = [python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        call([*install, "-r", str(requirements)], "pip install")
    say("sandbox: compiling")
    call([python, "-I", "-m", "compileall", "-q", str(target / "lib")], "compileall")


def _node(folder: Path, target: Path, say: Say) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SandboxFailure("this image needs npm: install Node.js 20 or newer, which brings it")
    version = call([npm, "--version"], "npm").strip()
    if int(version.partition(".")[0] or 0) < OLDEST_NPM:
        raise SandboxFailure(f"this image needs npm {OLDEST_NPM} or newer, and this is {version}")
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(folder / name, target / name)
    say("sandbox: installing its packages with npm")
    with_cache = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    call([npm, "ci", *with_cache], "npm ci", cwd=target)
    # npm 10 leaves out a package for another machine together with the program of the same name that this one's has.
    call([npm, "rebuild", "--ignore-scripts", "--loglevel=error"], "npm rebuild", cwd=target)


def call(command: list[str], what: str, advice: str = "", cwd: Path | None = None) -> str:
    """What a quiet command prints. Raises SandboxFailure with its last line."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        said = lines[-1] if lines else f"exit code {done.returncode}"
        raise SandboxFailure(f"{what} failed: {said}" + (f"; {advice}" if advice else ""))
    return done.stdout
