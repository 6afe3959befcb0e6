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

from functions.agent.delivery import VALIDATION
from functions.agent.errors import BadInput
from functions.agent.languages import LANGUAGES
from functions.agent.unpacking import unpack

RUN_ID = "verify"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OUTCOMES = ("passed", "failed", "error", "skipped", "missing")


@dataclass(frozen=True)
class ProofSuite:
    """A file of tests in the bundle; `cases` maps case id to the test that decides it."""

    id: str
    file: str
    cases: Mapping[str, str]


@dataclass(frozen=True)
class Proof:
    """What a bundle claims: `cases` maps case id to (name, outcome).

    `changed` lists files that differ from their hash, are gone, or were not there when it was delivered."""

    execution_id: str
    language: str
    status: str
    confidence: str
    level: str
    files: Mapping[str, str]
    code: tuple[str, ...]
    suites: tuple[ProofSuite, ...]
    limits: Mapping[str, float]
    cases: Mapping[str, tuple[str, str]]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """`differs` has (case name, claimed, found) of each case that no longer does what the bundle says."""

    holds: bool
    cases: int
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
    if claims["schema"] != 1:
        raise ValueError("it was made by another version")
    if claims["language"] not in LANGUAGES:
        raise ValueError("its language is unknown")
    suites = tuple(_suite(s) for s in claims["suites"])
    cases = {_id(c["id"]): (str(c["name"]), _outcome(c)) for s in claims["suites"] for c in s["cases"]}
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
        level=str(claims["verdict"]["level"]),
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
    return ProofSuite(_id(claim["id"]), str(claim["file"]), cases)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("an id in it is not a plain name")
    return value


def _outcome(case: Mapping[str, Any]) -> str:
    outcome = str(case["outcome"])
    if outcome not in _OUTCOMES:
        raise ValueError("a case in it has no known outcome")
    return outcome


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
            "cases": [{"id": case, "test": test} for case, test in suite.cases.items()],
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
    """Whether the cases came out as claimed, the files are those that were delivered, and the verdict fits both."""
    found: dict[str, str] = {}
    for cell in result["cells"]:
        found.update({str(i): str(c["outcome"]) for i, c in cell["cases"].items()})
    differs = tuple(
        (name, claimed, found.get(case, "missing"))
        for case, (name, claimed) in proof.cases.items()
        if found.get(case, "missing") != claimed
    )
    contradicted = proof.status == "passed" and any(claimed != "passed" for _, claimed in proof.cases.values())
    if proof.changed:
        detail = f"It no longer holds: {', '.join(proof.changed[:3])} was changed after delivery."
    elif differs:
        detail = f"It no longer holds: {len(differs)} of {len(proof.cases)} tests came out differently."
    elif contradicted:
        detail = "It does not hold: the verdict is passed, and by the bundle's own word a test did not pass."
    elif not proof.cases:
        detail = "There is nothing to hold: the bundle has no tests."
    else:
        detail = f"It holds: all {len(proof.cases)} tests came out as the bundle says."
    holds = not (differs or proof.changed or contradicted) and bool(proof.cases)
    return Outcome(holds, len(proof.cases), differs, proof.changed, detail)
