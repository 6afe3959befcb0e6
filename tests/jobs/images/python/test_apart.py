"""Tests in one process, the code in another: what works across, what a verdict rests on, and what cannot be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Drive = Callable[..., dict[str, Any]]
HERE = Path(__file__).parent
PACKAGE = {
    "pkg/__init__.py": "from .core import f\nVERSION = '1'\n",
    "pkg/core.py": "from .errors import PkgError\ndef f(x):\n    if x < 0: raise PkgError('neg')\n    return x\n",
    "pkg/errors.py": "class PkgError(ValueError): pass\n",
}
MODULES = ["solution", "pkg", "pkg.core", "pkg.errors"]


def kind(case: dict[str, Any]) -> str:
    """How a test ended, in one word: strong and weak are passes."""
    if case["outcome"] == "passed":
        return "weak" if case["weak"] else "strong"
    if case["outcome"] == "error":
        return "void" if case["message"].startswith("cannot be judged apart: ") else "ended"
    return str(case["outcome"])


@pytest.mark.parametrize("name", ["objects", "waiting"])
def test_what_crosses_and_what_it_is_worth(name: str, drive: Drive) -> None:
    """Each test of the suite says behind `# =>` how it must end; strong where it says nothing."""
    code, tests = ((HERE / f"{name}_{part}.txt").read_text() for part in ("code", "tests"))
    wanted = {
        found[1]: found[2] or "strong"
        for found in re.finditer(r"^\s*(?:async )?def (test_\w+)\(.*?(?:# => (\w+))?$", tests, re.MULTILINE)
    }
    outcome = drive({"solution.py": code, **PACKAGE}, tests, modules=MODULES)
    assert outcome["broken"] == ""
    found = {
        id.rpartition("::")[2].partition("[")[0]: (kind(case), case["message"]) for id, case in outcome["cases"].items()
    }
    assert len(wanted) > 30
    assert {test: ending for test, (ending, _) in found.items()} == wanted, found
    assert outcome["code"] == (1 if set(wanted.values()) - {"strong", "weak"} else 0)


def test_a_failure_shows_both_sides(drive: Drive) -> None:
    code = "def inner(v):\n    return v[9]\n\n\ndef mean(v):\n    return inner(v)\n"
    case = drive(code, "from solution import mean\n\n\ndef test_1():\n    assert mean([1]) == 2\n")["cases"]["test_1"]
    assert case["outcome"] == "failed"
    assert case["message"].splitlines() == [
        "IndexError: list index out of range",
        "test_s1.py:5 in test_1: assert mean([1]) == 2",
        "solution.py:6 in mean: return inner(v)",
        "solution.py:2 in inner: return v[9]",
    ]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nowhere_to_be_found\n", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def f(:\n", "SyntaxError: invalid syntax"),
        ("def g(): ...\n", "ImportError: cannot import name 'f' from 'solution'"),
        ("import os\nos._exit(0)\n", "the code under test ended its process"),
        ("import os\nos.kill(os.getpid(), 9)\n", "the code under test ended its process"),
    ],
)
def test_code_that_cannot_be_imported_breaks_the_suite(drive: Drive, code: str, said: str) -> None:
    outcome = drive(code, "from solution import f\n\n\ndef test_1():\n    assert f() == 1\n")
    assert said in outcome["broken"]
    assert (outcome["code"], outcome["cases"]) == (2, {})


def test_the_code_sees_neither_the_tests_nor_their_report(drive: Drive) -> None:
    code = (
        "import os, sys\n\n\ndef seen():\n    fds = []\n    for fd in range(64):\n        try:\n"
        "            os.fstat(fd)\n            fds.append(fd)\n        except OSError:\n            pass\n"
        "    return os.listdir('.'), sorted(m for m in sys.modules if m.startswith('test_')), len(fds)\n"
    )
    tests = (
        "from solution import seen\n\n\ndef test_1():\n    files, modules, count = seen()\n"
        "    assert set(files) <= {'solution.py', 'tmp', '__pycache__'}\n    assert modules == []\n"
    )
    assert kind(drive(code, tests)["cases"]["test_1"]) == "strong"


def test_a_skipped_test_is_not_run(drive: Drive) -> None:
    outcome = drive(
        "def f(): return 1\n",
        "from solution import f\ndef test_1(): assert f() == 1\ndef test_2(): assert f() == 2\n",
        skip=["test_s1.py::test_2"],
    )
    assert set(outcome["cases"]) == {"test_1"}
    assert outcome["code"] == 0


@pytest.mark.parametrize("mode", ["apart", "test"])
def test_code_that_is_called_like_a_test_is_none(drive: Drive, mode: str) -> None:
    code = "def test_twice(numbers):\n    return len(set(numbers)) < len(numbers)\n"
    tests = "from solution import *\n\n\ndef test_1():\n    assert test_twice([1, 1]) is True\n"
    outcome = drive(code, tests, mode=mode)
    assert set(outcome["cases"]) == {"test_1"}
    assert outcome["code"] == 0


def test_what_the_code_prints_comes_between_what_the_test_prints(drive: Drive) -> None:
    """And in its own output as well: what it printed before it hangs is known only there."""
    code = "def f():\n    print('out')\n    return 1\n"
    tests = "from solution import f\ndef test_1():\n    print('a')\n    f()\n    print('b')\n    assert f() == 2\n"
    outcome = drive(code, tests)
    assert outcome["served_out"] == "out\nout\n"
    assert outcome["out"] == drive(code, tests, mode="test")["out"] == "a\nout\nb\nout\n"


def test_what_a_test_captures_is_not_printed(drive: Drive) -> None:
    tests = "from solution import f\ndef test_1(capsys):\n    f()\n    assert capsys.readouterr().out == 'x\\n'\n"
    outcome = drive("def f(): print('x')\n", tests)
    assert (kind(outcome["cases"]["test_1"]), outcome["out"]) == ("strong", "")


@pytest.mark.parametrize(
    ("raised", "name"),
    [
        ("__import__('sys').exit(3)", "SystemExit: 3"),
        ("exec('raise KeyboardInterrupt')", "KeyboardInterrupt"),
        ("exec('raise GeneratorExit(1)')", "GeneratorExit: 1"),
        ("f(x)", "RecursionError: maximum recursion depth exceeded"),
        ("bytearray(1 << 62)", "MemoryError"),
    ],
)
@pytest.mark.parametrize("mode", ["apart", "test"])
def test_whatever_the_code_raises_fails_one_test_by_its_name(raised: str, name: str, mode: str, drive: Drive) -> None:
    code = f"def f(x):\n    if x: {raised}\n    return x\n"
    tests = "from solution import f\ndef test_1(): assert f(1) == 1\ndef test_2(): assert f(0) == 0\n"
    cases = drive(code, tests, mode=mode)["cases"]
    assert cases["test_1"]["outcome"] in ("failed", "error")
    assert cases["test_1"]["message"].startswith(name)
    assert "solution.py:2 in f" in cases["test_1"]["message"]
    assert cases["test_2"]["outcome"] == "passed"


def test_a_test_can_expect_what_ends_other_programs(drive: Drive) -> None:
    tests = (
        "import pytest\nfrom solution import f\n@pytest.mark.parametrize('error', [KeyboardInterrupt, GeneratorExit])\n"
        "def test_1(error):\n    with pytest.raises(error, match='x'): f(error)\n"
    )
    cases = drive("def f(error): raise error('x')\n", tests)["cases"]
    assert [kind(case) for case in cases.values()] == ["strong", "strong"]


def test_a_call_that_never_returns_is_the_test_that_runs(drive: Drive) -> None:
    code = "import time\ndef f(x):\n    print('before')\n    while x: time.sleep(0.01)\n    return x\n"
    tests = "from solution import f\ndef test_1(): assert f(0) == 0\ndef test_2(): assert f(1) == 1\n"
    outcome = drive(code, tests, seconds=1)
    assert outcome["code"] is None
    assert [(e["ev"], e.get("id")) for e in outcome["events"][1:]] == [
        ("start", "test_s1.py::test_1"),
        ("case", "test_s1.py::test_1"),
        ("start", "test_s1.py::test_2"),
    ]
    assert outcome["served_out"] == "before\nbefore\n"


def test_what_is_left_when_the_code_is_gone_is_left_to_another_process(drive: Drive) -> None:
    """All but the last file, whose tests must fail whatever the code does."""
    code = "import os\ndef f(x):\n    if x: os._exit(0)\n    return x\n"
    tests = "from solution import f\ndef test_1(): assert f({0}) == {0}\ndef test_2(): assert f({1}) == {1}\n"
    last = "def test_last(): assert 1 == 2\n"
    first = drive(code, {"test_s1.py": tests.format(1, 0), "test_s2.py": last})
    assert list(first["cases"]) == ["test_1"]
    assert (kind(first["cases"]["test_1"]), first["code"], first["events"][-1]["ev"]) == ("ended", 1, "finish")
    second = drive(code, {"test_s1.py": tests.format(0, 1), "test_s2.py": last})
    assert {test: kind(case) for test, case in second["cases"].items()} == {
        "test_1": "strong",
        "test_2": "ended",
        "test_last": "failed",
    }


def test_a_failure_is_final_even_where_a_pass_would_be_weak(drive: Drive) -> None:
    tests = (
        "import pytest\nfrom solution import A\ndef test_1(): assert A() == 1\ndef test_2(): assert False\n"
        "def test_3(): pytest.skip('no')\ndef test_4():\n    class B(A): pass\n    assert False\n"
    )
    cases = drive("class A:\n    def __eq__(self, other): return False\n", tests)["cases"]
    assert [(case["outcome"], case["weak"]) for case in cases.values()] == [
        *[("failed", False), ("failed", False), ("skipped", False), ("error", True)]
    ]


@pytest.mark.parametrize("mode", ["apart", "test"])
def test_there_is_nothing_to_read_from_the_standard_input(mode: str, drive: Drive) -> None:
    code = "import os, sys\ndef f(): return input()\ndef g(): return sys.stdin.read() + os.read(0, 9).decode()\n"
    tests = "from solution import f, g\ndef test_1(): assert g() == ''\ndef test_2(): f()\n"
    cases = drive(code, tests, mode=mode)["cases"]
    assert cases["test_1"]["outcome"] == "passed"
    assert cases["test_2"]["message"].startswith("EOFError: EOF when reading a line")


def test_the_code_has_no_thread_of_ours_unless_the_tests_have_one(drive: Drive) -> None:
    code = "import threading\ndef f(): return threading.active_count()\n"
    tests = (
        "import threading\nfrom solution import f\ndef test_1(): assert f() == 1\ndef test_2():\n    found = []\n"
        "    thread = threading.Thread(target=lambda: found.append(f()))\n    thread.start()\n    thread.join()\n"
        "    assert found == [3]\n"
    )
    assert [kind(case) for case in drive(code, tests)["cases"].values()] == ["strong", "strong"]


def test_the_code_cannot_discard_the_examples_of_a_property(drive: Drive) -> None:
    code = "from hypothesis.errors import UnsatisfiedAssumption\ndef f(n): raise UnsatisfiedAssumption\n"
    tests = (
        "from hypothesis import given, settings, HealthCheck, strategies as st\nfrom solution import f\n"
        "@settings(database=None, suppress_health_check=list(HealthCheck))\n@given(st.integers())\n"
        "def test_1(n): assert f(n) == n\n"
    )
    case = drive(code, tests)["cases"]["test_1"]
    assert kind(case) == "failed"
    assert "solution.py:2 in f" in case["message"]


def test_names_that_make_answers_look_alike_make_every_test_weak(drive: Drive) -> None:
    code = "import enum\nAny = Exception\nclass Color(enum.Enum): RED = BLUE = 1\ndef f(): raise KeyError('x')\n"
    tests = "import pytest\nfrom solution import {0}, f\ndef test_1():\n    with pytest.raises(KeyError): f()\n"
    assert [kind(drive(code, tests.format(name))["cases"]["test_1"]) for name in ("Any", "Color", "f as g")] == [
        *("weak", "weak", "strong")
    ]


GARBLED = [
    {"r": {"t": "H", "n": 77}},
    {"r": {"t": "h", "n": "x", "k": "o"}},
    {"r": {"t": "h", "n": 3, "k": "c", "d": {}}},
    {"r": [1]},
    {"r": {"t": "np", "v": ["|O", [1], "AAAAAAAAAAA="]}},
    {"r": {"t": "tu", "v": 3}},
    {"r": {"t": "P", "v": {}}},
    {"x": {"s": 3}},
    {"x": {"b": 1}},
    {"r": 1, "ch": [[9, []]]},
    {"r": 1, "out": 3},
    {"r": 1, "warn": [["os"]]},
]


@pytest.mark.parametrize("answer", GARBLED, ids=[str(n) for n in range(len(GARBLED))])
def test_an_answer_that_is_none_ends_the_conversation(drive: Drive, answer: dict[str, Any]) -> None:
    """No forged message is more than the end: the test is an error, and so is what comes after it."""
    code = (
        "import json, os, struct\n\n\ndef forge():\n"
        f"    data = json.dumps({answer!r}).encode()\n"
        "    os.write(3, struct.pack('>I', len(data)) + data)\n    return 1\n"
    )
    tests = "from solution import forge\ndef test_1(): assert forge() == 1\ndef test_2(): assert forge() == 1\n"
    cases = drive(code, tests)["cases"]
    assert [kind(case) for case in cases.values()] == ["ended", "ended"], cases


def test_a_message_that_is_too_large_or_never_ends_is_not_waited_for(drive: Drive) -> None:
    code = "import os, struct\n\n\ndef forge():\n    os.write(3, struct.pack('>I', 1 << 30) + b'{')\n    return 1\n"
    outcome = drive(code, "from solution import forge\ndef test_1(): assert forge() == 1\n")
    assert "a message is too large" in outcome["cases"]["test_1"]["message"]


def test_tests_apart_take_little_longer(drive: Drive) -> None:
    """Five tests are to take 45 ms on an idle core; on a busy one, both ways of running them are slow."""
    tests = "from solution import f\n" + "".join(f"def test_{n}(): assert f({n}) == {n}\n" for n in range(5))
    apart, beside = (
        min(drive("def f(n): return n\n", tests, mode=mode)["ms"] for _ in range(9)) for mode in ("apart", "test")
    )
    assert apart < 2 * beside + 30
