"""What runs leave in folders for everybody goes before the next run, where Landlock does not keep them out of these."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import image, language
from jobs.failure import SandboxFailure
from jobs.probe import Probe, probe
from jobs.slot import Slot
from jobs.sweep import sweep, used

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")

MINE, MINE_TOO, OTHER = 65510, 65511, 65512


@pytest.fixture
def everybodys(tmp_path: Path) -> Path:
    folder = tmp_path / "everybodys"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def given(path: Path, uid: int) -> Path:
    os.chown(path, uid, uid, follow_symlinks=False)
    return path


def note(path: Path, uid: int) -> Path:
    path.write_text("the expected value is 42")
    return given(path, uid)


def test_only_what_the_uids_own_goes(everybodys: Path) -> None:
    for name, uid in (("a", MINE), ("b", MINE_TOO), ("c", OTHER), ("d", 0)):
        note(everybodys / name, uid)
    sweep([MINE, MINE_TOO], [str(everybodys)])
    assert sorted(os.listdir(everybodys)) == ["c", "d"]


def test_a_folder_goes_with_all_that_is_in_it_whoever_owns_that(everybodys: Path) -> None:
    deep = everybodys / "tree"
    deep.mkdir()
    given(deep, MINE)
    here = os.getcwd()
    os.chdir(deep)
    for _ in range(1100):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    note(deep / "of another", OTHER)
    deep.chmod(0)
    sweep([MINE], [str(everybodys)])
    assert os.listdir(everybodys) == []


def test_links_go_and_what_they_lead_to_stays(everybodys: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    kept = note(outside / "kept", MINE)
    for name, target in (("folder", outside), ("file", kept), ("loop", everybodys / "loop"), ("-rf", Path("/"))):
        (everybodys / name).symlink_to(target)
        given(everybodys / name, MINE)
    (everybodys / "of others").symlink_to(kept)
    os.mkfifo(everybodys / "pipe")
    given(everybodys / "pipe", MINE)
    sweep([MINE], [str(everybodys)])
    assert os.listdir(everybodys) == ["of others"]
    assert kept.read_text() == "the expected value is 42"


def test_folders_that_a_machine_does_not_have_are_no_matter(everybodys: Path, tmp_path: Path) -> None:
    note(everybodys / "a", MINE)
    sweep([MINE], [str(tmp_path / "absent"), str(everybodys), str(everybodys)])
    assert os.listdir(everybodys) == []


def test_what_cannot_be_removed_is_said() -> None:
    """A place where even root removes nothing: the folder of this process's descriptors."""
    with pytest.raises(SandboxFailure, match=r"cannot be removed"):
        sweep([os.geteuid()], [f"/proc/{os.getpid()}/fd"])


def test_what_is_there_counts_up_to_the_limits(everybodys: Path) -> None:
    for name, uid in (("a", MINE), ("b", MINE), ("c", OTHER)):
        (everybodys / name).mkdir()
        given(everybodys / name, uid)
        (everybodys / name / "file").write_bytes(b"x" * (1 << 20))
    (everybodys / "link").symlink_to("a")
    given(everybodys / "link", MINE)
    size, inodes = used([MINE], 1 << 30, 1000, [str(everybodys)])
    assert (2 << 20) <= size < (3 << 20)
    assert inodes == 5
    assert used([MINE], 1 << 19, 1000, [str(everybodys)])[0] >= 1 << 20
    assert used([OTHER + 1], 1 << 30, 1000, [str(everybodys)]) == (0, 0)


@pytest.fixture
def found() -> Probe:
    return probe()


@pytest.fixture
def left_behind(found: Probe) -> Iterator[Path]:
    """A file in a folder for everybody, under a name of its own."""
    path = Path("/var/tmp") / f"assay-{secrets.token_hex(8)}"
    path.write_text("the expected value is 42")
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.parametrize(("bare", "stays"), [(True, False), (False, True)], ids=["bare", "with_landlock"])
def test_a_slot_sweeps_after_each_run_where_nothing_else_helps(
    found: Probe, left_behind: Path, bare: bool, stays: bool
) -> None:
    if not found.uid_separation:
        pytest.skip("no uids for slots here")
    if not bare and not found.landlock:
        pytest.skip("this kernel has no Landlock")
    known = replace(found, landlock=0, namespaces=False) if bare else found
    folder = image.make("python", lambda _: None)
    loaded = language.load("python", folder)
    with Slot(image.home() / "slots", known, loaded, image.interpreter(folder)) as slot:
        assert slot.code.uid is not None
        given(left_behind, slot.code.uid)
        slot.kill(slot.tests)
        assert left_behind.exists() == stays
        if not stays:
            left_behind.write_text("x")
            given(left_behind, slot.code.uid)
            slot.restart()
            assert not left_behind.exists(), "what an owner that died has left goes at the start"
