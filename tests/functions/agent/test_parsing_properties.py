"""What holds for every reply: only ParseError, no path out of the bundle, and what was parsed parses to itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.agent.errors import ParseError
from functions.agent.languages import LANGUAGES
from functions.agent.parsing import MAX_REPLY_BYTES, Parsed, parse, render, repeats
from functions.agent.parsing.paths import safe_path

REPLIES = Path(__file__).parents[2] / "fixtures" / "replies"
PIECES = st.sampled_from(
    [
        *(
            "```",
            "````",
            "```python",
            "~~~",
            "```go",
            "```json",
            "```a.py",
            "```markdown",
            "   ```",
            "- ```py",
            "```stop",
        ),
        *(
            "<think>",
            "</think>",
            "<file path='b.py'>",
            "</file>",
            "<code>",
            "</code>",
            "<parameter=path>",
            "</parameter>",
        ),
        *(
            "`a.py`",
            "**b.py**",
            "### ../c.py",
            "File: C:\\d.py",
            "test_solution.py",
            "Solution.java",
            "README.md",
            "aux.py",
        ),
        *("def f(x):", "    return x &lt; 1", "    pass", "    ...", "x = “a”", "x = 1", "import pytest", "class A:"),
        *("def test_f():", "    assert f(1) == 1", "package main", "func Two() int { return 2 }", "public class B { }"),
        *("# ... existing code ...", '"""', "'''", "{", "}", '{"files": {"a.py": "x = 1"}}', "code: |", "  y = 2", ""),
        *(
            "<|im_end|>",
            "[/PYTHON]",
            "stop",
            "Alternatively:",
            "pip install x",
            "I'm sorry",
            "\ufeff",
            "\u200b",
            "\xa0",
            "\r",
        ),
        *(
            "const a = 1;",
            "export function g(): number { return 1; }",
            "<<<<<<< SEARCH",
            "{'code': 'z = 3',}",
            "$ python a.py",
        ),
    ]
)
LINES = st.lists(PIECES, max_size=8).map("\n".join)
BLOCK = st.builds(
    lambda before, fence, tag, code, text, after: f"{before}\n{fence}{tag}\n{code}\n{text}\n{fence}{after}",
    st.one_of(PIECES, st.sampled_from(["`solution.py`", "`b.py`", "`lib/Solution.java`", "Text:", ""])),
    st.sampled_from(["```", "```", "````", "~~~"]),
    st.sampled_from(["python", "", "go", "java", "ts", "js", "cs", "sh", "text", "md"]),
    st.sampled_from(
        [
            "def f(x):\n    return x + 1",
            "import pytest\n\n\ndef f(x):\n    return x\n\n\ndef test_f():\n    assert f(1) == 1",
            "package main\n\nfunc F() int {\n\treturn 1\n}",
            "public class B {\n    public int f() { return 1; }\n}",
            "export const one: number = 1;",
            "function f(a) {\n  return a &lt; “b”;\n}",
            "",
        ]
    ),
    LINES,
    st.sampled_from(["", "", "", "<|im_end|>", "stop"]),
)
REPLY = st.one_of(
    st.lists(BLOCK, min_size=1, max_size=4).map("\n\n".join),
    st.text(max_size=300),
    st.lists(PIECES, max_size=24).map("\n".join),
    st.lists(PIECES, max_size=6).map("".join),
)
LANGUAGE = st.sampled_from(sorted(LANGUAGES))
PURPOSE = st.sampled_from(["code", "tests"])
EXPECTED = st.sampled_from([(), ("solution.py",), ("a.py", "b.py"), ("lib/Solution.java",), ("README.md",)])
EASY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def tried(reply: str, **options: object) -> Parsed | None:
    try:
        return parse(reply, **options)  # type: ignore[arg-type]
    except ParseError:
        return None


def is_inside(path: str) -> bool:
    windows = PureWindowsPath(path)
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and not windows.drive
        and not windows.root
        and ".." not in parts
        and "\\" not in path
        and "\0" not in path
        and len(path) <= 200
    )


@EASY
@given(REPLY, LANGUAGE, EXPECTED, PURPOSE, st.sampled_from(["stop", "length", "refused"]))
def test_only_parse_error_and_only_paths_inside(
    reply: str, language: str, expected: tuple[str, ...], purpose: str, reason: str
) -> None:
    parsed = tried(reply, language=language, expected=expected, purpose=purpose, finish_reason=reason)
    if parsed is not None:
        assert parsed.files
        assert all(map(is_inside, parsed.files))
        assert set(expected) <= set(parsed.files)


@EASY
@given(REPLY, LANGUAGE, EXPECTED, PURPOSE)
def test_what_was_parsed_parses_to_itself(reply: str, language: str, expected: tuple[str, ...], purpose: str) -> None:
    parsed = tried(reply, language=language, expected=expected, purpose=purpose)
    if parsed is not None:
        again = parse(render(parsed.files), language=language, expected=expected, purpose=purpose)  # type: ignore[arg-type]
        assert again.files == parsed.files


@pytest.mark.parametrize("reply", sorted(REPLIES.glob("*.md")), ids=lambda path: path.stem)
def test_the_fixtures_parse_to_themselves(reply: Path) -> None:
    parsed = tried(reply.read_text(), language="python")
    if parsed is None:
        assert "24_" in reply.name
        return
    assert parse(render(parsed.files), language="python").files == parsed.files


@EASY
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from([*list("/\\.:~ a-C"), "..", "con", ".git"]), max_size=12).map("".join),
    )
)
def test_a_safe_path_is_inside_and_stays(name: str) -> None:
    path = safe_path(name)
    assert path == "" or is_inside(path)
    assert safe_path(path) == path


@EASY
@given(st.dictionaries(st.sampled_from(["a.py", "b/c.py", "d.ts", "README.md"]), st.text(max_size=80), min_size=1))
def test_json_gives_what_markdown_gives(files: dict[str, str]) -> None:
    plain = {path: "x = 1\n" + text.replace("\r", "").replace("`", "").replace("~", "") for path, text in files.items()}
    a = tried(json.dumps({"files": plain}), language="python")
    b = tried(render(plain), language="python")
    assert (a and a.files) == (b and b.files)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "```\n" * n,
        lambda n: "```python\nx\n" * n,
        lambda n: "".join("`" * (3 + i % 50) + "\n" for i in range(n // 10)),
        lambda n: "<think>\n" * n,
        lambda n: "</think>\n" * n,
        lambda n: "<file path='a.py'>\n" * (n // 4),
        lambda n: "{" * n,
        lambda n: '{"a":' * n,
        lambda n: "[/*" * n,
        lambda n: "(" * n,
        lambda n: "-" * n + "1",
        lambda n: "def f():\n" * n,
        lambda n: "&amp;" * n,
        lambda n: "“" * (n // 2),
        lambda n: " " * n + "x",
        lambda n: "a.py\n" * n,
        lambda n: "code: |\n" * n,
        lambda n: "```python\n" + "x = 1\n" * n,
        lambda n: "```python\n" + '"""\n```\n' * (n // 2),
        lambda n: "`" + "a" * n + "`\n```\nx = 1\n```",
        lambda n: "# " + " " * n + "a\n```\n# " + " " * n + "b\n```",
        lambda n: "```python\n```python\n" * (n // 4),
        lambda n: "- " * n + "```\n",
        lambda n: "<|im_end|>\n" * (n // 3),
        lambda n: "`a.py`\n```python\nx = 1\n" + "a.py\n" * n + "```",
        lambda n: (
            "`a.py`\n```python\n"
            + "def test_f():\n    assert f()\n" * (n // 8)
            + "def f(): return 1\n" * (n // 8)
            + "```"
        ),
        lambda n: "`a.py`\n```python\n" + "class A: x = 1\nclass B(A): y = f()\n" * (n // 8) + "```",
    ],
)
def test_hostile_replies_cost_linear_time(make: Callable[[int], str]) -> None:
    """The bound is calls, not seconds: ten times the text may take no more than some thirty times of them."""

    def steps(reply: str) -> int:
        count = 0

        def tracer(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(tracer)
        try:
            tried(reply, language="python")
            tried(reply, language="python", purpose="tests")
        finally:
            sys.setprofile(None)
        return count

    small, large = steps(make(1_000)), steps(make(10_000))
    assert large <= 30 * small + 20_000
    assert len(make(10_000)) <= MAX_REPLY_BYTES


def test_repetition_looks_at_the_end_only() -> None:
    assert repeats("x = 1\n" * 100_000)
    assert not repeats("x = 1\n" * 100_000 + "".join(f"y{i} = {i}\n" for i in range(1000)))
