"""Which of several blocks without a name is the file that was asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from functions.agent.errors import ParseError
from functions.agent.languages import LANGUAGES, by_tag
from functions.agent.parsing.blocks import Block
from functions.agent.parsing.guards import left_out
from functions.agent.parsing.python_source import Definition, definitions, is_test, tree_of

SHELL_TAGS = frozenset(
    [
        "sh",
        "bash",
        "shell",
        "zsh",
        "fish",
        "console",
        "terminal",
        "shell-session",
        "shellscript",
        "powershell",
        "ps1",
        "pwsh",
        "cmd",
        "bat",
        "batch",
        "dos",
    ]
)
NOTE_TAGS = frozenset(
    [
        "text",
        "plaintext",
        "txt",
        "output",
        "log",
        "stdout",
        "plain",
        "none",
        "markdown",
        "md",
        "mermaid",
        "diff",
        "patch",
        "http",
        "csv",
        "ini",
    ]
)
DATA_TAGS = frozenset(["json", "jsonc", "yaml", "yml", "toml", "xml", "html", "css", "sql", "dockerfile", "makefile"])
_COMMAND = re.compile(
    r"^[ \t]*(?:\$|>|%)?\s*(?:pip3?|python3?|py|npm|npx|node|yarn|pnpm|go (?:run|test|mod|build|get)|javac?|mvn|gradle|"
    r"dotnet|mcs|mono|pytest|cd|mkdir|touch|cat|ls|curl|git|docker|sudo|apt|brew|tsc|ts-node|uv|poetry|source|export|chmod|echo)\b[^=(]*$"
)
_SIGNS = {
    "go": r"^(?:equal|near|fails|panics)\(t, |^package \w+\s*$|^func (?:\([^)\n]{1,80}\) )?\w+\(|\bfmt\.\w+\(|:= ",
    "java": r"^assert[A-Z]\w+\("
    r"|^import (?:static )?java|^[ \t]*public (?:static )?[\w<>\[\], ]{1,60} \w+\([^)\n]{0,200}\)"
    r"|^(?:public )?(?:final )?class \w+|System\.out\.|^package [\w.]+;",
    "csharp": r"^(?:Collection)?Assert\.\w+[(<]"
    r"|^using [\w.]+;|^namespace \w|^[ \t]*public (?:static )?[\w<>\[\]?, ]{1,60} \w+\([^)\n]{0,200}\)"
    r"|Console\.Write|^(?:public )?(?:static )?class \w+",
    "typescript": r"^assert(?:\.\w+)?\("
    r"|: (?:string|number|boolean|void|unknown|any|never)\b|^(?:export )?(?:interface|type) \w+",
    "javascript": r"^assert(?:\.\w+)?\(|^(?:export )?(?:async )?function\b|^(?:export )?(?:const|let|var) \w+|=> "
    r"|console\.log|module\.exports|require\(",
}
_SIGN = {language: re.compile(pattern, re.MULTILINE) for language, pattern in _SIGNS.items()}
_KIN = {"javascript": ("typescript",), "typescript": ("javascript",)}
_ALTERNATIVE = re.compile(
    r"\b(?:alternativ\w*|another (?:way|version|option|approach|solution)|you (?:could|can) also|"
    r"or(?:,)? (?:if you|using|with|more)|more (?:concise|compact|pythonic)|one-liner|"
    r"shorter version|optional\w*|bonus)\b",
    re.IGNORECASE,
)


_TOP = {
    "go": r"^func (?:\([^)\n]{1,80}\) )?(\w+)|^type (\w+)",
    "java": r"^(?:(?:public|final|abstract|sealed) )*(?:class|interface|enum|record) (\w+)",
    "csharp": r"^(?:(?:public|internal|static|sealed|abstract|partial) )*(?:class|interface|enum|struct|record) (\w+)",
    "javascript": r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var) (\w+)",
    "typescript": r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var|interface|type|enum) (\w+)",
}
_TOP_LEVEL = {language: re.compile(pattern, re.MULTILINE) for language, pattern in _TOP.items()}
_TEST_SIGN = re.compile(
    r"^[ \t]*@Test\b|^[ \t]*\[Test\b|^func Test\w*\(t \*testing\.T|^[ \t]*(?:test|it|describe)\(|node:test",
    re.MULTILINE,
)
_OWN_HEAD = re.compile(r"^(?:package|import|using) ", re.MULTILINE)


def language_of(block: Block, wanted: str) -> str | None:
    """The language of a block by its parse as Python, by its signs, then by its tag; None for what is no code."""
    if block.tag in SHELL_TAGS or is_commands(block.text):
        return None
    tree = tree_of(block.text)
    prose = block.tag in NOTE_TAGS | DATA_TAGS
    if tree is not None and any(_is_real(node, strict=prose or block.tag in _KIN) for node in tree.body):
        return "python"
    head = block.text[:20_000]
    signs = {language: len(pattern.findall(head)) for language, pattern in _SIGN.items()}
    tagged = by_tag(block.tag)
    best = max(signs, key=lambda language: (signs[language], language == wanted, language == tagged))
    for language in (wanted, tagged):
        if (
            language is not None
            and signs.get(language)
            and (signs[language] * 2 >= signs[best] or language == "typescript")
        ):
            return language
    if signs[best] > 1:
        return best
    if prose:
        return None
    if tagged is None and not block.tag and (tree is None or not tree.body):
        return None
    return tagged or (wanted if not block.tag else None)


def is_commands(text: str) -> bool:
    """Whether every line is a shell command or a comment."""
    lines = [line for line in text.split("\n", 40)[:40] if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and all(_COMMAND.match(line[:500]) for line in lines)


def _is_real(node: ast.stmt, strict: bool) -> bool:
    """Whether a statement is a sign of Python; expressions and `key: value` parse as Python by accident."""
    if strict:
        return isinstance(node, Definition | ast.ImportFrom)
    bare = isinstance(node, ast.AnnAssign) and node.value is None
    return not isinstance(node, ast.Expr) and not bare


def choose(blocks: Sequence[Block], language: str, tests: bool) -> tuple[Block | None, str]:
    """The one block of `language` that is the file, perhaps joined from several, and a warning where it was a choice.

    `tests`: the file of tests is wanted, else the code. Raises ParseError where the code is in another language.
    """
    spoken = [(block, language_of(block, language)) for block in blocks]
    mine = [block for block, spoke in spoken if spoke == language] or [
        block for block, spoke in spoken if spoke in _KIN.get(language, ())
    ]
    if not mine:
        others = [spoke for _, spoke in spoken if spoke is not None]
        if others:
            said, label = LANGUAGES[others[0]].label, LANGUAGES[language].label
            raise ParseError(
                f"The reply is in {said} instead of {label}.", f"Write the whole file in {label}, not {said}."
            )
        return None, ""
    left = _of_purpose(mine, language, tests)
    if len(left) == 1:
        dropped = len(mine) > 1
        return left[0], "Blocks that are not the file, such as examples of its use, were left out." if dropped else ""
    return _best(left, language)


def _of_purpose(blocks: list[Block], language: str, tests: bool) -> list[Block]:
    """Without usage samples, and without tests where code is wanted or the other way round, as long as one is left."""
    kept = [block for block in blocks if _has_tests(block.text, language) == tests] or blocks
    kept = [block for block in kept if defines(block.text, language)] or kept
    whole = [block for block in kept if not _incomplete(block, language)]
    return whole or kept


def _has_tests(text: str, language: str) -> bool:
    """Whether the block is of tests. Python with tests and more counts as code: the two are separated later."""
    if language != "python":
        return _TEST_SIGN.search(text) is not None
    tree = tree_of(text)
    return tree is not None and any(map(is_test, tree.body))


def _incomplete(block: Block, language: str) -> bool:
    return not block.closed or bool(left_out(LANGUAGES[language].main_file, block.text))


def defines(text: str, language: str) -> frozenset[str]:
    """The functions, classes and the like at the top of a text."""
    if language == "python":
        tree = tree_of(text)
        return frozenset(node.name for node in definitions(tree)) if tree is not None else _roughly(text)
    return frozenset(name for groups in _TOP_LEVEL[language].findall(text) for name in _each(groups) if name)


def _roughly(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"^(?:async )?(?:def|class) (\w+)", text, re.MULTILINE))


def _each(groups: str | tuple[str, ...]) -> tuple[str, ...]:
    return (groups,) if isinstance(groups, str) else groups


def _best(blocks: list[Block], language: str) -> tuple[Block, str]:
    main = [block for i, block in enumerate(blocks) if i == 0 or not _ALTERNATIVE.search(" ".join(block.before)[-600:])]
    names = [defines(block.text, language) for block in main]
    union = frozenset().union(*names)
    whole = [block for block, own in zip(main, names, strict=True) if own == union]
    if whole:
        return whole[-1], "Of several versions of the file the last complete one was taken."
    disjoint = sum(map(len, names)) == len(union)
    if disjoint and (language == "python" or not any(_OWN_HEAD.search(block.text) for block in main[1:])):
        text = "\n\n".join(block.text.strip("\n") for block in main)
        return replace(
            main[0], text=text, closed=all(block.closed for block in main)
        ), "The file was joined from several blocks."
    largest = max(range(len(main)), key=lambda i: (len(names[i]), i))
    return main[largest], "Of several versions of the file the one with the most definitions was taken."
