"""The small parts of the supervisor: the linter's lines, the workspace, the counting, the language files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jobs import language, usage
from jobs.failure import SandboxFailure
from jobs.lint import MAX_FINDINGS, parse
from jobs.workspace import Workspace

FILES = {"a/solution.py": ("a", "solution.py"), "b/pkg/x.py": ("b", "pkg/x.py")}


@pytest.fixture
def python(tmp_path: Path) -> language.Language:
    return language.load("python", tmp_path)


def test_the_linters_lines_become_findings(python: language.Language) -> None:
    assert python.lint is not None
    text = (
        "a/solution.py:3:1: F401 [*] `os` imported but unused\n./b/pkg/x.py:1:7: invalid-syntax: Expected `:`\n"
        "a/solution.py:9:5: S608 Possible SQL injection\na/solution.py:9:5: S311 Standard pseudo-random\n"
        "c/other.py:1:1: F401 not ours\nFound 3 errors.\n\n:::\na/solution.py:x:1: F401 no line\n"
    )
    found = [(f["candidate"], f["file"], f["line"], f["rule"], f["severity"]) for f in parse(text, python.lint, FILES)]
    assert found == [
        ("a", "solution.py", 3, "F401", "warning"),
        ("b", "pkg/x.py", 1, "invalid-syntax", "error"),
        ("a", "solution.py", 9, "S608", "error"),
        ("a", "solution.py", 9, "S311", "info"),
    ]


def test_findings_are_bounded(python: language.Language) -> None:
    assert python.lint is not None
    text = "a/solution.py:1:1: F401 x\n" * 5000 + "b/pkg/x.py:1:1: F401 y\n"
    found = parse(text, python.lint, FILES)
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1]["candidate"] == "b"


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


def test_every_language_says_what_the_model_needs_to_know() -> None:
    for path in language.IMAGES.glob("*/language.json"):
        raw = json.loads(path.read_text())
        assert raw["name"] == path.parent.name
        assert raw["files"]["solution"].endswith(raw["extension"])
        assert "{suite}" in raw["files"]["test"]
        assert raw["test_style"]
        pinned = (path.parent / "requirements.txt").read_text()
        for package in raw["packages"]:
            name, version = package.split(" ")
            assert f"\n{name}=={version}." in pinned


def test_an_unknown_language_is_a_failure_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SandboxFailure, match="cobol"):
        language.load("cobol", tmp_path)


def test_a_workspace_is_emptied_whatever_is_in_it(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "work", None)
    work.create()
    inode = work.tmp.stat().st_ino
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
    work.reset()
    assert [path.name for path in work.root.iterdir()] == ["tmp"]
    assert list(work.tmp.iterdir()) == []
    assert work.tmp.stat().st_ino == inode
    assert (outside / "kept").read_text() == "x"


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
        naive, shared = usage.memory(pids, 1 << 40), usage.memory(pids, 0)
        assert naive > 3 * len(ballast)
        assert shared < naive / 2
        assert set(pids) <= set(usage.descendants(os.getpid()))
        assert set(pids) <= set(usage.processes_of_uid(os.getuid()))
    finally:
        os.close(tell)
        for pid in pids:
            os.waitpid(pid, 0)
