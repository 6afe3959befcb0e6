"""A ZIP from anybody as texts by name, within limits and in memory only."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

from functions.agent.errors import BadInput

MAX_FILES = 200
MAX_BYTES = 50 * 1024 * 1024
_ENTRY = b"PK\x01\x02"
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError, IndexError),
)
"""What `zipfile` raises for bytes that are no ZIP, a damaged or an encrypted one."""


def unpack(data: bytes) -> Mapping[str, str]:
    """The files of a ZIP. Raises BadInput (field bundle) where it is broken, too large, or its names are not safe."""
    # Counted before `zipfile` makes an object of each: a list of a million names is small to send and large to read.
    if len(data) > MAX_BYTES or data.count(_ENTRY) > 10 * MAX_FILES:
        raise _too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [e for e in packed.infolist() if not e.is_dir()]
            if len(entries) > MAX_FILES or sum(e.file_size for e in entries) > MAX_BYTES:
                raise _too_large()
            files: dict[str, str] = {}
            for entry in entries:
                files[_name(entry, files)] = _text(packed, entry)
            return files
    except _BROKEN as error:
        raise BadInput("bundle", f"The bundle is not a ZIP that Assay made: {str(error)[:200]}") from error


def _too_large() -> BadInput:
    return BadInput("bundle", f"The bundle has more than {MAX_FILES} files or {MAX_BYTES // 2**20} MiB.")


def _name(entry: zipfile.ZipInfo, files: Mapping[str, str]) -> str:
    name = entry.filename
    if name in files:
        raise BadInput("bundle", f"The bundle has two files named {name[:100]}.")
    unsafe = name != entry.orig_filename or re.search(r"[\x00-\x1f\x7f\\:]", name)
    if unsafe or any(part in ("", ".", "..") for part in name.split("/")):
        raise BadInput("bundle", f"The bundle has a file with an unsafe name: {name[:100]!a}.")
    return name


def _text(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with packed.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BadInput("bundle", f"{entry.filename[:100]} is not as large as the bundle says.")
    return content.decode("utf-8")
