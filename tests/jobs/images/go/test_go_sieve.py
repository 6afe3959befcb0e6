"""A test that does not compile costs only itself: the others run, and it comes back with the compiler's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jobs.language import IMAGES

Drive = Callable[..., Any]
LANGUAGE = json.loads((IMAGES / "go" / "language.json").read_text(encoding="utf-8"))["languages"]["go"]
CODE = "package solution\n\nfunc Double(n int) int { return 2 * n }\n"
HEAD = 'package solution\n\nimport (\n\t"fmt"\n\t"math"\n\ttext "strings"\n\t"testing"\n)\n\n'
GOOD = "func Test_good(t *testing.T) {\n\tif Double(2) != 4 {\n\t\tt.Fatal()\n\t}\n}\n\n"
LAST = 'func Test_last(t *testing.T) {\n\tt.Fatal(fmt.Sprint(math.Pi, text.ToUpper("x")))\n}\n\n'
HELPER = "func half(n int) int {\n\treturn n / 2\n}\n\n"


def bad(statement: str, name: str = "bad") -> str:
    return f"func Test_{name}(t *testing.T) {{\n\t{statement}\n}}\n\n"


STATEMENTS = [
    ("Triple(1)", "undefined: Triple"),
    ('Double("1")', 'cannot use "1" (untyped string constant) as int value in argument to Double'),
    ("Double(1, 2)", "too many arguments in call to Double\n\thave (number, number)\n\twant (int)"),
    ("n := Double(1)", "n declared but not used"),
    ("n := = 3", "syntax error: expected operand, found '='"),
    ("if Double(1 { t.Fatal() }", "syntax error: "),
    ("if true { t.Fatal()", "syntax error: expected '}', found 'EOF'"),
    ("t.Fatal() }", "syntax error: "),
    ('Double("} {)', "syntax error: string literal not terminated"),
]


@pytest.mark.parametrize(
    ("statement", "said", "at"), [(*s, 1) for s in STATEMENTS] + [(*s, 2) for s in STATEMENTS[5:8]]
)
def test_one_bad_test_is_an_error_and_the_others_run(test: Drive, statement: str, said: str, at: int) -> None:
    tests = [GOOD, LAST]
    tests.insert(at, bad(statement))
    run = test(CODE, HEAD + "".join(tests) + HELPER)
    assert run.outcomes == {"Test_bad": "error", "Test_good": "passed", "Test_last": "failed"}
    assert said in run.cases["Test_bad"]["message"]
    assert run.cases["Test_bad"]["message"].startswith("s1_test.go:")
    names = sorted(name.partition("::")[2] for name in run.of("collected")[0]["ids"])
    assert names == ["Test_bad", "Test_good", "Test_last"]
    assert (run.events[-1], run.code) == ({"ev": "finish", "code": 1}, 1)
    assert run.left == ()


def test_bad_ones_of_every_kind_go_in_rounds(test: Drive) -> None:
    kinds = [bad(STATEMENTS[i][0], f"bad{i}") for i in (4, 0, 1, 6, 3)]
    run = test(CODE, HEAD + "".join([kinds[0], GOOD, *kinds[1:], LAST]))
    wrong = dict.fromkeys([f"Test_bad{i}" for i in (0, 1, 3, 4, 6)], "error")
    assert run.outcomes == {**wrong, "Test_good": "passed", "Test_last": "failed"}
    assert run.cases["Test_bad4"]["message"] == "s1_test.go:11: syntax error: expected operand, found '='"
    assert run.cases["Test_last"]["message"].startswith("s1_test.go:37: 3.14")


def test_many_bad_ones_go_at_once(test: Drive) -> None:
    run = test(CODE, HEAD + "".join(bad(f"x{i}()", f"{i}") for i in range(40)) + LAST)
    assert sum(outcome == "error" for outcome in run.outcomes.values()) == 40
    assert run.outcomes["Test_last"] == "failed"
    assert run.cases["Test_39"]["message"] == "s1_test.go:167:2: undefined: x39"


def test_what_only_a_bad_test_imports_is_no_error_of_the_others(test: Drive) -> None:
    run = test(CODE, HEAD + LAST.replace("last", "bad").replace("(math", "(nothing, math") + GOOD)
    assert run.outcomes == {"Test_bad": "error", "Test_good": "passed"}
    unused = test(CODE, HEAD + GOOD + bad("Double(`a`)"))
    assert 'imported and not used: "fmt"' in unused.broken


def test_what_is_skipped_is_not_reported_although_it_is_bad(test: Drive) -> None:
    run = test(CODE, HEAD + LAST + bad("x()"), skip=["s1_test.go::Test_bad", "s1_test.go::Test_last"])
    assert len(run.of("collected")[0]["ids"]) == 2
    assert (run.outcomes, run.code) == ({}, 0)


def test_of_two_with_one_name_none_passes(test: Drive) -> None:
    run = test(CODE, HEAD + LAST + GOOD + GOOD)
    assert run.outcomes == {"Test_good": "error", "Test_last": "failed"}
    assert "Test_good redeclared in this block" in run.cases["Test_good"]["message"]


@pytest.mark.parametrize(
    "tests",
    [
        HEAD + "func half(n int) int { return nothing }\n\n" + LAST,
        HEAD + "func half(n int) int { return nothing }\n\n" + LAST + bad("x()"),
        HEAD.replace('"fmt"', '"fmt"\n\t"slices"') + LAST,
        HEAD.replace('"fmt"', '"fmt"\n\t"os"') + LAST,
        HEAD.replace('"fmt"', '"fmt') + LAST,
    ],
)
def test_what_stands_around_the_tests_is_everybodys(test: Drive, tests: str) -> None:
    assert test(CODE, tests).broken.startswith("s1_test.go:")


@pytest.mark.parametrize("tests", [LAST, LAST + bad("x()"), LAST + bad("n := = 3")])
@pytest.mark.parametrize("directive", ["", "//line s1_test.go:16\n", "/*line s1_test.go:16:1*/ "])
def test_an_error_in_the_code_is_everybodys_wherever_it_is_said_to_lie(test: Drive, directive: str, tests: str) -> None:
    code = CODE.replace("func", f"{directive}func").replace("2 * n", "2 * m")
    assert "solution.go:" in test(code, HEAD + tests).broken


def test_an_error_that_writes_lines_of_its_own_is_the_codes(test: Drive) -> None:
    code = CODE.replace("2 * n", "`\ns1_test.go:11:2: made up`")
    assert test(code, HEAD + LAST).broken.startswith("solution.go:3:")


def test_where_no_test_is_left_all_are_broken_with_the_first_errors(test: Drive) -> None:
    said = test("package solution\n", HEAD + GOOD + GOOD.replace("good", "fine") + bad("n := = 3")).broken
    assert said.startswith("s1_test.go:23:7: syntax error")


def test_a_stub_is_tested_without_them_too(test: Drive) -> None:
    run = test(CODE, HEAD + bad("x()") + LAST + bad("", "empty"), stub=True)
    assert run.outcomes == {"Test_bad": "error", "Test_last": "failed", "Test_empty": "passed"}


def test_a_file_that_the_tests_need_is_taken_before_a_test_is_left_out(test: Drive) -> None:
    tests = {"s1_test.go": HEAD + bad("x()") + LAST + bad("half(1)", "halved"), "help_test.go": HEAD[:18] + HELPER}
    run = test(CODE, tests, files=["s1_test.go"])
    assert run.outcomes == {"Test_bad": "error", "Test_last": "failed", "Test_halved": "passed"}


@pytest.mark.parametrize("canary", [GOOD + bad("x()"), GOOD + bad("n := = 3")])
def test_a_test_that_must_fail_is_never_left_out(test: Drive, canary: str) -> None:
    file = LANGUAGE["canary"]["file"].replace("{token}", "k0123456789ab")
    head = 'package solution\n\nimport "testing"\n\n'
    run = test(CODE, {"s1_test.go": HEAD + LAST, file: head + canary.replace("Test_", "TestX")})
    assert run.broken.startswith(f"{file}:")
