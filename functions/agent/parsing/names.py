"""File names in a reply: where they stand, and which words are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from functions.agent.parsing.blocks import MAX_NAME, Block
from functions.agent.parsing.cleaning import without_invisible

_EXTENSIONS = (
    "py|pyi|pyw|mjs|cjs|js|jsx|mts|cts|ts|tsx|java|go|mod|sum|cs|csproj|sln|json|jsonl|yaml|yml|toml|md|rst|txt|html|htm|"
    "css|scss|sql|sh|bash|zsh|bat|ps1|xml|ini|cfg|conf|env|csv|tsv|lock|gradle|properties|proto|graphql|kt|rb|rs|c|h|"
    "cpp|hpp|php|swift|vue|svelte|ipynb|tf|svg|r|log|tmpl|jinja|j2|mk|editorconfig|gitignore|dockerignore"
)
_KNOWN_EXTENSION = re.compile(rf"\.(?:{_EXTENSIONS})$", re.IGNORECASE)
_BARE_NAMES = frozenset(
    [
        "dockerfile",
        "makefile",
        "license",
        "procfile",
        "jenkinsfile",
        "gemfile",
        "codeowners",
        ".gitignore",
        ".env",
        ".dockerignore",
        ".editorconfig",
    ]
)
_PRODUCTS = re.compile(
    r"^(?:node|next|vue|express|react|d3|three|nest|nuxt|discord|chart|socket|asp|backbone|ember|moment)\.(?:js|io|net)$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:new |updated |modified |full |complete )*(?:file|filename|file ?name|file ?path|path|name|title|module)s?)"
    r"\s*[:=]\s*",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^(?:#{1,6}\s+|[-*+]\s+|\d{1,3}[.)]\s+|>\s+)+")
_TAG_PATH = re.compile(
    r"<\s*[\w:.-]{1,40}\s[^<>\n]{0,300}?\b(?:path|file_?path|file_?name|name|file)\s*=\s*[\"']([^\"'\n]{1,255})[\"']",
    re.IGNORECASE,
)
_INFO_PATH = re.compile(
    r"(?:title|file|filename|file_?name|path|file_?path|name)\s*[=:]\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s,}]+))",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(?:#|//|--|;|/\*+|<!--|%)\s*(.{1,260}?)\s*(?:\*/|-->)?\s*$")
_QUOTED = re.compile(r"`([^`\n]{1,255})`|\*\*([^*\n]{1,255})\*\*")
_MENTION = re.compile(r"(?<![\w.@/\\-])[\w./\\-]{1,200}\.\w{1,10}(?![\w(])")


class Strength(IntEnum):
    """How sure it is that a name belongs to a block."""

    NONE = 0
    MENTION = 1
    COMMENT = 2
    STATED = 3


def plain_name(text: str) -> str:
    """The file name that `text` consists of, apart from decoration (**a.py**, `a.py`:, ### a.py, File: a.py); or ""."""
    text = without_invisible(text).strip()
    if not text or len(text) > MAX_NAME + 60:
        return ""
    if tagged := _TAG_PATH.match(text):
        return tagged[1].strip() if _is_name(tagged[1].strip(), marked=True) else ""
    text, marked = _undecorated(text)
    return text if _is_name(text, marked) else ""


def name_of(block: Block) -> tuple[str, Strength]:
    """The name of a block and how sure it is: info string or line above, first comment, a word in the prose."""
    if block.path:
        return block.path, Strength.STATED
    above = block.before[-1] if block.before else ""
    stated = _in_info(block.info) or plain_name(above)
    if stated:
        return stated, Strength.STATED
    first = next((line for line in block.text.split("\n", 5)[:5] if line.strip() and not line.startswith("#!")), "")
    if (comment := _COMMENT.match(first[:300])) and (name := plain_name(comment[1])):
        return name, Strength.COMMENT
    for line in reversed(block.before):
        names = _mentions(line)
        if len(names) == 1:
            return names[0], Strength.MENTION
        if names:
            break
    return "", Strength.NONE


def names_markdown(info: str, before: Sequence[str]) -> bool:
    """Whether a block with this info string and these lines above is a Markdown file."""
    words = info.lower().replace(":", " ").split()
    name = _in_info(info) or (plain_name(before[-1]) if before else "")
    return (bool(words) and words[0] in ("markdown", "md", "mdx")) or name.lower().endswith((".md", ".mdx"))


def _undecorated(text: str) -> tuple[str, bool]:
    """`text` without Markdown around it, and whether something marked it as a name."""
    text = _LISTED.sub("", text).strip()
    marked = False
    while True:
        before = text
        text = text.rstrip(":").strip()
        for opening, closing in (("**", "**"), ("`", "`"), ("[", "]"), ("(", ")"), ('"', '"'), ("'", "'"), ("*", "*")):
            if text.startswith(opening) and text.endswith(closing) and len(text) > len(opening) + len(closing):
                marked = marked or opening in ("`", "**", '"', "'")
                text = text[len(opening) : -len(closing)].strip()
        if label := _LABEL.match(text):
            text = text[label.end() :].strip()
            marked = True
        if text == before:
            break
    # Two ways in which models spell a name wrong: __init__ rendered as bold, and an underscore for the dot.
    if bold := re.fullmatch(r"(.*/)?\*\*(init|main)\*\*\.py", text):
        text = f"{bold[1] or ''}__{bold[2]}__.py"
    text = re.sub(r"^([\w/-]+)_(py|mjs|js|ts|java|go|cs)$", r"\1.\2", text.replace("\\_", "_"))
    return text, marked


def _is_name(text: str, marked: bool) -> bool:
    if not text or len(text) > 4 * MAX_NAME or _PRODUCTS.match(text) or "://" in text or "\n" in text:
        return False
    base = re.split(r"[/\\]", text)[-1]
    if base.lower() in _BARE_NAMES:
        return True
    if " " in text and not (marked and _KNOWN_EXTENSION.search(text) and len(text.split()) <= 4):
        return False
    if not base or base.startswith("-") or re.search(r"[(){}<>=;,`*#]|(?<!^\w):|:(?![/\\])", text):
        return False
    if _KNOWN_EXTENSION.search(base):
        return base[0] != "." or len(base) > 4
    return bool(re.fullmatch(r"[\w.-]+\.\w{1,10}", base)) and ("/" in text or "\\" in text)


def _in_info(info: str) -> str:
    info = info.strip()
    if not info or len(info) > 4 * MAX_NAME:
        return ""
    if found := _INFO_PATH.search(info):
        name = next(group for group in found.groups() if group)
        return name if _is_name(name, marked=True) else ""
    for word in (info, *re.split(r"[\s:]+", info.strip("{}"), maxsplit=2)[:3]):
        if name := plain_name(word):
            return name
    return ""


def _mentions(line: str) -> tuple[str, ...]:
    """The distinct file names in a line of prose."""
    line = without_invisible(line[-400:])
    names = [name for groups in _QUOTED.findall(line) for name in groups if name and plain_name(name)]
    names = names or [name for name in _MENTION.findall(line) if plain_name(name.rstrip("."))]
    return tuple(dict.fromkeys(name.replace("\\_", "_") for name in names))
