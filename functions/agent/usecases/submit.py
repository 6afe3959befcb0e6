"""From a request to an execution that is under way; and cancel, retry, attach."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from functions.agent import complexity, languages
from functions.agent.errors import BadInput, Conflict, NotFound, Refused
from functions.agent.events import Cancelled
from functions.agent.loop import MAX_ATTEMPTS, due
from functions.agent.narration import story
from functions.agent.ports import Ports
from functions.agent.records import Artifact, Execution
from functions.agent.safety import refusal
from functions.agent.usecases.carry import apply, carry_out, log, with_limits
from functions.agent.usecases.reading import anchors_of
from functions.agent.words import PARTS, ArtifactType, OutputType, Preference

MAX_PROMPT_BYTES = 64 * 1024
MAX_ATTACHMENT_BYTES = 256 * 1024
MAX_ATTACHMENTS = 16
_ASKED = (
    *("user_id", "prompt", "language", "session_id", "context_artifacts", "llm_preference", "output_type"),
    *("max_attempts", "model", "retry_of"),
)
"""The fields of an execution that say what was asked for: the same id with others is another request."""


@dataclass(frozen=True)
class Request:
    """What a user asks for. `id` becomes the execution's id; the same id again is the same request.

    `without` names parts of the loop that are switched off (`PARTS`), to measure what they are worth."""

    id: str
    user_id: str
    prompt: str
    language: str | None = None
    session_id: str | None = None
    context_artifacts: tuple[str, ...] = ()
    github_repo: str | None = None
    llm_preference: Preference = Preference.BALANCED
    output_preference: OutputType = OutputType.SNIPPET
    max_attempts: int | None = None
    model: str | None = None
    retry_of: str | None = None
    without: tuple[str, ...] = ()


async def submit(ports: Ports, request: Request, now: float) -> Execution:
    """The new execution, queued. Raises BadInput naming the field, or Refused; then nothing was changed."""
    _check(request)
    attached = [await _own_artifact(ports, request.user_id, a) for a in request.context_artifacts]
    language = _language(ports, request, [a.name for a in attached])
    scored = complexity.score(request.prompt, language)
    if request.model:
        await ports.models.route(scored.tier, request.model)
    stated, notes = await anchors_of(ports, request.prompt, language, attached)
    allowed = int(ports.settings.get("max_attempts", MAX_ATTEMPTS))
    execution = Execution(
        id=request.id,
        user_id=request.user_id,
        prompt=request.prompt,
        language=language,
        created_at=now,
        updated_at=now,
        session_id=request.session_id,
        complexity_score=scored.score,
        complexity_reasons=scored.reasons,
        tier=scored.tier,
        llm_preference=request.llm_preference,
        max_attempts=min(request.max_attempts or allowed, allowed),
        output_type=request.output_preference,
        context_artifacts=request.context_artifacts,
        suites=() if "anchors" in request.without else stated,
        without=request.without,
        retry_of=request.retry_of,
        model=request.model,
    )
    try:
        execution = await ports.records.save(with_limits(execution, ports))
    except Conflict:
        execution = await _same_request(ports, execution)
    await ports.events.append(execution.id, story(execution))
    for n, note in enumerate(notes):
        await log(ports, execution, note, f"anchors-{n}")
    await carry_out(ports, execution, due(execution))
    return execution


async def cancel(ports: Ports, user_id: str, execution_id: str, now: float) -> Execution:
    """The execution, cancelled unless it had ended. Raises NotFound."""
    await owned(ports, user_id, execution_id)
    return await apply(ports, execution_id, Cancelled(), now)


async def retry(ports: Ports, user_id: str, execution_id: str, new_id: str, now: float) -> Execution:
    """A new execution of the same request, linked to the old one. Raises NotFound, Conflict while the old one runs."""
    old = await owned(ports, user_id, execution_id)
    if not old.status.terminal:
        raise Conflict("The execution is still running; cancel it before you retry it.")
    request = Request(
        id=new_id,
        user_id=user_id,
        prompt=old.prompt,
        language=old.language,
        session_id=old.session_id,
        context_artifacts=old.context_artifacts,
        llm_preference=old.llm_preference,
        output_preference=old.output_type,
        max_attempts=old.max_attempts,
        model=old.model,
        retry_of=old.id,
    )
    return await submit(ports, request, now)


async def owned(ports: Ports, user_id: str, execution_id: str) -> Execution:
    """The execution if it is the user's. Somebody else's is NotFound, as if it did not exist."""
    execution = await ports.records.get(Execution, execution_id)
    if execution.user_id != user_id:
        raise NotFound(f"There is no execution {execution_id}.")
    return execution


async def attach(ports: Ports, user_id: str, name: str, data: bytes, now: float) -> Artifact:
    """A text file as context of a later request. Its id is derived from its content. Raises BadInput (field attach)."""
    if len(data) > MAX_ATTACHMENT_BYTES:
        raise BadInput("attach", f"{name} is larger than {MAX_ATTACHMENT_BYTES // 1024} KiB.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("attach", f"{name} is not UTF-8 text.") from None
    digest = sha256(user_id.encode() + b"\0" + name.encode() + b"\0" + data).hexdigest()[:24]
    artifact = Artifact(
        id=f"up-{digest}",
        user_id=user_id,
        name=name,
        type=ArtifactType.UPLOADED,
        file_path=f"artifacts/up-{digest}",
        mime_type="text/plain",
        size_bytes=len(data),
        created_at=now,
    )
    await ports.blobs.put(artifact.file_path, data)
    try:
        return await ports.records.save(artifact)
    except Conflict:
        return await ports.records.get(Artifact, artifact.id)


async def download(ports: Ports, user_id: str, artifact_id: str) -> tuple[Artifact, bytes]:
    """An artifact of the user and its bytes. Raises NotFound, also for somebody else's."""
    artifact = await ports.records.get(Artifact, artifact_id)
    if artifact.user_id != user_id:
        raise NotFound(f"There is no artifact {artifact_id}.")
    return artifact, await ports.blobs.get(artifact.file_path)


def _check(request: Request) -> None:
    if not request.prompt.strip():
        raise BadInput("prompt", "The prompt is empty.")
    if len(request.prompt.encode("utf-8", "surrogatepass")) > MAX_PROMPT_BYTES:
        raise BadInput("prompt", f"The prompt is longer than {MAX_PROMPT_BYTES // 1024} KiB.")
    if unknown := set(request.without) - set(PARTS):
        raise BadInput("without", f"These are no parts of the loop: {', '.join(sorted(unknown))}.")
    if request.github_repo:
        raise BadInput("github_repo", "Connect GitHub first: no repository can be read yet.")
    if request.output_preference is OutputType.PR:
        raise BadInput("output_preference", "Connect GitHub first: a pull request needs a repository.")
    if request.max_attempts is not None and not 1 <= request.max_attempts <= MAX_ATTEMPTS:
        raise BadInput("max_attempts", f"The number of attempts is from 1 to {MAX_ATTEMPTS}.")
    if len(request.context_artifacts) > MAX_ATTACHMENTS:
        raise BadInput("context_artifacts", f"At most {MAX_ATTACHMENTS} artifacts can be attached.")
    if why := refusal(request.prompt):
        raise Refused(why)


def _language(ports: Ports, request: Request, file_names: list[str]) -> str:
    if request.language:
        language = languages.resolve(request.language)
    else:
        language = languages.detect(request.prompt, file_names).language
    able = tuple(ports.settings.get("languages", languages.LANGUAGES))
    if language not in able:
        label = languages.LANGUAGES[language].label
        raise BadInput("language", f"{label} can't be run here; the sandbox has {', '.join(able)}.")
    return language


async def _own_artifact(ports: Ports, user_id: str, artifact_id: str) -> Artifact:
    try:
        artifact = await ports.records.get(Artifact, artifact_id)
    except NotFound:
        artifact = None
    if artifact is None or artifact.user_id != user_id:
        raise BadInput("context_artifacts", f"There is no artifact {artifact_id[:64]}.")
    return artifact


async def _same_request(ports: Ports, wanted: Execution) -> Execution:
    existing = await ports.records.get(Execution, wanted.id)
    if any(getattr(existing, name) != getattr(wanted, name) for name in _ASKED):
        raise Conflict("This Idempotency-Key was used for another request.")
    return existing
