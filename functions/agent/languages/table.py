"""The facts of each language that Assay writes, in one table, and the ways to find a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from functions.agent.errors import BadInput


@dataclass(frozen=True)
class Language:
    """What prompts and the parser need to know of one language.

    `main_file` is where the code goes, `test_file` where its tests go, `test_pattern` matches the base name of any test
    file; `extensions` has the preferred one first; `tags` are the words after a Markdown fence; `test_style` is one
    sentence for the prompt.
    """

    name: str
    label: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    extensions: tuple[str, ...]
    main_file: str
    test_file: str
    test_pattern: str
    comment: str
    test_style: str

    @property
    def extension(self) -> str:
        return self.extensions[0]

    def is_test(self, path: str) -> bool:
        """Whether the file at `path` is one of tests by its name."""
        return re.fullmatch(self.test_pattern, path.rsplit("/", 1)[-1]) is not None


_TABLE = (
    Language(
        name="python",
        label="Python",
        aliases=("py", "py3", "python3", "cpython"),
        tags=("python", "py", "python3", "py3", "python2", "pycon", "ipython"),
        extensions=(".py", ".pyi", ".pyw"),
        main_file="solution.py",
        test_file="test_solution.py",
        test_pattern=r"(?:test_.*|.*_test|tests|conftest)\.py",
        comment="#",
        test_style=(
            "Each test is one line, `assert name(arguments) == expected value`, or for wrong input two lines, "
            "`with pytest.raises(ErrorType):` and the call. No functions, no messages, no comments."
        ),
    ),
    Language(
        name="javascript",
        label="JavaScript",
        aliases=("js", "node", "nodejs", "node.js", "ecmascript", "es6"),
        tags=("javascript", "js", "jsx", "mjs", "cjs", "node", "nodejs", "es6"),
        extensions=(".mjs", ".js", ".cjs", ".jsx"),
        main_file="solution.mjs",
        test_file="solution.test.mjs",
        test_pattern=r"(?:.*[._-](?:test|spec)|test)\.(?:mjs|js|cjs|jsx)",
        comment="//",
        test_style=(
            "node:test with node:assert/strict, one assertion in each test(); import by name from './solution.mjs'."
        ),
    ),
    Language(
        name="typescript",
        label="TypeScript",
        aliases=("ts", "tsx"),
        tags=("typescript", "ts", "tsx", "mts", "cts"),
        extensions=(".ts", ".mts", ".cts", ".tsx"),
        main_file="solution.ts",
        test_file="solution.test.ts",
        test_pattern=r"(?:.*[._-](?:test|spec)|test)\.(?:ts|mts|cts|tsx)",
        comment="//",
        test_style=(
            "node:test with node:assert/strict, one assertion in each test(); import by name from './solution.ts'."
        ),
    ),
    Language(
        name="java",
        label="Java",
        aliases=("openjdk", "jdk"),
        tags=("java",),
        extensions=(".java",),
        main_file="Solution.java",
        test_file="SolutionTest.java",
        test_pattern=r"(?:Test.*|.*Tests?)\.java",
        comment="//",
        test_style="JUnit 5 (org.junit.jupiter.api), class SolutionTest without a package line, one assertion a @Test.",
    ),
    Language(
        name="go",
        label="Go",
        aliases=("golang",),
        tags=("go", "golang"),
        extensions=(".go",),
        main_file="solution.go",
        test_file="solution_test.go",
        test_pattern=r".*_test\.go",
        comment="//",
        test_style="Package testing in the same package as the code, func TestXxx(t *testing.T), one check a test.",
    ),
    Language(
        name="csharp",
        label="C#",
        aliases=("c#", "cs", "c-sharp", "c sharp", "dotnet", ".net"),
        tags=("csharp", "cs", "c#", "c-sharp", "dotnet"),
        extensions=(".cs",),
        main_file="Solution.cs",
        test_file="SolutionTest.cs",
        test_pattern=r"(?:Test.*|.*Tests?)\.cs",
        comment="//",
        test_style="NUnit 2.6 (using NUnit.Framework), class SolutionTest, one assertion a [Test].",
    ),
)

LANGUAGES: Mapping[str, Language] = MappingProxyType({language.name: language for language in _TABLE})
_BY_NAME = {word: language.name for language in _TABLE for word in (language.name, *language.aliases, *language.tags)}
_BY_EXTENSION = {extension: language.name for language in _TABLE for extension in language.extensions}


def resolve(name: str) -> str:
    """The name in LANGUAGES of `name` or of its alias, in any case. Raises BadInput (field language)."""
    found = _BY_NAME.get(name.strip().lower())
    if found is None:
        shown = name.strip()[:40]
        raise BadInput("language", f"The language {shown!r} is not known; use one of {', '.join(LANGUAGES)}.")
    return found


def by_tag(tag: str) -> str | None:
    """The language of a fence tag, or None."""
    return _BY_NAME.get(tag.strip().lower())


def by_file_name(path: str) -> str | None:
    """The language of a file by its extension, or None."""
    base = path.rsplit("/", 1)[-1].lower()
    return _BY_EXTENSION.get("." + base.rsplit(".", 1)[1]) if "." in base else None


def is_test_file(path: str) -> bool:
    """Whether any language would take `path` for a file of tests."""
    language = by_file_name(path)
    return language is not None and LANGUAGES[language].is_test(path)
