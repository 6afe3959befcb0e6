"""Properties of all mutants: one change each, the same each time, whatever the files hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixtures import LAYOUTS, load
from functions.agent.mutation import Mutant, grammars, mutants
from functions.agent.mutation.making import MAX_BYTES

ROOT = Path(__file__).resolve().parents[4]
TRUTH = [(language, task["solution"]) for language in LAYOUTS for task in load("truth", language)]
LEFT = ("pass", "{}", "")  # what a statement leaves
PIECES = st.sampled_from(
    [*"(){}[]<>!=&|+-\"'`\\\n\r\t é😀;:,0\0", "\ud800", "\ufeff", " not ", "if ", "return ", "func "]
)


def parses(text: str, language: str, name: str) -> bool:
    if language == "python":
        ast.parse(text)
        return True
    return grammars.parse(text.encode(), language, name) is not None


def is_one_change(before: str, after: str, what: str) -> bool:
    """Whether `after` is `before` with what the sentence says done at one place; only where it says it in full."""
    was, *rest = re.findall(r"`([^`]*)`", what)
    if "…" in what or was not in before:
        return True
    parts = [was] if rest else [was, was + ";"]
    spans = [(at, at + len(part)) for part in parts for at in range(len(before)) if before.startswith(part, at)]
    return any(before[:start] + now + before[end:] == after for start, end in spans for now in rest or LEFT)


def check(made: tuple[Mutant, ...], files: Mapping[str, str], language: str, most: int) -> None:
    assert [m.id for m in made] == [f"m{n}" for n in range(1, len(made) + 1)]
    assert len(made) <= most
    assert len({tuple(sorted(m.files.items())) for m in made}) == len(made)
    for mutant in made:
        assert set(mutant.files) == set(files)
        (name,) = (name for name in files if files[name] != mutant.files[name])
        assert parses(mutant.files[name], language, name)
        assert len(mutant.what) <= 100
        assert mutant.what.isprintable()
        assert is_one_change(files[name], mutant.files[name], mutant.what)


@given(st.sampled_from(TRUTH), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_every_mutant_is_one_change_that_parses(task: tuple[str, str], most: int) -> None:
    language, code = task
    files = {LAYOUTS[language].main: code, "README.md": "1 < 2"}
    made = mutants(files, language, most)
    check(made, files, language, most)
    assert made == mutants(dict(reversed(files.items())), language, most)
    assert made == mutants(files, language, most + 1)[:most]


@given(st.sampled_from(TRUTH), st.data())
@settings(max_examples=100, deadline=None)
def test_broken_code_raises_nothing(task: tuple[str, str], data: st.DataObject) -> None:
    language, code = task
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(code)))
        code = code[:at] + data.draw(PIECES) + code[at + data.draw(st.integers(0, 3)) :]
    files = {LAYOUTS[language].main: code}
    check(mutants(files, language), files, language, 9)


@given(st.sampled_from(list(LAYOUTS)), st.text(max_size=60))
@example("python", "\ud800")
@example("go", "\ud800")
@settings(max_examples=100, deadline=None)
def test_any_text_is_taken(language: str, text: str) -> None:
    files = {LAYOUTS[language].main: text}
    check(mutants(files, language), files, language, 9)


@pytest.mark.parametrize("language", LAYOUTS)
@pytest.mark.parametrize(
    "text",
    [
        *("", "(" * 50_000, "x = " + "[" * 5_000 + "]" * 5_000, "a<" * 20_000, "!;" * 20_000, "\0", "`${" * 5_000),
        *("!)" * 20_000, "a = " * 20_000, "f(" + "!" * 50_000 + "a)", "x = 1 " + "+ 1" * 20_000, "{" * 300 + "}" * 300),
    ],
)
def test_what_no_parser_should_see_gives_nothing(language: str, text: str) -> None:
    assert mutants({LAYOUTS[language].main: text}, language) == ()


def test_tests_other_languages_and_large_files_stay_as_they_are() -> None:
    code = "def f(a):\n    return a < 1\n"
    files = {"test_f.py": code, "f.js": "f(1 < 2)", "data.py": f"N = 1  # {'x' * MAX_BYTES}\n", "f.py": code}
    made = mutants(files, "python", 99)
    assert len(made) == 2
    assert all(
        {n: t for n, t in m.files.items() if n != "f.py"} == {n: files[n] for n in files if n != "f.py"} for m in made
    )
    assert mutants(files, "cobol") == ()


def test_every_function_and_kind_has_its_turn_before_a_second_of_its_own() -> None:
    code = "".join(
        f"def f{n}(a, b):\n    if a < 1 and b > 2 and a + 3:\n        return 4\n    return 5\n" for n in range(3)
    )
    lines = [int(m.what.split()[1].rstrip(":")) for m in mutants({"f.py": code}, "python", 9)]
    assert sorted((line - 1) // 4 for line in lines) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert len(set(lines)) >= 6


def test_a_mistake_in_one_of_several_files_says_in_which() -> None:
    code = "def f(a):\n    return a < 1\n"
    said = {m.what for m in mutants({"pkg/a_very_long_name_of_a_file.py": code, "b.py": code}, "python")}
    assert said == {
        *("line 2 of pkg/a_v…ile.py: `<` became `<=`", "line 2 of pkg/a_v…ile.py: `1` became `2`"),
        *("line 2 of b.py: `<` became `<=`", "line 2 of b.py: `1` became `2`"),
    }


def test_the_grammars_are_imported_when_first_needed() -> None:
    code = (
        "import sys\nfrom functions.agent.mutation import mutants\n"
        "assert mutants({'f.py': 'def f(a):\\n    return a < 1\\n'}, 'python')\n"
        "print([name for name in sys.modules if name.startswith('tree_sitter')])\n"
        "assert mutants({'f.go': 'package f\\nfunc F(a int) bool { return a < 1 }\\n'}, 'go')\n"
        "print('tree_sitter_go' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
