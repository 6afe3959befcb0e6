"""Tests in attached files become anchors: each stands alone, calls the delivered code, and means what it meant."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import anchors, attached, suites
from functions.agent.records import Suite
from functions.agent.words import Origin

SOLUTION = """
def add(a, b): return a + b
def sub(a, b): return a - b
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self): return self.items.pop()
    def close(self): self.items = None
"""


def find(text: str, name: str = "test_calc.py", prompt: str = "Write the module.", language: str = "python"):  # type: ignore[no-untyped-def]
    return attached.find([(name, textwrap.dedent(text))], prompt, language)


def names(text: str, **more: str) -> list[str]:
    return [c.name for s in find(text, **more).suites for c in s.cases]


def passing(suite: Suite) -> list[bool]:
    """Whether each case passes on SOLUTION, run alone."""
    text = suites.render(suite, ()).replace("from solution import", "#")
    scope: dict[str, object] = {}
    exec(compile("import pytest\n" + SOLUTION + text, "tests", "exec"), scope)
    outcomes = []
    for case in suite.cases:
        try:
            scope[suites.test_of(case, suite.id, "python")]()  # type: ignore[operator]
            outcomes.append(True)
        except (Exception, pytest.fail.Exception):
            outcomes.append(False)
    return outcomes


def test_the_names_of_another_module_are_those_of_the_delivered_file() -> None:
    found = find("""
        import os, sys
        sys.path.insert(0, "..")
        import mymodule as m
        import pkg.mymodule
        from mymodule import add as plus
        def test_a():
            assert plus(1, 2) == 3
            assert m.sub(3, 1) == 2
            assert pkg.mymodule.add(1, 1) == 2
    """)
    (suite,) = found.suites
    assert (suite.id, suite.origin) == ("attached1", Origin.ANCHOR)
    assert suite.preamble.splitlines()[0] == "from solution import add, sub"
    assert [c.name for c in suite.cases] == ["add(1, 2) == 3", "sub(3, 1) == 2", "add(1, 1) == 2"]
    assert passing(suite) == [True, True, True]


MANY = """
    import pytest, unittest
    from calc import add, Stack
    N = 3
    @pytest.fixture
    def base():
        return [1]
    @pytest.fixture(scope="module")
    def stack(base):
        s = Stack()
        s.push(base[0])
        yield s
        s.close()
    def more(x): return add(x, 1)
    @pytest.mark.parametrize("a,b", [(1, 2), (3, 4)])
    def test_rows(a, b):
        assert more(a) == b
    def test_stack(stack):
        assert stack.pop() == 1
        stack.push(N)
        assert stack.pop() == N
    def test_loop():
        for i in range(3):
            if i:
                assert add(i, i) == 2 * i
        try:
            add()
        except TypeError:
            pass
        else:
            assert False
    class TestU(unittest.TestCase):
        K = 5
        def setUp(self):
            super().setUp()
            self.s = Stack()
        def test_a(self):
            self.s.push(self.K)
            self.assertEqual(self.s.pop(), 5)
            for x in [1]:
                self.assertEqual(add(x, 0), x)
"""


def test_fixtures_parameters_setup_and_whole_tests_are_read_and_hold() -> None:
    (suite,) = find(MANY).suites
    assert passing(suite) == [True] * len(suite.cases)
    shown = [c.name for c in suite.cases]
    assert shown[:5] == ["more(1) == 2", "more(3) == 4", "made_stack().pop() == 1", "stack.pop() == N", "test_loop"]
    assert len(shown) == 7
    wrong = suite.cases[4]
    assert "try:" in wrong.source
    assert not wrong.error


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("from calc import add\ndef test_a(tmp_path):\n    assert add(1, 1) == 2\n", "needs the fixture `tmp_path`"),
        ("from calc import add, MAX\ndef test_a():\n    assert add(MAX, 1) == 2\n", "reads `MAX`"),
        ("from calc import add\ndef test_a():\n    assert add(1, 1\n", "does not parse"),
        ("import pandas\ndef test_a():\n    assert pandas.f(1) == 2\n", "no module that could be the code"),
        ("from a import f\nfrom b import g\ndef test_a():\n    assert f(1) == g(2)\n", "which of a, b"),
        ("import pytest\ndef test_a():\n    assert True\n", "no module that could be the code"),
        ("from calc import add\n@pytest.mark.skip\ndef test_a():\n    assert add(1, 1) == 2\n", "is decorated by"),
        ("from calc import add as plus\nadd = 3\ndef test_a():\n    assert plus(1, 1) == 2\n", "has its own `add`"),
        ("from calc import add\ndef test_a():\n    pass\n", "asserts nothing"),
    ],
)
def test_what_cannot_be_read_safely_stays_text_and_says_why(text: str, why: str) -> None:
    found = find(text, name="test_x.py")
    assert found.suites == ()
    assert any(why in note for note in found.notes), found.notes


def test_the_module_is_the_one_that_the_file_is_named_after_or_that_has_what_is_asked_for() -> None:
    text = "from calc import f\nfrom helpers import g\ndef test_a():\n    assert f(1) == 2\n    assert g(1) == 2\n"
    assert names(text, name="test_calc.py") == ["f(1) == 2"]
    assert names(text, name="test_x.py", prompt="Write a function `f`") == ["f(1) == 2"]


def test_tests_of_something_else_than_what_is_asked_for_do_not_bind() -> None:
    found = find("from other import g\ndef test_a():\n    assert g(1) == 2\n", prompt="Write a function `slug`")
    assert found.suites == ()
    assert "nothing to do with `slug`" in found.notes[0]


@pytest.mark.parametrize(
    ("name", "text", "language", "answer"),
    [
        ("test_a.py", "", "python", True),
        ("checks.py", "import pytest\n", "python", True),
        ("checks.py", "x = 1\n", "python", False),
        ("a.test.js", "", "javascript", True),
        ("a.spec.ts", "", "typescript", True),
        ("a.js", 'import { test } from "node:test";', "javascript", True),
        ("a.js", "export const a = 1;", "javascript", False),
        ("AddTest.java", "", "java", True),
        ("add_test.go", "", "go", True),
        ("AddTests.cs", "", "csharp", True),
        ("test_a.py", "", "go", False),
        ("test_a.txt", "def test_a(): pass", "python", False),
    ],
)
def test_what_is_a_file_of_tests(name: str, text: str, language: str, answer: bool) -> None:
    assert attached.is_test(name, text, language) is answer


@pytest.mark.parametrize(
    ("language", "name", "text", "claims"),
    [
        (
            "javascript",
            "math.test.js",
            'import { it, expect } from "vitest";\nimport { add } from "../src/math.js";\n'
            'it("adds", () => { expect(add(1, 2)).toBe(3); expect(add(0, 0)).toEqual(0); });',
            ["add(1, 2) == 3", "add(0, 0) == 0"],
        ),
        (
            "javascript",
            "math.test.js",
            'const m = require("./math");\nconst assert = require("assert");\n'
            'test("adds", () => { assert.strictEqual(m.add(1, 2), 3); });',
            ["add(1, 2) == 3"],
        ),
        (
            "typescript",
            "math.spec.ts",
            'import * as m from "./math";\nit("adds", () => { expect(m.add(1, 2)).toBe(3); });',
            ["add(1, 2) == 3"],
        ),
        (
            "javascript",
            "a.test.js",
            'import { add as plus } from "./a";\nit("x", () => { expect(plus(1)).toBe(1); });',
            [],
        ),
        (
            "go",
            "add_test.go",
            'package calc_test\n\nimport (\n\t"testing"\n\t"example.com/x/calc"\n)\n\nfunc TestAdd(t *testing.T) {\n'
            '\tif got := calc.Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n',
            ["Add(1, 2) == 3"],
        ),
        (
            "java",
            "CalculatorTest.java",
            "package com.acme;\nimport org.junit.jupiter.api.*;\nclass CalculatorTest {\n"
            "    @Test void adds() { assertEquals(3, Calculator.add(1, 2)); }\n}\n",
            ["Solution.add(1, 2) == 3"],
        ),
        (
            "csharp",
            "CalculatorTests.cs",
            "using NUnit.Framework;\n[TestFixture]\npublic class CalculatorTests {\n"
            "  private Calculator calc;\n  [SetUp] public void Init() { calc = new Calculator(); }\n"
            "  [Test] public void Adds() { Assert.AreEqual(3, calc.Add(1, 2)); }\n}\n",
            ["calc.Add(1, 2) == 3"],
        ),
    ],
)
def test_other_languages(language: str, name: str, text: str, claims: list[str]) -> None:
    assert names(text, name=name, language=language, prompt="Write the code.") == claims


def test_at_most_forty_cases_and_nothing_twice() -> None:
    lines = "".join(f"    assert f({i}) == {i}\n" for i in range(60))
    text = f"from calc import f\ndef test_a():\n{lines}"
    stated = anchors.find("f(3) -> 3")
    found = attached.find([("test_calc.py", text), ("test_more.py", text)], "f(3) -> 3", "python", (stated,))
    assert sum(len(s.cases) for s in found.suites) == attached.MAX_CASES
    assert "f(3) == 3" not in [c.name for s in found.suites for c in s.cases]
    assert any("40 tests already" in note for note in found.notes)
    assert find("#" * (attached.MAX_BYTES + 1)).suites == ()


def test_values_that_contradict_each_other_bind_nobody() -> None:
    stated = anchors.find("f(1) -> 2, f(2) -> 4")
    found = find("from calc import f\ndef test_a():\n    assert f(1) == 3\n    assert f(3) == 9\n", prompt="f(1) -> 2")
    kept, notes = attached.agreeing((stated, *found.suites))
    assert [c.name for s in kept for c in s.cases] == ["f(2) == 4", "f(3) == 9"]
    assert len(notes) == 2


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "from calc import add\n",
                    "import calc\n",
                    "def test_a():\n",
                    "    assert add(1) == 2\n",
                    "class T:\n",
                ),
                *(
                    "    def setUp(self):\n",
                    "        self.x = calc.add(1)\n",
                    "    def test_b(self, fix):\n",
                    "\0",
                    "((",
                ),
                *(
                    "        self.assertEqual(self.x, 2)\n",
                    "@pytest.fixture\ndef fix():\n",
                    "    yield add\n",
                    "    pass\n",
                ),
                *(
                    'import { add } from "./calc";\n',
                    "test('a', () => { expect(add(1)).toBe(2); });\n",
                    "@Test",
                    "{",
                    "}",
                ),
            ]
        ),
        max_size=25,
    ).map("".join),
    st.sampled_from(["test_calc.py", "calc.test.js", "CalcTest.java", "calc_test.go", "CalcTests.cs"]),
)
def test_any_file_is_read(text: str, name: str) -> None:
    by_name = {"py": "python", "js": "javascript", "java": "java", "go": "go", "cs": "csharp"}
    language = by_name[name.rsplit(".", 1)[1]]
    for suite in attached.find([(name, text)], "Write it.", language).suites:
        assert suite.cases
        if language == "python":
            compile(suites.render(suite, ()), "tests", "exec")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("test_calc.py", "from calc import f\ndef test_a():\n" + "    x = f(1)\n    assert f(x) == 1\n" * 2000),
        ("test_calc.py", "from calc import f\n" + "x = f(1)\nassert f(x) == 1\n" * 2000),
        ("calc.test.js", 'import { f } from "./calc";\n' * 3000),
    ],
)
def test_a_large_hostile_file_is_read_in_time(name: str, text: str) -> None:
    started = time.process_time()
    attached.find([(name, text)], "Write it.", "python" if name.endswith("py") else "javascript")
    assert time.process_time() - started < 15
