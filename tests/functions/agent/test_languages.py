"""The languages: aliases, the table's own consistency, and which one a request is about."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.errors import BadInput
from functions.agent.languages import LANGUAGES, by_file_name, by_tag, detect, is_test_file, named, resolve


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("py", "python"),
        ("Python3", "python"),
        (" JS ", "javascript"),
        ("node", "javascript"),
        ("ts", "typescript"),
        ("tsx", "typescript"),
        ("Java", "java"),
        ("golang", "go"),
        ("C#", "csharp"),
        ("cs", "csharp"),
        ("csharp", "csharp"),
    ],
)
def test_aliases(said: str, name: str) -> None:
    assert resolve(said) == name


@pytest.mark.parametrize("said", ["", "c", "c++", "rust", "pythonic", "x" * 500])
def test_an_unknown_language_names_the_known_ones(said: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolve(said)
    assert caught.value.field == "language"
    assert all(name in caught.value.detail for name in LANGUAGES)
    assert len(caught.value.detail) < 200


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_each_row_agrees_with_itself(name: str) -> None:
    language = LANGUAGES[name]
    assert language.name == name
    assert resolve(language.label) == name
    assert by_tag(language.tags[0]) == name
    assert by_file_name(language.main_file) == by_file_name(language.test_file) == name
    assert language.main_file.endswith(language.extension)
    assert language.is_test(language.test_file)
    assert not language.is_test(language.main_file)
    assert is_test_file(f"deep/{language.test_file}")
    assert re.compile(language.test_pattern)


@pytest.mark.parametrize("path", ["a.rs", "py", "README", "a.python", ""])
def test_other_files_have_no_language(path: str) -> None:
    assert by_file_name(path) is None
    assert not is_test_file(path)


CERTAIN = [
    ("Write a program in Go", "go"),
    ("write it in go", "go"),
    ("Write a golang worker pool", "go"),
    ("let it go. In Java, write a stack", "java"),
    ("let's go with Python", "python"),
    ("convert this Java class to Python", "python"),
    ("Port the Python script to TypeScript", "typescript"),
    ("Write a Python function that parses Java stack traces", "python"),
    ("Use C# to read a file", "csharp"),
    ("JavaScript: debounce a function", "javascript"),
    ("fix solution.ts please", "typescript"),
    ("A Django view that lists users", "python"),
    ("```java\nint x = 1;\n```\nwhat is wrong here?", "java"),
    ("```go\nx := 1\n```\nPython could do this in one line", "go"),
    ("Using node.js, write a file", "javascript"),
    ("func add(a int) int {", "go"),
    ("def f(x):\n    return 1", "python"),
    ("public static void main(String[] args)", "java"),
    ("a goroutine that ticks", "go"),
    ("unit tests in ts", "typescript"),
    ("a function that lets users go through a maze in Python", "python"),
]


@pytest.mark.parametrize(("prompt", "language"), CERTAIN)
def test_detected_for_certain(prompt: str, language: str) -> None:
    found = detect(prompt)
    assert (found.language, found.certain) == (language, True)
    assert LANGUAGES[language].label in found.why


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Write a function that parses ISO 8601 durations",
        "Go to the next line and print it",
        "ready, set, go!",
        "in one go, sort and dedupe",
        "a c program",
        "Write it in C++",
        "like Java's StringBuilder, build strings",
        "where to go in the maze",
        "unlike JavaScript, compare by value",
        "the plural of a pythoness",
    ],
)
def test_a_guess_is_python_and_uncertain(prompt: str) -> None:
    found = detect(prompt)
    assert (found.language, found.certain) == ("python", False)


def test_two_languages_are_uncertain() -> None:
    found = detect("a Go backend and a TypeScript frontend")
    assert (found.language, found.certain) == ("go", False)
    assert named("a Go backend and a TypeScript frontend") == ("go", "typescript")


def test_attached_files_decide_where_the_prompt_does_not() -> None:
    assert detect("Fix the bug", ("src/Main.java", "README.md")).language == "java"
    assert detect("Fix the bug in Go", ("src/Main.java",)).language == "go"
    assert not detect("Fix the bug", ("a.go", "b.py")).certain
    assert detect("Fix the bug", ("README.md",)).language == "python"


def test_the_middle_of_a_long_prompt_is_not_read() -> None:
    pasted = "import java.util.List;\n" * 5000
    assert detect(f"Translate into Go:\n{'x ' * 20_000}").language == "go"
    assert detect(f"{'x ' * 20_000}\nWrite it in Go.").language == "go"
    assert detect(f"{'x ' * 10_000}{pasted}{'x ' * 10_000}").certain is False


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_detect_takes_any_text(prompt: str, names: list[str]) -> None:
    assert detect(prompt, names).language in LANGUAGES
