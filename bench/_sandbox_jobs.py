"""The jobs of `bench sandbox`: five tests in each language, as files and as the plain command that people type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FIVE = range(1, 6)
JARS = "/usr/share/java"
CONSOLE = (
    *("junit-platform-console", "junit-platform-reporting", "junit-platform-commons", "junit-platform-engine"),
    *("junit-platform-launcher", "junit-jupiter-api", "junit-jupiter-engine", "junit-jupiter-params"),
    *("opentest4j", "apiguardian-api", "picocli"),
)


@dataclass(frozen=True)
class Job:
    """`solution` and `test` map file names to text with {n}, a number that is new in each round so that no build cache
    knows it; `shell` is the plain command, run in a folder with the files. In it, {image} is the language's image,
    {node} the image's node and {base} a folder for caches."""

    name: str
    language: str
    solution: Mapping[str, str]
    test: Mapping[str, str]
    case: str
    shell: str

    def files(self, n: int) -> tuple[dict[str, str], dict[str, str]]:
        return _filled(self.solution, n), _filled(self.test, n)

    def cases(self) -> dict[str, str]:
        """Case id → test id of the five tests."""
        (file,) = self.test
        return {f"s1-{i}": f"{file}::{self.case.format(i=i)}" for i in FIVE}


def _filled(files: Mapping[str, str], n: int) -> dict[str, str]:
    return {name: text.replace("{n}", str(n)) for name, text in files.items()}


def _joined(line: str) -> str:
    return "\n".join(line.replace("{i}", str(i)) for i in FIVE) + "\n"


_JS_TEST = (
    "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { add } from './solution.%s';\n"
    + _joined("test('test_{i}', () => { assert.equal(add({i}, {n}), {i} + {n}); });")
)
_JARS = ":".join(f"{JARS}/{name}.jar" for name in CONSOLE)
_NUNIT = "/usr/lib/cli/nunit.framework-2.6.3/nunit.framework.dll"

JOBS = (
    Job(
        name="pytest_5",
        language="python",
        solution={"solution.py": "def add(a, b):\n    return a + b + {n} - {n}\n"},
        test={
            "test_s1.py": "from solution import add\n\n"
            + _joined("\ndef test_{i}():\n    assert add({i}, {n}) == {i} + {n}\n")
        },
        case="test_{i}",
        shell="{image}/bin/python -m pytest -q",
    ),
    Job(
        name="node_test_5",
        language="javascript",
        solution={"solution.mjs": "export function add(a, b) { return a + b + {n} - {n}; }\n"},
        test={"s1.test.mjs": _JS_TEST % "mjs"},
        case="test_{i}",
        shell="{node} --test",
    ),
    Job(
        name="typescript_5",
        language="typescript",
        solution={"solution.ts": "export function add(a: number, b: number): number { return a + b + {n} - {n}; }\n"},
        test={"s1.test.ts": _JS_TEST % "ts"},
        case="test_{i}",
        shell="{node} --test s1.test.ts",
    ),
    Job(
        name="junit_5",
        language="java",
        solution={
            "Solution.java": "public class Solution {\n"
            "    public static int add(int a, int b) { return a + b + {n} - {n}; }\n}\n"
        },
        test={
            "Test_s1.java": "import static org.junit.jupiter.api.Assertions.*;\nimport org.junit.jupiter.api.Test;\n"
            "class Test_s1 {\n"
            + _joined("    @Test void test_{i}() { assertEquals({i} + {n}, Solution.add({i}, {n})); }")
            + "}\n"
        },
        case="test_{i}",
        shell=f"javac -d out -cp {_JARS} *.java && "
        f"java -cp out:{_JARS} org.junit.platform.console.ConsoleLauncher --disable-banner --scan-classpath out",
    ),
    Job(
        name="go_test_5",
        language="go",
        solution={
            "solution.go": 'package solution\n\nfunc Add(a, b int) int {\n\tif a > 1<<40 {\n\t\tprintln("{n}")\n\t}\n'
            "\treturn a + b\n}\n",
            "go.mod": "module solution\n\ngo 1.19\n",
        },
        test={
            "s1_test.go": 'package solution\n\nimport "testing"\n\n'
            + _joined(
                "func Test_{i}(t *testing.T) {\n\tif got := Add({i}, {n}); got != {i}+{n} {\n"
                '\t\tt.Errorf("got %d", got)\n\t}\n}\n'
            )
        },
        case="Test_{i}",
        shell="GOFLAGS=-mod=mod GOPROXY=off GOCACHE={base}/cache go test ./...",
    ),
    Job(
        name="nunit_5",
        language="csharp",
        solution={
            "Solution.cs": "public static class Solution {\n"
            "    public static int Add(int a, int b) { return a + b + {n} - {n}; }\n}\n"
        },
        test={
            "Test_s1.cs": "using NUnit.Framework;\n[TestFixture] public class Test_s1 {\n"
            + _joined("    [Test] public void test_{i}() { Assert.AreEqual({i} + {n}, Solution.Add({i}, {n})); }")
            + "}\n"
        },
        case="test_{i}",
        shell=f"mcs -target:library -out:t.dll -r:{_NUNIT} *.cs && nunit-console -nologo t.dll",
    ),
)


def write(folder: Path, *groups: Mapping[str, str]) -> None:
    for files in groups:
        for name, text in files.items():
            (folder / name).write_text(text)
