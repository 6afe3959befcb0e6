"""Signed URLs of blobs: whoever holds one may do one thing with one name until it expires."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from functions.agent.errors import ConfigError, NotFound, StorageError
from infra.local.disk import make_folder, storage_error

KEY_BYTES = 32
_PURPOSE = b"assay blob url 1\0"
_REFUSED = "This link is not valid, or no longer."


class SignedUrls:
    """`prefix` is what the token is appended to, e.g. `http://127.0.0.1:8080/blobs/`; the key is made on first use."""

    def __init__(self, key_file: Path, prefix: str, now: Callable[[], float] = time.time) -> None:
        self._key_file = key_file
        self._prefix = prefix
        self._now = now
        self._key = b""

    def url(self, name: str, method: str, expires_at: float) -> str:
        """A URL good for `method` on blob `name` before `expires_at` (seconds since the epoch). Raises StorageError."""
        claim = json.dumps([name, method, expires_at], separators=(",", ":")).encode()
        return f"{self._prefix}{_encode(claim)}.{_encode(self._sign(claim))}"

    def open_url(self, token: str, method: str) -> str:
        """The blob name that `token`, the last part of such a URL, opens to `method`.

        Raises NotFound when it is forged, changed, expired or meant for another method.
        """
        claim_text, _, signature_text = token.partition(".")
        try:
            claim, signature = _decode(claim_text), _decode(signature_text)
        except ValueError as error:
            raise NotFound(_REFUSED) from error
        if not hmac.compare_digest(signature, self._sign(claim)):
            raise NotFound(_REFUSED)
        name, allowed, expires_at = json.loads(claim)
        if method != allowed or self._now() >= expires_at:
            raise NotFound(_REFUSED)
        return str(name)

    def _sign(self, claim: bytes) -> bytes:
        self._key = self._key or read_key(self._key_file)
        return hmac.digest(self._key, _PURPOSE + claim, hashlib.sha256)


def read_key(path: Path) -> bytes:
    """The key in `path`, made with mode 0600 if absent. Raises ConfigError when others can read it, StorageError."""
    try:
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"The key file {path} is open to other users: run chmod 600 on it, or delete it.")
        key = path.read_bytes()
    except OSError as error:
        raise storage_error(error, path) from error
    if len(key) != KEY_BYTES:
        raise StorageError(f"The key file {path} is damaged: delete it; links given out so far end with it.")
    return key


def _make_key(path: Path) -> None:
    """Through a link, so that of two processes both end up with the key of the first, and never with half a key."""
    make_folder(path.parent)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        os.link(part, path)
    except FileExistsError:
        return
    finally:
        part.unlink(missing_ok=True)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Refuses any second spelling of the same bytes, so that a token has one form."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(data) != text:
        raise ValueError("not the canonical form")
    return data
