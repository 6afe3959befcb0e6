"""What the user gets: the winner's files, the tests worth keeping, a README, and VALIDATION.json with the whole proof.

The ZIP has the same bytes for the same execution: sorted names, one fixed date, no machine's details.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from functions.agent import bundle, interface
from functions.agent.codec import to_dict
from functions.agent.languages import LANGUAGES
from functions.agent.prompting import fill
from functions.agent.records import Candidate, CaseResult, Execution, Suite
from functions.agent.trust import passes
from functions.agent.words import CaseOutcome, TrustState

VALIDATION = "VALIDATION.json"
VALIDATION_SCHEMA = 2
"""1 told neither levels nor vectors."""
MAX_BUNDLE_BYTES = 50 * 1024 * 1024
_DATE = (1980, 1, 1, 0, 0, 0)
_MEANING = {
    "verified": "checked where the code could not reach, also by tests that its writer never saw",
    "likely": "examples of the request or independent tests agree, but not all that `verified` takes is there",
    "unverified": "little evidence; read the code before you use it",
}


def killed(execution: Execution) -> str:
    """What mutants say of the delivered tests, in a sentence; empty where none were tried."""
    found = execution.verdict.mutation if execution.verdict else None
    if found is None or not found.total:
        return ""
    left = f" Not noticed: {'; '.join(found.survivors)}." if found.survivors else ""
    return f"The tests kill {found.killed} of {found.total} mutants (copies with one small mistake).{left}"


def winner(execution: Execution) -> Candidate | None:
    """The candidate that the verdict names."""
    name = execution.verdict.winner if execution.verdict else ""
    return next((c for c in execution.candidates if c.id == name), None)


def kept(execution: Execution) -> tuple[Suite, ...]:
    """The suites with the cases that are delivered: trusted ones, and doubtful ones that the winner passes."""
    best = winner(execution)
    states = {e.id: e.state for e in execution.ledger}

    def worth(case_id: str) -> bool:
        state = states.get(case_id)
        passed = best is not None and passes(best, case_id)
        return state is TrustState.TRUSTED or (state is TrustState.DOUBTFUL and passed)

    trimmed = (replace(s, cases=tuple(c for c in s.cases if worth(c.id))) for s in execution.suites)
    return tuple(s for s in trimmed if s.cases)


def summary(execution: Execution) -> dict[str, Any]:
    """The plan's fields of an execution that are copies of what its winner has."""
    best = winner(execution)
    if best is None:
        return {}
    entries = {e.id: e for e in execution.ledger}
    results = [
        {
            "id": case.id,
            "name": case.name,
            "outcome": str(best.results[case.id].outcome),
            "message": best.results[case.id].message,
            "level": str(best.results[case.id].level),
            "origin": str(entries[case.id].origin),
            "state": str(entries[case.id].state),
        }
        for case in execution.cases
        if case.id in best.results and case.id in entries
    ]
    tests = tests_of(execution)
    return {
        "generated_code": "\n\n".join(best.files.values()),
        "generated_tests": "\n\n".join(tests.values()),
        "stdout": best.stdout,
        "stderr": best.stderr,
        "test_results": tuple(results),
        "lint_results": tuple(to_dict(f) for f in best.findings),
    }


def tests_of(execution: Execution) -> dict[str, str]:
    """Test files of the delivered cases, by name."""
    return dict(bundle.test_file(execution, s) for s in kept(execution))


def files(execution: Execution) -> dict[str, str]:
    """Every file of the parcel, by its path. Raises nothing: an execution without a winner gives none."""
    best = winner(execution)
    if best is None:
        return {}
    layout = _layout(execution)
    tests = {f"{layout['tests']}{name}": text for name, text in tests_of(execution).items()}
    ours = {**tests, **(layout["files"] if tests else {})}
    ours["README.md"] = _readme(execution, best, tests)
    code = {name: text for name, text in best.files.items() if name not in ours and name != VALIDATION}
    parcel = {**code, **ours}
    parcel[VALIDATION] = json.dumps(_validation(execution, best, code, parcel), indent=1, sort_keys=True) + "\n"
    return parcel


def _layout(execution: Execution) -> Mapping[str, Any]:
    """Where the tests lie in the ZIP (`tests`: a folder or nothing), the `files` beside them, how to `run` them."""
    layout: Mapping[str, Any] = LANGUAGES[execution.language].writing["delivery"]
    return layout


def _path(execution: Execution, suite: Suite) -> str:
    """Where the file of a suite lies in the ZIP."""
    return f"{_layout(execution)['tests']}{bundle.test_file(execution, suite)[0]}"


def archive(parcel: Mapping[str, str]) -> bytes:
    """The ZIP of a parcel; equal parcels give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(parcel):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, _bytes(parcel[name]))
    return buffer.getvalue()


def _bytes(text: str) -> bytes:
    """UTF-8; half a character, which JSON can carry and UTF-8 can't, becomes a question mark."""
    return text.encode("utf-8", "replace")


def _readme(execution: Execution, best: Candidate, tests: Mapping[str, str]) -> str:
    verdict = execution.verdict
    assert verdict is not None
    rows = [
        f"| {'pass' if passes(best, e.id) else 'FAIL'} | {e.state} | {e.origin} | {_cell(e.name)} |"
        for e in execution.ledger
    ]
    return fill(
        "readme",
        request="\n".join(f"> {line}" for line in execution.prompt.strip().splitlines()),
        status=str(verdict.status),
        confidence=str(verdict.confidence),
        meaning=_MEANING[verdict.confidence],
        reason=verdict.reason,
        gaps=f"What it lacks to be verified: {'; '.join(verdict.gaps)}." if verdict.gaps else "",
        mutants=killed(execution),
        review=_reviewed(execution),
        files="\n".join(f"- `{name}`" for name in sorted([*best.files, *tests])),
        interface=execution.interface or _signatures(execution, best),
        run=_layout(execution)["run"],
        fence=LANGUAGES[execution.language].tags[0],
        rows="\n".join(rows) or "| - | - | - | no test ran |",
        attempts=str(len(execution.attempts)),
        tokens=str(execution.usage.total),
        usd=f"{execution.usd:.4f}",
    )


def _reviewed(execution: Execution) -> str:
    review = execution.review
    if review is None:
        return ""
    if review.ok is None:
        return f"It touches network, files or processes, and was not reviewed: {review.reason}"
    return f"It touches network, files or processes; {review.by} reviewed it" + (
        "." if review.ok else f" and objects: {review.reason}"
    )


def _signatures(execution: Execution, best: Candidate) -> str:
    return interface.of_files(best.files, LANGUAGES[execution.language].main_file, execution.language)


def _cell(text: str) -> str:
    """Code in one cell of a Markdown table, whatever is in it."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in text else ""
    return f"{fence}{space}{' '.join(text.split()).replace('|', chr(92) + '|')}{space}{fence}"


def _validation(
    execution: Execution, best: Candidate, code: Mapping[str, str], parcel: Mapping[str, str]
) -> dict[str, Any]:
    """The proof: what was run, with which result, so that `verify` can run it again from the ZIP alone."""
    return {
        "schema": VALIDATION_SCHEMA,
        "execution_id": execution.id,
        "created_at": datetime.fromtimestamp(execution.created_at, UTC).isoformat(timespec="seconds"),
        "prompt": execution.prompt,
        "language": execution.language,
        "interface": execution.interface,
        "complexity": {"score": execution.complexity_score, "tier": str(execution.tier)},
        "verdict": to_dict(execution.verdict),
        "review": to_dict(execution.review),
        "limits": dict(execution.limits),
        "environment": to_dict(execution.environment),
        "usage": to_dict(execution.usage),
        "usd": execution.usd,
        "winner": best.id,
        "code": sorted(code),
        "sha256": {name: sha256(_bytes(text)).hexdigest() for name, text in sorted(parcel.items())},
        "suites": [
            {"id": s.id, "origin": str(s.origin), "file": _path(execution, s), "cases": [
                {"id": c.id, "name": c.name, "test": bundle.test_id(execution, s, c),
                 **({"vector": to_dict(c.vector)} if c.vector else {}), **_result(best, c.id)}
                for c in s.cases]}
            for s in kept(execution)
        ],
        "ledger": to_dict(execution.ledger),
        "attempts": [_attempt(a) for a in to_dict(execution.attempts)],
    }  # fmt: skip


def _result(best: Candidate, case_id: str) -> dict[str, str]:
    found = best.results.get(case_id, CaseResult(CaseOutcome.MISSING))
    return {"outcome": str(found.outcome), "level": str(found.level)}


def _attempt(attempt: dict[str, Any]) -> dict[str, Any]:
    """An attempt as the proof tells it: all of it but the text of candidates that lost (their hashes stay)."""
    slim = [{k: v for k, v in c.items() if k not in ("files", "stdout", "stderr")} for c in attempt["candidates"]]
    return {**attempt, "candidates": slim}
