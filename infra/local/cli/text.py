"""Text for a terminal. What a model, a test or a server wrote is untrusted: it may not move the cursor or hide."""

from __future__ import annotations

import re
import unicodedata

# CSI; OSC, DCS, SOS, PM and APC up to their end (or, cut off, up to the end of the line); two-character escapes.
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
HIDDEN = ("Cc", "Cs", "Cf")
# Format characters (Cf) reorder or hide text; the two joiners are part of ordinary words and emoji.
HARMLESS = frozenset("\n\t\u200c\u200d")


def clean(text: object) -> str:
    """`text` without escape sequences, control and direction-changing characters; every line end is `\\n`."""
    plain = NEWLINES.sub("\n", ESCAPES.sub("", str(text)))
    return "".join(c for c in plain if c in HARMLESS or unicodedata.category(c) not in HIDDEN)


def one_line(text: object, limit: int = 200) -> str:
    """`clean`, with white space runs made one space, at most `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def first_line(text: object, limit: int = 120) -> str:
    """The first line that is not blank, clean, at most `limit` characters: what happened, without where."""
    lines = [line for line in clean(text).splitlines() if line.strip()]
    return one_line(lines[0], limit) if lines else ""


def encodable(text: str, encoding: str | None) -> str:
    """`text` with what `encoding` cannot say written as `\\uXXXX`: a narrow terminal is no reason to fail."""
    name = encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)


def duration(ms: float) -> str:
    """Milliseconds as people say them: `850 ms`, `12.3 s`, `3 min 05 s`."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes} min {seconds:02d} s"


def money(usd: float) -> str:
    """Dollars; small sums keep four digits, nothing is `$0`."""
    if usd == 0:
        return "$0"
    return f"${usd:.2f}" if usd >= 1 else f"${usd:.4f}"


def size(count: float) -> str:
    """Bytes in MiB or GiB, which is how limits are said here."""
    mib = count / 1048576
    return f"{mib:.1f} MiB" if mib < 1024 else f"{mib / 1024:.1f} GiB"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
