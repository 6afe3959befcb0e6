"""What is refused, what is kept out of replies, and which code a second pair of eyes must see. Pure."""

from functions.agent.safety.reaching import KINDS, touches
from functions.agent.safety.refusing import refusal
from functions.agent.safety.reviewing import Review, read_review, review_prompt
from functions.agent.safety.secrets import redact, secrets_in
from functions.agent.safety.sieve import Sieve

__all__ = ["KINDS", "Review", "Sieve", "read_review", "redact", "refusal", "review_prompt", "secrets_in", "touches"]
