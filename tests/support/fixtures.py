"""The fixtures that every language has of its own: attacks, forgeries, truth; and the bundles that they become."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@dataclass(frozen=True)
class Layout:
    """Where a language's code and tests lie, an honest `attack` that is judged beside every dishonest one, and how a
    vector calls it ("" where tests are judged in another way)."""

    main: str
    test: str
    honest: str
    call: str = ""


LAYOUTS = {
    "python": Layout(
        "solution.py",
        "test_s1.py",
        "import os\nimport tempfile\n\n\ndef attack():\n"
        '    left = os.listdir(tempfile.gettempdir())\n    return f"left behind: {left}" if left else "done"\n',
    ),
    "javascript": Layout("solution.mjs", "s1.test.mjs", 'export function attack() {\n  return "done";\n}\n', "attack"),
    "typescript": Layout(
        "solution.ts", "s1.test.ts", 'export function attack(): string {\n  return "done";\n}\n', "attack"
    ),
    "java": Layout(
        "Solution.java",
        "Test_s1.java",
        'class Solution {\n    static String attack() {\n        return "done";\n    }\n}\n',
        "Solution.attack",
    ),
    "go": Layout(
        "solution.go", "s1_test.go", 'package solution\n\nfunc Attack() string {\n\treturn "done"\n}\n', "Attack"
    ),
    "csharp": Layout(
        "Solution.cs",
        "Test_s1.cs",
        'public static class Solution {\n    public static string Attack() {\n        return "done";\n    }\n}\n',
        "Solution.Attack",
    ),
}


def load(kind: str, language: str) -> list[dict[str, Any]]:
    """What tests/fixtures/<kind> has for a language; nothing where there is no file."""
    path = FIXTURES / kind / f"{language}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def languages(kind: str) -> list[str]:
    """The languages that have fixtures of a kind, in one order."""
    return [language for language in LAYOUTS if (FIXTURES / kind / f"{language}.json").exists()]


def bundle_of(
    language: str,
    candidates: Mapping[str, Mapping[str, str]],
    tests: str,
    cases: Sequence[str],
    vectors: Mapping[str, Any] | None = None,
    limits: Mapping[str, float] | None = None,
) -> bytes:
    """A bundle of candidates (id: files) and one suite, whose case ids are the names of its tests."""
    file = LAYOUTS[language].test
    given = vectors or {}
    document = {
        **{"schema": 1, "run_id": "r1", "execution_id": "e1", "language": language},
        "limits": limits or {},
        "candidates": [{"id": id, "files": files} for id, files in candidates.items()],
        "suites": [
            {
                **{"id": "s1", "files": {file: tests}},
                "cases": [
                    {"id": name, "test": f"{file}::{name}", **({"vector": given[name]} if name in given else {})}
                    for name in cases
                ],
            }
        ],
    }
    return json.dumps(document).encode()
