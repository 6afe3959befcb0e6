"""Blobs in a folder: a file a name, complete from the moment it has its name."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from pathlib import Path

from functions.agent.errors import BadInput, Conflict, NotFound
from infra.local.disk import make_folder, storage_error

INLINE_BYTES = 256 * 1024
"""Up to here a file is read and written faster than a thread is woken."""

STALE_S = 3600.0
_PART = r"[A-Za-z0-9_=@+-][A-Za-z0-9_=@+.-]{0,199}"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")


class LocalBlobs:
    """`ports.Blobs` in `folder`. A part of a name starts with no dot, so `.writing/` holds what is not complete yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writing = folder / ".writing"
        self._ready = False

    async def put(self, name: str, data: bytes, once: bool = False) -> None:
        """As the port says; also BadInput for a name that is unsafe or lies below another blob."""
        path = self._path(name)
        if len(data) <= INLINE_BYTES:
            self._write(path, name, data, once)
        else:
            await asyncio.to_thread(self._write, path, name, data, once)

    async def get(self, name: str) -> bytes:
        """Raises NotFound, BadInput for an unsafe name, StorageError for a file that can't be read."""
        path = self._path(name)
        try:
            size = path.stat().st_size
            return path.read_bytes() if size <= INLINE_BYTES else await asyncio.to_thread(path.read_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound(f"There is no stored file {name}.") from error
        except OSError as error:
            raise storage_error(error, path) from error

    async def delete(self, name: str) -> None:
        path = self._path(name)
        try:
            path.unlink()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return
        except OSError as error:
            raise storage_error(error, path) from error

    def _path(self, name: str) -> Path:
        if len(name) > 900 or not _NAME.fullmatch(name):
            raise BadInput(
                "name",
                "The name of a stored file is made of parts divided by '/', each of up to 200 letters, digits "
                "and _=@+.- and without a dot in front, 900 characters in all.",
            )
        return self._folder / name

    def _write(self, path: Path, name: str, data: bytes, once: bool) -> None:
        self._prepare()
        part = self._writing / secrets.token_hex(16)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            if once:
                os.link(part, path)
            else:
                os.replace(part, path)
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            if path.is_file():
                raise Conflict(f"The stored file {name} exists already.") from error
            # Cloud Storage could hold both a file and a folder of one name; a disk can't.
            raise BadInput("name", f"The name {name} clashes with a stored file above or below it.") from error
        except OSError as error:
            raise storage_error(error, path) from error
        finally:
            part.unlink(missing_ok=True)

    def _prepare(self) -> None:
        """Makes the folders once, and clears what a killed process left half written more than an hour ago."""
        if self._ready:
            return
        make_folder(self._writing)
        oldest = time.time() - STALE_S
        try:
            with os.scandir(self._writing) as entries:
                for entry in entries:
                    if entry.stat().st_mtime < oldest:
                        os.unlink(entry)
        except FileNotFoundError:
            pass  # another process clears the same folder
        except OSError as error:
            raise storage_error(error, self._writing) from error
        self._ready = True
