"""What the operating system says of files, in the words of the error tree."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from functions.agent.errors import StorageError

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def storage_error(error: OSError, path: Path) -> StorageError:
    """One sentence that names `path`, what is wrong with it and what to do."""
    if error.errno in NO_SPACE:
        return StorageError(f"There is no space left to write {path}: free some space and try again.")
    if error.errno in NOT_ALLOWED:
        return StorageError(f"{path} can't be read and written by this user: correct its owner and permissions.")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StorageError(f"{path} can't be used ({reason}): check this path and its disk.")


def make_folder(folder: Path) -> None:
    """Makes `folder` with its parents, closed to other users. Raises StorageError."""
    try:
        # Path.mkdir(parents=True) would give the parents the mode of the umask.
        for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "")
    except OSError as error:
        raise storage_error(error, folder) from error
