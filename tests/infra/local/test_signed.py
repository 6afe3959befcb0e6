from __future__ import annotations

import os
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.agent.errors import ConfigError, NotFound, StorageError
from infra.local.signed import SignedUrls, read_key

ROOT = Path(__file__).parents[3]
PREFIX = "http://127.0.0.1:8080/blobs/"


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def urls(tmp_path: Path, clock: Clock) -> SignedUrls:
    return SignedUrls(tmp_path / "data" / "url.key", PREFIX, clock)


def token(url: str) -> str:
    assert url.startswith(PREFIX)
    return url.removeprefix(PREFIX)


def test_a_url_opens_its_blob_to_its_method_until_it_expires(urls: SignedUrls, clock: Clock) -> None:
    given = token(urls.url("runs/x1/result.json", "PUT", 1060.0))
    assert urls.open_url(given, "PUT") == "runs/x1/result.json"
    for method in ("GET", "put", ""):
        with pytest.raises(NotFound):
            urls.open_url(given, method)
    clock.time = 1059.9
    assert urls.open_url(given, "PUT") == "runs/x1/result.json"
    clock.time = 1060.0
    with pytest.raises(NotFound):
        urls.open_url(given, "PUT")


def test_the_token_is_one_safe_part_of_a_url(urls: SignedUrls) -> None:
    assert set(token(urls.url("a/" * 50 + "b", "GET", 2000.0))) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


def test_no_change_of_one_character_is_accepted(urls: SignedUrls) -> None:
    good = token(urls.url("a", "GET", 2000.0))
    for i, old in enumerate(good):
        for new in "Aa0-_.=":
            if new != old:
                with pytest.raises(NotFound):
                    urls.open_url(good[:i] + new + good[i + 1 :], "GET")


def test_a_token_has_one_spelling(urls: SignedUrls) -> None:
    """The last character of each half carries bits that base64 ignores; padding may be left out or not."""
    claim, signature = token(urls.url("ab", "GET", 2000.0)).split(".")
    alphabet = string.ascii_letters + string.digits + "-_"
    others = [f"{claim}.{signature[:-1]}{c}" for c in alphabet if c != signature[-1]]
    others += [f"{claim[:-1]}{c}.{signature}" for c in alphabet if c != claim[-1]]
    others += [f"{claim}.{signature}=", f"{claim}=.{signature}", f"{claim}==.{signature}", f"{claim}.{signature}\n"]
    for other in others:
        with pytest.raises(NotFound):
            urls.open_url(other, "GET")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_other_text_is_not_found(urls: SignedUrls, text: str) -> None:
    with pytest.raises(NotFound):
        urls.open_url(text, "GET")


def test_another_key_signs_nothing_here(urls: SignedUrls, tmp_path: Path, clock: Clock) -> None:
    other = SignedUrls(tmp_path / "other.key", PREFIX, clock)
    with pytest.raises(NotFound):
        urls.open_url(token(other.url("a", "GET", 2000.0)), "GET")


def test_the_key_is_kept_and_closed_to_others(urls: SignedUrls, tmp_path: Path, clock: Clock) -> None:
    key_file = tmp_path / "data" / "url.key"
    given = token(urls.url("a", "GET", 2000.0))
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert SignedUrls(key_file, PREFIX, clock).open_url(given, "GET") == "a"
    assert [p.name for p in key_file.parent.iterdir()] == ["url.key"]


def test_an_open_key_file_is_refused(tmp_path: Path) -> None:
    key_file = tmp_path / "url.key"
    read_key(key_file)
    key_file.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_key(key_file)


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    key_file = tmp_path / "url.key"
    key_file.write_bytes(b"short")
    key_file.chmod(0o600)
    with pytest.raises(StorageError, match="is damaged"):
        read_key(key_file)


def test_processes_that_make_the_key_at_once_get_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from infra.local.signed import read_key;"
        "print('ready', flush=True); sys.stdin.readline(); print(read_key(Path(sys.argv[1])).hex())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "url.key")],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    keys = {process.communicate("go\n", timeout=30)[0] for process in processes}
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64
