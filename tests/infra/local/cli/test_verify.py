"""`assay verify` on a bundle that Assay delivered, and on what somebody made of it."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from infra.local.cli.__main__ import main
from infra.models.scripted import ScriptedServer
from program import call, environment
from replies import PROMPT, RIGHT, SUITES, code

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a bundle as `assay run` leaves it, by name."""
    folder = tmp_path_factory.mktemp("delivered")

    async def made() -> None:
        async with ScriptedServer([code(RIGHT), *SUITES]) as model:
            env = environment(folder / "data", model.url)
            ended = await call("run", PROMPT, "--out", "out", "--quiet", env=env, cwd=folder)
            assert ended.code == 0, ended

    asyncio.run(made())
    with zipfile.ZipFile(folder / "out" / "bundle.zip") as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[[Files], Path]:
    def write(files: Files) -> Path:
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for name, data in files.items():
                packed.writestr(name, data)
        return path

    return write


def claims(files: Files, change: Callable[[dict[str, Any]], None]) -> Files:
    """The bundle with another VALIDATION.json."""
    claimed = json.loads(files["VALIDATION.json"])
    change(claimed)
    return {**files, "VALIDATION.json": json.dumps(claimed).encode()}


def test_a_fresh_bundle_holds(
    delivered: Files, bundle: Callable[[Files], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = bundle(delivered)
    assert main(["verify", str(path)]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{path}: passed, ")
    assert lines[0].endswith("judged at R4, now at R4")
    assert lines[-1].startswith("It holds: all ")
    assert said.err == ""
    assert main(["verify", str(path), "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["holds"], outcome["differs"], outcome["changed"]) == (True, [], [])
    assert outcome["cases"] > 0
    assert outcome["verdict"]["status"] == "passed"
    assert (outcome["level"], outcome["verdict"]["level"]) == ("R4", "R4")


def broken_code(files: Files) -> Files:
    return {**files, "solution.py": files["solution.py"].replace(b"a + b", b"a * b")}


def harmless_comment(files: Files) -> Files:
    return {**files, "solution.py": files["solution.py"] + b"# nothing\n"}


def easier_test(files: Files) -> Files:
    name = "tests/test_anchors.py"
    return {**files, name: files[name].replace(b"== 3", b"== 3 or True")}


def added_file(files: Files) -> Files:
    return {**files, "conftest.py": b"raise SystemExit\n"}


@pytest.mark.parametrize(
    ("tamper", "name"),
    [
        (broken_code, "solution.py"),
        (harmless_comment, "solution.py"),
        (easier_test, "tests/test_anchors.py"),
        (added_file, "conftest.py"),
    ],
)
def test_a_changed_file_is_named(
    delivered: Files,
    bundle: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    tamper: Callable[[Files], Files],
    name: str,
) -> None:
    assert main(["verify", str(bundle(tamper(delivered)))]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("It no longer holds: ")
    assert name in last


def forged(files: Files) -> Files:
    """Wrong code with its own hash: only running it can tell."""
    files = broken_code(files)

    def change(claimed: dict[str, Any]) -> None:
        claimed["sha256"]["solution.py"] = sha256(files["solution.py"]).hexdigest()

    return claims(files, change)


def test_wrong_code_with_a_right_hash_is_found_by_running_it(
    delivered: Files, bundle: Callable[[Files], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(bundle(forged(delivered)))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any("add(1, 2) == 3: was passed (R4), is failed" in line for line in lines)
    assert "came out differently" in lines[-1]


def test_a_verdict_that_its_own_cases_contradict_does_not_hold(
    delivered: Files, bundle: Callable[[Files], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong code, said to fail where it fails, and still said to have passed."""

    def change(claimed: dict[str, Any]) -> None:
        for suite in claimed["suites"]:
            for case in suite["cases"]:
                call_ = case["name"].partition(" == ")[0]
                a, b = (int(n) for n in call_[4:-1].split(", "))
                passes = a * b == a + b
                case.update(outcome="passed" if passes else "failed", level=case["level"] if passes else "")

    assert main(["verify", str(bundle(claims(forged(delivered), change)))]) == 1
    assert "verdict" in capsys.readouterr().out.splitlines()[-1]


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda claimed: claimed.pop(name)


def with_(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claimed: claimed.update(changes)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without("schema"), "schema"),
        (without("sha256"), "sha256"),
        (without("suites"), "suites"),
        (with_(schema=3), "another version"),
        (with_(suites=5), ""),
        (with_(code=["none.py"]), "none.py is missing"),
        (with_(limits={"wall_s": "long"}), ""),
        (with_(language="klingon"), ""),
    ],
)
def test_claims_that_cannot_be_read_are_no_bundle(
    delivered: Files,
    bundle: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], None],
    says: str,
) -> None:
    assert main(["verify", str(bundle(claims(delivered, change)))]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("assay verify: VALIDATION.json of this bundle can't be read: ")
    assert says in said.err
    assert said.err.count("\n") == 1


def flipped(data: bytes) -> bytes:
    """One bit of the first compressed file is another."""
    place = data.index(b"solution.py") + len("solution.py") + 5
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def archive(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a ZIP"),
        (b"just text", "not a ZIP"),
        (archive({"readme.txt": b"hello"}), "VALIDATION.json"),
        (archive({"VALIDATION.json": b"{"}), "VALIDATION.json"),
        (archive({"VALIDATION.json": b"\xff"}), "not a ZIP that Assay made"),
        (archive({"VALIDATION.json": b"[" * 200_000}), "VALIDATION.json"),
        (archive({"../solution.py": b"x"}), "unsafe name"),
        (flipped(archive({"solution.py": b"x = 1\n" * 100})), "not a ZIP that Assay made"),
        (archive({f"f{n}": b"" for n in range(201)}), "200 files"),
        (archive({"zeros": b"\0" * (51 * 2**20)}), "50 MiB"),
    ],
    ids=["empty", "text", "other zip", "half json", "no text", "deep", "escape", "damaged", "many", "bomb"],
)
def test_what_is_no_bundle_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, says: str
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    assert main(["verify", str(path)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("assay verify: ")
    assert says in said.err
