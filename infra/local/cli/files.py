"""The delivered files on disk: the parcel unpacked, and the ZIP beside it for `assay verify`."""

from __future__ import annotations

from pathlib import Path

from functions.agent import delivery
from functions.agent.errors import StorageError
from functions.agent.ports import Ports
from functions.agent.records import Execution

BUNDLE = "bundle.zip"
DEFAULT = Path("assay-out")


async def write_files(ports: Ports, execution_id: str, out: Path | None) -> Path | None:
    """The folder that now holds the parcel; None when there is nothing to deliver. Raises StorageError."""
    execution = await ports.records.get(Execution, execution_id)
    parcel = delivery.files(execution)
    if not parcel:
        return None
    folder = (out or DEFAULT / execution_id[:8]).absolute()
    try:
        for name, text in parcel.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="")
        (folder / BUNDLE).write_bytes(delivery.archive(parcel))
    except OSError as error:
        raise StorageError(f"The files can't be written to {folder}: {error.strerror}.") from error
    return folder
