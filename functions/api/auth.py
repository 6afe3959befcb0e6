"""POST /auth/register, /auth/login, /auth/refresh, /auth/logout, /auth/password/*; GET /auth/me."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from functions.agent.ports import Tokens
from functions.api.people import Someone
from functions.api.problems import CONFLICT, NOT_SIGNED_IN, RESPONSES
from functions.api.shapes import Text
from infra import wiring

router = APIRouter(prefix="/auth", tags=["auth"], responses=RESPONSES)
_ADA: dict[str, Any] = {"email": "ada@example.org", "password": "three ducks in a row"}

Email = Annotated[Text, Field(max_length=320)]
Password = Annotated[Text, Field(max_length=1000, description="8 to 200 characters.")]
Token = Annotated[Text, Field(max_length=4000)]


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_ADA]})

    email: Email
    password: Password


class RefreshBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"refresh_token": "0123.abcd"}]})

    refresh_token: Token


class ForgotBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": _ADA["email"]}]})

    email: Email


class ResetBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"code": "abcd", "password": _ADA["password"]}]}
    )

    code: Token
    password: Password


class TokensView(BaseModel):
    """`access_token` goes into the header `Authorization: Bearer …`; `refresh_token` is good for one new pair."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 -- the name of the scheme
    expires_in: int = Field(description="Seconds that the access token is good for.")


class Me(BaseModel):
    id: str
    email: str
    tier: str = Field(description="free (the address is not confirmed) or registered")


@router.post("/register", status_code=201, responses=CONFLICT)
async def register(body: Credentials) -> TokensView:
    """Make an account and sign in."""
    return _view(await wiring.ports().accounts.register(body.email, body.password))


@router.post("/login", responses=NOT_SIGNED_IN)
async def login(body: Credentials) -> TokensView:
    """Sign in. A wrong password and an address that nobody has are answered alike."""
    return _view(await wiring.ports().accounts.login(body.email, body.password))


@router.post("/refresh", responses=NOT_SIGNED_IN)
async def refresh(body: RefreshBody) -> TokensView:
    """A new pair of tokens for a refresh token. One that was used before ends its sign-in."""
    return _view(await wiring.ports().accounts.refresh(body.refresh_token))


@router.post("/logout", status_code=204)
async def logout(body: RefreshBody) -> Response:
    """End the sign-in of a refresh token."""
    await wiring.ports().accounts.logout(body.refresh_token)
    return Response(status_code=204)


@router.get("/me", responses=NOT_SIGNED_IN)
async def me(person: Someone) -> Me:
    """Who the access token speaks of."""
    return Me(id=person.id, email=person.email, tier=person.tier)


@router.post("/password/forgot", status_code=204)
async def forgot(body: ForgotBody) -> Response:
    """Ask for a code that sets a new password. The answer is the same whether somebody has the address or not."""
    await wiring.ports().passwords.forgot(body.email)
    return Response(status_code=204)


@router.post("/password/reset", status_code=204, responses=NOT_SIGNED_IN)
async def reset(body: ResetBody) -> Response:
    """Set a new password with such a code, and end every sign-in."""
    await wiring.ports().passwords.reset(body.code, body.password)
    return Response(status_code=204)


def _view(tokens: Tokens) -> TokensView:
    return TokensView(access_token=tokens.access, refresh_token=tokens.refresh, expires_in=tokens.expires_in)
