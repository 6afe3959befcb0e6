"""A delivered bundle, read again: does what it claims still hold? Works from the ZIP's own bytes and nothing else.

The bundle is untrusted: it may come from anybody. It is read within limits, never unpacked to disk by its own names.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from functions.agent.delivery import VALIDATION, VALIDATION_SCHEMA
from functions.agent.errors import BadInput
from functions.agent.languages import LANGUAGES
from functions.agent.unpacking import unpack
from functions.agent.words import CaseOutcome, Confidence, Level

RUN_ID = "verify"
UNLEVELLED = 1
"""The schema of bundles that tell no level a case; they hold by their outcomes."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class ProofSuite:
    """A file of tests in the bundle; `cases` maps case id to the test that decides it, `vectors` some to plain data."""

    id: str
    file: str
    cases: Mapping[str, str]
    vectors: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Claim:
    """What a bundle says of one case."""

    name: str
    outcome: CaseOutcome
    level: Level = Level.NONE

    def __str__(self) -> str:
        return f"{self.outcome} ({self.level})" if self.level else str(self.outcome)


@dataclass(frozen=True)
class Proof:
    """What a bundle claims, each case by its id. `levelled`: it says at which level each case was judged.

    `changed` lists files that differ from their hash, are gone, or were not there when it was delivered."""

    execution_id: str
    language: str
    status: str
    confidence: str
    level: Level
    levelled: bool
    files: Mapping[str, str]
    code: tuple[str, ...]
    suites: tuple[ProofSuite, ...]
    limits: Mapping[str, float]
    cases: Mapping[str, Claim]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """`differs` has (case name, claimed, found) of each case that no longer does what the bundle says.

    `level` is the weakest one found now among the cases that were judged at the verdict's level or above."""

    holds: bool
    cases: int
    level: Level
    differs: tuple[tuple[str, str, str], ...]
    changed: tuple[str, ...]
    detail: str


def read(data: bytes) -> Proof:
    """The claims of a bundle. Raises BadInput (field bundle) for anything that is not one."""
    files = unpack(data)
    if VALIDATION not in files:
        raise BadInput("bundle", f"The bundle has no {VALIDATION}.")
    try:
        return _proof(json.loads(files[VALIDATION]), files)
    except RecursionError as error:
        raise BadInput("bundle", f"{VALIDATION} of this bundle can't be read: it is nested too deeply.") from error
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BadInput("bundle", f"{VALIDATION} of this bundle can't be read: {str(error)[:200]}") from error


def _proof(claims: Mapping[str, Any], files: Mapping[str, str]) -> Proof:
    if claims["schema"] not in (UNLEVELLED, VALIDATION_SCHEMA):
        raise ValueError("it was made by another version")
    if claims["language"] not in LANGUAGES:
        raise ValueError("its language is unknown")
    suites = tuple(_suite(s) for s in claims["suites"])
    levelled = claims["schema"] != UNLEVELLED
    cases = {_id(c["id"]): _claim(c, levelled) for s in claims["suites"] for c in s["cases"]}
    if len(cases) != sum(len(s.cases) for s in suites):
        raise ValueError("a case is named twice")
    code = tuple(str(n) for n in claims["code"])
    wanted = {*code, *(s.file for s in suites)}
    if missing := sorted(wanted - set(files)):
        raise ValueError(f"{missing[0][:100]} is missing")
    hashes = {str(n): str(h) for n, h in claims["sha256"].items()}
    return Proof(
        execution_id=_id(claims["execution_id"]),
        language=claims["language"],
        status=str(claims["verdict"]["status"]),
        confidence=str(claims["verdict"]["confidence"]),
        level=Level(claims["verdict"]["level"]),
        levelled=levelled,
        files=files,
        code=code,
        suites=suites,
        limits={str(k): _limit(v) for k, v in claims["limits"].items()},
        cases=cases,
        changed=tuple(
            n for n in sorted({*hashes, *files} - {VALIDATION}) if n not in files or _hash(files[n]) != hashes.get(n)
        ),
    )


def _suite(claim: Mapping[str, Any]) -> ProofSuite:
    cases = {_id(c["id"]): str(c["test"]) for c in claim["cases"]}
    if len(cases) != len(claim["cases"]):
        raise ValueError("a case is named twice")
    vectors = {str(c["id"]): _vector(c["vector"]) for c in claim["cases"] if c.get("vector") is not None}
    return ProofSuite(_id(claim["id"]), str(claim["file"]), cases, vectors)


def _vector(value: Any) -> Mapping[str, Any]:
    """The vector with what the sandbox knows of one; what its values mean is for the sandbox to check."""
    call, args, expect = value["call"], value["args"], value["expect"]
    if not isinstance(call, str) or not isinstance(args, list) or not isinstance(expect, dict):
        raise ValueError("a vector in it is not one")
    return {"call": call, "args": args, "expect": expect}


def _claim(case: Mapping[str, Any], levelled: bool) -> Claim:
    outcome = CaseOutcome(case["outcome"])
    level = Level(case["level"]) if levelled else Level.NONE
    if level and outcome is not CaseOutcome.PASSED:
        raise ValueError("a case in it has a level without a pass")
    return Claim(str(case["name"]), outcome, level)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("an id in it is not a plain name")
    return value


def _limit(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number) or number <= 0:
        raise ValueError("a limit in it is not a positive number")
    return number


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def bundle(proof: Proof) -> bytes:
    """The run that proves it again, for the sandbox."""
    suites = [
        {
            "id": suite.id,
            "files": {PurePosixPath(suite.file).name: proof.files[suite.file]},
            "cases": [
                {"id": case, "test": test, **({"vector": suite.vectors[case]} if case in suite.vectors else {})}
                for case, test in suite.cases.items()
            ],
        }
        for suite in proof.suites
    ]
    candidate = {"id": "winner", "files": {name: proof.files[name] for name in proof.code}}
    return json.dumps(
        {
            "schema": 1,
            "run_id": RUN_ID,
            "execution_id": proof.execution_id,
            "language": proof.language,
            "limits": dict(proof.limits),
            "candidates": [candidate],
            "suites": suites,
        }
    ).encode()


def compare(proof: Proof, result: Mapping[str, Any]) -> Outcome:
    """Whether the cases came out as claimed and were judged no worse, the files are those that were delivered, and the
    verdict fits both."""
    found = {
        str(i): Claim("", CaseOutcome(c["outcome"]), Level(c.get("level", "")))
        for cell in result["cells"]
        for i, c in cell["cases"].items()
    }
    missing = Claim("", CaseOutcome.MISSING)
    pairs = [(claim, found.get(case, missing)) for case, claim in proof.cases.items()]
    other = [(a, b) for a, b in pairs if a.outcome is not b.outcome]
    weaker = [(a, b) for a, b in pairs if a.outcome is b.outcome and b.level < a.level]
    counted = [b.level for a, b in pairs if a.outcome is CaseOutcome.PASSED and a.level >= proof.level]
    objection = _objection(proof)
    if proof.changed:
        detail = f"It no longer holds: {', '.join(proof.changed[:3])} was changed after delivery."
    elif other:
        detail = f"It no longer holds: {len(other)} of {len(pairs)} tests came out differently."
    elif weaker:
        detail = f"It no longer holds: {len(weaker)} of {len(pairs)} tests were judged at a lower level than it says."
    elif objection:
        detail = objection
    else:
        detail = f"It holds: all {len(pairs)} tests came out as the bundle says."
    differs = tuple((a.name, str(a), str(b)) for a, b in (*other, *weaker))
    holds = not (differs or proof.changed or objection)
    return Outcome(holds, len(pairs), min(counted, default=Level.NONE), differs, proof.changed, detail)


def _objection(proof: Proof) -> str:
    """What the bundle says against itself, in one sentence; empty when its claims fit each other."""
    if not proof.cases:
        return "There is nothing to hold: the bundle has no tests."
    passed = [c for c in proof.cases.values() if c.outcome is CaseOutcome.PASSED]
    if proof.status == "passed" and len(passed) < len(proof.cases):
        return "It does not hold: the verdict is passed, and by the bundle's own word a test did not pass."
    if not proof.levelled:
        return ""
    if proof.level and not any(c.level is proof.level for c in passed):
        return f"It does not hold: by the bundle's own word no test was judged at {proof.level}."
    if proof.confidence == Confidence.VERIFIED and not proof.level.beyond_reach:
        return "It does not hold: the verdict is verified, and by the bundle's own word the code could reach its judge."
    return ""
