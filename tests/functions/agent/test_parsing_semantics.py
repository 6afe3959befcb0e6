"""After a clean parse: cases 36-41, code and tests apart, entry points, languages, and signs for the judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.agent.errors import ParseError
from functions.agent.parsing import gaming, missing_names, parse, unstable, vacuous

REPLIES = Path(__file__).parents[2] / "fixtures" / "replies"


def fenced(code: str, tag: str = "python") -> str:
    return f"```{tag}\n{code}```\n"


def test_36_tests_are_taken_out_of_the_code() -> None:
    parsed = parse((REPLIES / "36_code_and_tests_in_one_block.md").read_text(), language="python")
    assert parsed.files == {"solution.py": 'def slug(text):\n    return "-".join(text.lower().split())\n'}
    assert "tests in the code" in " ".join(parsed.warnings)


def test_36_only_tests_are_no_code() -> None:
    with pytest.raises(ParseError, match="Only tests"):
        parse(fenced("def test_f():\n    assert f() == 1\n"), language="python")


def test_36_a_function_that_answers_is_code_whatever_its_name() -> None:
    code = "def test_duplicate(numbers):\n    return len(set(numbers)) < len(numbers)\n"
    assert parse(fenced(code), language="python").files == {"solution.py": code}


def test_36_a_test_block_beside_the_code_is_left_out() -> None:
    code = "def f():\n    return 1\n"
    reply = fenced(code) + "\nThe tests:\n" + fenced("from solution import f\n\n\ndef test_f():\n    assert f() == 1\n")
    parsed = parse(reply, language="python")
    assert parsed.files == {"solution.py": code}
    assert parsed.warnings


def test_36_a_named_test_block_beside_nameless_code() -> None:
    code = "def f():\n    return 1\n"
    reply = fenced(code) + "\nTests in `test_solution.py`:\n" + fenced("def test_f():\n    assert f() == 1\n")
    assert parse(reply, language="python").files == {"solution.py": code}


def test_36_a_test_file_beside_the_code_is_left_out() -> None:
    code = "def f():\n    return 1\n"
    reply = f"`solution.py`\n{fenced(code)}\n`test_solution.py`\n{fenced('def test_f():')}".replace(
        "def test_f():", "def test_f():\n    assert f() == 1\n"
    )
    assert parse(reply, language="python").files == {"solution.py": code}
    both = parse(reply, language="python", expected=("solution.py", "test_solution.py"))
    assert set(both.files) == {"solution.py", "test_solution.py"}


def test_36_tests_that_bring_the_function_along() -> None:
    parsed = parse((REPLIES / "36_tests_that_test_themselves.md").read_text(), language="python", purpose="tests")
    text = parsed.files["test_solution.py"]
    assert "def slug" not in text
    assert "from solution import slug" in text
    assert "def sample" in text
    assert "their own slug" in " ".join(parsed.warnings)


def test_36_helpers_of_the_tests_stay() -> None:
    code = "from solution import depth\n\n\ndef tree():\n    return [1, [2]]\n\n\n"
    code += "def test_depth():\n    assert depth(tree()) == 2\n"
    assert parse(fenced(code), language="python", purpose="tests").files == {"test_solution.py": code}


def test_36_the_named_function_is_dropped_and_the_helper_stays() -> None:
    code = "def tree():\n    return [1, [2]]\n\n\ndef depth(x):\n    return 1\n\n\n"
    code += "def test_depth():\n    assert depth(tree()) == 2\n"
    text = parse(fenced(code), language="python", purpose="tests", under_test=("depth",)).files["test_solution.py"]
    assert "def tree" in text
    assert "def depth" not in text
    assert text.startswith("from solution import depth\n")


def test_36_a_forgotten_import_is_added() -> None:
    code = "def test_depth():\n    assert depth([]) == 1\n"
    parsed = parse(fenced(code), language="python", purpose="tests", under_test=("depth",))
    assert parsed.files == {"test_solution.py": f"from solution import depth\n{code}"}


@pytest.mark.parametrize("module", ["your_module", "main", "depths"])
def test_36_import_from_a_module_that_is_made_up(module: str) -> None:
    code = f"from {module} import depth\n\n\ndef test_depth():\n    assert depth([]) == 1\n"
    parsed = parse(fenced(code), language="python", purpose="tests", under_test=("depth",))
    assert parsed.files["test_solution.py"].startswith("from solution import depth\n")
    assert module in " ".join(parsed.warnings)


@pytest.mark.parametrize(
    ("language", "path", "code", "names", "missing"),
    [
        ("python", "solution.py", "def parse_it(x):\n    return x\n", ("parse",), ("parse",)),
        (
            "python",
            "solution.py",
            "class P:\n    def parse(self):\n        return 1\n",
            ("parse", "P.parse"),
            ("parse",),
        ),
        ("python", "solution.py", "parse = lambda x: x\n", ("parse",), ()),
        ("python", "solution.py", "async def parse(x):\n    return x\n", ("parse",), ()),
        ("python", "solution.py", "def parse(:\n", ("parse",), ("parse",)),
        (
            "javascript",
            "solution.mjs",
            "export const parse = (x) => x;\nfunction other() {}\n",
            ("parse", "others"),
            ("others",),
        ),
        (
            "typescript",
            "solution.ts",
            "export function parse(x: string): number { return 1; }\n",
            ("parse", "pars"),
            ("pars",),
        ),
        (
            "java",
            "Solution.java",
            "class Solution {\n  static int parse(String s) {\n    return 1; }\n}\n",
            ("parse", "run"),
            ("run",),
        ),
        (
            "go",
            "solution.go",
            "package solution\n\nfunc Parse(s string) int { return 1 }\n",
            ("Parse", "parse"),
            ("parse",),
        ),
        (
            "csharp",
            "Solution.cs",
            "class Solution {\n  public static int Parse(string s) => 1;\n}\n",
            ("Parse", "Run"),
            ("Run",),
        ),
    ],
)
def test_37_entry_point_renamed_or_made_a_method(
    language: str, path: str, code: str, names: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    assert missing_names({path: code}, names, language) == missing


def test_38_java_file_is_named_after_its_public_class() -> None:
    code = "public class Calculator {\n    public int one() { return 1; }\n}\n"
    assert list(parse(f"`Calc.java`\n{fenced(code, 'java')}", language="java").files) == ["Calculator.java"]
    kept = parse(fenced(code, "java"), language="java", expected=("Solution.java",))
    assert list(kept.files) == ["Solution.java"]
    assert "public class is Calculator" in " ".join(kept.warnings)


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("java", "package a.b;\n\npublic class Solution { }\n", "package line"),
        ("java", "public class Solution { }\n\npublic class Other { }\n", "2 public types"),
        ("typescript", "export enum Color { Red }\nexport const c: number = 1;\n", "enum"),
        ("typescript", "import { a } from './a.ts';\nconst b: string = require('b');\nexport { a, b };\n", "require"),
        ("javascript", "import a from 'a';\nconst b = require('b');\nconsole.log(a, b);\n", "require"),
        ("csharp", "using System;\n\nConsole.WriteLine(1);\n", "outside a class"),
        ("go", "func One() int {\n\treturn 1\n}\n\nfunc Two() int {\n\treturn 2\n}\n", "package line was missing"),
    ],
)
def test_38_rules_of_the_languages(language: str, code: str, said: str) -> None:
    assert said in " ".join(parse(fenced(code, language), language=language).warnings)


def test_38_go_packages_of_one_folder() -> None:
    one, two = "package solution\n\nfunc One() int { return 1 }\n", "package main\n\nfunc Two() int { return 2 }\n"
    reply = f"`a.go`\n{fenced(one, 'go')}\n`b.go`\n{fenced(two, 'go')}"
    assert "different packages" in " ".join(parse(reply, language="go").warnings)


def test_38_go_gets_its_package() -> None:
    files = parse(fenced("func One() int {\n\treturn 1\n}\n\nfunc Two() int { return 2 }\n", "go"), language="go").files
    assert files["solution.go"].startswith("package solution\n\nfunc One")


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("def test_a():\n    f(1)\n", "has no assertion"),
        ("def test_a():\n    pass\n", "has no assertion"),
        ("def test_a():\n    assert True\n", "always true"),
        ("def test_a():\n    assert (f(1) == 2, 'message')\n", "always true"),
        ("def test_a():\n    x = f(1)\n    assert x == x\n", "always true"),
        (
            "def test_a():\n    try:\n        assert f(1) == 2\n    except Exception:\n        pass\n",
            "catches its own failure",
        ),
        (
            "def test_a():\n    try:\n        assert f(1) == 2\n    except:\n        print('no')\n",
            "catches its own failure",
        ),
        ("import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    assert f(1) == 2\n", "is skipped"),
        (
            "import pytest\n\n\n@pytest.mark.skipif(True, reason='x')\ndef test_a():\n    assert f(1) == 2\n",
            "is skipped",
        ),
        ("import pytest\n\n\ndef test_a():\n    pytest.skip('x')\n    assert f(1) == 2\n", "is skipped"),
        (
            "import unittest\n\n\nclass TestA(unittest.TestCase):\n  def test_a(self):\n      self.assertTrue(True)\n",
            "always true",
        ),
        ("def check():\n    assert f(1) == 2\n", "no test"),
        ("def test_a(:\n", "not Python"),
    ],
)
def test_39_always_green(test: str, why: str) -> None:
    assert why in (vacuous(test) or "")


@pytest.mark.parametrize(
    "test",
    [
        "def test_a():\n    assert f(1) == 2\n",
        "def test_a():\n    assert f(1) == f(1)\n",
        "import pytest\n\n\ndef test_a():\n    with pytest.raises(ValueError):\n        f(1)\n",
        "def test_a():\n    try:\n        f(1)\n    except ValueError:\n        return\n    raise AssertionError\n",
        "def test_a():\n    try:\n        f(1)\n    except Exception as error:\n        assert 'x' in str(error)\n",
        "def check(x):\n    assert f(x) == 2\n\n\ndef test_a():\n    check(1)\n",
        "import unittest\n\n\nclass TestA(unittest.TestCase):\n  def test_a(self):\n      self.assertEqual(f(1), 2)\n",
    ],
)
def test_39_a_test_that_can_fail(test: str) -> None:
    assert vacuous(test) is None


def test_39_parse_says_so() -> None:
    parsed = parse(fenced("def test_a():\n    assert True\n"), language="python", purpose="tests")
    assert "always true" in " ".join(parsed.warnings)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os\n\n\ndef f():\n    os._exit(0)\n", "os._exit"),
        ("import sys\n\nsys.exit(0)\n", "when the module is loaded"),
        ("if True:\n    exit()\n", "when the module is loaded"),
        ("def f():\n    return open('test_solution.py').read()\n", "reads the files of its tests"),
        ("from pathlib import Path\n\n\ndef f():\n    return Path('tests/test_a.py').read_text()\n", "reads the files"),
        ("import inspect\n\n\ndef f():\n    return inspect.stack()[1]\n", "who is calling"),
        ("import pytest\n\n\ndef f():\n    return 1\n", "imports pytest"),
    ],
)
def test_40_code_that_plays_against_its_tests(code: str, said: str) -> None:
    assert said in " ".join(gaming(code))
    assert said in " ".join(parse(fenced(code), language="python").warnings)


@pytest.mark.parametrize(
    "code",
    [
        "import sys\n\n\ndef main():\n    sys.exit(1)\n\n\nif __name__ == '__main__':\n    sys.exit(main())\n",
        "def f(path):\n    with open(path) as file:\n        return file.read()\n",
        "def f(:\n",
    ],
)
def test_40_honest_code(code: str) -> None:
    assert gaming(code) == ()


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("import time\n\n\ndef test_a():\n    assert f() < time.time()\n", "the time"),
        ("from datetime import datetime\n\n\ndef test_a():\n    assert f() == datetime.now()\n", "the time"),
        ("import time\n\n\ndef test_a():\n    time.sleep(1)\n    assert f()\n", "a pause"),
        ("def test_a():\n    assert f(input())\n", "keyboard input"),
        ("import requests\n\n\ndef test_a():\n    assert requests.get('http://localhost').ok\n", "the network"),
        ("import random\n\n\ndef test_a():\n    assert f(random.random())\n", "chance"),
        ("n = 0\n\n\ndef test_a():\n    global n\n    n += 1\n    assert n == 1\n", "their order"),
    ],
)
def test_41_tests_that_depend_on_the_world(test: str, said: str) -> None:
    assert said in " ".join(unstable(test))


@pytest.mark.parametrize(
    "test",
    [
        "from datetime import date\n\n\ndef test_a():\n    assert f(date(2024, 2, 29)) == 60\n",
        "import random\n\n\ndef test_a():\n    random.seed(1)\n    assert f(random.random())\n",
        "def test_a():\n    assert f(1) == 2\n",
        "def test_a(:\n",
    ],
)
def test_41_tests_that_depend_on_nothing(test: str) -> None:
    assert unstable(test) == ()
