"""Passwords as argon2id hashes. One takes some 40 ms of a core and 19 MiB, so it is done beside the event loop."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

OWASP = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
"""The least that OWASP's password storage sheet recommends for argon2id."""
AT_ONCE = 2


class PasswordHashing:
    """At most two hashes at a time: more would only take memory."""

    def __init__(self, hasher: PasswordHasher = OWASP) -> None:
        self._hasher = hasher
        self._nobody = ""
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._gate:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Whether the password is the hashed one. Without a hash it takes as long and says no: who asks learns nothing
        of whether there is one."""
        if not self._nobody:
            self._nobody = await self.hash(secrets.token_hex())
        async with self._gate:
            same = await asyncio.to_thread(self._verify, hashed or self._nobody, password)
        return same and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether it was made with other costs than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    """Half a character can't be typed, but JSON can say it."""
    return password.encode("utf-8", "surrogatepass")
