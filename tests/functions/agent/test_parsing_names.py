"""File names: cases 14-21, and paths that must never leave the bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.agent.errors import ParseError
from functions.agent.parsing import parse
from functions.agent.parsing.paths import safe_path

REPLIES = Path(__file__).parents[2] / "fixtures" / "replies"
CODE = "def f(x):\n    return x + 1\n"
BLOCK = f"```python\n{CODE}```\n"


@pytest.mark.parametrize(
    "line",
    [
        "**a.py**",
        "`a.py`",
        "### a.py",
        "#### `a.py`",
        "a.py:",
        "**a.py:**",
        "**`a.py`**:",
        "[a.py]",
        "File: a.py",
        "Filename: `a.py`",
        "**File:** a.py".replace("**", ""),
        "1. a.py",
        "2) `a.py`",
        "- a.py",
        "file path: ./a.py",
        '<file path="a.py">',
    ],
)
def test_14_name_on_the_line_before(line: str) -> None:
    assert parse(f"{line}\n{BLOCK}", language="python").files == {"a.py": CODE}
    assert parse(f"Text.\n\n{line}\n\n{BLOCK}", language="python").files == {"a.py": CODE}


@pytest.mark.parametrize(
    "info", ["a.py", "python a.py", "python:a.py", 'python title="a.py"', "python file=a.py", "{.python file=a.py}"]
)
def test_14_name_in_the_info_string(info: str) -> None:
    assert parse(f"```{info}\n{CODE}```", language="python").files == {"a.py": CODE}


@pytest.mark.parametrize("comment", ["# a.py", "# file: a.py", "# File name: a.py"])
def test_14_name_in_the_first_comment(comment: str) -> None:
    assert parse(f"```python\n{comment}\n{CODE}```", language="python").files == {"a.py": f"{comment}\n{CODE}"}


def test_14_name_in_the_first_comment_of_other_languages() -> None:
    code = "// file: a.ts\nexport const one: number = 1;\n"
    assert parse(f"```ts\n{code}```", language="typescript").files == {"a.ts": code}


@pytest.mark.parametrize(
    "line",
    [
        "The code:",
        "as follows",
        "Here it is, e.g.",
        "Use version 3.11",
        "In Node.js",
        "### Next.js",
        "See math.sqrt",
        "x" * 300 + ".py",
    ],
)
def test_15_a_word_is_no_name(line: str) -> None:
    assert parse(f"{line}\n{BLOCK}", language="python").files == {"solution.py": CODE}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("path/to/a.py", "a.py"),
        ("/a.py", "a.py"),
        ("./a.py", "a.py"),
        ("C:\\code\\a.py", "code/a.py"),
        ("..\\..\\a.py", "a.py"),
        ("/home/user/project/a.py", "a.py"),
        ("/etc/a.py", "a.py"),
        ("../../../etc/passwd.txt", "etc/passwd.txt"),
        ("src/../a.py", "a.py"),
        ("~/a.py", "a.py"),
    ],
)
def test_16_paths_are_made_safe(said: str, path: str) -> None:
    assert list(parse(f"`{said}`\n```\n{CODE}```", language="python").files) == [path]


@pytest.mark.parametrize(
    "name",
    [
        "con.py",
        "lib/NUL.txt",
        "a\0.py",
        "a\n.py",
        ".git/config",
        "ab:c.py",
        "x" * 201,
        "a/" * 150 + "b.py",
        "a?.py",
        "\u202ea.py",
        "..",
        "/",
        "",
    ],
)
def test_16_paths_that_are_refused(name: str) -> None:
    assert safe_path(name) == ""


def test_16_a_refused_name_is_said_and_the_code_kept() -> None:
    parsed = parse(f"`aux.py`\n{BLOCK}", language="python")
    assert parsed.files == {"solution.py": CODE}
    assert "name" in " ".join(parsed.warnings)


@pytest.mark.parametrize(
    "said", ["Durations.py", "src/durations.py", "duration.py", "durations_py", "path/to/durations.py"]
)
def test_16_nearly_the_expected_name(said: str) -> None:
    reply = f"`{said}`\n{BLOCK}\n`main.py`\n```python\nimport durations\n```\n"
    assert set(parse(reply, language="python", expected=("durations.py", "main.py")).files) == {
        "durations.py",
        "main.py",
    }


def test_16_tests_are_never_taken_for_the_code() -> None:
    with pytest.raises(ParseError):
        parse(
            f"`test_solution.py`\n{BLOCK}\n`other.txt`\n```\nx\n```",
            language="python",
            expected=("solution.py", "b.py"),
        )


def test_17_one_expected_file_and_no_name() -> None:
    assert parse(BLOCK, language="python", expected=("lib/a.py",)).files == {"lib/a.py": CODE}


def test_17_one_expected_file_and_another_name() -> None:
    parsed = parse(f"`temperature.py`\n{BLOCK}", language="python", expected=("a.py",))
    assert parsed.files == {"a.py": CODE}
    assert "temperature.py was taken for a.py." in parsed.warnings


def test_17_several_expected_files_and_no_name() -> None:
    with pytest.raises(ParseError) as caught:
        parse(f"{BLOCK}\n{BLOCK.replace('f', 'g')}", language="python", expected=("a.py", "b.py"))
    assert "a.py, b.py" in caught.value.advice


def test_17_one_of_several_expected_files_is_missing() -> None:
    with pytest.raises(ParseError) as caught:
        parse(f"`a.py`\n{BLOCK}", language="python", expected=("a.py", "b.py"))
    assert "b.py" in caught.value.detail


def test_17_an_expected_file_without_text_is_missing() -> None:
    with pytest.raises(ParseError):
        parse(f"`a.py`\n{BLOCK}\n`b.py`\n```python\n```\n", language="python", expected=("a.py", "b.py"))


def test_18_name_in_the_prose() -> None:
    reply = (REPLIES / "18_name_in_prose.md").read_text()
    assert list(parse(reply, language="python").files) == ["geometry.py"]
    assert list(parse(reply, language="python", expected=("solution.py",)).files) == ["solution.py"]


def test_18_name_of_another_file_in_the_prose() -> None:
    reply = f"Save it, then run `run.sh`:\n{BLOCK}"
    assert list(parse(reply, language="python").files) == ["solution.py"]


@pytest.mark.parametrize(
    "path", ["test/util.py", "example/a.py", "tmp/x.py", "examples/demo.py", "build/a.py", "node_modules/a.js"]
)
def test_19_every_folder_is_kept(path: str) -> None:
    assert list(parse(f"`{path}`\n```\nx = 1\n```", language="python").files) == [path]


def test_19_test_files_are_kept_when_tests_are_wanted() -> None:
    test = "from solution import f\n\n\ndef test_f():\n    assert f(1) == 2\n"
    parsed = parse(f"`tests/test_f.py`\n```python\n{test}```", language="python", purpose="tests")
    assert parsed.files == {"tests/test_f.py": test}


def test_20_same_file_twice_and_different() -> None:
    parsed = parse((REPLIES / "20_same_file_twice.md").read_text(), language="python")
    assert parsed.files == {"solution.py": "def double(x):\n    return x + x\n"}
    assert "several versions" in " ".join(parsed.warnings)


def test_20_same_file_twice_and_identical() -> None:
    parsed = parse(f"`a.py`\n{BLOCK}\n`a.py`\n{BLOCK}", language="python")
    assert parsed.files == {"a.py": CODE}
    assert not parsed.warnings


def test_20_the_last_complete_one_wins_over_a_shortened_one() -> None:
    reply = f"`a.py`\n{BLOCK}\n`a.py`\n```python\n# ... existing code ...\ndef g():\n    return 1\n```\n"
    assert parse(reply, language="python").files == {"a.py": CODE}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("my\\_file.py", "my_file.py"),
        ("`my file.py`", "my file.py"),
        ("**größe.py**", "größe.py"),
        ("`pkg/__init__.py`", "pkg/__init__.py"),
        ("**init**.py", "__init__.py"),
        ("pkg/**init**.py", "pkg/__init__.py"),
        ("Dockerfile", "Dockerfile"),
        ("`.gitignore`", ".gitignore"),
        ("go.mod", "go.mod"),
    ],
)
def test_21_names_that_markdown_changes(said: str, path: str) -> None:
    assert list(parse(f"{said}\n```\n{CODE}```", language="python").files) == [path]


def test_a_file_cannot_be_a_folder_too() -> None:
    with pytest.raises(ParseError, match="both a file and a folder"):
        parse(f"`a.py`\n{BLOCK}\n`a.py/b.py`\n{BLOCK}", language="python")


def test_two_files_without_expectation() -> None:
    files = parse(f"`a.py`\n{BLOCK}\nand\n\n`lib/b.py`\n{BLOCK}", language="python").files
    assert list(files) == ["a.py", "lib/b.py"]
