"""Who asks: the person of a bearer token; on one machine, without a token, that machine's own user."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from functions.agent.errors import NotSignedIn
from functions.agent.people import LOCAL
from functions.agent.ports import Person
from infra import wiring

_LOCAL = Person(LOCAL, "local@localhost", "registered")
"""Whoever has an account on this machine and starts its server there; no other machine can reach it."""
_bearer = HTTPBearer(auto_error=False, description="The access token of /auth/login, good for 15 minutes.")


async def signed_in(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
) -> Person:
    """Raises NotSignedIn: without a token where the server is not a local one, and for whatever is no good token."""
    if credentials is not None:
        return await wiring.ports().identity.person(credentials.credentials)
    if wiring.is_local() and "authorization" not in request.headers:
        return _LOCAL
    raise NotSignedIn("This needs an access token: sign in first.")


Someone = Annotated[Person, Depends(signed_in)]
