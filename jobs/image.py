"""Makes the sandbox's own interpreter and packages of a language, outside the project: `python -m jobs.image python`.

As root it goes to /var/lib/assay/images, where a slot's uid can read it; otherwise to ~/.cache/assay/images. Its name
is the hash of what it is made from, so a change makes a new one and never touches one in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobs.base import find_base
from jobs.failure import SandboxFailure

IMAGES = Path(__file__).resolve().parent / "images"
MARKER = "image.json"
NEEDED_BYTES = 600 << 20
Say = Callable[[str], None]


def home() -> Path:
    """Where the sandbox keeps what it needs: machine-wide as root, else the user's own."""
    return Path("/var/lib/assay") if os.geteuid() == 0 else Path.home() / ".cache" / "assay"


def location(name: str) -> Path:
    """The image of the language as its sources are now, whether or not it has been made."""
    digest = hashlib.sha256(f"{sys.platform} {os.uname().machine}\n".encode())
    for file in ("requirements.txt", "language.json"):
        with contextlib.suppress(FileNotFoundError):
            digest.update((IMAGES / name / file).read_bytes())
    return home() / "images" / name / digest.hexdigest()[:16]


def is_ready(folder: Path) -> bool:
    """True for a whole image whose interpreter is still there."""
    return (folder / MARKER).is_file() and (folder / "bin" / "python").exists()


def make(name: str, say: Say = print) -> Path:
    """The ready image of `name`, made when it is not there: seconds to half a minute. `say` gets a line a step.

    Raises SandboxFailure."""
    target = location(name)
    if not (IMAGES / name / "requirements.txt").is_file():
        raise SandboxFailure(f"there is no image for the language {name!r}")
    if is_ready(target):
        return target
    try:
        with _alone(target):
            if not is_ready(target):
                _build(name, target, say)
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
    free = shutil.disk_usage(target.parent).free
    if free < NEEDED_BYTES:
        raise SandboxFailure(f"the image needs {NEEDED_BYTES >> 20} MiB, but {target.parent} has {free >> 20} MiB free")
    base = find_base()
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    try:
        draft.chmod(0o755)
        say(f"sandbox: making the {name} image with {base}")
        _install(base, draft, IMAGES / name / "requirements.txt", say)
        say("sandbox: compiling")
        python = str(draft / "bin" / "python")
        _call(
            [python, "-I", "-m", "compileall", "-q", "-s", str(draft), "-p", str(target), str(draft / "lib")],
            "compileall",
        )
        (draft / MARKER).write_text(json.dumps({"language": name, "base": str(base)}))
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    say(f"sandbox: the {name} image is ready in {target}")


def _install(base: Path, draft: Path, requirements: Path, say: Say) -> None:
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    python = str(draft / "bin" / "python")
    if uv:
        _call([uv, "venv", "--quiet", "--no-config", "--allow-existing", "--python", str(base), str(draft)], "uv venv")
        say("sandbox: installing its packages with uv")
        install = [uv, "pip", "install", "--quiet", "--link-mode=copy", "--python", python]
        _call([*install, "-r", str(requirements)], "uv pip install")
        return
    _call(
        [str(base), "-I", "-m", "venv", "--clear", str(draft)],
        "venv",
        "as root, `apt-get install python3-venv` brings it",
    )
    say("sandbox: installing its packages with pip")
    install = [python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    _call([*install, "-r", str(requirements)], "pip install")


def _call(command: list[str], what: str, advice: str = "") -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        said = lines[-1] if lines else f"exit code {done.returncode}"
        raise SandboxFailure(f"{what} failed: {said}" + (f"; {advice}" if advice else ""))


def main(arguments: list[str]) -> int:
    for name in arguments or ["python"]:
        try:
            make(name)
        except SandboxFailure as failure:
            print(f"sandbox: {failure}", file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
