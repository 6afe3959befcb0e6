"""One recorded execution, as the stream and GET /execute/{id} tell it."""

import pytest

CASES = [
    {"id": "1", "name": "test_adds", "outcome": "passed", "message": "", "origin": "anchor", "state": "trusted"},
    {
        "id": "2",
        "name": "test_zero",
        "outcome": "failed",
        "message": "assert 1 == 0",
        "origin": "generated",
        "state": "trusted",
    },
    {
        "id": "3",
        "name": "test_odd",
        "outcome": "error",
        "message": "NameError",
        "origin": "generated",
        "state": "quarantined",
    },
]
STORY = [
    (
        "plan",
        {
            "language": "python",
            "tier": "simple",
            "score": 1,
            "reasons": ["one file"],
            "anchors": ["add(1, 2) == 3"],
            "reason": "short request",
        },
    ),
    ("phase", {"attempt": 1, "max": 5, "phase": "queued"}),
    (
        "route",
        {
            "attempt": 1,
            "provider": "embedded",
            "model": "qwen2.5-coder-1.5b",
            "strategy": "first",
            "reason": "no key is set",
            "change": "",
        },
    ),
    ("phase", {"attempt": 1, "max": 5, "phase": "writing"}),
    ("delta", {"attempt": 1, "purpose": "code", "text": "def "}),
    ("delta", {"attempt": 1, "purpose": "code", "text": "add"}),
    ("delta", {"attempt": 1, "purpose": "tests", "text": "def test"}),
    ("file", {"attempt": 1, "path": "solution.py", "text": "def add(a, b):\n    return a + b\n"}),
    ("phase", {"attempt": 1, "max": 5, "phase": "testing"}),
    ("log", {"stream": "stderr", "text": "first\n\nsecond\n"}),
    ("tests", {"attempt": 1, "candidate": "c1", "cases": CASES}),
    ("attempt", {"n": 1, "status": "failed", "tokens": 1512, "usd": 0.0, "ms": 12340, "why": "test_zero fails"}),
    ("usage", {"tokens": 1512, "usd": 0.0}),
    ("phase", {"attempt": 1, "max": 5, "phase": "delivering"}),
    ("done", {"status": "partial"}),
]
BODY = {
    "status": "partial",
    "verdict": {"status": "partial", "confidence": "likely", "reason": "test_zero fails", "passed": 1, "total": 2},
    "output": {"stdout": "", "stderr": "", "test_results": CASES},
    "attempts": [{}],
    "execution_time_ms": 12_900,
    "cost": {"tokens": 1512, "input_tokens": 1000, "output_tokens": 512, "usd": 0.0},
}


@pytest.fixture
def story():
    """`(kind, data)` of every event, in order."""
    return STORY


@pytest.fixture
def body():
    return BODY
