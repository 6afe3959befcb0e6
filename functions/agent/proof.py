"""A delivered bundle, read again: does what it claims still hold? Works from the ZIP's own bytes and nothing else.

The bundle is untrusted: it may come from anybody. It is read within limits, never unpacked to disk by its own names.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from functions.agent.delivery import VALIDATION
from functions.agent.errors import BadInput

MAX_FILES = 200
MAX_BYTES = 50 * 1024 * 1024
RUN_ID = "verify"


@dataclass(frozen=True)
class Proof:
    """What a bundle claims: `cases` maps case id to (name, outcome); `changed` lists files that differ from their hash."""

    execution_id: str
    language: str
    status: str
    confidence: str
    level: str
    files: Mapping[str, str]
    code: tuple[str, ...]
    suites: tuple[Mapping[str, Any], ...]
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
    files = _unpack(data)
    try:
        claims = json.loads(files[VALIDATION])
        if claims["schema"] != 1:
            raise ValueError("it was made by another version")
        hashes = {str(n): str(h) for n, h in claims["sha256"].items()}
        cases = {str(c["id"]): (str(c["name"]), str(c["outcome"])) for s in claims["suites"] for c in s["cases"]}
        code = tuple(str(n) for n in claims["code"])
        wanted = {*code, *(str(s["file"]) for s in claims["suites"])}
        if missing := sorted(wanted - set(files)):
            raise ValueError(f"{missing[0]} is missing")
        return Proof(
            execution_id=str(claims["execution_id"]),
            language=str(claims["language"]),
            status=str(claims["verdict"]["status"]),
            confidence=str(claims["verdict"]["confidence"]),
            level=str(claims["verdict"]["level"]),
            files=files,
            code=code,
            suites=tuple(claims["suites"]),
            limits={str(k): float(v) for k, v in claims["limits"].items()},
            cases=cases,
            changed=tuple(
                n for n in sorted({*hashes, *wanted}) if sha256(files.get(n, "").encode()).hexdigest() != hashes.get(n)
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("bundle", f"{VALIDATION} of this bundle can't be read: {error}") from error


def bundle(proof: Proof) -> bytes:
    """The run that proves it again, for the sandbox."""
    suites = []
    for suite in proof.suites:
        name = PurePosixPath(str(suite["file"])).name
        cases = [{"id": c["id"], "test": c["test"]} for c in suite["cases"]]
        suites.append({"id": suite["id"], "files": {name: proof.files[suite["file"]]}, "cases": cases})
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
    """Whether the cases came out as claimed and the files are those that were delivered."""
    found: dict[str, str] = {}
    for cell in result["cells"]:
        found.update({str(i): str(c["outcome"]) for i, c in cell["cases"].items()})
    differs = tuple(
        (name, claimed, found.get(case, "missing"))
        for case, (name, claimed) in proof.cases.items()
        if found.get(case, "missing") != claimed
    )
    if proof.changed:
        detail = f"It no longer holds: {', '.join(proof.changed[:3])} was changed after delivery."
    elif differs:
        detail = f"It no longer holds: {len(differs)} of {len(proof.cases)} tests came out differently."
    elif not proof.cases:
        detail = "There is nothing to hold: the bundle has no tests."
    else:
        detail = f"It holds: all {len(proof.cases)} tests came out as the bundle says."
    holds = not differs and not proof.changed and bool(proof.cases)
    return Outcome(holds, len(proof.cases), differs, proof.changed, detail)


def _unpack(data: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [e for e in packed.infolist() if not e.is_dir()]
            if len(entries) > MAX_FILES or sum(e.file_size for e in entries) > MAX_BYTES:
                raise BadInput("bundle", f"The bundle has more than {MAX_FILES} files or 50 MiB.")
            files: dict[str, str] = {}
            for entry in entries:
                with packed.open(entry) as stream:
                    text = stream.read(entry.file_size + 1)
                if len(text) != entry.file_size:
                    raise BadInput("bundle", f"{entry.filename[:100]} is larger than the bundle says.")
                files[entry.filename] = text.decode("utf-8")
            return files
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as error:
        raise BadInput("bundle", f"The bundle is not a ZIP that Assay made: {error}") from error
