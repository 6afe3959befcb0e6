"""Every door to the world, as Protocols of one to four methods. Adapters are in infra/; all raise only `errors`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from functions.agent.records import Usage
from functions.agent.words import Tier


class Record(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    total: int


class Records(Protocol):
    """Documents by kind and id, with optimistic locking."""

    async def get(self, kind: type[R], id: str) -> R:
        """Raises NotFound."""
        ...

    async def save(self, record: R) -> R:
        """Inserts at version 0, else replaces that very version; returns it at version + 1.

        Raises Conflict, StorageError."""
        ...

    async def query(self, kind: type[R], where: Mapping[str, str], page: int = 1, limit: int = 50) -> Page[R]:
        """Newest `created_at` first; `where` compares top-level fields for equality; pages count from 1."""
        ...

    async def delete(self, kind: type[R], id: str) -> None:
        """Deleting what is not there is no error."""
        ...


@dataclass(frozen=True)
class NewEvent:
    """`key` makes it unique in its stream: a second append with the same key is dropped. Empty: always new."""

    kind: str
    data: Mapping[str, Any]
    key: str = ""


@dataclass(frozen=True)
class Event:
    """`id` grows by at least one within a stream, starting at 1."""

    id: int
    kind: str
    data: Mapping[str, Any]
    at: float


class Events(Protocol):
    """The append-only log of one execution; what the stream endpoint sends."""

    async def append(self, stream: str, events: Sequence[NewEvent]) -> None: ...

    async def read(self, stream: str, after: int = 0, wait_s: float = 0.0) -> Sequence[Event]:
        """Events with id > `after`, oldest first; when there is none, waits up to `wait_s` for the first."""
        ...


class Blobs(Protocol):
    """Immutable bytes by name; names are `/`-separated and relative."""

    async def put(self, name: str, data: bytes, once: bool = False) -> None:
        """`once`: raises Conflict when the name exists. Never leaves half a file. Raises StorageError."""
        ...

    async def get(self, name: str) -> bytes:
        """Raises NotFound."""
        ...

    async def delete(self, name: str) -> None: ...


@dataclass(frozen=True)
class Task:
    """One message to an entry point, delivered at least once. `name` is taken once: a second put of it is success."""

    name: str
    target: str
    payload: Mapping[str, Any]
    delay_s: float = 0.0


class Queue(Protocol):
    async def put(self, task: Task) -> None: ...


class Sandbox(Protocol):
    """Runs bundles out of reach. The result is an object, written once, whose arrival wakes the controller."""

    async def start(self, execution_id: str, run_id: str, bundle: str, result: str) -> None:
        """`bundle` and `result` are blob names. Starting a run twice is one run. Raises SandboxError."""
        ...

    async def cancel(self, execution_id: str, run_id: str) -> None:
        """Stops the run with all its processes, if it still goes."""
        ...

    async def waits(self, execution_id: str, run_id: str) -> bool:
        """Whether the run is known to be queued or going: then its silence is no loss yet."""
        ...

    def image(self, language: str) -> str:
        """What a run in the language is judged with and by: tools, packages and the judge itself, as one short name
        that changes with any of them. Empty where nobody knows: then no result is kept or used again."""
        ...


@dataclass(frozen=True)
class ModelSpec:
    """One model at one provider. Prices are dollars per million tokens; a local model costs 0.

    `opens`: it can go on from the beginning of a reply that it is given."""

    provider: str
    model: str
    input_usd_per_mtok: float = 0.0
    output_usd_per_mtok: float = 0.0
    context_tokens: int = 8192
    max_output_tokens: int = 2048
    small: bool = False
    parallel: int = 1
    opens: bool = False

    @property
    def name(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True)
class Message:
    role: str
    content: str


@dataclass(frozen=True)
class Question:
    """What `complete` asks. `seed` makes a local model repeatable; `stop` ends the reply early.

    `opening` is what the reply begins with, for models whose ModelSpec says that they can go on from it; it is part of
    the reply then."""

    messages: tuple[Message, ...]
    temperature: float = 0.0
    max_tokens: int = 1024
    seed: int = 0
    stop: tuple[str, ...] = ()
    opening: str = ""
    timeout_s: float = 600.0


@dataclass(frozen=True)
class Reply:
    """`finish_reason` is stop, length or refused; a stream that broke off raises ModelUnavailable instead."""

    text: str
    finish_reason: str = "stop"
    usage: Usage = field(default_factory=Usage)
    ms: int = 0


OnText = Callable[[str], Awaitable[bool]]
"""Hears a piece of a reply; True: that is enough, the reply ends here."""


class Model(Protocol):
    async def complete(self, question: Question, on_text: OnText | None = None) -> Reply:
        """Streams pieces to `on_text`, returns the whole, or what there is when that has had enough. What `on_text`
        raises stops the call. Raises ModelError."""
        ...


@dataclass(frozen=True)
class Route:
    """The models to try, best first, and why: one sentence for the user."""

    specs: tuple[ModelSpec, ...]
    reason: str


@dataclass(frozen=True)
class Person:
    """Who a good access token speaks of."""

    id: str
    email: str
    tier: str


@dataclass(frozen=True)
class Tokens:
    """`access` is shown with every request for `expires_in` seconds; `refresh` is good for one new pair."""

    access: str
    refresh: str
    expires_in: int


class Identity(Protocol):
    async def person(self, access: str) -> Person:
        """Raises NotSignedIn."""
        ...


class Accounts(Protocol):
    """People who sign in with an e-mail address and a password."""

    async def register(self, email: str, password: str) -> Tokens:
        """Raises BadInput naming the field; Conflict when the address is taken."""
        ...

    async def login(self, email: str, password: str) -> Tokens:
        """Raises NotSignedIn, in the same words and time for an address that nobody has."""
        ...

    async def refresh(self, token: str) -> Tokens:
        """A new pair. A refresh token that was used before ends all that came of its sign-in. Raises NotSignedIn."""
        ...

    async def logout(self, token: str) -> None:
        """Ends the sign-in that the refresh token belongs to; one that is not good is no error."""
        ...


class Passwords(Protocol):
    async def forgot(self, email: str) -> None:
        """Sends a reset code to the address if somebody has it; says nothing of that either way."""
        ...

    async def reset(self, code: str, password: str) -> None:
        """Sets the password and ends every sign-in. The code is good once. Raises BadInput, NotSignedIn."""
        ...


class Models(Protocol):
    async def route(self, tier: Tier, wanted: str | None = None) -> Route:
        """The failover chain of a tier, of the models that can be asked now. `wanted`: `provider` or `provider/model`.

        Raises BadInput (field model) for an unknown name, ModelMisconfigured when nothing can be asked."""
        ...

    def open(self, spec: ModelSpec) -> Model: ...


@dataclass(frozen=True)
class Ports:
    """One of each, made by infra/wiring.py. `worker` names this process in the records of paid calls."""

    records: Records
    events: Events
    blobs: Blobs
    queue: Queue
    sandbox: Sandbox
    models: Models
    identity: Identity
    accounts: Accounts
    passwords: Passwords
    worker: str = "worker"
    monthly_limit_usd: float = 200.0
    settings: Mapping[str, Any] = field(default_factory=dict)
