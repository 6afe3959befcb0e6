"""The forgeries of tests/fixtures/forgeries: wrong code that wants to be judged right, and what caught it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixtures import LAYOUTS, bundle_of, load

APART = "it passes only in one process with its tests; apart"
ALONE = "it passes only in one process with its tests; called"
LIMITS = {"wall_s": 60, "cell_wall_s": 3}
OWN_OBJECTS = {"python-record_that_remembers", "python-record_that_equals_everything"}
"""Their tests compare objects of the code's own classes, not plain data: the code judges itself there, which is why
such a pass is never called R4."""


@dataclass(frozen=True)
class Forgery:
    """`cases` are plain-data tests that the solution does not deserve to pass; `files` lie beside it."""

    language: str
    name: str
    why: str
    solution: str
    tests: str
    cases: Sequence[str]
    vectors: Mapping[str, Any]
    files: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.language}-{self.name}"

    def bundle(self) -> bytes:
        files = {LAYOUTS[self.language].main: self.solution, **self.files}
        return bundle_of(self.language, {"forged": files}, self.tests, self.cases, self.vectors, LIMITS)


def read(language: str) -> list[Forgery]:
    """The forgeries of a language in their order; none where there is no fixture."""
    return [
        Forgery(
            *(language, item["name"], item["why"], item["solution"], item["tests"], item["cases"]),
            item.get("vectors", {}),
            item.get("files", {}),
        )
        for item in load("forgeries", language)
    ]


def caught(result: Mapping[str, Any]) -> str:
    """The strongest level that was needed to catch it: R2 (the report), R3 (canaries), R4 or vectors; what did not
    need any (the test failed as it should) is "test", what was not caught is "passed"."""
    (cell,) = result["cells"]
    found = {_level(case) for case in cell["cases"].values()}
    return next(level for level in ("passed", "vectors", "R4", "R3", "R2", "test") if level in found)


def _level(case: Mapping[str, Any]) -> str:
    message = case["message"]
    if case["outcome"] == "passed":
        return "passed"
    if message.startswith(ALONE):
        return "vectors"
    if message.startswith(APART):
        return "R4"
    if "tests that must fail" in message:
        return "R3"
    return "test" if case["outcome"] == "failed" else "R2"
