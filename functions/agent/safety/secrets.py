"""Keys and tokens in a text, by their well-known shapes: few shapes, each precise enough never to hit ordinary code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT = 240
"""Characters before a secret that may tell what it is: an AWS secret key is known by what it stands next to."""
_ALNUM = "A-Za-z0-9"
_START, _END = rf"(?<![{_ALNUM}_])", rf"(?![{_ALNUM}_])"
_SHAPES = {
    "AWS access key": r"(?:AKIA|ASIA)[A-Z2-7]{16}",
    "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "Google API key": r"AIza[A-Za-z0-9_-]{35}",
    "Slack token": r"xox[abeoprs]-[A-Za-z0-9-]{20,250}",
    "Stripe key": r"[rs]k_live_[A-Za-z0-9]{20,200}",
    "Anthropic API key": r"sk-ant-[a-z]{2,10}[0-9]{2}-[A-Za-z0-9_-]{32,200}",
    "DeepSeek API key": r"sk-[a-f0-9]{32}",
    "OpenAI API key": r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,250}",
    "JSON Web Token": r"eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{40,1000}",
}
_TOKENS = re.compile("|".join(f"(?P<k{i}>{_START}(?:{shape}){_END})" for i, shape in enumerate(_SHAPES.values())))
_KINDS = tuple(_SHAPES)
_PEM = re.compile(
    r"-----BEGIN (?P<label>(?:[A-Z]{2,9} ){0,2}PRIVATE KEY)-----(?P<body>[A-Za-z0-9+/=:,\-\s\\\"']{100,8000}?)"
    r"-----END (?P=label)-----"
)
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_BESIDE_AWS = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}|REDACTED_AWS_ACCESS_KEY|aws[\w ]{0,20}secret", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"EXAMPLE|example|your|YOUR|placeholder|PLACEHOLDER|dummy|DUMMY|redacted|REDACTED|x{4}|X{4}|0{6}|\.{3}|"
    r"1234567890|123456789|abcdefgh|ABCDEFGH|changeme|insert|INSERT"
)
_SAMPLE_JWT = "eyJzdWIiOiIxMjM0NTY3ODkwI"
"""How the payload of the best-known sample begins: the subject 1234567890."""


@dataclass(frozen=True)
class Secret:
    """A secret at text[start:end]."""

    kind: str
    start: int
    end: int


def find(text: str, given: str = "") -> tuple[Secret, ...]:
    """The secrets of a text in their order, none inside another. Linear in the text's length.

    A JSON Web Token that stands in `given`, the request, is an example to work on and no secret."""
    found = sorted([*_tokens(text, given), *_keys(text), *_aws_secrets(text)], key=lambda s: (s.start, -s.end))
    kept: list[Secret] = []
    for secret in found:
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
    return tuple(kept)


def secrets_in(text: str, given: str = "") -> tuple[str, ...]:
    """The kinds of the secrets in a text, each once, in their order. `given`: see `find`."""
    return tuple(dict.fromkeys(s.kind for s in find(text, given)))


def redact(text: str, given: str = "") -> str:
    """The text with a name such as REDACTED_GITHUB_TOKEN in the place of each secret; that again changes nothing.

    `given`: see `find`."""
    return "".join(pieces(text, find(text, given), 0))


def pieces(text: str, secrets: tuple[Secret, ...], start: int) -> Iterator[str]:
    """The text from `start` on, with names in the place of its secrets."""
    at = start
    for secret in secrets:
        if secret.start >= at:
            yield text[at : secret.start]
            yield "REDACTED_" + secret.kind.upper().replace(" ", "_")
            at = secret.end
    yield text[at:]


def _tokens(text: str, given: str) -> Iterator[Secret]:
    for match in _TOKENS.finditer(text):
        kind = _KINDS[int(str(match.lastgroup)[1:])]
        if _real(kind, match[0]) and not (kind == "JSON Web Token" and match[0] in given):
            yield Secret(kind, match.start(), match.end())


def _real(kind: str, token: str) -> bool:
    """Whether it is no placeholder, no word with hyphens, and no well-known sample."""
    if kind == "JSON Web Token":
        return _SAMPLE_JWT not in token
    if _PLACEHOLDER.search(token) or len(set(token)) < 12:
        return False
    if kind == "AWS access key":
        return True
    mixed = (any(c.isdigit() for c in token), any(c.islower() for c in token), any(c.isupper() for c in token))
    return all(mixed) or (mixed[0] and kind in ("Slack token", "DeepSeek API key"))


def _keys(text: str) -> Iterator[Secret]:
    for match in _PEM.finditer(text):
        if not _PLACEHOLDER.search(match["body"]) and len(re.findall(r"[A-Za-z0-9+/]", match["body"])) >= 100:
            yield Secret("private key", match.start(), match.end())


def _aws_secrets(text: str) -> Iterator[Secret]:
    if not _BESIDE_AWS.search(text):
        return
    for match in _AWS_SECRET.finditer(text):
        if _BESIDE_AWS.search(text, max(0, match.start() - CONTEXT), match.start()) and _real("", match[0]):
            yield Secret("AWS secret key", match.start(), match.end())
