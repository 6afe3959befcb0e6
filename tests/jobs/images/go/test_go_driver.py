"""Go tests in the sandbox's driver: what is built, what is collected, and what each outcome comes to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from jobs.language import IMAGES

Drive = Callable[..., Any]
GOFMT = "/usr/bin/gofmt"
CODE = """package solution

import "runtime"

func Double(n int) int { return 2 * n }

func At(list []int, i int) int { return list[i] }

type silent struct{}

func (silent) Error() string { runtime.Goexit(); return "" }
"""
HEAD = 'package solution\n\nimport "testing"\n\n'


def of(body: str, imports: str = "") -> str:
    extra = "".join(f'import "{name}"\n\n' for name in imports.split())
    return f"{HEAD}{extra}func Test1(t *testing.T) {{\n{body}\n}}\n"


def test_a_report_says_what_was_collected_and_how_it_went(test: Drive) -> None:
    suite = HEAD + "func Test1(t *testing.T) { if Double(2) != 4 { t.Fatal() } }\n\nfunc Test2(t *testing.T) {}\n"
    run = test(CODE, suite, skip=["s1_test.go::Test2"])
    assert [e["ev"] for e in run.events] == ["collected", "start", "case", "finish"]
    assert run.events[0]["ids"] == ["s1_test.go::Test1", "s1_test.go::Test2"]
    assert run.events[2]["outcome"] == "passed"
    assert run.events[2]["message"] == ""
    assert 0 <= run.events[2]["ms"] < 1000
    assert run.events[3]["code"] == run.code == 0
    assert (run.stdout, run.stderr, run.left) == ("", "", ())


@pytest.mark.parametrize(
    ("body", "outcome", "message"),
    [
        ('t.Errorf("got %d", Double(1))', "failed", "s1_test.go:6: got 2"),
        ('t.Error("a", 1)\nt.Fatal("b")\nt.Error("c")', "failed", "s1_test.go:6: a 1\ns1_test.go:7: b"),
        ('t.Log("seen")\nt.Fail()', "failed", "s1_test.go:6: seen"),
        ('t.Skip("later")', "skipped", "s1_test.go:6: later"),
        ("At(nil, 3)", "error", "panic: runtime error: index out of range [3] with length 0\nsolution.go:7 in At\n"),
        ('panic("oh")', "error", "panic: oh\ns1_test.go:6 in Test1"),
        ("panic(silent{})", "error", "panic: a value that cannot be printed\ns1_test.go:6 in Test1"),
        ("panic(nil)", "error", "the test called runtime.Goexit or panic(nil)"),
        ('t.Cleanup(func() { t.Error("late") })', "failed", "s1_test.go:6: late"),
        ('t.Cleanup(func() { panic("late") })', "error", "cleanup: panic: late"),
        ('t.Run("a b", func(t *testing.T) { t.Error("x") })', "failed", "a_b: s1_test.go:6: x"),
        ('t.Run("a", func(t *testing.T) { At(nil, 0) })\nt.Error("y")', "error", "a: panic: runtime error"),
        ('t.Run("a", func(t *testing.T) { t.Skip("x") })', "skipped", "a: s1_test.go:6: x"),
        ('t.Run("a", func(*testing.T) { t.Fatal("x") })\nt.Error("never")', "failed", "s1_test.go:6: x"),
        ('t.Run("", func(t *testing.T) { t.Run("b", func(t *testing.T) { t.Error(1) }) })', "failed", "#00: b: "),
        ('t.Error("\\xff\\"\\n\\x01é")', "failed", 's1_test.go:6: \ufffd"\n\x01é'),
    ],
)
def test_outcomes(test: Drive, body: str, outcome: str, message: str) -> None:
    run = test(CODE, of(body))
    case = run.cases["Test1"]
    assert case["outcome"] == outcome
    assert (
        case["message"].startswith(message) if message != "runtime.Goexit or panic(nil)" else message in case["message"]
    )
    assert run.code == run.of("finish")[0]["code"] == (0 if outcome == "skipped" else 1)


def test_parts_of_a_test_pass_with_it(test: Drive) -> None:
    body = (
        'for _, n := range []int{1, 2} {\nt.Run("x", func(t *testing.T) { t.Parallel(); t.Setenv("A", "b"); _ = n })\n}'
    )
    assert test(CODE, of(body)).outcomes == {"Test1": "passed"}


def test_a_function_that_calls_helper_is_not_the_place_of_a_failure(test: Drive) -> None:
    suite = HEAD + (
        "func check(t testing.TB, got, want int) {\n\tt.Helper()\n\tif got != want {\n"
        '\t\tt.Errorf("got %d", got)\n\t}\n}\n\nfunc Test1(t *testing.T) {\n\tcheck(t, Double(1), 3)\n}\n'
    )
    assert test(CODE, suite).cases["Test1"]["message"] == "s1_test.go:13: got 2"


def test_messages_are_cut(test: Drive) -> None:
    message = test(CODE, of('t.Error(strings.Repeat("é", 5000))', "strings")).cases["Test1"]["message"]
    assert len(message) == 2000
    assert message.endswith("é…")


def test_every_test_runs_after_one_that_panics(test: Drive) -> None:
    suite = HEAD + "func Test1(t *testing.T) { At(nil, 1) }\n\nfunc Test2(t *testing.T) {}\n"
    assert test(CODE, suite).outcomes == {"Test1": "error", "Test2": "passed"}


def test_a_crash_leaves_the_report_incomplete(test: Drive) -> None:
    suite = HEAD + 'func Test1(t *testing.T) {}\n\nfunc Test2(t *testing.T) { go panic("x"); select {} }\n'
    run = test(CODE, suite)
    assert run.outcomes == {"Test1": "passed"}
    assert run.of("finish") == []
    assert run.code < 0
    assert "panic: x" in run.stderr


def test_endless_recursion_names_the_test_and_leaves(test: Drive) -> None:
    code = CODE + "\nfunc Loop(n int) int { return Loop(n+1) + 1 }\n"
    run = test(code, of("Loop(0)"))
    assert [e["ev"] for e in run.events] == ["collected", "start"]
    assert "stack" in run.stderr


def test_what_the_user_prints_is_left_alone(test: Drive) -> None:
    body = 'fmt.Println("out")\nfmt.Fprintln(os.Stderr, "err")\nos.Stdout = nil\nt.Log("x")'
    run = test(CODE, of(body, "fmt os"))
    assert (run.stdout, run.stderr, run.outcomes) == ("out\n", "err\n", {"Test1": "passed"})


@pytest.mark.parametrize("clause", ["main", "solution", "solution_test", "main_test", "other"])
@pytest.mark.parametrize("package", ["main", "solution"])
def test_the_package_clause_of_tests_fits_any_code(test: Drive, clause: str, package: str) -> None:
    code = CODE.replace("package solution", f"package {package}") + "\nfunc main() { println(hidden()) }\n"
    code += "\nfunc hidden() int { return 7 }\n"
    suite = of("if hidden() != 7 { t.Fatal() }").replace("package solution", f"package {clause}")
    assert test(code, suite).outcomes == {"Test1": "passed"}


def test_tests_that_import_the_code_are_outside_of_it(test: Drive) -> None:
    suite = 'package solution\n\nimport (\n\t"testing"\n\n\t. "solution"\n)\n\nfunc Test1(t *testing.T) { Double(1) }\n'
    assert test(CODE, suite).outcomes == {"Test1": "passed"}
    qualified = suite.replace(". ", "").replace("Double", "solution.Double")
    assert test(CODE, qualified).outcomes == {"Test1": "passed"}
    assert "undefined" in test(CODE, qualified.replace("Double(1)", "hidden()")).broken


def test_a_module_of_several_packages(test: Drive) -> None:
    code = {
        "go.mod": "module example.com/thing // ours\n\ngo 1.21\n",
        "main.go": 'package main\n\nimport "example.com/thing/inner"\n\nfunc main() { inner.One() }\n',
        "inner/one.go": "package inner\n\nfunc One() int { return 1 }\n",
        "inner/one_windows.go": "package inner\n\nfunc One() int { return 2 }\n",
        "inner/testdata/x.txt": "data",
        "_old/old.go": "package broken(",
        "extra.go": "//go:build ignore\n\npackage extra\n",
    }
    tests = {
        "inner/one_test.go": 'package inner\n\nimport (\n\t"os"\n\t"testing"\n)\n\n'
        'func Test1(t *testing.T) { if _, err := os.ReadFile("testdata/x.txt"); err != nil || One() != 1 '
        "{ t.Fatal(err) } }\n",
        "s1_test.go": HEAD + "func Test2(t *testing.T) {}\n",
    }
    run = test(code, tests, files=["s1_test.go", "inner/one_test.go"])
    assert run.events[0]["ids"] == ["s1_test.go::Test2", "inner/one_test.go::Test1"]
    assert run.outcomes == {"Test2": "passed", "Test1": "passed"}


@pytest.mark.parametrize(
    ("code", "tests", "message"),
    [
        ("package solution\n\nfunc F() int { return x }\n", HEAD, "solution.go:3:23: undefined: x"),
        ("package solution\n\nfunc F( {\n", HEAD, "solution.go:3:9: syntax error"),
        (CODE, of("Double(`a`)"), "s1_test.go:6:8: cannot use `a`"),
        (CODE, "package main\n\n" + of("")[18:].replace('import "', 'import "os"\nimport "'), "s1_test.go:"),
        (
            CODE.replace("solution\n", 'solution\n\nimport "github.com/x/y"\n', 1),
            HEAD,
            "solution.go:3: there is no pack",
        ),
        (CODE.replace("solution\n", 'solution\n\nimport "slices"\n', 1), HEAD, "only Go 1."),
        (CODE.replace("solution\n", 'solution\n\nimport "C"\n', 1), HEAD, 'there is no package "C"'),
        (CODE.replace("solution\n", 'solution\n\nimport "solution"\n', 1), HEAD, "imports itself"),
        (CODE.replace("solution\n", 'solution\n\nimport "assay/runtime/report"\n', 1), HEAD, "there is no package"),
        (CODE.replace("solution\n", 'solution\n\nimport "internal/cpu"\n', 1), HEAD, "there is no package"),
        (CODE + "\n//go:linkname x y.z\n", HEAD, "solution.go:13: //go:linkname is not allowed"),
        (CODE + "\nconst true = false\n", HEAD, "solution.go:13:7: the predeclared name true"),
    ],
)
def test_what_cannot_be_built_says_why(test: Drive, code: str, tests: str, message: str) -> None:
    said = test(code, tests).broken
    assert message in said
    assert "/" not in said.partition(":")[0]


def test_two_packages_in_one_folder_are_no_program(test: Drive) -> None:
    code = {"a.go": "package a\n", "b.go": "package b\n"}
    assert test(code, HEAD + "func Test1(t *testing.T) {}\n").broken.startswith("a.go: package a, but b.go: package b")


def test_nothing_collected_has_a_code_of_its_own(test: Drive) -> None:
    suite = HEAD + (
        "func Testing(t *testing.T) {}\n\nfunc BenchmarkX(b *testing.B) { b.ReportAllocs() }\n\n"
        "func FuzzX(f *testing.F) { f.Add(1); f.Fuzz(func(t *testing.T, n int) {}) }\n\nfunc ExampleX() {}\n"
    )
    run = test(CODE, suite)
    assert run.events == [{"ev": "collected", "ids": []}, {"ev": "finish", "code": 5}]
    assert run.code == 5


def test_a_test_main_of_the_tests_runs_them(test: Drive) -> None:
    suite = HEAD + (
        'import "os"\n\nvar ready bool\n\nfunc TestMain(m *testing.M) { ready = true; os.Exit(m.Run()) }\n\n'
        "func Test1(t *testing.T) { if !ready { t.Fatal() } }\n"
    )
    run = test(CODE, suite)
    assert (run.outcomes, run.of("finish")) == ({"Test1": "passed"}, [{"ev": "finish", "code": 0}])
    skipping = test(CODE, suite.replace("os.Exit(m.Run())", "_ = os.Args"))
    assert (skipping.of("finish"), skipping.code) == ([], 2)


def test_other_test_files_are_taken_only_where_they_are_needed(test: Drive) -> None:
    helping = HEAD + "func check(t *testing.T, ok bool) { if !ok { t.Fatal() } }\n\nfunc Test9(t *testing.T) {}\n"
    tests = {"s1_test.go": of("check(t, Double(1) == 2)"), "help_test.go": helping}
    run = test(CODE, tests, files=["s1_test.go"])
    assert run.outcomes == {"Test1": "passed"}
    clashing = {"s1_test.go": of(""), "old_test.go": of("t.Fatal()")}
    assert test(CODE, clashing, files=["s1_test.go"]).outcomes == {"Test1": "passed"}


def test_no_job_is_no_work(drive: Drive) -> None:
    run = drive({"solution.go": CODE}, None)
    assert (run.code, run.report) == (0, b"")


@pytest.mark.parametrize(
    "body",
    [
        "b := testing.Benchmark(func(b *testing.B) { for i := 0; i < b.N; i++ {} })\nif b.N < 1 { t.Fatal(b) }",
        "if n := testing.AllocsPerRun(5, func() {}); n != 0 || testing.Short() || testing.Verbose() { t.Fatal(n) }",
        'd := t.TempDir()\nif err := os.WriteFile(d+"/x", nil, 0o600); err != nil { t.Fatal(err) }',
        'if _, ok := t.Deadline(); ok || t.Name() != "Test1" || t.Failed() || t.Skipped() { t.Fatal(t.Name()) }',
    ],
)
def test_the_rest_of_package_testing(test: Drive, body: str) -> None:
    run = test(CODE, of(body, "os" if "os." in body else ""))
    assert run.outcomes == {"Test1": "passed"}, run.cases
    assert run.left == ()


def test_the_sources_are_formatted() -> None:
    done = subprocess.run([GOFMT, "-l", str(IMAGES / "go")], capture_output=True, text=True, check=True)
    assert done.stdout == ""
