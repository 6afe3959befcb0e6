"""A task's hidden test, cut into assertions, as a bundle for the same sandbox that the loop uses."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass

SUITE = "hidden"


@dataclass(frozen=True)
class Hidden:
    """`source` is a test file with one function an assertion; `unseen` are the ids that the prompt does not show."""

    source: str
    ids: tuple[str, ...]
    unseen: tuple[str, ...]

    def bundle(self, run_id: str, files: dict[str, str]) -> bytes:
        cases = [{"id": i, "test": f"test_{SUITE}.py::{i}"} for i in self.ids]
        limits = {"wall_s": 60, "cell_wall_s": 15, "memory_mb": 512, "processes": 64, "disk_mb": 64}
        return json.dumps(
            {
                "schema": 1,
                "run_id": run_id,
                "execution_id": "bench",
                "language": "python",
                "limits": limits,
                "candidates": [{"id": "code", "files": files}],
                "suites": [{"id": SUITE, "files": {f"test_{SUITE}.py": self.source}, "cases": cases}],
            }
        ).encode()


def split_hidden(test: str, prompt: str) -> Hidden:
    """Statements before an assertion are its setup and stay common to all."""
    module = ast.parse(test)
    setup = "\n".join(ast.unparse(s) for s in module.body if not isinstance(s, ast.Assert))
    asserts = [s for s in module.body if isinstance(s, ast.Assert)]
    shown = "".join(prompt.split())
    blocks, unseen = ["from solution import *", setup], []
    for number, statement in enumerate(asserts, 1):
        blocks.append(f"def test_{number}():\n    {ast.unparse(statement)}")
        written = ast.get_source_segment(test, statement) or ""
        if "".join(written.split()) not in shown:
            unseen.append(f"test_{number}")
    ids = tuple(f"test_{n}" for n in range(1, len(asserts) + 1))
    return Hidden("\n\n\n".join(b for b in blocks if b) + "\n", ids, tuple(unseen))
