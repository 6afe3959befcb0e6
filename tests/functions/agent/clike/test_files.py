"""Files of tests as they are run: what stands in them, and that the language's own tools accept and run them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from functions.agent import suites
from functions.agent.languages import LANGUAGES
from functions.agent.words import Origin

SOLUTIONS = {
    "javascript": "export function add(a, b) {\n  if (typeof a !== 'number') throw new TypeError('a');\n"
    "  return a + b;\n}\n"
    "export class Box {\n  constructor() { this.n = 0; }\n  push() { return ++this.n; }\n}\n",
    "java": "public class Solution {\n    public static int add(int a, int b) {\n"
    '        if (a < 0) throw new IllegalArgumentException("a");\n        return a + b;\n    }\n'
    "    public static int[] pair(int a) { return new int[] {a, a}; }\n}\n",
    "go": 'package solution\n\nimport "errors"\n\nfunc Add(a, b int) int { return a + b }\n\n'
    "func Half(a float64) (float64, error) {\n\tif a < 0 {\n"
    '\t\treturn 0, errors.New("negative")\n\t}\n\treturn a / 2, nil\n}\n\n'
    "func Twice(xs []int) []int {\n\tvar out []int\n"
    "\tfor _, x := range xs {\n\t\tout = append(out, 2*x)\n\t}\n\treturn out\n}\n\n"
    'func Must(a int) int {\n\tif a < 0 {\n\t\tpanic("negative")\n\t}\n\treturn a\n}\n',
    "csharp": "using System;\nusing System.Collections.Generic;\n\npublic static class Solution\n{\n"
    '    public static int Add(int a, int b) { if (a < 0) throw new ArgumentException("a"); return a + b; }\n'
    "    public static List<int> Pair(int a) { return new List<int> { a, a }; }\n}\n",
}
TESTS = {
    "javascript": "assert.equal(add(1, 2), 3)\nassert.equal(add(1, 2), 4)\nassert.throws(() => add('x'), TypeError)\n"
    "const b = new Box()\nexpect(b.push()).toBe(1)\nexpect(b.push()).toBe(2)\n"
    "assert.deepStrictEqual(await add(2, 2), 4)",
    "java": "assertEquals(3, add(1, 2));\nassertEquals(4, Solution.add(1, 2));\n"
    "assertThrows(IllegalArgumentException.class, () -> add(-1, 2));\nint[] want = {2, 2};\n"
    "assertArrayEquals(want, Solution.pair(2));\nassertEquals(new int[] {1, 1}, Solution.pair(1));",
    "go": "equal(t, Add(1, 2), 3)\nequal(t, Add(1, 2), 4)\ngot, err := Half(3)\n"
    "equal(t, got, 1.5)\ngot, err = Half(-1)\n"
    "fails(t, err)\npanics(t, func() { Must(-1) })\nequal(t, Twice([]int{}), []int{})\nequal(t, Twice(nil), nil)\n"
    "near(t, 0.1 + float64(Add(0, 0)), 0.1, 1e-9)\nassert.NotEqual(t, 1, Add(1, 2))\nassert.True(t, Add(1, 1) > 1)",
    "csharp": "Assert.AreEqual(3, Add(1, 2));\nAssert.AreEqual(4, Solution.Add(1, 2));\n"
    "Assert.Throws<ArgumentException>(() => Add(-1, 2));\nAssert.That(Solution.Pair(2), Is.EqualTo(new[] { 2, 2 }));\n"
    "Assert.AreEqual(3.0, Solution.Add(1, 2), 1e-9);\nAssert.That(() => Add(-1, 2), Throws.InstanceOf<Exception>());",
}
TARGETS = {
    "javascript": ("add", "Box"),
    "java": ("Solution", "add", "pair"),
    "go": ("Add", "Half", "Twice", "Must"),
    "csharp": ("Solution", "Add", "Pair"),
}
JARS = [
    f"/usr/share/java/{n}.jar" for n in ("junit-jupiter-api", "apiguardian-api", "opentest4j", "junit-platform-commons")
]
NUNIT = Path("/usr/lib/cli/nunit.framework-2.6.3/nunit.framework.dll")


def written(folder: Path, language: str) -> suites.Split:
    """The solution and its tests, in a folder."""
    found = suites.split(TESTS[language], "s11", Origin.GENERATED, TARGETS[language], language=language)
    text = suites.render(found.suite, TARGETS[language], language)
    (folder / suites.file_of("s11", language)).write_text(text)
    (folder / LANGUAGES[language].main_file).write_text(SOLUTIONS[language])
    for name, helping in LANGUAGES[language].writing["delivery"]["files"].items():
        (folder / name).write_text(helping)
    return found


def run(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed here")
    variables = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), **env}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=100)


def test_javascript_runs(tmp_path: Path) -> None:
    found = written(tmp_path, "javascript")
    assert len(found.suite.cases) == 6
    done = run(tmp_path, "node", "--test", "--test-reporter=tap", "s11.test.mjs")
    assert ("# pass 5" in done.stdout, "# fail 1" in done.stdout) == (True, True), done.stdout
    assert "not ok 2 - test_2" in done.stdout


def test_go_runs(tmp_path: Path) -> None:
    found = written(tmp_path, "go")
    assert len(found.suite.cases) == 10, found
    done = run(tmp_path, "go", "test", "-vet=off", "-v", "./...", GOFLAGS="-mod=mod", GOPROXY="off")
    failed = [line for line in done.stdout.splitlines() if "--- FAIL" in line]
    assert [line.split()[2] for line in failed] == ["Test_s11_2"], done.stdout + done.stderr
    assert done.stdout.count("--- PASS") == 9


def test_java_compiles(tmp_path: Path) -> None:
    if not all(Path(jar).exists() for jar in JARS):
        pytest.skip("JUnit 5 is not installed here")
    assert len(written(tmp_path, "java").suite.cases) == 5
    done = run(tmp_path, "javac", "-d", "out", "-cp", ":".join(JARS), "Solution.java", "Test_s11.java")
    assert done.returncode == 0, done.stderr


def test_csharp_compiles(tmp_path: Path) -> None:
    if not NUNIT.exists():
        pytest.skip("NUnit is not installed here")
    assert len(written(tmp_path, "csharp").suite.cases) == 6
    done = run(tmp_path, "mcs", "-t:library", f"-r:{NUNIT}", "-out:t.dll", "Solution.cs", "Test_s11.cs")
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_what_the_tests_use_is_imported() -> None:
    found = suites.split("assert.equal(add(1), 2)", "s11", Origin.GENERATED, ("add", "Box"), language="typescript")
    text = suites.render(found.suite, ("add", "Box"), "typescript")
    assert 'import { add } from "./solution.ts";\n' in text
    go = suites.split('equal(t, Add(1), strings.Repeat("a", 3))', "s11", Origin.GENERATED, ("Add",), language="go")
    assert '\t"reflect"\n\t"strings"\n\t"testing"\n' in suites.render(go.suite, ("Add",), "go")


def test_helpers_and_imports_of_the_standard_library_come_along_and_others_do_not() -> None:
    source = (
        "import java.util.stream.Collectors;\nimport org.mockito.Mockito;\nimport static java.lang.Math.abs;\n"
        "class SolutionTest {\n private int twice(int x) { return Solution.add(x, x); }\n"
        " @Test void a() { assertEquals(4, twice(2)); }\n}"
    )
    found = suites.split(source, "s11", Origin.GENERATED, TARGETS["java"], language="java")
    text = suites.render(found.suite, TARGETS["java"], "java")
    assert "import java.util.stream.Collectors;\n" in text
    assert "Mockito" not in text
    assert "    private int twice(int x) { return Solution.add(x, x); }\n" in text
    assert len(found.suite.cases) == 1


@pytest.mark.parametrize("language", [*TARGETS, "typescript", "python"])
def test_a_case_has_the_name_that_its_file_gives_it(language: str) -> None:
    source = TESTS.get(language, "assert.equal(add(1, 2), 3)" if language != "python" else "assert add(1, 2) == 3")
    targets = TARGETS.get(language, ("add",))
    found = suites.split(source, "s11", Origin.GENERATED, targets, language=language).suite
    text = suites.render(found, targets, language)
    assert found.cases
    for case in found.cases:
        assert suites.test_of(case, "s11", language) in text
    stem = {"go": "s11_test.go", "java": "Test_s11.java", "csharp": "Test_s11.cs", "python": "test_s11.py"}
    assert suites.file_of("s11", language) == stem.get(language, f"s11.test{LANGUAGES[language].extension}")
