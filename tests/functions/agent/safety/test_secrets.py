"""Secrets are told by their shape; placeholders, samples and ordinary code are not; and pieces change nothing."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.safety import Sieve, redact, secrets_in
from functions.agent.safety.sieve import MOST


def noise(size: int, seed: str = "") -> str:
    """Letters and figures as a key has them. No key stands in this file: scanners of repositories would find it."""
    digest = b"".join(hashlib.sha512(f"{seed}{n}".encode()).digest() for n in range(size // 32 + 1))
    text = base64.b64encode(digest).decode()
    return "Aa1" + "".join(c for c in text if c.isalnum())[: size - 3]


def pem(kind: str = "RSA PRIVATE KEY", lines: int = 20) -> str:
    body = "\n".join(noise(64, str(n)) for n in range(lines))
    return f"-----{'BEGIN'} {kind}-----\n{body}\n-----END {kind}-----"


AWS_ID = "AKIA" + "QZ7XN4TBVR2MKE5W"
JWT = f"eyJ{noise(33)}.eyJ{noise(80)}.{noise(43)}"
REAL = {
    "AWS access key": AWS_ID,
    "GitHub token": "ghp_" + noise(36),
    "Google API key": "AIza" + noise(35),
    "Slack token": "xox" + "b-123456781234-" + noise(24).lower(),
    "Stripe key": "sk_" + "live_" + noise(24),
    "Anthropic API key": "sk-" + "ant-api03-" + noise(90),
    "OpenAI API key": "sk-" + "proj-" + noise(64),
    "DeepSeek API key": "sk-" + hashlib.md5(b"1").hexdigest(),
    "JSON Web Token": JWT,
    "private key": pem(),
}
FRAMES = ['key = "{}"', "{}", "a {} b", "({})", "export KEY={}\n", "'{}',", "`{}`.", "https://x.example/?key={}&a=1"]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("kind", "token"), REAL.items())
def test_a_secret_is_taken_out_wherever_it_stands(kind: str, token: str, frame: str) -> None:
    if kind == "JSON Web Token" and frame.startswith("`"):
        frame = "`{}`"  # a dot is a part of what a token is made of
    text = frame.format(token)
    name = "REDACTED_" + kind.upper().replace(" ", "_")
    assert secrets_in(text) == (kind,)
    assert redact(text) == frame.format(name)


@pytest.mark.parametrize("token", ["github_pat_" + noise(22) + "_" + noise(59), "gho_" + noise(36), "sk-" + noise(48)])
def test_other_spellings_of_a_kind(token: str) -> None:
    assert len(secrets_in(token)) == 1
    assert redact(token).startswith("REDACTED_")


def test_an_aws_secret_key_is_known_by_its_neighbour_only() -> None:
    secret = noise(38) + "/+"
    assert secrets_in(f"id = '{AWS_ID}'\nsecret = '{secret}'") == ("AWS access key", "AWS secret key")
    assert secrets_in(f"aws_secret_access_key={secret}") == ("AWS secret key",)
    assert secrets_in(f"digest = '{secret}'") == ()
    assert secrets_in(f"aws_secret_access_key={hashlib.sha1(b'x').hexdigest()}") == (), "a commit is none"
    assert redact(f"{AWS_ID}:{secret}") == "REDACTED_AWS_ACCESS_KEY:REDACTED_AWS_SECRET_KEY"


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        f"{'AKIA'}IOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        'api_key = "YOUR_API_KEY"',
        "sk-...",
        "sk-" + "x" * 48,
        "sk-your-openai-api-key-goes-here-1234567A",
        "sk-circle-fade-dot-with-a-very-long-class-name-12",
        "ghp_" + "x" * 36,
        "ghp_" + "A" * 36,
        "ghp_" + noise(35),
        "sk_test_" + noise(24),
        "AIza" + "0" * 35,
        "xoxb-your-token-here-please",
        f"-----{'BEGIN'} PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        pem("PUBLIC KEY"),
        pem("CERTIFICATE"),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        f"eyJ{noise(33)}.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.{noise(43)}",
        hashlib.sha256(b"x").hexdigest(),
        noise(64),
        "task-management-of-a-very-long-list-Of-Things1",
        f"prefix_ghp_{noise(36)}",
    ],
)
def test_placeholders_samples_and_ordinary_text_are_none(text: str) -> None:
    assert secrets_in(text) == ()
    assert redact(text) == text


def test_a_web_token_of_the_request_is_an_example_to_work_on() -> None:
    request = f"Decode {JWT} into a dict."
    assert redact(f"assert decode('{JWT}')", request) == f"assert decode('{JWT}')"
    assert redact(f"{JWT} {REAL['GitHub token']}", request + REAL["GitHub token"]) == f"{JWT} REDACTED_GITHUB_TOKEN"


texts = st.lists(
    st.one_of(
        st.sampled_from(
            [*REAL.values(), noise(38) + "/+", "aws_secret = ", AWS_ID + " ", AWS_ID + "=" + noise(38) + "+/"]
        ),
        st.sampled_from([pem()[:300], pem()[-300:], "-----BEGIN ", "-----", "sk-", "eyJ" + noise(20) + ".", "ghp_"]),
        st.sampled_from([" ", "\n", '"', "-", "_", ".", "x = 1\n", "a b c ", " " * 300, noise(200)]),
        st.text(max_size=20),
    ),
    max_size=12,
).map("".join)


@given(texts, st.lists(st.integers(1, 200), min_size=1, max_size=30))
@settings(max_examples=300, deadline=None)
def test_pieces_give_what_the_whole_gives(text: str, sizes: list[int]) -> None:
    sieve, at, given, turn = Sieve(), 0, [], 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        given.append(sieve.feed(text[at : at + size]))
        at, turn = at + size, turn + 1
    given.append(sieve.end())
    assert "".join(given) == redact(text)


@given(texts)
@settings(max_examples=200, deadline=None)
def test_what_was_taken_out_once_is_clean(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
    assert secrets_in(once) == ()
    assert bool(secrets_in(text)) == (once != text)


def test_what_is_held_back_is_little_and_bounded() -> None:
    sieve = Sieve()
    assert sieve.feed("def f(n):\n    return n") == "def f(n):\n    return "
    assert sieve.feed(" * 2\n") == "n * 2\n"
    held = sieve.feed("-----" + "BEGIN PRIVATE KEY-----\n")
    for _ in range(400):
        held += sieve.feed("line of no key at all\n" * 2)
    assert len(held) >= 400 * 44 - MOST, "a key that never ends does not hold the reply back for ever"
    run = Sieve()
    assert len("".join(run.feed("a" * 100) for _ in range(200))) >= 20_000 - MOST
