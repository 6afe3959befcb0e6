"""From a reply's text to its blocks, whatever they are wrapped in, and from blocks to names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from functions.agent.errors import ParseError
from functions.agent.languages import LANGUAGES, by_file_name
from functions.agent.parsing.blocks import MAX_BLOCKS, Block
from functions.agent.parsing.choice import SHELL_TAGS, is_commands, language_of
from functions.agent.parsing.fences import scan
from functions.agent.parsing.guards import why_no_code
from functions.agent.parsing.names import Strength, name_of, plain_name
from functions.agent.parsing.paths import match_expected, safe_path
from functions.agent.parsing.raw import raw_code
from functions.agent.parsing.repair import unwrapped
from functions.agent.parsing.wrappers import from_json, from_xml, from_yaml

_FENCE_LINE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_TAG_LINE = re.compile(r"^[ \t]*<\s?[A-Za-z]", re.MULTILINE)
_JSON_LINE = re.compile(r"\s*(?:[A-Za-z_][\w.]{0,60}\(\s*)?[{\[]")


def blocks_of(text: str, language: str) -> tuple[Block, ...]:
    """The blocks of a reply cleaned by normal_text. Raises ParseError where there is no code or far too many blocks."""
    if _JSON_LINE.match(text) and (blocks := from_json(text)):
        return _bare(blocks)
    scanned = scan(text)
    if len(scanned.blocks) > MAX_BLOCKS:
        raise ParseError(
            f"The reply has more than {MAX_BLOCKS} code blocks.",
            "Send each file once, whole, in one fenced code block.",
        )
    if blocks := _in_tags("\n".join(scanned.lines)):
        return _bare(blocks)
    if blocks := tuple(block for block in scanned.blocks if block.text.strip() or block.info or block.before):
        return _carried(_unpacked(blocks))
    return _bare(_without_fence(scanned.prose, scanned.open, language))


def _in_tags(text: str) -> tuple[Block, ...]:
    """The files in tags, where the first tag comes before the first fence and the fences are within tags."""
    fence = _FENCE_LINE.search(text)
    outside = text[: fence.start()] if fence else text
    if not _TAG_LINE.search(outside):
        return ()
    blocks = from_xml(text)
    around = fence is None or any(block.path for block in blocks) or "</" in text[fence.start() :]
    return blocks if around else ()


def _bare(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Texts from a wrapper without fences of their own around them; a Markdown file keeps them."""
    return tuple(
        block if block.path.lower().endswith((".md", ".mdx")) else replace(block, text=unwrapped(block.text))
        for block in blocks
    )


def _without_fence(prose: Sequence[str], reasoning: bool, language: str) -> tuple[Block, ...]:
    start = next((i for i, line in enumerate(prose) if _JSON_LINE.match(line[:200])), None)
    if start is not None and (blocks := from_json("\n".join(prose[start:]))):
        return blocks
    if blocks := from_yaml(prose):
        return blocks
    if code := raw_code(prose, language):
        return (Block(LANGUAGES[language].tags[0], code, closed=False, fenced=False),)
    if reasoning and not "".join(prose).strip():
        raise ParseError("The reply is reasoning without an end.", "Think less: send the whole file in one code block.")
    raise ParseError(*why_no_code("\n".join(prose)))


def _unpacked(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """A lone block of JSON or YAML that holds the files is replaced by them."""
    full = [block for block in blocks if block.text.strip()]
    if len(full) != 1 or plain_name(full[0].before[-1] if full[0].before else ""):
        return blocks
    block = full[0]
    if block.tag in ("json", "jsonc", "") and _JSON_LINE.match(block.text[:200]):
        return from_json(block.text) or blocks
    return (from_yaml(block.text.split("\n")) or blocks) if block.tag in ("yaml", "yml") else blocks


def _carried(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """A name alone in its own fence becomes the line above the next block."""
    kept: list[Block] = []
    carried = ""
    for block in blocks:
        text = block.text.strip()
        name = plain_name(text) if text and "\n" not in text else "" if text else plain_name(block.info)
        if name and not (block.before and plain_name(block.before[-1])):
            carried = name
            continue
        kept.append(replace(block, before=(*block.before, carried)) if carried else block)
        carried = ""
    return tuple(kept)


@dataclass(frozen=True)
class Named:
    """A block and the safe path it is for; `path` "" where it has no usable name."""

    path: str
    block: Block


def named_blocks(
    blocks: Sequence[Block], language: str, expected: Sequence[str]
) -> tuple[tuple[Named, ...], tuple[str, ...]]:
    """Each block with its path, those that are commands left out, and warnings about names."""
    warnings: list[str] = []
    found: list[Named] = []
    weak: list[bool] = []
    for block in blocks:
        name, strength = name_of(block)
        if strength < Strength.STATED and not _fits(name, block, language):
            name, strength = "", Strength.NONE
        if _is_command(block, name, strength):
            continue
        path = safe_path(name)
        if path and (plain_name(f"`{path}`") != path or safe_path(path) != path):
            path = ""
        if name and not path:
            warnings.append("A file name that leaves the bundle or that no system can store was not used.")
        found.append(Named(path, block))
        weak.append(strength == Strength.MENTION)
    meant = match_expected([item.path for item in found if item.path], expected)
    named = [
        # A name that is only mentioned somewhere counts if it is one of those expected, or if none is.
        Named("" if is_weak and expected and item.path not in meant else meant.get(item.path, item.path), item.block)
        for item, is_weak in zip(found, weak, strict=True)
    ]
    renamed = sorted({(a.path, b.path) for a, b in zip(found, named, strict=True) if b.path and a.path != b.path})
    warnings += [f"{said} was taken for {path}." for said, path in renamed]
    return tuple(named), tuple(dict.fromkeys(warnings))


def _fits(name: str, block: Block, language: str) -> bool:
    """Whether a name that is not stated can be that of this block: of the same language, or neither is code."""
    of_name = by_file_name(name)
    of_block = language_of(block, of_name or language)
    return bool(name) and (
        of_name == of_block or (of_name is not None and {of_name, of_block} <= {"javascript", "typescript"})
    )


def _is_command(block: Block, name: str, strength: Strength) -> bool:
    script = name.endswith((".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd"))
    if script:
        return False
    if strength < Strength.STATED:
        return block.tag in SHELL_TAGS or is_commands(block.text)
    return block.tag in SHELL_TAGS and by_file_name(name) is not None and is_commands(block.text)
