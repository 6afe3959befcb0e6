"""The two documents of a trip to the sandbox: the bundle that comes in and the result that goes out."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import wire

SCHEMA = 1  # of bundles
RESULT_SCHEMA = 2
MAX_BUNDLE = 32 << 20  # bytes of JSON
MAX_FILES, MAX_FILE, MAX_TREE = 500, 2 << 20, 16 << 20  # files of one candidate or suite, bytes of one and of all
MAX_CANDIDATES, MAX_SUITES, MAX_CASES = 16, 16, 500
MAX_WITHIN = 1e300
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CALL = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*){0,8}")
_PART = re.compile(r"[A-Za-z0-9_@.+\- ]{1,100}")
_LIMITS: dict[str, tuple[float, float, float]] = {  # name: default, least, most
    "wall_s": (120, 0.1, 3600),
    "cell_wall_s": (10, 0.1, 600),
    "memory_mb": (512, 64, 16384),
    "processes": (64, 1, 1024),
    "disk_mb": (128, 1, 4096),
}


class BundleError(Exception):
    """The bundle breaks the protocol; the message names the field."""


@dataclass(frozen=True)
class Limits:
    """`wall_s` for the whole trip, `cell_wall_s` for one candidate × suite; MB are MiB."""

    wall_s: float
    cell_wall_s: float
    memory_mb: int
    processes: int
    disk_mb: int


@dataclass(frozen=True)
class Candidate:
    id: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Vector:
    """A case as plain data: a call, and what it must come to: `value` (numbers may differ by `within`), an `error` of
    this name ("": any), or something `truthy` or not. Exactly one of the three is not None, or `value` counts."""

    name: str
    args: tuple[Any, ...]
    value: Any = None
    within: float = 0.0
    error: str | None = None
    truthy: bool | None = None

    def call(self) -> dict[str, Any]:
        """What the code under test gets of it."""
        return {"call": self.name, "args": list(self.args)}

    def accepts(self, value: Any, empty_is_nothing: bool = False) -> bool:
        """Whether an answer is the right one. `empty_is_nothing`: the language writes both the same way (Go's nil)."""
        if self.error is not None:
            return False
        if self.truthy is not None:
            return wire.truthy(value) is self.truthy
        if empty_is_nothing and wire.empty(self.value):
            return wire.empty(value)
        return wire.equal(value, self.value, self.within)

    def wanted(self) -> str:
        """What it must come to, in words."""
        if self.error is not None:
            return f"raise {self.error or 'an error'}"
        if self.truthy is not None:
            return "something true" if self.truthy else "something false"
        return wire.show(self.value)


@dataclass(frozen=True)
class Suite:
    """`cases` maps a case's id to the test that decides it, `file::name`; `vectors` has those that are plain data.

    `fresh`: its tests have never been run, so they are run twice."""

    id: str
    files: Mapping[str, str]
    cases: Mapping[str, str]
    vectors: Mapping[str, Vector]
    fresh: bool = False


@dataclass(frozen=True)
class Bundle:
    run_id: str
    execution_id: str
    language: str
    limits: Limits
    candidates: tuple[Candidate, ...]
    suites: tuple[Suite, ...]


DEFAULTS = Limits(**{name: type(default)(default) for name, (default, _, _) in _LIMITS.items()})  # type: ignore[arg-type]


def parse_bundle(data: bytes) -> Bundle:
    """The bundle from its JSON. Raises BundleError with one sentence that names the field."""
    if len(data) > MAX_BUNDLE:
        raise BundleError(f"the bundle is larger than {MAX_BUNDLE >> 20} MiB")
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"the bundle is not JSON: {error}") from error
    top = _mapping(raw, "bundle")
    if top.get("schema") != SCHEMA:
        raise BundleError(f"schema: this runner speaks {SCHEMA}, not {top.get('schema')!r}")
    suites = tuple(_suite(s, f"suites[{i}]") for i, s in _many(top.get("suites"), "suites", MAX_SUITES))
    ids = [id for suite in suites for id in suite.cases]
    if len(set(ids)) != len(ids):
        again = next(id for id in ids if ids.count(id) > 1)
        raise BundleError(f"suites: the case id {again!r} is there twice")
    return Bundle(
        run_id=_id(top.get("run_id"), "run_id"),
        execution_id=_id(top.get("execution_id"), "execution_id"),
        language=_id(top.get("language"), "language"),
        limits=_limits(_mapping(top.get("limits", {}), "limits")),
        candidates=tuple(
            _candidate(c, f"candidates[{i}]") for i, c in _many(top.get("candidates"), "candidates", MAX_CANDIDATES)
        ),
        suites=suites,
    )


def _mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BundleError(f"{field}: must be an object")
    return value


def _id(value: Any, field: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BundleError(f"{field}: must be a name of letters, digits, dots, dashes and underscores")
    return value


def _many(items: Any, field: str, most: int) -> list[tuple[int, Any]]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        raise BundleError(f"{field}: must be a list of 1 to {most} items")
    names = [item.get("id") for item in items if isinstance(item, dict)]
    if len({str(name) for name in names}) != len(items):
        raise BundleError(f"{field}: every item is an object with an id of its own")
    return list(enumerate(items))


def _limits(raw: Mapping[str, Any]) -> Limits:
    values: dict[str, float] = {}
    for name, (default, least, most) in _LIMITS.items():
        value = raw.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise BundleError(f"limits.{name}: must be a number")
        if not least <= value <= most:
            raise BundleError(f"limits.{name}: must be between {least:g} and {most:g}")
        values[name] = value
    whole = {name: int(values[name]) for name in ("memory_mb", "processes", "disk_mb")}
    return Limits(wall_s=values["wall_s"], cell_wall_s=values["cell_wall_s"], **whole)


def _candidate(raw: Any, field: str) -> Candidate:
    item = _mapping(raw, field)
    return Candidate(_id(item.get("id"), f"{field}.id"), _files(item.get("files"), f"{field}.files"))


def _suite(raw: Any, field: str) -> Suite:
    item = _mapping(raw, field)
    cases: dict[str, str] = {}
    vectors: dict[str, Vector] = {}
    for index, case in _many(item.get("cases"), f"{field}.cases", MAX_CASES):
        here = f"{field}.cases[{index}]"
        test = case.get("test")
        if not isinstance(test, str) or not 1 <= len(test) <= 300 or not test.isprintable():
            raise BundleError(f"{here}.test: must be the name of a test, at most 300 characters")
        if test in cases.values():
            raise BundleError(f"{here}.test: {test!r} decides another case already")
        name = _id(case.get("id"), f"{here}.id")
        cases[name] = test
        if case.get("vector") is not None:
            vectors[name] = _vector(_mapping(case["vector"], f"{here}.vector"), f"{here}.vector")
    fresh = item.get("fresh", False)
    if not isinstance(fresh, bool):
        raise BundleError(f"{field}.fresh: must be true or false")
    return Suite(_id(item.get("id"), f"{field}.id"), _files(item.get("files"), f"{field}.files"), cases, vectors, fresh)


def _vector(raw: Mapping[str, Any], field: str) -> Vector:
    name, args = raw.get("call"), raw.get("args")
    if not isinstance(name, str) or not _CALL.fullmatch(name):
        raise BundleError(f"{field}.call: must be the name of a function")
    if not isinstance(args, list):
        raise BundleError(f"{field}.args: must be a list")
    if wrong := wire.fault(args):
        raise BundleError(f"{field}.args: {wrong}")
    expect = _mapping(raw.get("expect"), f"{field}.expect")
    kinds = [kind for kind in ("value", "error", "truthy") if kind in expect]
    if len(kinds) != 1:
        raise BundleError(f"{field}.expect: must have one of value, error and truthy")
    if "value" in expect:
        if wrong := wire.fault(expect["value"]):
            raise BundleError(f"{field}.expect.value: {wrong}")
        within = expect.get("within", 0)
        if isinstance(within, bool) or not isinstance(within, (int, float)) or not 0 <= within <= MAX_WITHIN:
            raise BundleError(f"{field}.expect.within: must be a number from 0 to {MAX_WITHIN:g}")
        return Vector(name, tuple(args), value=expect["value"], within=float(within))
    if "error" in expect:
        if not isinstance(expect["error"], str) or len(expect["error"]) > 200:
            raise BundleError(f"{field}.expect.error: must be the name of an error, or empty")
        return Vector(name, tuple(args), error=expect["error"])
    if not isinstance(expect["truthy"], bool):
        raise BundleError(f"{field}.expect.truthy: must be true or false")
    return Vector(name, tuple(args), truthy=expect["truthy"])


def _files(raw: Any, field: str) -> Mapping[str, str]:
    files = _mapping(raw, field)
    if not 1 <= len(files) <= MAX_FILES:
        raise BundleError(f"{field}: must hold 1 to {MAX_FILES} files")
    total = 0
    for name, text in files.items():
        check_name(name, field)
        if not isinstance(text, str):
            raise BundleError(f"{field}[{name!r}]: must be text")
        try:
            size = len(text.encode())
        except UnicodeEncodeError as error:
            raise BundleError(f"{field}[{name!r}]: is not valid Unicode text") from error
        if size > MAX_FILE:
            raise BundleError(f"{field}[{name!r}]: is larger than {MAX_FILE >> 20} MiB")
        total += size
    if total > MAX_TREE:
        raise BundleError(f"{field}: the files are larger than {MAX_TREE >> 20} MiB together")
    if name := clash(files):
        raise BundleError(f"{field}[{name!r}]: is a file and a folder at once")
    return files


def clash(files: Mapping[str, str]) -> str:
    """A name that is both a file and another file's folder, or ""."""
    folders = {"/".join(parts[:n]) for parts in (f.split("/") for f in files) for n in range(1, len(parts))}
    return min(folders & set(files), default="")


def check_name(name: str, field: str) -> None:
    """A file name is relative, with plain parts, and not below tmp. Raises BundleError."""
    parts = name.split("/")
    if len(name) > 300 or any(p in ("", ".", "..") or not _PART.fullmatch(p) for p in parts):
        raise BundleError(f"{field}[{name!r}]: must be a relative path without '..' and unusual characters")
    if parts[0] == "tmp":
        raise BundleError(f"{field}[{name!r}]: the folder tmp belongs to the sandbox")


def write_once(path: Path, document: Mapping[str, Any]) -> None:
    """Writes JSON so that `path` is either absent or whole. Raises OSError, FileExistsError when it is there."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=True, separators=(",", ":"))
        os.link(draft, path)  # unlike a rename, a link never replaces
    finally:
        os.unlink(draft)
