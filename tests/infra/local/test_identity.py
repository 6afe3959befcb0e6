"""What is particular to the people of one machine: keys in a file, hashes that grow older."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import jwt
import pytest
from argon2 import PasswordHasher

from functions.agent.credentials import email_id
from functions.agent.errors import ConfigError, NotFound, NotSignedIn
from functions.agent.people import Account, User
from infra.local.database import Database
from infra.local.identity import LocalIdentity
from infra.local.password_hashing import PasswordHashing
from infra.local.records import LocalRecords
from infra.local.signing import AUDIENCE, Signer, key_name, read_keys

ADA, SECRET = "ada@example.org", "three ducks in a row"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[LocalRecords]:
    database = Database(tmp_path)
    yield LocalRecords(database)
    await database.aclose()


def people(records: LocalRecords, clock: Clock, *keys: str, hasher: PasswordHasher = CHEAP) -> LocalIdentity:
    return LocalIdentity(records, Signer(lambda: keys or ("k" * 40,)), clock, PasswordHashing(hasher))


async def test_an_old_key_is_still_believed_and_a_foreign_one_never(records: LocalRecords) -> None:
    clock = Clock()
    tokens = await people(records, clock, "a" * 40).register(ADA, SECRET)
    assert await people(records, clock, "b" * 40, "a" * 40).person(tokens.access)
    with pytest.raises(NotSignedIn):
        await people(records, clock, "b" * 40).person(tokens.access)


@pytest.mark.parametrize(
    "forged",
    [
        lambda c: jwt.encode(c, "", algorithm="none", headers={"kid": key_name("k" * 40)}),
        lambda c: jwt.encode(c, "x" * 40, algorithm="HS256", headers={"kid": key_name("k" * 40)}),
        lambda c: jwt.encode(c, "k" * 40, algorithm="HS256"),
        lambda c: jwt.encode({**c, "aud": "other"}, "k" * 40, "HS256", {"kid": key_name("k" * 40)}),
        lambda c: jwt.encode({**c, "exp": None}, "k" * 40, "HS256", {"kid": key_name("k" * 40)}),
        lambda c: jwt.encode({k: v for k, v in c.items() if k != "exp"}, "k" * 40, "HS256",
                             {"kid": key_name("k" * 40)}),
    ],
    ids=["no signature", "foreign key", "no key named", "other audience", "no time", "no end"],
)  # fmt: skip
async def test_a_forged_token_is_none(records: LocalRecords, forged: object) -> None:
    clock = Clock()
    await records.save(User("u1", ADA))
    claims = {"sub": "u1", "aud": AUDIENCE, "iat": int(clock.now), "exp": int(clock.now) + 60}
    assert callable(forged)
    good = jwt.encode(claims, "k" * 40, "HS256", {"kid": key_name("k" * 40)})
    assert (await people(records, clock).person(good)).email == ADA
    with pytest.raises(NotSignedIn):
        await people(records, clock).person(forged(claims))


async def test_a_user_who_is_gone_has_no_good_token(records: LocalRecords) -> None:
    identity = people(records, Clock())
    tokens = await identity.register(ADA, SECRET)
    await records.delete(User, (await identity.person(tokens.access)).id)
    for asked in (identity.person(tokens.access), identity.refresh(tokens.refresh)):
        with pytest.raises(NotSignedIn, match="gone"):
            await asked


async def test_a_hash_of_other_costs_is_renewed_at_the_next_sign_in(records: LocalRecords) -> None:
    clock = Clock()
    await people(records, clock).register(ADA, SECRET)
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    await people(records, clock, hasher=dearer).login(ADA, SECRET)
    account = await records.get(Account, email_id(ADA))
    assert "m=16,t=2" in account.password_hash
    assert SECRET not in account.password_hash


async def test_a_hash_that_two_sign_ins_renew_at_once_keeps_nobody_out(records: LocalRecords) -> None:
    clock = Clock()
    await people(records, clock).register(ADA, SECRET)
    dearer = people(records, clock, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    code = await dearer.reset_code(ADA)
    await asyncio.gather(*(dearer.login(ADA, SECRET) for _ in range(4)), dearer.reset(code, "five swans on a lake"))
    assert await dearer.login(ADA, "five swans on a lake")


async def test_an_account_without_its_user_signs_nobody_in(records: LocalRecords) -> None:
    identity = people(records, Clock())
    tokens = await identity.register(ADA, SECRET)
    await records.delete(User, (await identity.person(tokens.access)).id)
    with pytest.raises(NotSignedIn, match="gone"):
        await identity.login(ADA, SECRET)


async def test_a_code_for_nobody_is_not_made(records: LocalRecords) -> None:
    with pytest.raises(NotFound, match=r"grace@example\.org"):
        await people(records, Clock()).reset_code("grace@example.org")


def test_the_keys_are_made_once_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "signing.keys"
    keys = read_keys(path)
    assert read_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_keys(path)
    path.chmod(0o600)
    path.write_text("short\n")
    with pytest.raises(ConfigError, match="32 characters"):
        read_keys(path)


class Counting(PasswordHasher):
    """Counts what it verifies."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        return super().verify(hash, password)


async def test_an_address_that_nobody_has_costs_a_hash_too() -> None:
    counting = Counting(time_cost=1, memory_cost=8, parallelism=1)
    hashing = PasswordHashing(counting)
    hashed = await hashing.hash(SECRET)
    for known in (hashed, None):
        assert not await hashing.matches(known, "not this one")
    assert counting.verified == 2
    assert await hashing.matches(hashed, SECRET)
