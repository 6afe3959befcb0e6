"""One server a data directory. The kernel drops the lock when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from functions.agent.errors import ConfigError
from infra.local.disk import make_folder, storage_error


class FolderLock:
    """An exclusive lock on `folder`, by flock on a file in it; child processes don't inherit it through exec."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "server.lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Takes the lock or raises ConfigError that names the folder; StorageError where no lock can be made."""
        if self._file is not None:
            return
        make_folder(self._path.parent)
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise storage_error(error, self._path) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(file, 0)
            os.pwrite(file, str(os.getpid()).encode(), 0)
        except BlockingIOError as error:
            holder = os.pread(file, 20, 0).decode("ascii", "replace")
            os.close(file)
            raise ConfigError(
                f"Another Assay server (process {holder or 'unknown'}) uses the data directory {self._path.parent}: "
                "stop it, or set ASSAY_DATA_DIR to another folder."
            ) from error
        except OSError as error:
            os.close(file)
            raise storage_error(error, self._path) from error
        self._file = file

    def release(self) -> None:
        """Gives the lock up; the file stays, since removing it would let two holders lock two files of one name."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
