"""The vocabulary: every closed set of words that records, API and sandbox share."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where an execution stands, as the API says it."""

    PENDING = "pending"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    PARTIAL = "partial"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        return self not in (Status.PENDING, Status.RUNNING)


class Phase(StrEnum):
    """What happens to an execution right now."""

    QUEUED = "queued"
    WRITING = "writing"
    TESTING = "testing"
    REVIEWING = "reviewing"
    PROVING = "proving"
    DELIVERING = "delivering"
    DONE = "done"


class Tier(StrEnum):
    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


class Preference(StrEnum):
    FAST = "fast"
    BALANCED = "balanced"
    QUALITY = "quality"


class OutputType(StrEnum):
    SNIPPET = "snippet"
    ZIP = "zip"
    PR = "pr"


class Confidence(StrEnum):
    VERIFIED = "verified"
    LIKELY = "likely"
    UNVERIFIED = "unverified"


class Strategy(StrEnum):
    """How an attempt gets its candidates."""

    FIRST = "first"
    FRESH = "fresh"
    REPAIR = "repair"
    ESCALATE = "escalate"


class TrustState(StrEnum):
    TRUSTED = "trusted"
    DOUBTFUL = "doubtful"
    QUARANTINED = "quarantined"


class Origin(StrEnum):
    """Where a case comes from; the order is the order of trust."""

    ANCHOR = "anchor"
    REPOSITORY = "repository"
    GENERATED = "generated"


class CaseOutcome(StrEnum):
    """What the sandbox says of one case. Only PASSED counts as a pass."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    MISSING = "missing"


class Level(StrEnum):
    """How far the code could have fooled the judge of a pass; as strings they compare from weakest to strongest.

    R2: its own process reports, privately. R3: and tests that must fail did fail there. R4: the tests ran in another
    process than the code. VECTORS: the code only returned data, which the judge compared."""

    NONE = ""
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    VECTORS = "vectors"

    @property
    def beyond_reach(self) -> bool:
        """Whether the code can't reach its judge there."""
        return self in (Level.R4, Level.VECTORS)


class RunStatus(StrEnum):
    """How the process under test ended (a result, never an error of ours)."""

    EXITED = "exited"
    TIMEOUT = "timeout"
    CPU_LIMIT = "cpu_limit"
    MEMORY_LIMIT = "memory_limit"
    DISK_LIMIT = "disk_limit"
    INODE_LIMIT = "inode_limit"
    FILE_SIZE_LIMIT = "file_size_limit"
    OUTPUT_LIMIT = "output_limit"
    SYSCALL_KILL = "syscall_kill"
    SPAWN_ERROR = "spawn_error"


class ArtifactType(StrEnum):
    UPLOADED = "uploaded"
    GENERATED = "generated"
    OUTPUT = "output"


PARTS = ("anchors", "agreement", "quarantine", "repair", "escalation", "mutation", "review", "cache")
"""Parts of the loop that can be switched off, to measure what each is worth."""
