"""Tests that a request has in its text as a block of code: test functions, unittest classes, assertions with setup."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from functions.agent import prose, python_given, python_source
from functions.agent.checks import asserts
from functions.agent.python_fixtures import without_fixtures
from functions.agent.unittest_style import without_self

MAX_BLOCKS = 20
_FENCED = re.compile(
    r"^[ \t]*(?P<marks>```|~~~)[ \t]*(?P<tag>[\w+-]*)[^\n]*\n(?P<code>.*?)^[ \t]*(?P=marks)", re.M | re.S
)
_TAGS = ("", "python", "py", "python3", "py3")


@dataclass(frozen=True)
class Block:
    """`source` is what to take apart, `targets` what its tests take from the code."""

    source: str
    targets: frozenset[str]


def parted(prompt: str) -> tuple[list[ast.Module], str]:
    """(the blocks of Python tests of a request, its text without them); tests that it calls wrong are in neither."""
    found: list[ast.Module] = []
    rest = prompt
    for match in islice(_FENCED.finditer(prompt), MAX_BLOCKS):
        before = prompt[max(0, match.start() - 300) : match.start()].rstrip().rsplit("\n\n", 1)[-1]
        module = python_source.tree(match["code"]) if match["tag"].lower() in _TAGS else None
        if module is None or not _has_tests(module):
            continue
        rest = rest.replace(match[0], "\n")
        found += [] if prose.blamed(before) else [module]
    return found, rest


def block(module: ast.Module, prompt: str, known: Collection[str]) -> Block | None:
    """What is to be taken apart of a block; None where it calls none of the `known` functions, if there are any."""
    text = ast.unparse(module)
    given = python_given.read(text, "", prompt, known)
    if given.targets:
        return Block(given.source, frozenset(given.targets))
    defined = python_source.bound([n for n in module.body if not isinstance(n, (ast.Import, ast.ImportFrom))])
    calls = set(python_source.called(module))
    # Where all that is called is in the block, the code to be mended is.
    targets = set(known) or calls - defined or {n for n in calls if not n.startswith("test")}
    if not any(re.search(rf"\b{name}\(", text) for name in targets):
        return None
    return Block(ast.unparse(without_self(without_fixtures(module))), frozenset(targets))


def _has_tests(module: ast.Module) -> bool:
    """Whether there are test functions, or assertions that need the lines before them."""
    functions = [n for n in ast.walk(module) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    loose = any(asserts(s) for s in module.body) and any(isinstance(s, (ast.Assign, ast.With)) for s in module.body)
    return loose or any(f.name.startswith("test") for f in functions)
