"""One small change of one file: `Edit`."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SHOWN = 32
MAX_LOOKED = 2_000  # nodes of one file that a rule is asked about


@dataclass(frozen=True)
class Edit:
    """Bytes `start` to `end` (of the UTF-8 text) become `text`. `kind` is the mutation operator, `scope` the function
    that it lies in. `was` and `now` say it to a person; an empty `now` says that it was removed."""

    start: int
    end: int
    text: str
    kind: str
    scope: str
    line: int
    was: str
    now: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]

    def said(self, file: str = "") -> str:
        """One line of at most 100 characters, such as "line 7: `<` became `<=`"; `file` is named where given."""
        where = f"line {self.line}" + (f" of {_short(file, 14)}" if file else "")
        return f"{where}: `{_short(self.was)}` " + (f"became `{_short(self.now)}`" if self.now else "was removed")


def _short(text: str, most: int = MAX_SHOWN) -> str:
    """Code on one line without what would break out of it, cut in the middle."""
    plain = "".join(c if c.isprintable() else "?" for c in " ".join(text.split())).replace("`", "'")
    if len(plain) <= most:
        return plain
    return plain[: most // 2].rstrip() + "…" + plain[len(plain) - most // 2 + 1 :].lstrip()
