"""A reset code for somebody who forgot the password, from the terminal of the machine."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from infra.local.cli.__main__ import main
from infra.local.database import Database
from infra.local.identity import LocalIdentity
from infra.local.records import LocalRecords
from infra.local.signing import Signer

ADA = "ada@example.org"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_DATA_DIR", str(tmp_path))
    return tmp_path


async def people(data: Path, ask: str) -> None:
    """Registers Ada, or sets her password with the code `ask`."""
    database = Database(data)
    identity = LocalIdentity(LocalRecords(database), Signer(lambda: ["k" * 40]), time.time)
    if ask == "register":
        await identity.register(ADA, "three ducks in a row")
    else:
        await identity.reset(ask, "five swans on a lake")
        await identity.login(ADA, "five swans on a lake")
    await database.aclose()


async def test_the_code_that_is_printed_sets_the_password(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await people(data, "register")
    assert await asyncio.to_thread(main, ["reset-password", "Ada@example.org"]) == 0
    code = capsys.readouterr().out.splitlines()[0]
    await people(data, code)


@pytest.mark.parametrize(("email", "said"), [("grace@example.org", "Nobody has registered"), ("grace", "no e-mail")])
def test_nobody_gets_no_code(data: Path, capsys: pytest.CaptureFixture[str], email: str, said: str) -> None:
    assert main(["reset-password", email]) == 2
    assert said in capsys.readouterr().err
    assert not (data / "signing.keys").exists()
