"""Records of people: who they are, their conversations, what they connected. Rules as in `records`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LOCAL = "local"
"""The id of a machine's own user, who needs no account there."""


@dataclass(frozen=True)
class User:
    """`tier`: free (the address is not confirmed) or registered; how it signs in is the identity adapter's."""

    id: str
    email: str
    tier: str = "registered"
    created_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class Account:
    """How a user of one machine signs in. `id` is `email_id(email)`, so that an address is taken by one save."""

    id: str
    user_id: str
    password_hash: str
    created_at: float = 0.0
    updated_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class SignIn:
    """One signed-in device: the family of refresh tokens that followed one another there.

    `secret_sha256` is of the only one that is good; any other of the family that is shown ends it."""

    id: str
    user_id: str
    secret_sha256: str
    expires_at: float
    ended: bool = False
    created_at: float = 0.0
    updated_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class PasswordReset:
    """A code that sets a new password, once. `id` is the SHA-256 of the code."""

    id: str
    user_id: str
    account_id: str
    expires_at: float
    used: bool = False
    created_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class Session:
    id: str
    user_id: str
    title: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class GithubConnection:
    """Plan: github_connections. Both tokens are sealed by the secret box before they come here."""

    id: str
    user_id: str
    github_user_id: str
    github_username: str
    access_token: str
    refresh_token: str | None = None
    token_expires_at: float | None = None
    scopes: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    schema: int = 1
    version: int = 0


@dataclass(frozen=True)
class RepositoryContext:
    """Plan: repository_contexts."""

    id: str
    github_connection_id: str
    repo_full_name: str
    default_branch: str = ""
    languages: Mapping[str, int] = field(default_factory=dict)
    framework_detected: str = ""
    package_manager: str = ""
    structure_summary: str = ""
    last_analyzed_at: float | None = None
    last_commit_sha: str = ""
    schema: int = 1
    version: int = 0
