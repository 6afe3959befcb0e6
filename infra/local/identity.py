"""People of one machine: e-mail and password, signed access tokens, rotating refresh tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from functions.agent.credentials import check_password, clean_email, email_id
from functions.agent.errors import BadInput, Conflict, NotFound, NotSignedIn
from functions.agent.people import Account, PasswordReset, User
from functions.agent.ports import Person, Records, Tokens
from infra.local.password_hashing import PasswordHashing
from infra.local.sign_ins import SignIns, hash_of
from infra.local.signing import Signer

ACCESS_S = 900
RESET_S = 1800
_WRONG = "The e-mail address or the password is wrong."


class LocalIdentity:
    """`ports.Identity`, `ports.Accounts` and `ports.Passwords` over any `Records`. There is no mail here: a reset code
    is made by whoever may read this machine's database, with `reset_code`."""

    def __init__(
        self, records: Records, signer: Signer, clock: Callable[[], float], hashing: PasswordHashing | None = None
    ) -> None:
        self._records = records
        self._signer = signer
        self._clock = clock
        self._hashing = hashing or PasswordHashing()
        self._sign_ins = SignIns(records)

    async def person(self, access: str) -> Person:
        claims = self._signer.read(access, self._clock())
        user = await self._user(str(claims["sub"]))
        return Person(user.id, user.email, user.tier)

    async def register(self, email: str, password: str) -> Tokens:
        address = clean_email(email)
        check_password(password, address)
        now, hashed = self._clock(), await self._hashing.hash(password)
        # The user comes first: killed in between, it leaves a user without an account and no address that is taken.
        user = await self._records.save(User(uuid4().hex, address, created_at=now))
        try:
            await self._records.save(Account(email_id(address), user.id, hashed, now, now))
        except Conflict as error:
            await self._records.delete(User, user.id)
            raise Conflict("There is an account with this e-mail address.") from error
        return await self._tokens(user, now)

    async def login(self, email: str, password: str) -> Tokens:
        try:
            account: Account | None = await self._records.get(Account, email_id(clean_email(email)))
        except (NotFound, BadInput):
            account = None
        right = await self._hashing.matches(account.password_hash if account else None, password)
        if account is None or not right:
            raise NotSignedIn(_WRONG)
        now = self._clock()
        if self._hashing.outdated(account.password_hash):
            with suppress(Conflict):  # somebody else has just set it
                await self._set(account, password, now)
        return await self._tokens(await self._user(account.user_id), now)

    async def refresh(self, token: str) -> Tokens:
        now = self._clock()
        user_id, follower = await self._sign_ins.turn(token, now)
        return self._pair(await self._user(user_id), follower, now)

    async def logout(self, token: str) -> None:
        await self._sign_ins.end(token, self._clock())

    async def forgot(self, email: str) -> None:
        """Nothing can be sent from here; docs/api.md says what to do instead."""
        clean_email(email)

    async def reset_code(self, email: str) -> str:
        """A code for `reset`, good for half an hour. Raises NotFound, BadInput."""
        address = clean_email(email)
        try:
            account = await self._records.get(Account, email_id(address))
        except NotFound as error:
            raise NotFound(f"Nobody has registered with {address}.") from error
        code, now = secrets.token_urlsafe(24), self._clock()
        await self._records.save(
            PasswordReset(hash_of(code), account.user_id, account.id, now + RESET_S, created_at=now)
        )
        return code

    async def reset(self, code: str, password: str) -> None:
        check_password(password)
        now = self._clock()
        try:
            asked = await self._records.get(PasswordReset, hash_of(code))
            if asked.used or asked.expires_at <= now:
                raise NotSignedIn("This code is not good (any more): ask for another.")
            await self._records.save(replace(asked, used=True))
            await self._renew(asked.account_id, password, now)
        except (NotFound, Conflict) as error:
            raise NotSignedIn("This code is not good (any more): ask for another.") from error
        await self._sign_ins.end_all(asked.user_id, now)

    async def _user(self, id: str) -> User:
        try:
            return await self._records.get(User, id)
        except NotFound as error:
            raise NotSignedIn("This account is gone.") from error

    async def _renew(self, account_id: str, password: str, now: float) -> None:
        """Sets the password, also where a sign-in renews its hash at the same time."""
        while True:
            with suppress(Conflict):
                return await self._set(await self._records.get(Account, account_id), password, now)

    async def _set(self, account: Account, password: str, now: float) -> None:
        hashed = await self._hashing.hash(password)
        await self._records.save(replace(account, password_hash=hashed, updated_at=now))

    async def _tokens(self, user: User, now: float) -> Tokens:
        return self._pair(user, await self._sign_ins.begin(user.id, now), now)

    def _pair(self, user: User, refresh: str, now: float) -> Tokens:
        return Tokens(self._access(user, now), refresh, ACCESS_S)

    def _access(self, user: User, now: float) -> str:
        return self._signer.sign(user.id, {"email": user.email, "tier": user.tier}, now, ACCESS_S)
