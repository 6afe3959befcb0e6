"""The small parts of the supervisor: the linter's lines, the workspace, the counting, the language files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jobs import language, usage
from jobs.failure import SandboxFailure
from jobs.lint import MAX_FINDINGS, parse, reported
from jobs.protocol import Candidate
from jobs.workspace import Workspace

FILES = {"a/solution.py": ("a", "solution.py"), "b/pkg/x.py": ("b", "pkg/x.py")}


@pytest.fixture
def python(tmp_path: Path) -> language.Language:
    return language.load("python", tmp_path)


def ruff(file: str, row: object, code: object, message: str = "m") -> bytes:
    finding = {"filename": file, "location": {"row": row, "column": 1}, "code": code, "message": message}
    return json.dumps(finding).encode() + b"\n"


def test_the_linters_lines_become_findings_the_grave_ones_first(python: language.Language) -> None:
    assert python.lint is not None
    data = b"".join(
        [
            ruff("a/solution.py", 3, "F401"),
            ruff("./b/pkg/x.py", 1, "invalid-syntax"),
            ruff("a/solution.py", 9, "S608", "SQL\nb/pkg/x.py:1:1: S307 forged"),
            ruff("a/solution.py", 9, "S311"),
            ruff("c/other.py", 1, "F401"),
            ruff("a/solution.py", "x", "F401"),
            ruff("a/solution.py", 1, None),
            b"Found 3 errors.\n\n[]\n{}\nnull\n" + b"[" * 100_000 + b"\n",
        ]
    )
    found = [(f["candidate"], f["file"], f["line"], f["rule"], f["severity"]) for f in parse(data, python.lint, FILES)]
    assert found == [
        ("b", "pkg/x.py", 1, "invalid-syntax", "error"),
        ("a", "solution.py", 9, "S608", "error"),
        ("a", "solution.py", 3, "F401", "warning"),
        ("a", "solution.py", 9, "S311", "info"),
    ]


def test_findings_are_bounded_but_no_noise_hides_a_grave_one(python: language.Language) -> None:
    assert python.lint is not None
    noise = ruff("a/solution.py", 1, "F401") * 5000
    found = parse(noise + ruff("a/solution.py", 2, "S307") + ruff("b/pkg/x.py", 1, "F401"), python.lint, FILES)
    assert len(found) == MAX_FINDINGS + 1
    assert found[0]["rule"] == "S307"
    assert found[-1]["candidate"] == "b"


def test_what_a_driver_reports_is_checked_like_everything_else() -> None:
    candidate = Candidate("a", {"Solution.java": ""})
    good = {"file": "Solution.java", "line": 3, "rule": "unchecked", "severity": "warning", "message": "m"}
    wrong: list[dict[str, Any]] = [
        {"file": []},
        {"file": "Other.java"},
        {"line": "3"},
        {"severity": "fatal"},
        {"severity": []},
    ]
    assert reported(candidate, [good, *({**good, **w} for w in wrong), {}]) == [{"candidate": "a", **good}]


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        *(("F821", "error"), ("F401", "warning"), ("E999", "error"), ("E711", "warning"), ("B006", "warning")),
        *(("S102", "error"), ("S105", "warning"), ("S603", "info"), ("S602", "error"), ("X1", "warning")),
    ],
)
def test_rules_have_a_severity(python: language.Language, rule: str, severity: str) -> None:
    assert python.lint is not None
    assert python.lint.severity_of(rule) == severity


@pytest.mark.parametrize("name", sorted(language.declared()))
def test_every_language_says_what_the_runner_needs_to_know(name: str, tmp_path: Path) -> None:
    read = language.load(name, tmp_path)
    assert bool(read.harness) != bool(read.argv)
    file, text, tests = read.canary.fill("k1234")
    assert "k1234" in file
    assert "{" + "token}" not in text
    assert len(tests) == 2
    assert all(test.startswith(f"{file}::") and "k1234" in test for test in tests)
    raw = json.loads((read.folder / "language.json").read_text())["languages"][name]
    assert raw["title"]
    assert raw["version"]
    assert raw["notes"]
    for kind in ("pass", "fail", "compile_error", "forged_pass"):
        assert list((read.folder / "sample").glob(f"*{kind}.json"))


def test_what_the_model_is_told_of_packages_is_what_is_pinned() -> None:
    pinned = (language.IMAGES / "python" / "requirements.txt").read_text()
    for package in json.loads((language.IMAGES / "python" / "language.json").read_text())["languages"]["python"][
        "packages"
    ]:
        name, version = package.split(" ")
        assert f"\n{name}=={version}." in pinned


def test_an_unknown_language_is_a_failure_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SandboxFailure, match="cobol"):
        language.load("cobol", tmp_path)


def test_a_workspace_is_emptied_whatever_is_in_it(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "work", None)
    work.create()
    inode = work.root.stat().st_ino
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    work.write({"a.py": "1\r\n", "pkg/b.py": "ü"})
    assert (work.root / "a.py").read_bytes() == b"1\r\n"
    (work.tmp / "link").symlink_to(outside)
    (work.root / "link").symlink_to(outside / "kept")
    os.mkfifo(work.tmp / "pipe")
    deep = work.tmp
    here = os.getcwd()
    os.chdir(deep)
    for _ in range(1100):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    os.utime(work.tmp, ns=(1, 123456789))
    work.reset()
    assert list(work.root.iterdir()) == []
    assert list(work.shelf.iterdir()) == [work.tmp]
    assert list(work.tmp.iterdir()) == []
    assert work.tmp.stat().st_mtime_ns != 123456789, "a new folder, without what the old one's owner wrote on it"
    assert work.root.stat().st_ino == inode
    assert (outside / "kept").read_text() == "x"


def test_a_process_that_waits_keeps_its_folder_and_finds_it_empty(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "work", None)
    work.create()
    inode = work.tmp.stat().st_ino
    (work.tmp / "left").write_text("x")
    work.write({"a.py": ""})
    work.clear()
    assert work.tmp.stat().st_ino == inode
    assert [*work.root.iterdir(), *work.tmp.iterdir()] == []


def test_a_later_write_of_the_same_name_wins(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "work", None)
    work.create()
    work.write({"test_s1.py": "candidate's"})
    work.write({"test_s1.py": "suite's"})
    assert (work.root / "test_s1.py").read_text() == "suite's"


def test_a_tree_is_counted_up_to_the_limits(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("a/1", "a/2", "3"):
        (tmp_path / name).write_bytes(b"x" * 8192)
    size, inodes, hidden = usage.tree(tmp_path, 1 << 20, 100)
    assert (inodes, hidden) == (4, False)
    assert size >= 3 * 8192
    assert usage.tree(tmp_path, 1, 100)[0] < size


def test_files_without_a_name_are_counted_once(tmp_path: Path) -> None:
    before = usage.unlinked([os.getpid()])
    with open(tmp_path / "x", "wb") as file:
        file.write(b"x" * (1 << 20))
        file.flush()
        os.unlink(file.name)
        with os.fdopen(os.dup(file.fileno())):
            assert usage.unlinked([os.getpid(), os.getpid()]) - before == 1 << 20


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_memory_of_children_is_shared_out_when_it_seems_too_much() -> None:
    ballast = bytearray(b"x" * (64 << 20))
    pids = []
    told, tell = os.pipe()
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            os.close(tell)
            os.read(told, 1)
            os._exit(0)
        pids.append(pid)
    os.close(told)
    try:
        naive, shared = usage.memory(pids), usage.shared_out(pids)
        assert naive > 3 * len(ballast)
        assert shared < naive / 2
        assert set(pids) <= set(usage.descendants(os.getpid()))
        assert set(pids) <= set(usage.processes_of({os.getuid()}))
    finally:
        os.close(tell)
        for pid in pids:
            os.waitpid(pid, 0)
