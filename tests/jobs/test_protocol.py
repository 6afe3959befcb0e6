"""Bundles are read strictly: one sentence that names the field, or the whole bundle."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.capture import TAIL, Capture
from jobs.protocol import BundleError, check_name, clash, parse_bundle, write_once

GOOD: dict[str, Any] = {
    "schema": 1,
    "run_id": "r1",
    "execution_id": "e1",
    "language": "python",
    "limits": {"wall_s": 20},
    "candidates": [{"id": "a1c1", "files": {"solution.py": "x = 1\n"}}],
    "suites": [{"id": "s1", "files": {"test_s1.py": ""}, "cases": [{"id": "s1-1", "test": "test_s1.py::test_1"}]}],
}


def changed(path: str, value: Any) -> bytes:
    bundle = copy.deepcopy(GOOD)
    here: Any = bundle
    *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    for part in way:
        here = here[part]
    here[last] = value
    return json.dumps(bundle).encode()


def test_a_good_bundle_is_read_with_its_defaults() -> None:
    bundle = parse_bundle(json.dumps(GOOD).encode())
    assert bundle.limits.wall_s == 20
    assert bundle.limits.memory_mb == 512
    assert bundle.suites[0].cases == {"s1-1": "test_s1.py::test_1"}
    assert bundle.suites[0].fresh is False


@pytest.mark.parametrize("fresh", [True, False])
def test_a_suite_can_be_fresh(fresh: bool) -> None:
    assert parse_bundle(changed("suites/0/fresh", fresh)).suites[0].fresh is fresh


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("schema", 2, "schema"),
        ("run_id", "../x", "run_id"),
        ("run_id", None, "run_id"),
        ("language", "py thon", "language"),
        ("limits", [], "limits"),
        ("limits/wall_s", "20", "limits.wall_s"),
        ("limits/wall_s", True, "limits.wall_s"),
        ("limits/wall_s", 10**400, "limits.wall_s"),
        ("limits/wall_s", float("nan"), "limits.wall_s"),
        ("suites/0/cases/0/vector", [], "suites[0].cases[0].vector"),
        *(("suites/0/fresh", value, "suites[0].fresh") for value in (None, 1, "true", [])),
        (
            "suites/0/cases/0/vector",
            {"call": "a b", "args": [], "expect": {"value": 1}},
            "suites[0].cases[0].vector.call",
        ),
        (
            "suites/0/cases/0/vector",
            {"call": "f", "args": {}, "expect": {"value": 1}},
            "suites[0].cases[0].vector.args",
        ),
        (
            "suites/0/cases/0/vector",
            {"call": "f", "args": [{}], "expect": {"value": 1}},
            "suites[0].cases[0].vector.args",
        ),
        ("suites/0/cases/0/vector", {"call": "f", "args": [], "expect": {}}, "suites[0].cases[0].vector.expect"),
        (
            "suites/0/cases/0/vector",
            {"call": "f", "args": [], "expect": {"value": 1.5}},
            "suites[0].cases[0].vector.expect.value",
        ),
        (
            "suites/0/cases/0/vector",
            {"call": "f", "args": [], "expect": {"error": 1}},
            "suites[0].cases[0].vector.expect.error",
        ),
        (
            "suites/0/cases/0/vector",
            {"call": "f", "args": [], "expect": {"truthy": 1}},
            "suites[0].cases[0].vector.expect.truthy",
        ),
        (
            "suites/0/cases/0/vector",
            {"call": "f", "args": [], "expect": {"value": 1, "within": 10**400}},
            "suites[0].cases[0].vector.expect.within",
        ),
        ("limits/memory_mb", 1e9, "limits.memory_mb"),
        ("limits/disk_mb", 0, "limits.disk_mb"),
        ("candidates", [], "candidates"),
        ("candidates", {}, "candidates"),
        ("candidates/0/id", "a/b", "candidates[0].id"),
        ("candidates/0/files", {}, "candidates[0].files"),
        ("candidates/0/files", {"../x.py": ""}, "candidates[0].files['../x.py']"),
        ("candidates/0/files", {"/etc/x.py": ""}, "candidates[0].files['/etc/x.py']"),
        ("candidates/0/files", {"a/../b.py": ""}, "candidates[0].files['a/../b.py']"),
        ("candidates/0/files", {"a\\b.py": ""}, "candidates[0].files['a\\\\b.py']"),
        ("candidates/0/files", {"a\nb.py": ""}, "candidates[0].files"),
        ("candidates/0/files", {"": ""}, "candidates[0].files['']"),
        ("candidates/0/files", {"tmp/x.py": ""}, "candidates[0].files['tmp/x.py']"),
        ("candidates/0/files", {"a": "", "a/b": ""}, "candidates[0].files['a']"),
        ("candidates/0/files", {"x.py": 1}, "candidates[0].files['x.py']"),
        ("candidates/0/files", {"x.py": "\ud800"}, "candidates[0].files['x.py']"),
        ("candidates/0/files", {"x.py": "x" * (3 << 20)}, "candidates[0].files['x.py']"),
        ("suites/0/cases", [], "suites[0].cases"),
        ("suites/0/cases/0/test", "", "suites[0].cases[0].test"),
        ("suites/0/cases/0/test", "a\nb", "suites[0].cases[0].test"),
        ("suites/0/cases", [{"id": "a", "test": "t"}, {"id": "b", "test": "t"}], "suites[0].cases[1].test"),
        ("suites/0/cases", [{"id": "a", "test": "t"}, {"id": "a", "test": "u"}], "suites[0].cases"),
    ],
)
def test_what_is_wrong_is_named(path: str, value: Any, field: str) -> None:
    with pytest.raises(BundleError) as raised:
        parse_bundle(changed(path, value))
    assert str(raised.value).startswith(field)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b"{" * 50, b"[" * 100_000, b'{"schema": NaN}'])
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        parse_bundle(data)


@given(st.text(alphabet="ab./\\\n\0~ ", max_size=12))
def test_an_accepted_name_stays_in_its_folder(name: str) -> None:
    root = Path("/root-of-it")
    try:
        check_name(name, "files")
    except BundleError:
        return
    assert Path("/root-of-it", name).resolve().is_relative_to(root)
    assert Path(name).as_posix() == name


@given(st.lists(st.sampled_from(["a", "a/b", "a/b/c", "b", "b/c"]), unique=True))
def test_a_clash_is_a_file_where_another_needs_a_folder(names: list[str]) -> None:
    found = clash(dict.fromkeys(names, ""))
    assert bool(found) == any(other.startswith(name + "/") for name in names for other in names)


def test_a_result_is_written_once_and_leaves_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    write_once(target, {"a": "\ud800ü"})
    with pytest.raises(FileExistsError):
        write_once(target, {"a": 2})
    assert json.loads(target.read_text()) == {"a": "\ud800ü"}
    assert list(tmp_path.iterdir()) == [target]


@given(st.lists(st.binary(max_size=40), max_size=10), st.integers(0, 60))
def test_a_capture_keeps_the_head_and_counts_all(pieces: list[bytes], room: int) -> None:
    capture = Capture(room)
    for piece in pieces:
        capture.add(piece)
    data = b"".join(pieces)
    assert bytes(capture.head) == data[:room]
    assert bytes(capture.tail) == data[room:][-TAIL:]
    assert capture.total == len(data)
    assert capture.whole == (len(data) <= room)


def test_a_case_id_is_there_once_in_the_whole_bundle() -> None:
    again = {**GOOD["suites"][0], "id": "s2", "files": {"test_s2.py": ""}}
    with pytest.raises(BundleError, match="the case id 's1-1' is there twice"):
        parse_bundle(json.dumps({**GOOD, "suites": [*GOOD["suites"], again]}).encode())


def test_a_vector_is_read() -> None:
    vector = {"call": "Solution.f", "args": [1, {"t": "f", "v": "0.5"}], "expect": {"value": 2, "within": 0.1}}
    read = parse_bundle(changed("suites/0/cases/0/vector", vector)).suites[0].vectors["s1-1"]
    assert read.call() == {"call": "Solution.f", "args": [1, {"t": "f", "v": "0.5"}]}
    assert read.accepts({"t": "f", "v": "2.05"})
    assert not read.accepts(3)
    assert read.wanted() == "2"
