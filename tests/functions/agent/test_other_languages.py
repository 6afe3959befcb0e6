"""The way of a request in a language other than Python: prompts, bundle, ZIP."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from functions.agent import anchors, bundle, delivery, suites, wording
from functions.agent.errors import BadInput
from functions.agent.languages import LANGUAGES
from functions.agent.parsing import parse
from functions.agent.records import Execution, Suite
from functions.agent.usecases.submit import Request, _language
from functions.agent.words import Origin
from making import candidate, execution

BRACED = ("javascript", "typescript", "java", "go", "csharp")
CODE = {
    "javascript": "export function add(a, b) { return a + b; }\n",
    "typescript": "export function add(a: number, b: number): number { return a + b; }\n",
    "java": "public class Solution {\n    public static int add(int a, int b) { return a + b; }\n}\n",
    "go": "package solution\n\nfunc add(a, b int) int { return a + b }\n",
    "csharp": "public static class Solution\n{\n    public static int add(int a, int b) { return a + b; }\n}\n",
}
INTERFACE = {
    "java": "public class Solution\n    public static int add(int a, int b)",
    "csharp": "public static class Solution\n    public static int add(int a, int b)",
    "go": "func add(a, b int) int",
}
LINES = {
    "java": "assertEquals(4, Solution.add(2, 2));\nassertEquals(5, Solution.add(2, 3));",
    "csharp": "Assert.AreEqual(4, Solution.add(2, 2));\nAssert.AreEqual(5, Solution.add(2, 3));",
    "go": "equal(t, add(2, 2), 4)\nequal(t, add(2, 3), 5)",
}
LIKE_JS = "assert.deepStrictEqual(add(2, 2), 4);\nassert.deepStrictEqual(add(2, 3), 5);"
PROMPT = "Write a function `add` that adds two numbers. For example add(1, 2) returns 3."


def told(reply: str, language: str) -> Suite:
    """The suite that a reply of tests becomes."""
    facts = LANGUAGES[language]
    parsed = parse(reply, language=language, expected=(facts.test_file,), purpose="tests")
    targets = ("Solution", "add") if language in ("java", "csharp") else ("add",)
    text = "\n".join(parsed.files.values())
    return suites.split(text, "s11", Origin.GENERATED, targets, language=language).suite


def made(language: str) -> Execution:
    suite = told(f"Here they are:\n\n```{language}\n{LINES.get(language, LIKE_JS)}\n```\n", language)
    stated = anchors.find(PROMPT, language)
    results = {c.id: True for s in (stated, suite) for c in s.cases}
    files = {LANGUAGES[language].main_file: CODE[language]}
    return execution(
        [stated, suite],
        [candidate("a1c1", results, files=files)],
        language=language,
        prompt=PROMPT,
        interface=INTERFACE.get(language, "export function add(a, b)"),
        limits={"wall_s": 30.0},
    )


@pytest.mark.parametrize("language", BRACED)
def test_the_bundle_carries_vectors_and_names_every_test_as_its_file_does(language: str) -> None:
    done = made(language)
    packed = json.loads(bundle.pack(done, "r", done.candidates))
    home = "Solution." if language in ("java", "csharp") else ""
    assert [len(s["cases"]) for s in packed["suites"]] == [1, 2]
    for asked in packed["suites"]:
        (name, text), *others = asked["files"].items()
        assert not others
        for case in asked["cases"]:
            file, test = case["test"].split("::")
            assert file == name
            assert test in text
            assert case["vector"]["call"] == f"{home}add"
    assert packed["suites"][1]["cases"][0]["vector"] == {"call": f"{home}add", "args": [2, 2], "expect": {"value": 4}}


def test_cases_of_python_go_without_a_vector() -> None:
    found = suites.split("assert add(1, 2) == 3", "s11", Origin.GENERATED, ("add",)).suite
    done = execution([found], [candidate("a1c1", {"s11-1": True})])
    packed = json.loads(bundle.pack(done, "r", done.candidates))
    assert packed["suites"][0]["cases"] == [{"id": "s11-1", "test": "test_s11.py::test_1"}]


@pytest.mark.parametrize("language", BRACED)
def test_the_zip_says_how_its_tests_are_run_and_holds_what_that_takes(language: str) -> None:
    done = made(language)
    parcel = delivery.files(done)
    layout = LANGUAGES[language].writing["delivery"]
    assert LANGUAGES[language].main_file in parcel
    assert set(layout["files"]) <= set(parcel)
    assert f"Run them with `{layout['run']}`" in parcel["README.md"]
    claims = json.loads(parcel["VALIDATION.json"])
    for suite in claims["suites"]:
        assert suite["file"] in parcel
        assert all(case["test"].startswith(suite["file"].rsplit("/", 1)[-1] + "::") for case in suite["cases"])
        assert all(case["vector"]["args"] for case in suite["cases"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_say_the_language_its_version_and_its_way_to_assert(language: str) -> None:
    done = made(language) if language in BRACED else execution([])
    facts = LANGUAGES[language]
    code, tests = wording.code(done, "", ""), wording.tests(done, done.interface, ())
    assert f"the standard library of {facts.label} {facts.version}" in code
    assert all(package in code for package in facts.packages if not package.endswith("for tests"))
    assert facts.notes in code
    assert facts.code_rule in code
    assert facts.test_style in tests
    assert f"for it in {facts.label}." in tests
    assert "- It defines `" not in code or "`add`" in code or language == "python"
    assert facts.label in wording.again(done, "x", SimpleNamespace(advice=f"It is no {facts.label}."))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", BRACED)
def test_names_come_from_the_request_or_from_its_examples(language: str) -> None:
    assert wording.wanted_names(made(language)) == ("add",)
    stated = anchors.find("add(1, 2) returns 3", language)
    assert wording.wanted_names(execution([stated], prompt="It adds: add(1, 2) returns 3", language=language)) == (
        "add",
    )


@pytest.mark.parametrize(
    "reply", ["```{tag}\n{lines}\n```", "```\n{lines}\n```", "{lines}", "Tests:\n```{tag}\n{lines}"]
)
@pytest.mark.parametrize("language", BRACED)
def test_lines_of_tests_are_found_however_they_are_wrapped(language: str, reply: str) -> None:
    text = reply.format(tag=language, lines=LINES.get(language, LIKE_JS))
    assert [c.expected for c in told(text, language).cases] == ["4", "5"]


def test_a_sandbox_with_fewer_languages_says_so() -> None:
    def asked(name: str | None, prompt: str = "x") -> str:
        ports: Any = SimpleNamespace(settings={"languages": ("python", "go")})
        return _language(ports, Request("i", "u", prompt, language=name), [])

    assert asked("golang") == "go"
    with pytest.raises(BadInput, match="Java can't be run here; the sandbox has python, go"):
        asked("java")
    with pytest.raises(BadInput, match="C# can't be run here"):
        asked(None, "Write it in C#")


def test_every_language_is_described_in_full() -> None:
    assert list(LANGUAGES) == ["python", "javascript", "typescript", "java", "go", "csharp"]
    for facts in LANGUAGES.values():
        assert facts.is_test(suites.file_of("s11", facts.name)), facts.name
        assert facts.is_test(facts.test_file)
        assert not facts.is_test(facts.main_file)
        assert facts.notes
        assert facts.version


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("function add(a) {\n  return a;\n}\nclass Box {}\nconst x = 1;\n", "\n\nexport { add, Box, x };\n"),
        ("function add(a) {\n  return a;\n}\n\nmodule.exports = { add };\n", "\nexport { add };\n"),
        ("function add(a) {\n  return a;\n}\nmodule.exports = add;\n", "\nexport { add };\n"),
        ("export function add(a) {\n  return a;\n}\nfunction other() {}\n", "function other() {}\n"),
        ("const fs = require('fs');\nfunction add() {}\nmodule.exports = { add };\n", "module.exports = { add };\n"),
    ],
)
def test_javascript_that_forgot_to_export_can_be_imported(code: str, ending: str) -> None:
    parsed = parse(f"```javascript\n{code}```\n", language="javascript", expected=("solution.mjs",))
    assert parsed.files["solution.mjs"].endswith(ending)
    assert parsed.files["solution.mjs"].startswith(code.split("\n", 1)[0])
