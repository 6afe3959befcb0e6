"""Access tokens: signed, short-lived, and good only where they were made. The keys are a file of this machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt

from functions.agent.errors import ConfigError, NotSignedIn
from infra.local.disk import make_folder, storage_error

ALGORITHM = "HS256"
AUDIENCE = "assay"
KEY_BYTES = 48
_WORDS = ("sub", "aud", "iat", "exp")


def read_keys(path: Path) -> tuple[str, ...]:
    """The keys of the file, one a line: the first signs, all are believed. Makes it, for this user alone, if need be.

    Raises ConfigError for a file that others can read, StorageError."""
    make_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _keys_in(path)
    except OSError as error:
        raise storage_error(error, path) from error
    key = secrets.token_urlsafe(KEY_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
    return (key,)


def _keys_in(path: Path) -> tuple[str, ...]:
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise storage_error(error if isinstance(error, OSError) else OSError(str(error)), path) from error
    if mode & 0o077:
        raise ConfigError(f"{path} can be read by other users: close it with `chmod 600 {path}`.")
    keys = tuple(text.split())
    if not keys or min(map(len, keys)) < 32:
        raise ConfigError(f"{path} holds no key of 32 characters or more: delete it, and a new one is made.")
    return keys


class Signer:
    """Signs with the first key and believes all of them, so that keys can be changed without signing anybody out."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        """By their names, the first one first; read when they are first needed."""
        return {key_name(key): key for key in self._read()}

    def sign(self, subject: str, claims: Mapping[str, Any], now: float, seconds: int) -> str:
        whole = {**claims, "sub": subject, "aud": AUDIENCE, "iat": int(now), "exp": int(now) + seconds}
        name, key = next(iter(self._keys.items()))
        return jwt.encode(whole, key, ALGORITHM, headers={"kid": name})

    def read(self, token: str, now: float) -> Mapping[str, Any]:
        """The claims of a good token. Raises NotSignedIn."""
        try:
            key = self._keys[str(jwt.get_unverified_header(token).get("kid"))]
            # The time is compared below, by the caller's clock and not by PyJWT's.
            options: Any = {"require": list(_WORDS), "verify_exp": False, "verify_iat": False}
            claims: Mapping[str, Any] = jwt.decode(token, key, [ALGORITHM], options, audience=AUDIENCE)
            ends = float(claims["exp"])
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise NotSignedIn("The access token is not good: sign in again.") from error
        if ends <= now:
            raise NotSignedIn("The access token has expired: refresh it, or sign in again.")
        return claims


def key_name(key: str) -> str:
    """What a token says of the key that signed it."""
    return sha256(key.encode()).hexdigest()[:8]
