"""Whether a prompt asks for malware or the theft of secrets: by rules over its sentences, without a model."""

from __future__ import annotations

import re
from functools import cache

from functions.agent.safety.plain import sentences
from functions.agent.safety.wording import Harm, beginning, ending, harms, whole, words

LIMIT = 64 * 1024
"""Characters that are looked at; a longer prompt is not accepted anyway."""
NEAR = 400
"""Characters before and after a harm that are looked at."""
GAP = 8
"""Words between a verb and what is to be made."""
CLAUSE = 25
"""Words before a harm that may make it something to be found or told of."""


def refusal(prompt: str) -> str:
    """What is refused and what would be fine instead, in one sentence; empty for a prompt that is accepted.

    Pure, and its time is linear in the length of the prompt, of which LIMIT characters are looked at."""
    parts = [_in_language().sub("", part) for part in sentences(prompt[:LIMIT], words("spelled"))]
    play = any(whole("play").search(part) for part in parts)
    for number, part in enumerate(parts):
        for harm in harms():
            if _asked(harm, part, play, first=number == 0):
                return f"This asks for {harm.name}, which is not written here; {harm.instead} would be fine."
    return ""


@cache
def _in_language() -> re.Pattern[str]:
    return re.compile(rf"(?: ,)? (?:in|en) (?:{'|'.join(map(re.escape, words('languages')))})(?: ,)?(?!\S)")


def _asked(harm: Harm, sentence: str, play: bool, first: bool) -> bool:
    if harm.things is not None:
        for found in harm.things.finditer(sentence):
            after = sentence[found.end() : found.end() + NEAR].split()
            if _made(_before(sentence, found), after, first and found.start() < NEAR):
                return True
    for deeds in (harm.deeds, None if play else harm.weak):
        if deeds is not None and any(_done(_before(sentence, found)) for found in deeds.finditer(sentence)):
            return True
    return False


def _before(sentence: str, found: re.Match[str]) -> list[str]:
    return sentence[max(0, found.start() - NEAR) : found.start()].split()


def _made(before: list[str], after: list[str], first: bool) -> bool:
    """Whether a thing between these words is what is to be made. `first`: they begin the prompt."""
    if not _alone(after):
        return False
    for at in range(len(before) - 1, max(-1, len(before) - 2 - GAP), -1):
        word = before[at]
        if word in words("verbs") and (
            word not in words("carriers") or not at or before[at - 1] in words("before_verb")
        ):
            return not _told(before[:at], hanging=True)
        if beginning("about").match(word) or word in words("denying"):
            return False
        if word in words("breaks") and not _carried(before[:at], word):
            return False
    return first and len(before) <= 4 and _programming(after)


def _carried(before: list[str], word: str) -> bool:
    """Whether `word` joins a thing to a script, a program or the like that is made of it."""
    return word in words("after_carrier") and any(w in words("carriers") for w in before[-2:])


def _alone(after: list[str]) -> bool:
    """Whether nothing after a thing makes it a part of another thing's name, such as a detector for it."""
    while after and after[0] in words("kind_after"):
        after = after[1:]
    if after and after[0] not in words("plain_after"):
        return False
    return not (after and after[0] in words("beside") and any(map(beginning("about").match, after[1:6])))


def _programming(after: list[str]) -> bool:
    """Whether a prompt that begins with the thing goes on as a request for code."""
    if not after or after[0] in words("kind_after"):
        return True
    return after[0] in words("goes_on") and ":" not in after and not any(map(beginning("about").match, after))


def _done(before: list[str]) -> bool:
    """Whether a deed after these words of its sentence is asked for, not only told of."""
    asks = len(before) <= 3 or before[-1] in words("beside")
    asks = asks or any(w in words("verbs") or w in words("subjects") for w in before)
    return asks and not _told(before, hanging=False)


def _told(before: list[str], hanging: bool) -> bool:
    """Whether the words before a harm make it something to be found, stopped or told of.

    `hanging`: only where the harm's clause hangs on them."""
    near = before[-CLAUSE:]
    if any(w in words("denying") or whole("actors").fullmatch(w) for w in near[-3:]):
        return True
    then = bool(near) and near[-1] in words("beside")
    for at, word in enumerate(near):
        if not beginning("about").match(word):
            continue
        between = near[at + 1 :]
        agent = ending("agent").search(word)
        hangs = any(w in words("joins" if agent else "follows") for w in between)
        hangs = hangs or (not then and any(w in words("whether") for w in between))
        if hangs or (not hanging and not agent and len(between) <= 4 and not then):
            return True
    return False
