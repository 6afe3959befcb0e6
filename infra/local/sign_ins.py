"""Refresh tokens that follow one another: each is good once, and the second use of one ends the whole sign-in.

A token is `<sign-in>.<secret>`; of the secret only a hash is kept. Whoever steals a token and uses it, or uses it after
its owner did, shows a secret that is no longer the present one: then nobody of that sign-in gets any further.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

from functions.agent.errors import Conflict, NotFound, NotSignedIn
from functions.agent.people import SignIn
from functions.agent.ports import Records

DAYS = 30
SECRET_BYTES = 32
PAGE = 100
_BAD = "The refresh token is not good: sign in again."


class SignIns:
    """Over any `Records`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def begin(self, user_id: str, now: float) -> str:
        """The first refresh token of a new sign-in."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        ends = now + DAYS * 86_400
        begun = SignIn(uuid4().hex, user_id, hash_of(secret), ends, created_at=now, updated_at=now)
        await self._records.save(begun)
        return f"{begun.id}.{secret}"

    async def turn(self, token: str, now: float) -> tuple[str, str]:
        """(user id, the token that replaces this one). Raises NotSignedIn."""
        found, secret = await self._found(token)
        if found.ended or found.expires_at <= now:
            raise NotSignedIn(_BAD)
        if not hmac.compare_digest(found.secret_sha256, hash_of(secret)):
            await self._end(found, now)
            raise NotSignedIn(_BAD)
        new = secrets.token_urlsafe(SECRET_BYTES)
        try:
            await self._records.save(replace(found, secret_sha256=hash_of(new), updated_at=now))
        except Conflict as error:  # the same token twice at the same time: one of the two is not its owner
            await self._end(found, now)
            raise NotSignedIn(_BAD) from error
        return found.user_id, f"{found.id}.{new}"

    async def end(self, token: str, now: float) -> None:
        """Ends the sign-in of a token that is good; any other is none of ours."""
        try:
            found, secret = await self._found(token)
        except NotSignedIn:
            return
        if hmac.compare_digest(found.secret_sha256, hash_of(secret)):
            await self._end(found, now)

    async def end_all(self, user_id: str, now: float) -> None:
        """Ends every sign-in of the user."""
        page = 1
        while True:
            found = await self._records.query(SignIn, {"user_id": user_id}, page, PAGE)
            for one in found.items:
                await self._end(one, now)
            if page * PAGE >= found.total:
                return
            page += 1

    async def _found(self, token: str) -> tuple[SignIn, str]:
        id, _, secret = token.partition(".")
        try:
            return await self._records.get(SignIn, id), secret
        except NotFound as error:
            raise NotSignedIn(_BAD) from error

    async def _end(self, found: SignIn, now: float) -> None:
        while not found.ended:
            try:
                found = await self._records.save(replace(found, ended=True, updated_at=now))
            except Conflict:
                found = await self._records.get(SignIn, found.id)


def hash_of(secret: str) -> str:
    """What is kept of a secret: it is long and random, so no salt and no slow hash are needed."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
