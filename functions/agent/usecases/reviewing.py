"""A strong model reads code that touches network, files or processes, before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from functions.agent import finishing, safety
from functions.agent.errors import ModelError
from functions.agent.events import Reviewed
from functions.agent.ports import Message, ModelSpec, Ports, Question, Route
from functions.agent.records import Candidate, Execution, Finding, ModelCall, Review, Usage
from functions.agent.selection import leader
from functions.agent.usecases.asking import ask
from functions.agent.usecases.carry import log
from functions.agent.usecases.listening import Purpose
from functions.agent.words import Tier

TOKENS = 400
ASKS = 2
"""A reply that is no review is asked for once more; then there is none."""


async def review(ports: Ports, execution: Execution, clock: Callable[[], float]) -> Reviewed:
    """What the review of the leader came to. Where no strong model can be asked, that is what it says.

    Raises LimitReached, Busy, Stopped."""
    winner = leader(execution)
    assert winner is not None
    route = await ports.models.route(Tier.COMPLEX, execution.model)
    strong = tuple(spec for spec in route.specs if not spec.small)
    if not strong:
        return await _told(ports, execution, Review(winner.id, None, "no strong model is set up"))
    try:
        return await _ask(ports, execution, winner, Route(strong, route.reason), clock)
    except (ModelError, ValueError) as error:
        detail = error.detail if isinstance(error, ModelError) else str(error)
        return await _told(ports, execution, Review(winner.id, None, detail))


async def _ask(
    ports: Ports, execution: Execution, winner: Candidate, route: Route, clock: Callable[[], float]
) -> Reviewed:
    prompt = safety.review_prompt(execution.prompt, winner.files, safety.touches(winner.files, execution.language))
    calls: list[ModelCall] = []
    for turn in range(ASKS):
        question = Question((Message("user", prompt),), 0.0, _tokens(route.specs[0]), turn + 1)
        call_id = f"{execution.id}-{winner.id}-review{turn}"
        calls.append(await ask(ports, execution, route, call_id, question, Purpose("review"), clock))
        said = safety.read_review(calls[-1].text or "")
        if said is not None:
            by = f"{calls[-1].provider}/{calls[-1].model}"
            finding = None if said.ok else finishing.objection(execution, said.line, said.reason)
            return await _told(ports, execution, Review(winner.id, said.ok, said.reason, by), finding, calls)
    return await _told(ports, execution, Review(winner.id, None, "the answer could not be read"), None, calls)


def _tokens(spec: ModelSpec) -> int:
    return min(spec.max_output_tokens, TOKENS)


async def _told(
    ports: Ports,
    execution: Execution,
    review: Review,
    finding: Finding | None = None,
    calls: Sequence[ModelCall] = (),
) -> Reviewed:
    """The happening, after the user was told."""
    if review.ok is None:
        text = f"The code was not reviewed by a strong model: {review.reason}"
    elif review.ok:
        text = f"{review.by} reviewed the code and objects to nothing."
    else:
        text = f"{review.by} objects to the code: {review.reason}"
    await log(ports, execution, text, f"{review.candidate}-review")
    usage = sum((c.usage for c in calls), Usage())
    spent = (sum(c.usd for c in calls), sum(c.ms for c in calls))
    return Reviewed(execution.attempt_number, review, finding, usage, *spent)
