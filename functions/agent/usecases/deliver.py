"""The last step: the parcel is stored, and the execution closes with it."""

from __future__ import annotations

from functions.agent import delivery
from functions.agent.errors import Conflict, StorageError
from functions.agent.events import Delivered, DeliveryFailed
from functions.agent.ports import Ports
from functions.agent.records import Artifact, Execution
from functions.agent.usecases.carry import apply, resume
from functions.agent.words import ArtifactType, OutputType, Phase

DAY_S = 86_400


async def deliver(ports: Ports, execution_id: str, now: float) -> None:
    """Stores the ZIP where one was asked for (a snippet is in the record already). Once, however often it is called."""
    execution = await ports.records.get(Execution, execution_id)
    if execution.phase is not Phase.DELIVERING:
        await resume(ports, execution)
        return
    try:
        artifact_id = await _store(ports, execution, now) if execution.output_type is OutputType.ZIP else None
    except StorageError as error:
        await apply(ports, execution_id, DeliveryFailed(execution.faults, error.detail), now)
        return
    await apply(ports, execution_id, Delivered(artifact_id), now)


async def _store(ports: Ports, execution: Execution, now: float) -> str | None:
    parcel = delivery.files(execution)
    if not parcel:
        return None
    data = delivery.archive(parcel)
    if len(data) > delivery.MAX_BUNDLE_BYTES:
        raise StorageError(f"The bundle is larger than {delivery.MAX_BUNDLE_BYTES // 2**20} MiB.")
    days = int(ports.settings.get("retention_days", 30))
    artifact = Artifact(
        id=f"zip-{execution.id}",
        user_id=execution.user_id,
        name=f"assay-{execution.id[:8]}.zip",
        type=ArtifactType.OUTPUT,
        file_path=f"artifacts/zip-{execution.id}.zip",
        session_id=execution.session_id,
        mime_type="application/zip",
        size_bytes=len(data),
        metadata={"language": execution.language, "execution_id": execution.id},
        created_at=now,
        expires_at=now + days * DAY_S,
    )
    await ports.blobs.put(artifact.file_path, data)
    try:
        await ports.records.save(artifact)
    except Conflict:
        return artifact.id
    return artifact.id
