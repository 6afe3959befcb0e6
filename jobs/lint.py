"""The linter of a language over all candidates of a bundle, in one confined process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from jobs import supervise
from jobs.language import Lint
from jobs.protocol import Candidate, Limits
from jobs.report import clean
from jobs.slot import Slot

MAX_FINDINGS = 200  # of one candidate
WALL_S = 20.0


def lint(slot: Slot, candidates: Sequence[Candidate], limits: Limits, wall_s: float) -> list[dict[str, Any]]:
    """Findings as the result document shows them; one of severity info says so when the linter did not finish."""
    rules = slot.language.lint
    if rules is None:
        return []
    slot.workspace.reset()
    for candidate in candidates:
        slot.workspace.write(candidate.files, below=candidate.id)
    argv = [slot.language.fill(part, slot.workspace.tmp) for part in rules.argv]
    done = supervise.run(slot, {"argv": argv}, limits, min(WALL_S, wall_s))
    files = {f"{c.id}/{name}": (c.id, name) for c in candidates for name in c.files}
    found = parse(bytes(done.stdout.head).decode("utf-8", "replace"), rules, files)
    if done.ending.exit_code != 0 or not done.stdout.whole:
        why = "it printed too much" if done.ending.exit_code == 0 else done.ending.words
        first = candidates[0]
        note = {"file": next(iter(first.files)), "line": 1, "rule": "linter", "severity": "info"}
        found.append({"candidate": first.id, **note, "message": f"the linter did not see everything: {why}"})
    return found


def parse(text: str, rules: Lint, files: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Findings from the linter's lines; lines about anything but `files` (path: candidate and name) are dropped."""
    found: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for line in text.splitlines():
        match = rules.pattern.match(line)
        place = files.get(str(PurePosixPath(match["file"]))) if match else None
        if match is None or place is None:
            continue
        candidate, name = place
        counts[candidate] = counts.get(candidate, 0) + 1
        if counts[candidate] > MAX_FINDINGS:
            continue
        rule = match["rule"]
        finding = {"candidate": candidate, "file": name, "line": int(match["line"]), "rule": rule}
        found.append({**finding, "severity": rules.severity_of(rule), "message": clean(match["message"])})
    return found
