"""What the body of GET /execute/{id} comes to, in words: pure, and the same for every view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cli.text import clean, counted, duration, first_line, money, one_line

MEANING = {
    ("passed", "verified"): "Every example you gave and every trusted test passes, "
    "also those that the model was never shown.",
    ("passed", "likely"): "Every example you gave and every trusted test passes, but the proof has a gap.",
    ("passed", "unverified"): "The tests pass, but none of them could be shown to be right.",
    ("partial", "unverified"): "The code runs, but no test could be trusted enough to prove it.",
    ("partial", ""): "The code runs and passes a part of the tests; what it does not pass is listed.",
    ("failed", ""): "No version of the code ran and passed a test.",
    ("cancelled", ""): "The work was stopped before there was a verdict.",
}


LEVELS = {
    "R2": "R2: a private report with exact test names; code that set out to forge it could",
    "R3": "R3: as R2, and tests that must fail did fail",
    "R4": "R4: the code ran apart from its tests and could not reach them",
    "vectors": "vectors: the code only gave values, which were compared where it could not reach",
}


@dataclass(frozen=True)
class Row:
    """One test case, clean. `state` is empty where nobody judged it."""

    name: str
    origin: str
    outcome: str
    state: str
    message: str

    @property
    def shown_outcome(self) -> str:
        """`failed`, or `failed, quarantined` where the test does not count."""
        return f"{self.outcome}, {self.state}" if self.state in ("quarantined", "doubtful") else self.outcome


@dataclass(frozen=True)
class Summary:
    """`facts` are (name, value) pairs in the order to show them."""

    status: str
    headline: str
    meaning: str
    rows: tuple[Row, ...]
    facts: tuple[tuple[str, str], ...]


def summarize(body: Mapping[str, Any], files_dir: str | None = None) -> Summary:
    """Reads `status`, `verdict` {confidence, reason, level, passed, total, mutation}, `output.test_results`,
    `attempts`, `execution_time_ms`, `cost` {tokens, usd}, `explanation`, `pr_url`; what is not there is not shown."""
    verdict = _mapping(body.get("verdict"))
    status = one_line(body.get("status", "failed"), 20)
    confidence = one_line(verdict.get("confidence", ""), 20) if status in ("passed", "partial") else ""
    headline = status.upper() + (f", {confidence}" if confidence else "")
    if verdict.get("total"):
        headline += f": {verdict.get('passed', 0)} of {counted(int(verdict['total']), 'case')} passed"
    meaning = MEANING.get((status, confidence)) or MEANING.get((status, ""), "")
    return Summary(status, headline, meaning, _rows(body), _facts(body, verdict, files_dir))


def _rows(body: Mapping[str, Any]) -> tuple[Row, ...]:
    results = _mapping(body.get("output")).get("test_results") or ()
    return tuple(
        Row(
            name=one_line(case.get("name") or case.get("id") or "?", 80),
            origin=one_line(case.get("origin", ""), 20),
            outcome=one_line(case.get("outcome", "?"), 20),
            state=one_line(case.get("state", ""), 20),
            message=first_line(case.get("message", "")),
        )
        for case in results
        if isinstance(case, Mapping)
    )


def _facts(body: Mapping[str, Any], verdict: Mapping[str, Any], files_dir: str | None) -> tuple[tuple[str, str], ...]:
    cost = _mapping(body.get("cost"))
    tokens, usd = cost.get("tokens"), cost.get("usd")
    time = body.get("execution_time_ms")
    facts = (
        ("why", one_line(verdict.get("reason") or body.get("explanation") or "", 400)),
        ("gap", "; ".join(one_line(g, 160) for g in verdict.get("gaps") or ())),
        ("proof", LEVELS.get(str(verdict.get("level", "")), one_line(verdict.get("level", ""), 80))),
        ("mutants", _mutants(_mapping(verdict.get("mutation")))),
        ("attempts", str(len(body.get("attempts") or ()) or "")),
        ("time", duration(float(time)) if time is not None else ""),
        ("tokens", f"{int(tokens):,}" if tokens is not None else ""),
        ("cost", money(float(usd)) if usd is not None else ""),
        ("pull request", one_line(body.get("pr_url") or "", 300)),
        ("files", " ".join(clean(files_dir or "").split("\n"))),
    )
    return tuple((name, value) for name, value in facts if value)


def _mutants(mutation: Mapping[str, Any]) -> str:
    """What copies with one small mistake say of the tests; empty where none were tried."""
    total, killed = mutation.get("total") or 0, mutation.get("killed") or 0
    if not total:
        return ""
    survivors = [one_line(s, 100) for s in mutation.get("survivors") or ()]
    left = f"; not noticed: {'; '.join(survivors[:3])}" if survivors else ""
    return f"the tests kill {killed} of {total}{left}"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
