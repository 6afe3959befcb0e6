"""Every error that the program raises on purpose.

AssayError                 type, status, detail: what problem+json shows
├── BadInput               the caller's mistake; names the field (422)
├── NotSignedIn            no token, or one that is not good (any more) (401)
├── Refused                a request for something harmful; says what would be fine instead (422)
├── NotFound               no such thing, or not yours (404)
├── Conflict               somebody else changed it first, or it exists already (409)
├── Busy                   another worker holds it: the message comes again later (503)
├── LimitReached           a quota or a budget stops the work; says which and until when (429)
├── ParseError             a model's reply without usable files; `advice` is said to the model
├── ModelError             no answer from a model; `recovery` says what to do
│   ├── ModelUnavailable   down, refused, 5xx, cut in the middle: try again, then fail over
│   ├── RateLimited        429; `retry_after_s` where the provider says so
│   ├── ModelTimeout       too slow: fail over
│   ├── PromptTooLong      does not fit the context: fail over to a larger one
│   ├── ModelMisconfigured bad key, unknown model, missing variable: fail over, never retry
│   └── ModelRefused       the provider will not answer this request: give up
├── SandboxError           the sandbox failed, not the code (503)
├── StorageError           disk full, unreadable or corrupt storage (503)
└── ConfigError            the environment is wrong; names every bad key
"""

from __future__ import annotations

from enum import StrEnum


class Recovery(StrEnum):
    """What a caller does about a failed model call."""

    RETRY = "retry"
    FAIL_OVER = "fail_over"
    GIVE_UP = "give_up"


class AssayError(Exception):
    """Base of the tree. `detail` is one sentence for the user; `type` is stable and machine-readable."""

    type = "internal"
    status = 500

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BadInput(AssayError):
    type = "bad-input"
    status = 422

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class NotSignedIn(AssayError):
    type = "not-signed-in"
    status = 401


class Refused(AssayError):
    type = "refused"
    status = 422


class NotFound(AssayError):
    type = "not-found"
    status = 404


class Conflict(AssayError):
    type = "conflict"
    status = 409


class Busy(AssayError):
    type = "busy"
    status = 503


class LimitReached(AssayError):
    type = "limit-reached"
    status = 429

    def __init__(self, detail: str, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class ParseError(AssayError):
    """`detail` is for the log, `advice` is the sentence that the model gets with the next request."""

    type = "unusable-reply"
    status = 502

    def __init__(self, detail: str, advice: str) -> None:
        super().__init__(detail)
        self.advice = advice


class ModelError(AssayError):
    type = "model-unavailable"
    status = 503
    recovery = Recovery.FAIL_OVER


class ModelUnavailable(ModelError):
    recovery = Recovery.RETRY


class RateLimited(ModelError):
    type = "model-rate-limited"
    recovery = Recovery.RETRY

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class ModelTimeout(ModelError):
    type = "model-timeout"


class PromptTooLong(ModelError):
    type = "prompt-too-long"


class ModelMisconfigured(ModelError):
    type = "model-misconfigured"


class ModelRefused(ModelError):
    type = "model-refused"
    recovery = Recovery.GIVE_UP


class SandboxError(AssayError):
    type = "sandbox-unavailable"
    status = 503


class StorageError(AssayError):
    type = "storage-unavailable"
    status = 503


class ConfigError(AssayError):
    type = "bad-configuration"
