"""From a reply to its fenced blocks, in one pass: CommonMark's rules plus what models really write.

Beyond CommonMark: a fence may be indented at will (lists), close with a stop token glued to it, or be opened twice in
a row; in a Markdown file a fence with a tag opens an inner block; text in a reasoning tag is no part of the reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from functions.agent.languages import by_tag
from functions.agent.parsing.blocks import MAX_BLOCKS, Block
from functions.agent.parsing.fence_lines import Mark, dedented, docstring_goes_on, longest_closers, mark_of
from functions.agent.parsing.names import names_markdown, plain_name

_GLUED_OPENER = re.compile(r"[:.]\s*(`{3,})(\w{1,20})\s*$")
_THINK = r"(?:think|thinking|reasoning|thought|scratchpad)"
_THINK_OPEN = re.compile(rf"\s*<\s*{_THINK}\s*>", re.IGNORECASE)
_THINK_CLOSE = re.compile(rf"</\s*{_THINK}\s*>", re.IGNORECASE)
_SHELL_TAGS = frozenset(
    [
        "sh",
        "bash",
        "shell",
        "zsh",
        "console",
        "terminal",
        "powershell",
        "json",
        "yaml",
        "xml",
        "html",
        "sql",
        "text",
        "diff",
    ]
)
_CONTEXT_LINES = 3


@dataclass(frozen=True)
class Scan:
    """`blocks` in order, `prose` the lines outside them, `lines` both, `open` whether reasoning never ended."""

    blocks: tuple[Block, ...]
    prose: tuple[str, ...]
    lines: tuple[str, ...]
    open: bool = False


@dataclass
class _Open:
    """The block that is being read."""

    char: str
    run: int
    indent: int
    info: str
    before: tuple[str, ...]
    markdown: bool
    lines: list[str] = field(default_factory=list)
    has_text: bool = False
    depth: int = 0
    doubled: bool = False
    quoted: bool = False


def scan(text: str) -> Scan:
    """The blocks and the prose of a reply with line feeds only. Stops at the first block over MAX_BLOCKS."""
    return _Scanner(text.split("\n")).scan()


class _Scanner:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.marks = [mark_of(line) for line in lines]
        self.longest = longest_closers(self.marks)
        self.docstring_goes_on = docstring_goes_on(lines, self.marks)
        self.blocks: list[Block] = []
        self.prose: list[str] = []
        self.kept: list[str] = []
        self.context: list[str] = []
        self.now: _Open | None = None
        self.thinking = False
        self.skip_bare = False

    def scan(self) -> Scan:
        for i, line in enumerate(self.lines):
            if len(self.blocks) > MAX_BLOCKS:
                break
            if self.now is None:
                self._outside(i, line)
            else:
                self.kept.append(line)
                self._inside(i, line, self.now)
        if self.now is not None:
            self._close(self.now, closed=False)
        return Scan(tuple(self.blocks), tuple(self.prose), tuple(self.kept), self.thinking)

    def _outside(self, i: int, line: str) -> None:
        mark = self.marks[i]
        rest = self._without_reasoning(line)
        if rest is not line:
            mark = mark_of(rest)
        if self.thinking and not rest:
            return
        skip, self.skip_bare = self.skip_bare, False
        if mark is not None and not (skip and mark.bare):
            self.kept.append(rest)
            self._open(i, mark)
            return
        if skip and mark is not None:
            return
        self.kept.append(rest)
        if (glued := _GLUED_OPENER.search(rest[-80:])) and by_tag(glued[2]):
            self._say(rest[: rest.rindex("`" * len(glued[1]))].rstrip("`"))
            self._open(i, Mark("`", len(glued[1]), 0, glued[2]))
            return
        self._say(rest)

    def _say(self, line: str) -> None:
        self.prose.append(line)
        if line.strip():
            self.context = [*self.context[1 - _CONTEXT_LINES :], line]

    def _without_reasoning(self, line: str) -> str:
        """`line` without its reasoning; a closing tag that was never opened makes all before it reasoning."""
        while True:
            if self.thinking:
                end = _THINK_CLOSE.search(line)
                if end is None:
                    return ""
                self.thinking = False
                line = line[end.end() :]
            elif start := _THINK_OPEN.match(line):
                self.thinking = True
                line = line[start.end() :]
            elif "</" in line and (end := _THINK_CLOSE.search(line)):
                self.blocks.clear()
                self.prose.clear()
                self.kept.clear()
                self.context.clear()
                line = line[end.end() :]
            else:
                return line

    def _open(self, i: int, mark: Mark) -> None:
        # An opener longer than every fence to come is taken for as long as the longest of them.
        run = min(mark.run, self.longest[mark.char][i + 1]) or mark.run
        before = tuple(self.context)
        self.context = []
        self.now = _Open(mark.char, run, mark.indent, mark.info, before, names_markdown(mark.info, before))

    def _inside(self, i: int, line: str, now: _Open) -> None:
        mark = self.marks[i]
        if mark is None or mark.char != now.char or mark.run < now.run:
            self._add(line, now)
        elif mark.bare:
            if now.depth:
                now.depth -= 1
                self._add(line, now)
            elif mark.indent > now.indent + 3 or (now.quoted and self.docstring_goes_on[i] and not now.markdown):
                self._add(line, now)
            else:
                self._close(now, closed=True)
        elif not now.has_text and not now.doubled and (not now.markdown or plain_name(now.info)):
            self._open_again(now, mark)
        elif now.markdown:
            now.depth += 1
            self._add(line, now)
        elif not now.quoted and mark.indent <= now.indent and _starts_a_block(mark.info):
            # The closing fence was forgotten: the next block begins here.
            self._close(now, closed=True)
            self._open(i, mark)
        else:
            self._add(line, now)

    def _open_again(self, now: _Open, mark: Mark) -> None:
        if plain_name(now.info):
            now.before = (*now.before, now.info)
        now.info, now.run, now.doubled = mark.info, mark.run, True
        now.markdown = names_markdown(now.info, now.before)

    def _add(self, line: str, now: _Open) -> None:
        line = dedented(line, now.indent)
        now.lines.append(line)
        now.has_text = now.has_text or bool(line.strip())
        if (line.count('"""') + line.count("'''")) % 2:
            now.quoted = not now.quoted

    def _close(self, now: _Open, closed: bool) -> None:
        self.now = None
        self.skip_bare = now.doubled
        text = "\n".join(now.lines)
        self.blocks.append(Block(now.info, text, now.before, closed))


def _starts_a_block(info: str) -> bool:
    word = info.split(None, 1)[0].split(":", 1)[0]
    return by_tag(word) is not None or word.lower() in _SHELL_TAGS or bool(plain_name(word))
