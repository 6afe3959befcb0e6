"""The linter of a language over all candidates of a bundle, in one confined process; and what compilers reported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from jobs import launch, steps, supervise
from jobs.language import Lint
from jobs.protocol import Candidate, Limits
from jobs.report import clean
from jobs.slot import Slot

MAX_FINDINGS = 200  # of one candidate, the grave ones first
WALL_S = 20.0
OUTPUT_BYTES = 8 << 20
SEVERITIES = ("error", "warning", "info")

Finding = dict[str, Any]


def lint(slot: Slot, candidates: Sequence[Candidate], limits: Limits, wall_s: float) -> list[Finding]:
    """Findings as the result document shows them. A linter that did not end well over all candidates sees each one
    alone, so that none can hide another's findings; what it cannot finish then is a grave finding by itself."""
    if slot.language.lint is None:
        return []
    wall_s = min(WALL_S, limits.cell_wall_s, wall_s)
    found = _once(slot, candidates, limits, wall_s)
    if isinstance(found, str) and len(candidates) > 1:
        alone = [_once(slot, [candidate], limits, wall_s) for candidate in candidates]
    else:
        alone = [found]
    groups = candidates if len(alone) > 1 else candidates[:1]
    complete = (_unseen(c, f) if isinstance(f, str) else f for c, f in zip(groups, alone, strict=True))
    return [finding for findings in complete for finding in findings]


def _once(slot: Slot, candidates: Sequence[Candidate], limits: Limits, wall_s: float) -> list[Finding] | str:
    """The findings, or why the linter did not see everything."""
    rules = slot.language.lint
    assert rules is not None
    workspace = slot.tests.workspace
    steps.fill(workspace, {f"{c.id}/{name}": text for c in candidates for name, text in c.files.items()})
    argv = [slot.language.fill(part, workspace.tmp) for part in rules.argv]
    running = launch.start(slot, slot.tests, limits, wall_s, argv)
    running.keep(OUTPUT_BYTES)
    done = supervise.finish(slot, running, limits, wall_s)
    if done.ending.exit_code not in rules.exit_codes:
        return done.ending.words
    if not done.stdout.whole:
        return "it had too much to say"
    places = {f"{c.id}/{name}": (c.id, name) for c in candidates for name in c.files}
    files = places | {str(workspace.root / path): place for path, place in places.items()}
    return parse(bytes(done.stdout.head), rules, files)


def _unseen(candidate: Candidate, why: str) -> list[Finding]:
    place = {"candidate": candidate.id, "file": next(iter(candidate.files)), "line": 1}
    return [{**place, "rule": "linter", "severity": "error", "message": f"the linter did not see everything: {why}"}]


def parse(data: bytes, rules: Lint, files: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """Findings from the linter's lines; what is not about one of `files` (path: candidate and name) is dropped."""
    found = []
    for line in data.split(b"\n"):
        try:
            raw = json.loads(line)
            file, number, rule, message = (_field(raw, rules.fields[n]) for n in ("file", "line", "rule", "message"))
            candidate, name = files[str(PurePosixPath(file))]
        except (ValueError, RecursionError, KeyError, TypeError):
            continue
        if type(number) is int and isinstance(rule, str) and isinstance(message, str):
            place = {"candidate": candidate, "file": name, "line": max(0, number), "rule": clean(rule)[:60]}
            found.append({**place, "severity": rules.severity_of(rule), "message": clean(message)})
    return _bounded(found)


def _field(raw: Any, path: str) -> Any:
    for name in path.split("."):
        raw = raw[name]
    return raw


def reported(candidate: Candidate, events: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Findings from what a driver reported while it compiled `candidate`; what is malformed or not its is dropped."""
    found = []
    for event in events:
        file, line, severity = event.get("file"), event.get("line"), event.get("severity")
        ours = isinstance(file, str) and file in candidate.files and severity in SEVERITIES
        if ours and type(line) is int and line >= 0:
            rule, message = clean(str(event.get("rule", "")))[:60], clean(str(event.get("message", "")))
            place = {"candidate": candidate.id, "file": file, "line": line}
            found.append({**place, "rule": rule, "severity": severity, "message": message})
    return _bounded(found)


def _bounded(found: Sequence[Finding]) -> list[Finding]:
    """At most so many of each candidate, and the grave ones are never among those that go."""
    counts: dict[str, int] = {}
    kept = []
    for finding in sorted(found, key=lambda f: SEVERITIES.index(f["severity"])):
        counts[finding["candidate"]] = counts.get(finding["candidate"], 0) + 1
        if counts[finding["candidate"]] <= MAX_FINDINGS:
            kept.append(finding)
    return kept
