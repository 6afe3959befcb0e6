"""Tries every attack and forgery and writes what came of it into docs/security.md.

`python -m tests.support.security [language ...]` as root, from the project's folder: minutes for each language. What is
known of the other languages stays in tests/fixtures/security.json.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__:
    sys.path.insert(0, str(Path(__file__).parent))

import attacks
import forgeries
from fixtures import FIXTURES, LAYOUTS, languages
from jobs import image
from jobs.runner import Runner

PAGE = FIXTURES.parents[1] / "docs" / "security.md"
RECORD = FIXTURES / "security.json"
TRIES = 3
TITLES = {
    **{1: "TCP socket", 2: "UDP or HTTP to the metadata server", 3: "sockets of every family", 4: "sockets of others"},
    **{5: "dangerous system calls", 6: "x32 entry", 7: "32-bit entry (int 0x80)", 8: "files of others"},
    **{9: "memory and environment of others", 10: "list of processes", 11: "secrets in the environment"},
    **{12: "signals to others, their limits", 13: "400 processes or threads", 14: "fork bomb"},
    **{15: "memory of one process", 16: "memory of eight processes", 17: "shared memory", 18: "memory files"},
    **{19: "one big file", 20: "many files", 21: "files without a name", 22: "30,000 files", 23: "writes elsewhere"},
    **{24: "endless output", 25: "much output", 26: "busy loop", 27: "ignored signals", 28: "stops itself"},
    **{29: "daemons", 30: "daemon that holds the output", 31: "higher limits", 32: "setuid programs, capabilities"},
    **{33: "links, odd names", 34: "deep and closed trees", 35: "rewrites the tests", 36: "exits early"},
    **{37: "prints or files a fake report", 38: "patches the test tool", 39: "forges the report"},
    **{40: "lying equality, peeking", 41: "planted files", 42: "exit tricks of the test tool"},
    **{43: "zygote dies", 44: "spare dies", 45: "compile bomb", 46: "garbled report", 47: "output that is no text"},
    **{48: "clock, zone, hashes", 49: "other slots", 50: "the runner is told to stop"},
}


def attempt(language: str) -> dict[str, Any]:
    """{"attacks": {name: [tries, tries that came to nothing]}, "forgeries": {name: what caught it}}."""
    found: dict[str, Any] = {"attacks": {}, "forgeries": {}}
    image.make(language)
    with attacks.Machine() as machine, Runner(None, image.home() / "slots") as runner:
        for attack in attacks.read(language):
            seen = [
                attacks.observe(attack, runner.trip(attacks.bundle(attack, machine)), machine) for _ in range(TRIES)
            ]
            found["attacks"][attack.name] = [TRIES, sum(not one.wrong for one in seen)]
            for one in seen:
                print("".join(f"{attack}: {wrong[:300]}\n" for wrong in one.wrong), end="", file=sys.stderr)
        for forgery in forgeries.read(language):
            found["forgeries"][forgery.name] = forgeries.caught(runner.trip(forgery.bundle()))
    return found


def attack_table(record: dict[str, Any]) -> list[str]:
    """One row a number: how many tries came to nothing, of how many, in each language."""
    columns = languages("attacks")
    rows = [f"| | attack | what comes of it | {' | '.join(columns)} |", f"|---|---|---|{'---|' * len(columns)}"]
    of = {language: attacks.read(language) for language in columns}
    for number, title in TITLES.items():
        mine = {language: [a for a in of[language] if a.number == number] for language in columns}
        first = next((found[0].note for found in mine.values() if found), "tests/jobs/test_supervisor_faults.py")
        rows.append(f"| {number} | {title} | {first} | {' | '.join(_cell(record, *m) for m in mine.items())} |")
    return rows


def _cell(record: dict[str, Any], language: str, found: Sequence[attacks.Attack]) -> str:
    counts = [record.get(language, {}).get("attacks", {}).get(attack.name, [0, 0]) for attack in found]
    return f"{sum(c[1] for c in counts)}/{sum(c[0] for c in counts)}" if counts else "–"


def forgery_table(record: dict[str, Any]) -> list[str]:
    """One row a forgery: the level that it took to catch it, in each language that has it."""
    columns = languages("forgeries")
    rows = [f"| forgery | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    names = {language: [forgery.name for forgery in forgeries.read(language)] for language in columns}
    for name in dict.fromkeys(name for found in names.values() for name in found):
        cells = [
            record.get(language, {}).get("forgeries", {}).get(name, "?") if name in names[language] else ""
            for language in columns
        ]
        rows.append(f"| {name.replace('_', ' ')} | {' | '.join(cells)} |")
    return rows


def replaced(page: str, name: str, rows: Sequence[str]) -> str:
    """`page` with `rows` between the markers of a table."""
    before, begin, rest = page.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->\n")
    if not begin or not end:
        raise ValueError(f"the page has no place for the table {name}")
    return "".join((before, begin, *(f"{row}\n" for row in rows), end, after))


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    return found


def render(page: str, record: dict[str, Any]) -> str:
    """The page with both tables as they are now."""
    return replaced(replaced(page, "attacks", attack_table(record)), "forgeries", forgery_table(record))


def main(arguments: Sequence[str]) -> int:
    os.umask(0o022)
    os.environ["ASSAY_TEST_SECRET"] = "secret"
    for language in arguments or LAYOUTS:
        found = attempt(language)
        record = recorded() | {language: found}
        RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        PAGE.write_text(render(PAGE.read_text(encoding="utf-8"), record), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
