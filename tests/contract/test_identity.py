"""What every identity does for people with an e-mail address and a password. A new adapter joins with one line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from argon2 import PasswordHasher

from functions.agent.errors import BadInput, Conflict, NotSignedIn
from functions.agent.ports import Accounts, Identity, Passwords
from infra.local.database import Database
from infra.local.identity import LocalIdentity
from infra.local.password_hashing import PasswordHashing
from infra.local.records import LocalRecords
from infra.local.signing import Signer

ADA, GRACE, SECRET = "ada@example.org", "grace@example.org", "three ducks in a row"


class Everything(Identity, Accounts, Passwords, Protocol):
    """All that an adapter does."""


@dataclass
class World:
    identity: Everything
    now: float = 1_000_000.0

    async def code(self, email: str) -> str:
        """What a person finds in the mail."""
        assert isinstance(self.identity, LocalIdentity)
        return await self.identity.reset_code(email)


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[World]:
    database = Database(folder)
    cheap = PasswordHashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    world: World

    def clock() -> float:
        return world.now

    world = World(LocalIdentity(LocalRecords(database), Signer(lambda: ["k" * 40]), clock, cheap))
    yield world
    await database.aclose()


ADAPTERS = {"local": local}


@pytest.fixture(params=ADAPTERS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with ADAPTERS[request.param](tmp_path) as made:
        yield made


async def test_who_registers_is_signed_in_and_can_sign_in_again(world: World) -> None:
    tokens = await world.identity.register(" Ada@Example.ORG ", SECRET)
    person = await world.identity.person(tokens.access)
    assert (person.email, person.tier) == (ADA, "registered")
    again = await world.identity.login("ADA@example.org", SECRET)
    assert await world.identity.person(again.access) == person
    assert again.refresh != tokens.refresh


async def test_two_people_are_two_people(world: World) -> None:
    ada, grace = [await world.identity.register(email, SECRET) for email in (ADA, GRACE)]
    assert (await world.identity.person(ada.access)).id != (await world.identity.person(grace.access)).id


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.org", "ada@", "a b@example.org", "ada@-x", f"{'a' * 300}@x.org"]
)
async def test_what_is_no_address_is_refused_by_its_field(world: World, email: str) -> None:
    with pytest.raises(BadInput) as refused:
        await world.identity.register(email, SECRET)
    assert refused.value.field == "email"


@pytest.mark.parametrize("password", ["", "short", "x" * 201, "aaaaaaaaaaaa", ADA])
async def test_a_password_that_is_guessed_at_once_is_refused_by_its_field(world: World, password: str) -> None:
    with pytest.raises(BadInput) as refused:
        await world.identity.register(ADA, password)
    assert refused.value.field == "password"


async def test_an_address_is_taken_once_also_at_the_same_time(world: World) -> None:
    asked = [world.identity.register(ADA, f"{SECRET} {n}") for n in range(5)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(f).__name__ for f in found) == ["Conflict"] * 4 + ["Tokens"]
    with pytest.raises(Conflict):
        await world.identity.register(ADA.upper(), SECRET)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_words(world: World) -> None:
    await world.identity.register(ADA, SECRET)
    words = set()
    for email, password in ((ADA, f"{SECRET}!"), (GRACE, SECRET), ("no address", SECRET), (ADA, "\ud800")):
        with pytest.raises(NotSignedIn) as refused:
            await world.identity.login(email, password)
        words.add(refused.value.detail)
    assert len(words) == 1


async def test_an_access_token_ends_and_is_refreshed(world: World) -> None:
    tokens = await world.identity.register(ADA, SECRET)
    world.now += tokens.expires_in
    with pytest.raises(NotSignedIn, match="expired"):
        await world.identity.person(tokens.access)
    fresh = await world.identity.refresh(tokens.refresh)
    assert (await world.identity.person(fresh.access)).email == ADA


async def test_a_refresh_token_that_is_used_twice_ends_all_that_came_of_it_and_nothing_else(world: World) -> None:
    stolen = await world.identity.register(ADA, SECRET)
    other = await world.identity.login(ADA, SECRET)
    owner = await world.identity.refresh(stolen.refresh)
    for token in (stolen.refresh, owner.refresh):
        with pytest.raises(NotSignedIn):
            await world.identity.refresh(token)
    assert await world.identity.refresh(other.refresh)


async def test_of_two_refreshes_at_once_at_most_one_goes_on(world: World) -> None:
    tokens = await world.identity.register(ADA, SECRET)
    found = await asyncio.gather(*(world.identity.refresh(tokens.refresh) for _ in range(4)), return_exceptions=True)
    assert sum(not isinstance(f, NotSignedIn) for f in found) <= 1


async def test_who_signs_out_is_out_and_other_devices_are_not(world: World) -> None:
    first = await world.identity.register(ADA, SECRET)
    second = await world.identity.login(ADA, SECRET)
    await world.identity.logout(first.refresh)
    await world.identity.logout(first.refresh)
    with pytest.raises(NotSignedIn):
        await world.identity.refresh(first.refresh)
    assert await world.identity.refresh(second.refresh)


@pytest.mark.parametrize("token", ["", "x", "a.b", ".", "é.\ud800", "a" * 5000])
async def test_what_is_no_token_is_no_token(world: World, token: str) -> None:
    for asked in (world.identity.refresh, world.identity.person):
        with pytest.raises(NotSignedIn):
            await asked(token)
    await world.identity.logout(token)


async def test_a_new_password_ends_every_sign_in_and_the_code_is_good_once(world: World) -> None:
    before = [await world.identity.register(ADA, SECRET), await world.identity.login(ADA, SECRET)]
    code = await world.code(ADA)
    with pytest.raises(BadInput):
        await world.identity.reset(code, "short")
    await world.identity.reset(code, "another row of ducks")
    for tokens in before:
        with pytest.raises(NotSignedIn):
            await world.identity.refresh(tokens.refresh)
    for login in ((ADA, SECRET),):
        with pytest.raises(NotSignedIn):
            await world.identity.login(*login)
    assert await world.identity.login(ADA, "another row of ducks")
    with pytest.raises(NotSignedIn):
        await world.identity.reset(code, "a third row of ducks")


async def test_a_reset_code_does_not_last_and_none_can_be_made_up(world: World) -> None:
    await world.identity.register(ADA, SECRET)
    code = await world.code(ADA)
    world.now += 3600
    for bad in (code, "", "made-up", "\ud800"):
        with pytest.raises(NotSignedIn):
            await world.identity.reset(bad, "another row of ducks")


async def test_asking_for_a_reset_says_nothing_of_who_is_there(world: World) -> None:
    await world.identity.register(ADA, SECRET)
    await world.identity.forgot(ADA)
    await world.identity.forgot(GRACE)
