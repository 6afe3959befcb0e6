"""A file of tests becomes cases of one assertion each; none is corrupted on the way, and each loss has a reason."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import python_suites, suites
from functions.agent.words import Origin


def split(source: str, *targets: str) -> suites.Split:
    return suites.split(textwrap.dedent(source), "s11", Origin.GENERATED, targets or ("f",))


def bodies(source: str, *targets: str) -> list[str]:
    return [suites.body_of(c) for c in split(source, *targets).suite.cases]


def names(source: str, *targets: str) -> list[str]:
    return [c.name for c in split(source, *targets).suite.cases]


def outcomes(source: str, solution: str, *targets: str) -> dict[str, bool]:
    """Case name → whether it passes against `solution`, each run alone in the rendered file."""
    result = split(source, *targets)
    scope: dict[str, object] = {}
    text = suites.render(result.suite, ()).replace("import pytest", "import pytest\n" + solution, 1)
    exec(compile(text, "tests", "exec"), scope)
    passed = {}
    for number, case in enumerate(result.suite.cases, 1):
        try:
            scope[f"test_{number}"]()  # type: ignore[operator]
            passed[case.name] = True
        except (Exception, pytest.fail.Exception):
            passed[case.name] = False
    return passed


def test_each_assertion_is_a_case_with_what_it_needs_and_no_more() -> None:
    source = """
        def test_many():
            \"\"\"About f.\"\"\"
            x = 2
            unrelated = 7
            assert f(x) == 4
            y = x + 1
            assert f(y) == 9
    """
    assert bodies(source) == ["x = 2\nassert f(x) == 4", "x = 2\ny = x + 1\nassert f(y) == 9"]
    assert [c.id for c in split(source).suite.cases] == ["s11-1", "s11-2"]


def test_a_variable_given_two_values_has_at_each_assertion_the_one_of_that_line() -> None:
    top = "x = 1\nassert f(x) == 1\nx = 2\nassert f(x) == 4"
    assert bodies(top) == ["x = 1\nassert f(x) == 1", "x = 1\nx = 2\nassert f(x) == 4"]
    assert all(outcomes(top, "f = lambda n: n * n").values())


STACK = """
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self): return self.items.pop()
    def size(self): return len(self.items)
"""


def test_what_an_earlier_assertion_did_to_an_object_still_happens_before_a_later_one() -> None:
    source = """
        def test_order():
            s = Stack()
            s.push(1)
            s.push(2)
            assert s.pop() == 2
            assert s.pop() == 1
            assert s.size() == 0
            with pytest.raises(IndexError):
                s.pop()
    """
    assert list(outcomes(source, STACK, "Stack").values()) == [True] * 4
    top = textwrap.dedent(source).replace("def test_order():", "").replace("\n    ", "\n")
    assert list(outcomes(top, STACK, "Stack").values()) == [True] * 4


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    d = {}\n    d['a'] = 1\n    assert f(d) == 1",
        "def test_a():\n    p = Point()\n    p.x = 1\n    assert f({'a': p.x}) == 1\nclass Point: pass",
        "def test_a():\n    n = 0\n    n += 1\n    d = dict(a=n)\n    assert f(d) == 1",
        "def test_a():\n    d = {}\n    for k in 'a':\n        d[k] = 1\n    assert f(d) == 1",
        "D = {'a': 1}\ndef test_a():\n    assert f(D) == 1",
        "def make():\n    return {'a': 1}\ndef test_a():\n    assert f(make()) == 1",
        "import json\ndef test_a():\n    assert f(json.loads('{\"a\": 1}')) == 1",
        "def test_a():\n    import json\n    from solution import f\n    assert f(json.loads('{\"a\": 1}')) == 1",
        "from pytest import approx\ndef test_a():\n    assert f({'a': 1}) == approx(1.0)",
        "def test_a():\n    text = f'''a\n  b{1}'''\n    assert f({'a': len(text) - 5}) == 1",
        "def test_a():\n    if_not = {'a': 1}\n    (x, y) = (if_not, 1)\n    assert f(x) == y",
    ],
)
def test_setup_of_every_shape_survives(source: str) -> None:
    passed = outcomes(source, "def f(d): return d['a']")
    assert list(passed.values()) == [True]


def test_a_multi_line_string_is_not_indented_on_the_way() -> None:
    source = "def test_a():\n    n = 1\n    assert f(f'''a\n  b{n}''') == 6"
    assert outcomes(source, "def f(s): return len(s)") == {split(source).suite.cases[0].name: True}


def test_a_loop_with_an_assertion_stays_one_case() -> None:
    source = """
        def test_all():
            pairs = [(1, 1), (2, 4)]
            for n, want in pairs:
                assert f(n) == want
    """
    assert bodies(source) == ["pairs = [(1, 1), (2, 4)]\nfor n, want in pairs:\n    assert f(n) == want"]
    assert split(source).suite.cases[0].call == ""
    assert list(outcomes(source, "f = lambda n: n * n").values()) == [True]
    assert list(outcomes(source, "f = lambda n: n").values()) == [False]


def test_parameters_become_one_case_a_row() -> None:
    source = """
        import pytest
        @pytest.mark.parametrize("n, want", [(1, 1), (2, 4), pytest.param(3, 9, id="three")])
        def test_square(n, want):
            assert f(n) == want
        @pytest.mark.parametrize("n", [0])
        def test_zero(n):
            assert f(n) == 0
    """
    assert names(source) == ["f(1) == 1", "f(2) == 4", "f(3) == 9", "f(0) == 0"]
    assert [c.expected for c in split(source).suite.cases] == ["1", "4", "9", "0"]
    assert all(outcomes(source, "f = lambda n: n * n").values())


def test_exceptions_are_cases_with_their_match() -> None:
    source = """
        def test_bad():
            with pytest.raises(ValueError, match="neg.*"):
                f(-1)
        def test_told():
            with pytest.raises(ValueError) as caught:
                f(-1)
            assert "negative" in str(caught.value)
        def test_call():
            pytest.raises(ValueError, f, -1)
    """
    solution = "def f(n):\n    raise ValueError('negative')"
    assert list(outcomes(source, solution).values()) == [True] * 4
    assert list(outcomes(source, "def f(n): return 1").values()) == [False] * 4


def test_unittest_style_is_read_as_plain_assertions() -> None:
    source = """
        import unittest
        class TestF(unittest.TestCase):
            def setUp(self):
                self.n = 2
            def test_a(self):
                self.assertEqual(f(2), 4, "square")
                self.assertTrue(f(3) == 9)
                self.assertFalse(f(2) == 5)
                self.assertIsNone(None if f(1) else 1)
                self.assertIn(f(2), [4])
                self.assertAlmostEqual(f(2), 4.00000001)
                self.assertIsInstance(f(2), int)
            def test_b(self):
                with self.assertRaises(TypeError):
                    f("a")
                self.assertRaises(TypeError, f, "a")
            def test_c(self):
                self.assertEqual(f(self.n), 4)
            def test_d(self):
                self.assertCountEqual(f(2), [4])
    """
    passed = outcomes(source, "def f(n): return n * n")
    assert "f(2) == 4" in passed
    assert len(passed) == 8  # both ways to expect a TypeError are the same case
    assert all(passed.values())
    dropped = split(source).dropped
    assert any("needs `self`" in d for d in dropped)
    assert any("test_d" in d for d in dropped)


def test_async_tests_run_without_a_plugin() -> None:
    source = (
        "async def test_a():\n    x = await f(2)\n    assert x == 4\nasync def test_b():\n    assert await f(3) == 9"
    )
    assert list(outcomes(source, "async def f(n): return n * n").values()) == [True, True]
    assert list(outcomes(source, "async def f(n): return n").values()) == [False, False]
    assert split(source).suite.cases[1].call == "await f(3)"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def test_a(tmp_path):\n    assert f(tmp_path) == 1", "needs the fixture `tmp_path`"),
        ("@pytest.mark.skip\ndef test_a():\n    assert f(1) == 1", "is decorated by `pytest.mark.skip`"),
        ("@pytest.mark.xfail(reason='x')\ndef test_a():\n    assert f(1) == 1", "is decorated by"),
        ("@patch('a.b')\ndef test_a(m):\n    assert f(1) == 1", "is decorated by `patch`"),
        ("@pytest.mark.parametrize('a', rows())\ndef test_a(a):\n    assert f(a) == 1", "its parameters can't be read"),
        ("@pytest.mark.parametrize('a', [1])\ndef test_a(a, b):\n    assert f(a) == b", "its parameters can't be read"),
        ("def test_a():\n    if f(1):\n        assert f(1) == 1", "asserts only under a condition"),
        ("def test_a():\n    try:\n        assert f(1) == 1\n    except: pass", "asserts only under a condition"),
        ("def test_a():\n    try:\n        x = f(1)\n    except: x = 1\n    assert x == f(1)", "does more than"),
        ("def test_a():\n    return\n    assert f(1) == 1", "may end before it asserts"),
        ("def test_a():\n    f(1)", "asserts nothing"),
        ("assert True or f(1)\nassert g(1) == 1", "never calls the code"),
        ("def test_a():\n    f(1)\n    assert 1 == 1", "asserts nothing"),
        ("assert (f(1) == 1, 'told')", "asserts nothing"),
        ("assert f(1) == f(1)", "asserts nothing"),
        ("assert f(np.array([1])) == 1", "reads `np`, which is not defined"),
        ("def test_a():\n    f = lambda n: 1\n    assert f(1) == 1", "redefines `f`"),
        ("assert f(1) == 1\nassert f(1)==1", "repeated: f(1) == 1"),
        ("assert f(" + "-" * 900 + "1) == 1", "can't be written out again"),
        ("assert f(0x" + "f" * 5000 + ") == 1", "can't be written out again"),
    ],
)
def test_a_test_that_is_no_use_is_dropped_alone_and_says_why(source: str, why: str) -> None:
    result = split(source + "\ndef test_good():\n    assert f(7) == 7\n")
    assert any(why in d for d in result.dropped), result
    assert "f(7) == 7" in [c.name for c in result.suite.cases]


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        ("assert f(1) == 1\nassert f(2 == 4\nassert f(3) == 9", "assert f(2 == 4"),
        ("assert f(1) == 1\nassert f(2) = 4\nassert f(3) == 9", "assert f(2) = 4"),
        ("def test_a():\n    assert f(1) == 1\n    assert f(2) == = 4\n    assert f(3) == 9", "assert f(2) == = 4"),
        ("def test_a():\n    assert f(1) == 1\n\ndef test_b(:\n    pass\n\nassert f(3) == 9", "def test_b(:"),
        ("Here are the tests:\nassert f(1) == 1\nassert f(3) == 9", "Here are the tests:"),
        ("assert f(1) == 1\nassert f(3) == 9\nassert f(", "assert f("),
        ("assert f(1) == 1\nassert f(3) == 9\nassert f('unfinished) == 1", "assert f('unfinished) == 1"),
        ("assert f(1) == 1\n1 + \nassert f(3) == 9", "1 +"),
        ("@pytest.mark.x\ndef test_a():\n    assert f(1) == 1\n# note\n    assert f(3) == 9\nelse\n", "else"),
    ],
)
def test_one_bad_line_costs_only_itself(source: str, lost: str) -> None:
    result = split(source)
    assert sorted(c.name for c in result.suite.cases) == ["f(1) == 1", "f(3) == 9"]
    assert any(lost in d for d in result.dropped)


def test_nothing_in_the_preamble_hides_the_code_or_breaks_the_file() -> None:
    source = """
        from __future__ import annotations
        from math import *
        from math import f, sqrt
        from operator import add as f
        import missing_package, math
        from solution import f, other
        from typing import List
        def f(n): return 1
        class f: pass
        def helper(n: List[int]) -> int: return n
        def broken(n: Unknown = nothing): return n
        @fixture
        def data(): return 1
        class Node:
            value = 1
        assert f(helper(2)) == 2
    """
    result = split(source)
    preamble = ast.unparse(ast.parse(result.suite.preamble))
    assert "import math" in preamble
    assert "from math import sqrt" in preamble
    assert "def helper" in preamble
    assert "class Node" in preamble
    for absent in ("__future__", "missing_package", "solution", "def f", "class f", "broken", "fixture", "*"):
        assert absent not in preamble
    exec(compile(python_suites.render(result.suite, ("sqrt",), "math.py"), "tests", "exec"), {})


def test_a_definition_of_the_code_beside_the_tests_is_not_what_is_tested() -> None:
    source = "f = lambda n: 1\ndef f(n): return 1\nassert f(1) == 1\ndef test_a():\n    assert f(2) == 1"
    assert list(outcomes(source, "def f(n): return 0").values()) == [False, False]


def test_a_helper_that_calls_the_code_counts_as_a_call() -> None:
    assert names("def run(n):\n    return f(n) + 1\ndef test_a():\n    assert run(2) == 5") == ["run(2) == 5"]


def test_at_most_twelve_cases_and_the_rest_is_told() -> None:
    result = split("\n".join(f"assert f({n}) == {n}" for n in range(20)))
    assert len(result.suite.cases) == suites.MAX_CASES == 12
    assert sum("beyond the first 12" in d for d in result.dropped) == 8
    assert len(split("assert f(1) == 1", "f").suite.cases) == 1


def test_what_was_seen_elsewhere_is_not_taken_twice() -> None:
    result = suites.split("assert f(1) == 1\nassert f(2) == 2", "s", Origin.GENERATED, ("f",), {"assert f(1) == 1"})
    assert [c.name for c in result.suite.cases] == ["f(2) == 2"]


def test_the_key_of_a_case_says_what_is_called_whatever_the_variables_are_named() -> None:
    first = "def test_a():\n    x = [1]\n    want = 1\n    assert f(x) == want\n"
    cases = split(first + "def test_b():\n    r = f([2])\n    assert r == 2")
    assert [(c.call, c.expected) for c in cases.suite.cases] == [("f([1])", "1"), ("f([2])", "2")]
    unclear = split("def test_a():\n    x = [1]\n    x.append(2)\n    assert f(x) == 1").suite.cases[0]
    assert (unclear.call, unclear.expected) == ("", "")


@pytest.mark.parametrize(
    "text", ["\"quoted\" 'both'", "line\nbreak", "tab\t|pipe`tick`", "naïve 中文 🎉", "\\n \\", "x" * 300]
)
def test_names_are_one_short_line_and_the_case_means_the_same(text: str) -> None:
    (case,) = split(f"assert f({text!r}) == {text!r}").suite.cases
    assert len(case.name) <= 100
    assert "\n" not in case.name
    assert ast.literal_eval(case.expected) == text
    assert outcomes(f"assert f({text!r}) == {text!r}", "def f(s): return s") == {case.name: True}


def test_the_rendered_file_is_what_pytest_runs(tmp_path) -> None:  # type: ignore[no-untyped-def]
    source = "import math\nassert f(2) == 4\nassert f(1) == 2\nwith pytest.raises(TypeError):\n    f('a')"
    (tmp_path / "solution.py").write_text("def f(n):\n    return n * n\n")
    (tmp_path / "test_s11.py").write_text(suites.render(split(source).suite, ("f",)))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert "2 passed" in done.stdout
    assert "1 failed" in done.stdout


LINES = st.sampled_from(
    [
        *(
            "assert f(1) == 1",
            "assert f(",
            "def test_a():",
            "    x = f(2)",
            "    assert x == 4",
            "x = 3",
            "class TestA:",
        ),
        *(
            "    def test_m(self):",
            "        assert f(1)",
            "@pytest.mark.parametrize('a', [1])",
            "import math",
            "é",
            "\0",
        ),
        *(
            "    for i in range(2):",
            "        self.assertEqual(f(1), 2)",
            "'''",
            ")",
            "with pytest.raises(E):",
            "    f(1)",
        ),
        *(
            "async def test_c():",
            "    await f(1)",
            "\\",
            "else:",
            "    return",
            "lambda: 0",
            "f = 1",
            "\tassert f(2)",
            "\ud800",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=12).map("\n".join) | st.text(max_size=120))
def test_any_reply_gives_cases_that_compile_call_the_code_and_have_names_of_their_own(source: str) -> None:
    result = suites.split(source, "s11", Origin.GENERATED, ("f",))
    assert result == suites.split(source, "s11", Origin.GENERATED, ("f",))
    assert len(result.suite.cases) <= suites.MAX_CASES
    assert len({c.id for c in result.suite.cases}) == len(result.suite.cases)
    for case in result.suite.cases:
        compile(case.source, "case", "exec")
        assert "f(" in case.source
        assert "assert" in case.source or "raises" in case.source
    compile(suites.render(result.suite, ("f",)), "tests", "exec")
