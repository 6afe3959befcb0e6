"""The languages that Assay writes: their facts in one table, and which one a request is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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
        test_style="Plain pytest functions named test_*, one assertion each; import from solution.",
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


@dataclass(frozen=True)
class Detection:
    """`certain` is False where the language is a guess that the user should confirm; `why` is one sentence."""

    language: str
    certain: bool
    why: str


# "go" is a verb, so it counts only as a proper noun or in the places where a language stands.
_SPELLINGS = {
    "javascript": r"(?:javascript|node\.?js|ecmascript|(?<![\w.])js)",
    "typescript": r"(?:typescript|(?<![\w.])ts)",
    "python": r"python(?:\s?[23](?:\.\d+)?)?",
    "java": r"java(?:\s?\d+)?(?!\s?script)",
    "csharp": r"(?:c#|c\s?sharp|csharp|(?<![\w.])\.net\b)",
    "go": r"(?:golang|(?-i:Go)|go(?=\s*(?:$|[.,;:!?)\n])|\s+(?:that|which|with|using)\b))",
}
_THING = (
    r"(?:function|program|script|class|module|package|library|code|snippet|method|app|application|api|server|service|"
    r"backend|frontend|back-end|front-end|client|cli|tool|implementation|solution|version|project|struct|interface|"
    r"generator|decorator|dataclass|component|coroutine|bot|parser|microservice|unit tests?|tests)s?"
)
_END = r"(?![\w#+])"
_TARGET = {
    name: re.compile(
        rf"\b(?:convert|port|translate|rewrite|migrate|transpile)\b[^.\n]{{0,120}}?\b(?:to|into|in)\s+{spelling}{_END}",
        re.IGNORECASE,
    )
    for name, spelling in _SPELLINGS.items()
}
_ASKED = {
    name: re.compile(
        rf"(?:\b(?:in|using|use|with|language:?)\s+(?:plain |pure |modern |idiomatic |vanilla )?{spelling}{_END}"
        rf"|(?<![\w.#]){spelling}(?:\s+[\w-]+)?\s+{_THING}\b|^\s*{spelling}\s*[:,—-])",
        re.IGNORECASE | re.MULTILINE,
    )
    for name, spelling in _SPELLINGS.items()
}
_COMPARED = r"(?<!like )(?<!unlike )(?<!from )(?<!not )(?<!than )(?<!of )(?<!similar to )"
_BARE = {
    name: re.compile(rf"{_COMPARED}(?<![\w.#]){spelling}{_END}(?!['’]s\b)", re.IGNORECASE)
    for name, spelling in _SPELLINGS.items()
    if name != "go"
} | {"go": re.compile(r"\bgolang\b", re.IGNORECASE)}
_CODE = {
    "python": re.compile(r"^\s*(?:async )?def \w+\(.*:\s*$|^\s*from [\w.]+ import |^>>> |^\s*elif .+:$", re.MULTILINE),
    "go": re.compile(r"^\s*func (?:\(\w+ \*?\w+\) )?\w+\(|^package \w+$|\bfmt\.Print|:= range ", re.MULTILINE),
    "java": re.compile(r"\bpublic static void main\(String|\bSystem\.out\.print|^import java\.", re.MULTILINE),
    "csharp": re.compile(r"^using System|\bConsole\.Write|\bnamespace [\w.]+\s*[{;]", re.MULTILINE),
    "typescript": re.compile(
        r"^\s*(?:export )?(?:function|const|let) \w+.*: (?:string|number|boolean)\b|^\s*(?:export )?interface \w+ \{",
        re.MULTILINE,
    ),
    "javascript": re.compile(
        r"\bconsole\.log\(|^\s*(?:export )?function \w+\([\w, ]*\)\s*\{|\bmodule\.exports\b", re.MULTILINE
    ),
}
_FRAMEWORKS = {
    "python": "django flask fastapi pandas numpy scipy pytest pydantic sqlalchemy matplotlib pytorch tensorflow asyncio "
    "dataclass dataclasses jupyter scikit-learn argparse itertools",
    "javascript": "express.js expressjs jquery webpack mocha jest lodash npm",
    "typescript": "angular nestjs nest.js deno",
    "java": "spring junit maven gradle hibernate lombok jvm servlet",
    "go": "goroutine goroutines gorilla gin-gonic cobra gofmt gorm",
    "csharp": "asp.net nunit xunit linq blazor wpf nuget unity",
}
_FRAMEWORK = {
    name: re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, words.split()))})(?![\w])", re.IGNORECASE)
    for name, words in _FRAMEWORKS.items()
}
_FILE = re.compile(r"(?<![\w.])[\w/-]{1,80}(?:\.[\w-]{1,40}){0,3}\.(?:py|mjs|cjs|jsx?|tsx?|java|go|cs)(?![\w.]\w|\()")
_FENCE = re.compile(r"^\s*(?:```|~~~)\s*([\w#+-]{1,20})", re.MULTILINE)
_PRODUCTS = re.compile(r"^(?:node|next|vue|express|react|d3|three|nest|nuxt|discord|chart)\.js$", re.IGNORECASE)


def named(prompt: str) -> tuple[str, ...]:
    """The languages that `prompt` asks to have code in, first mention first; of a translation only the target."""
    return _in_order(prompt, _TARGET) or _in_order(prompt, _ASKED)


def detect(prompt: str, file_names: Sequence[str] = ()) -> Detection:
    """The language to write in, by rules from the strongest sign to the weakest; Python, uncertain, without any.

    `file_names` are those of attached files. Two languages at the deciding rule: the first one, uncertain.
    """
    files = [name for name in _FILE.findall(prompt) if not _PRODUCTS.match(name)]
    rules = (
        ("the request says so", named(prompt)),
        ("of the code in the request", _known(map(by_tag, _FENCE.findall(prompt))) or _in_order(prompt, _CODE)),
        ("of a file named in the request", _known(map(by_file_name, files))),
        ("the request names it", _in_order(prompt, _BARE)),
        ("of the attached files", _known(map(by_file_name, file_names))),
        ("of a library or tool in the request", _in_order(prompt, _FRAMEWORK)),
    )
    for why, found in rules:
        if len(found) == 1:
            return Detection(found[0], True, f"{LANGUAGES[found[0]].label}, because {why}.")
        if found:
            labels = " and ".join(LANGUAGES[name].label for name in found)
            return Detection(found[0], False, f"{LANGUAGES[found[0]].label}, the first of {labels}.")
    return Detection("python", False, "Python, because the request names no language.")


def _in_order(prompt: str, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, ...]:
    hits = [(match.start(), name) for name, pattern in patterns.items() if (match := pattern.search(prompt))]
    return tuple(name for _, name in sorted(hits))


def _known(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
