"""What an e-mail address and a password must be like. Pure; the same on one machine and in the cloud."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from functions.agent.errors import BadInput

EMAIL_LIMIT = 254
"""Characters, as RFC 5321 has it."""
SHORTEST = 8
LONGEST = 200
"""Characters of a password: long enough for any sentence, short enough to be hashed without harm."""

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+")
_HOST = re.compile(r"(?!-)[^.]{1,63}(?<!-)(?:\.(?!-)[^.]{1,63}(?<!-))*")


def clean_email(text: str) -> str:
    """The address in the one way it is compared: NFC, without blanks around it, in lower case. Raises BadInput."""
    email = unicodedata.normalize("NFC", text.strip()).casefold()
    host = email.rpartition("@")[2]
    if len(email) > EMAIL_LIMIT or not _EMAIL.fullmatch(email) or not _HOST.fullmatch(host):
        raise BadInput("email", "email: this is no e-mail address.")
    return email


def email_id(email: str) -> str:
    """The id of the account of a clean address: one address, one id, and no address in an id."""
    return sha256(f"email\0{email}".encode()).hexdigest()[:40]


def check_password(password: str, email: str = "") -> None:
    """Raises BadInput for one that is too short, too long, or the address itself. No rules about its characters."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("password", f"password: it has {SHORTEST} to {LONGEST} characters.")
    if len(set(password)) < 3 or (email and password.casefold() in (email, email.partition("@")[0])):
        raise BadInput("password", "password: this one is guessed at once; take another.")
