"""`assay run` as a person starts it from a script: lines, files, exit codes, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import signal
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.api.shapes import ExecutionView
from infra.models.scripted import Scripted, ScriptedServer
from program import CLOSED, Ended, call, descendants, environment, gone, start, wait
from replies import PROMPT, RIGHT, SUITES, WRONG, code

SLEEPY = RIGHT.replace("    return", "    __import__('time').sleep(5)\n    return")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def scratch(tmp_path: Path) -> dict[str, str]:
    """A folder for temporary files of its own, so that what is left behind can be seen."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return {"TMPDIR": str(folder)}


def files(folder: Path) -> list[str]:
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


def nothing_left(tmp_path: Path) -> None:
    """Neither a data folder nor a temporary file of the run is there."""
    assert list((tmp_path / "data").iterdir()) == []
    assert list((tmp_path / "scratch").iterdir()) == []


async def test_a_run_tells_its_steps_in_plain_lines_and_leaves_the_files(
    tmp_path: Path, data: Path, scratch: dict[str, str]
) -> None:
    async with ScriptedServer([code(RIGHT), *SUITES]) as model:
        env = environment(data, model.url, **scratch)
        ended = await call("run", PROMPT, "--out", "made", env=env, cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("plan: python, complexity ")
    assert "attempt 1 of 5: testing" in lines
    assert "done: passed" in lines
    assert any(line.startswith("PASSED, ") for line in lines)
    assert lines[-1] == f"files: {tmp_path / 'made'}"
    assert all(c.isprintable() or c == "\n" for c in ended.out), "no colours, nothing redrawn"
    made = files(tmp_path / "made")
    assert {"solution.py", "README.md", "VALIDATION.json", "bundle.zip", "pytest.ini"} <= set(made)
    assert (tmp_path / "made" / "solution.py").read_text() == "def add(a, b):\n    return a + b\n"
    with zipfile.ZipFile(tmp_path / "made" / "bundle.zip") as bundle:
        assert sorted(bundle.namelist()) == [name for name in made if name != "bundle.zip"]
        for name in bundle.namelist():
            assert bundle.read(name) == (tmp_path / "made" / name).read_bytes()
    nothing_left(tmp_path)


async def test_json_is_one_document_and_a_failure_of_the_code_is_one(tmp_path: Path, data: Path) -> None:
    attached = tmp_path / "notes.txt"
    attached.write_text("Negative numbers are allowed: žluťoučký.", "utf-8")
    words = ("run", PROMPT, "--json", "--attempts", "1", "--attach", str(attached))
    async with ScriptedServer([code(WRONG, repeat=True), *SUITES]) as model:
        ended = await call(*words, env=environment(data, model.url), cwd=tmp_path)
        asked = [r["messages"][-1]["content"] for r in model.requests]
    assert ended.code == 1
    body: dict[str, Any] = json.loads(ended.out)
    folder = Path(body.pop("files_dir"))
    assert ExecutionView.model_validate(body).model_dump(mode="json") == body, "it is what GET /execute/{id} says"
    assert (body["status"] in ("partial", "failed"), len(body["attempts"]), body["max_attempts"]) == (True, 1, 1)
    assert folder == tmp_path / "assay-out" / body["execution_id"][:8]
    assert (folder / "solution.py").read_text() == body["code"]
    assert "attempt 1 of 1: writing" in ended.err.splitlines(), "progress goes where it disturbs nobody"
    assert "notes.txt" in asked[0]
    assert "žluťoučký" in asked[0]


async def test_two_runs_at_once_do_not_meet(tmp_path: Path, data: Path, scratch: dict[str, str]) -> None:
    script = [code(RIGHT, repeat=True), *SUITES, *SUITES]
    async with ScriptedServer(script) as model:
        env = environment(data, model.url, **scratch)
        both = await asyncio.gather(*(call("run", PROMPT, "--quiet", env=env, cwd=tmp_path) for _ in range(2)))
    assert [ended.code for ended in both] == [0, 0]
    folders = {ended.out.splitlines()[-1].removeprefix("files: ") for ended in both}
    assert len(folders) == 2
    assert all((Path(folder) / "bundle.zip").is_file() for folder in folders)
    nothing_left(tmp_path)


@pytest.mark.parametrize(
    ("words", "more", "exit_code", "says"),
    [
        (["--out", "/proc/none"], {}, 2, "The folder /proc/none can't be written"),
        (["--out", "a-file/below"], {}, 2, "The folder a-file/below can't be written"),
        (["--out", "x" * 300], {}, 2, "is not a path that can be used (File name too long)"),
        (["--out", "~nobody-here/x"], {}, 2, "is not a path that can be used"),
        (["--attach", "large.txt"], {}, 2, "large.txt is larger than 256 KiB."),
        (["--attach", "binary.bin"], {}, 2, "binary.bin is not UTF-8 text."),
        (["--model", "nobody"], {}, 2, "No provider is named 'nobody'"),
        (["--model", "groq"], {}, 3, "GROQ_API_KEY is not set"),
        (["--language", "cobol"], {}, 2, "is not known"),
        ([], {"EXECUTION_MAX_RETRIES": "many"}, 2, "EXECUTION_MAX_RETRIES"),
        ([], {"ASSAY_DATA_DIR": "/proc/none"}, 3, "/proc/none"),
        (["--model", "embedded"], {"ASSAY_MODEL_PATH": "half"}, 3, "is incomplete or corrupt"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
async def test_what_cannot_work_is_said_in_a_sentence_before_any_work(
    tmp_path: Path,
    data: Path,
    scratch: dict[str, str],
    words: list[str],
    more: dict[str, str],
    exit_code: int,
    says: str,
) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "large.txt").write_bytes(b"x" * (256 * 1024 + 1))
    (tmp_path / "binary.bin").write_bytes(b"\xff\xfe\x00")
    half = tmp_path / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    half.write_bytes(b"GGUF" + b"\0" * 1000)
    if more.get("ASSAY_MODEL_PATH") == "half":
        more = {"ASSAY_MODEL_PATH": str(half)}
    async with ScriptedServer([code(RIGHT), *SUITES]) as model:
        env = environment(data, model.url, **scratch) | more
        ended = await call("run", PROMPT, *words, env=env, cwd=tmp_path)
        assert not model.requests
    assert (ended.code, ended.out) == (exit_code, "")
    assert says in ended.err
    assert ended.err.startswith("assay run: ")
    assert ended.err.count("\n") == (2 if "EXECUTION_MAX_RETRIES" in more else 1), ended.err
    assert "Traceback" not in ended.err
    assert not (tmp_path / "assay-out").exists()
    assert not data.exists() or list(data.iterdir()) == []
    assert list((tmp_path / "scratch").iterdir()) == []


async def test_a_model_that_is_not_there_ends_it_soon_in_a_sentence(
    tmp_path: Path, data: Path, scratch: dict[str, str]
) -> None:
    began = time.monotonic()
    ended = await call("run", PROMPT, env=environment(data, CLOSED, **scratch), cwd=tmp_path)
    assert time.monotonic() - began < 25, "7 s of rests, some tries in between, and the start of Python"
    assert ended.code == 3
    assert ended.sentence == "assay run: scripted/script is not available at the moment."
    assert "system | scripted/script is not available at the moment." in ended.out
    nothing_left(tmp_path)


@pytest.mark.parametrize(
    ("number", "script", "line"),
    [
        (signal.SIGINT, [replace(code(RIGHT), delay_s=60.0)], "attempt 1 of 5: writing"),
        (signal.SIGINT, [code(SLEEPY, repeat=True), *SUITES], "attempt 1 of 5: testing"),
        (signal.SIGTERM, [code(SLEEPY, repeat=True), *SUITES], "attempt 1 of 5: testing"),
    ],
    ids=["while the model is asked", "while tests run", "the same by kill"],
)
async def test_ctrl_c_stops_everything_within_three_seconds(
    tmp_path: Path, data: Path, scratch: dict[str, str], number: signal.Signals, script: list[Scripted], line: str
) -> None:
    async with ScriptedServer(script) as model:
        process = await start("run", PROMPT, env=environment(data, model.url, **scratch), cwd=tmp_path)
        assert process.stdout is not None
        async with asyncio.timeout(30):
            while (await process.stdout.readline()).decode().strip() != line:
                pass
        await asyncio.sleep(0.7)
        family = descendants(data)
        assert len(family) > (1 if "testing" in line else 0)
        process.send_signal(number)
        began = time.monotonic()
        ended = await wait(process)
    assert time.monotonic() - began < 3
    assert (ended.code, ended.err) == (130, "")
    assert "done: cancelled" in ended.out
    assert not await gone(family, 0.5)
    nothing_left(tmp_path)


async def test_whoever_stops_reading_stops_it_without_a_word(
    tmp_path: Path, data: Path, scratch: dict[str, str]
) -> None:
    async with ScriptedServer([code(RIGHT), *SUITES]) as model:
        script = 'exec 3>&1; { "$@"; echo "code $?" >&3; } | head -1 >/dev/null'
        env = environment(data, model.url, **scratch)
        ended = await call("run", PROMPT, env=env, cwd=tmp_path, under=("sh", "-c", script, "sh"))
    assert ended == Ended(0, "code 1\n", "")
    nothing_left(tmp_path)
