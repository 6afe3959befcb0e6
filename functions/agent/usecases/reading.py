"""What the user's request and files hold that the code must come up to: read when a request is submitted, and once
more by a model where the rules find nothing."""

from __future__ import annotations

from collections.abc import Sequence

from functions.agent import anchors, attached, examples
from functions.agent.ports import Ports
from functions.agent.records import Artifact, Execution, ModelCall, Suite
from functions.agent.usecases.carry import log
from functions.agent.usecases.sampling import Sampler
from functions.agent.words import Origin

SHOWN = 3
"""Examples that a line of the log names."""


async def anchors_of(
    ports: Ports, prompt: str, language: str, files: Sequence[Artifact]
) -> tuple[tuple[Suite, ...], tuple[str, ...]]:
    """(the anchors of a request and of the tests attached to it, what to tell the user about them)."""
    stated = anchors.find(prompt, language)
    texts = [(a.name, await _text(ports, a)) for a in files if a.size_bytes <= attached.MAX_BYTES]
    found = attached.find(texts, prompt, language, (stated,))
    kept, notes = attached.agreeing((stated, *found.suites))
    return kept, (*found.notes, *notes)


async def anchors_by_model(
    ports: Ports, execution: Execution, sampler: Sampler
) -> tuple[Suite | None, list[ModelCall]]:
    """(the examples that a model finds in a request where the rules found none, the call that it took).

    Asked once an execution, and only where the request seems to hold an example."""
    first = execution.attempt_number == 1 and not execution.unusable and "anchors" not in execution.without
    stated = any(s.origin is Origin.ANCHOR for s in execution.suites)
    if not first or stated or not examples.worth_asking(execution.prompt, execution.language):
        return None, []
    question = examples.question(execution.prompt, execution.language)
    call = await sampler.once("examples", question, examples.MAX_TOKENS)
    suite = examples.read(call.text or "", execution.prompt, execution.language)
    if suite.cases:
        names = ", ".join(c.name for c in suite.cases[:SHOWN]) + (", …" if len(suite.cases) > SHOWN else "")
        count = f"{len(suite.cases)} example{'s' if len(suite.cases) > 1 else ''}"
        text = f"{count} of the request, found by the model, must hold: {names}"
        await log(ports, execution, text, f"a{execution.attempt_number}-examples")
    return suite if suite.cases else None, [call]


async def _text(ports: Ports, artifact: Artifact) -> str:
    return (await ports.blobs.get(artifact.file_path)).decode("utf-8", "replace")
