"""The real runner on honest code: what a person is told of a pass, a failure, an error, a hang."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.runner import Runner

Trip = Callable[..., dict[str, Any]]
SAMPLES = sorted((Path(__file__).parents[2] / "jobs" / "images" / "python" / "sample").glob("*.json"))
MEAN = "from solution import mean\n\n\ndef test_1():\n    assert mean([1, 2, 3]) == 2\n"
GOOD = "def mean(values):\n    return sum(values) / len(values)\n"


def outcome(cell: dict[str, Any], case: str = "test_1") -> str:
    return str(cell["cases"][case]["outcome"])


def message(cell: dict[str, Any], case: str = "test_1") -> str:
    return str(cell["cases"][case]["message"])


def test_a_result_has_all_its_fields(runner: Runner) -> None:
    sample = json.loads(SAMPLES[-1].read_text())["bundle"]
    result = runner.trip(json.dumps(sample).encode())
    assert set(result) == {
        *("schema", "run_id", "execution_id", "language", "error", "probe", "cells", "findings", "vacuous", "flaky"),
        "wall_ms",
    }
    assert (result["schema"], result["language"]) == (2, "python")
    assert (result["run_id"], result["execution_id"]) == (sample["run_id"], sample["execution_id"])
    assert result["probe"]["seccomp"] is True
    assert result["probe"]["network"] == "off"
    (cell,) = result["cells"]
    assert set(cell) == {
        *("candidate", "suite", "status", "exit_code", "complete", "why", "cases", "stdout", "stderr"),
        *("wall_ms", "cpu_ms", "max_rss_mb", "leftovers"),
    }
    assert (cell["candidate"], cell["suite"], cell["status"], cell["exit_code"]) == (
        "a1c1",
        "s1",
        "exited",
        1,
    )  # of the canaries
    assert 0 < cell["cpu_ms"] < 5000
    assert 0 < cell["max_rss_mb"] < 512
    assert cell["stdout"] == {"head": "", "tail": "", "total": 0}


def test_every_candidate_meets_every_suite(runner: Runner) -> None:
    bundle = json.loads(SAMPLES[-1].read_text())["bundle"]
    bundle["candidates"] = [
        {"id": "good", "files": {"solution.py": GOOD}},
        {"id": "bad", "files": {"solution.py": "def mean(values):\n    return 2\n"}},
    ]
    second = {"id": "s2", "files": {"test_s2.py": MEAN}, "cases": [{"id": "s2-1", "test": "test_s2.py::test_1"}]}
    bundle["suites"].append(second)
    cells = {(c["candidate"], c["suite"]): c for c in runner.trip(json.dumps(bundle).encode())["cells"]}
    assert set(cells) == {(c, s) for c in ("good", "bad") for s in ("s1", "s2")}
    assert all(case["outcome"] == "passed" for s in ("s1", "s2") for case in cells["good", s]["cases"].values())
    assert outcome(cells["bad", "s2"], "s2-1") == "passed"
    assert outcome(cells["bad", "s1"], "s1-2") == "failed"


def test_a_failed_assertion_names_its_values_and_its_line(trip: Trip) -> None:
    cell = trip("def mean(values):\n    return 7\n", MEAN)
    assert outcome(cell) == "failed"
    assert "assert 7 == 2" in message(cell)
    assert "where 7 = mean([1, 2, 3])" in message(cell)
    assert "test_s1.py:5 in test_1" in message(cell)
    assert (cell["exit_code"], cell["complete"]) == (1, True)


def test_an_exception_shows_where_in_the_users_code_it_came_from(trip: Trip) -> None:
    cell = trip("def mean(values):\n    return values[99]\n", MEAN)
    assert "IndexError: list index out of range" in message(cell)
    assert "solution.py:2 in mean: return values[99]" in message(cell)


def test_a_syntax_error_is_an_error_of_every_case(trip: Trip) -> None:
    cell = trip("def mean(values)\n    return 2\n", MEAN)
    assert outcome(cell) == "error"
    assert message(cell).startswith('File "solution.py", line 1')
    assert "SyntaxError: expected ':'" in message(cell)
    assert (cell["complete"], cell["why"]) == (False, "the tests could not be imported")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nowhere_to_be_found\n", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def other(): ...\n", "ImportError: cannot import name 'mean' from 'solution'"),
        ("import sys\nsys.exit(0)\n", "SystemExit: 0"),
    ],
)
def test_an_import_error_is_told_in_its_own_words(trip: Trip, code: str, said: str) -> None:
    cell = trip(code, MEAN)
    assert outcome(cell) == "error"
    assert said in message(cell)


def test_an_interrupt_from_inside_is_an_error_of_the_test_that_raised_it(trip: Trip) -> None:
    suite = (
        "def test_1():\n    pass\n\n\ndef test_2():\n    raise KeyboardInterrupt('mine')\n\n\ndef test_3():\n    pass\n"
    )
    cell = trip("", suite)
    assert [outcome(cell, f"test_{n}") for n in (1, 2, 3)] == ["passed", "failed", "passed"]
    assert "KeyboardInterrupt: mine" in message(cell, "test_2")


def test_the_packages_of_the_image_and_async_tests_work(trip: Trip) -> None:
    code = (
        "import numpy, pydantic, requests, httpx, dateutil\nasync def total(v):\n    return int(numpy.array(v).sum())\n"
    )
    suite = "from solution import total\n\n\nasync def test_1():\n    assert await total([1, 2]) == 3\n"
    assert outcome(trip(code, suite)) == "passed"


def test_a_test_may_write_read_and_start_programs(trip: Trip) -> None:
    suite = (
        "import subprocess, sys, os\n\n\ndef test_1(tmp_path):\n    (tmp_path / 'a').write_text('x')\n"
        "    assert os.listdir('/proc/self/fd')\n"
        "    assert subprocess.check_output([sys.executable, '-c', 'import json; print(1)'], text=True) == '1\\n'\n"
    )
    cell = trip("", suite)
    assert outcome(cell) == "passed", cell


def test_what_is_printed_is_kept_apart_from_the_report(trip: Trip) -> None:
    code = "import sys\ndef mean(v):\n    print('héllo')\n    print('oops', file=sys.stderr)\n    return 2\n"
    cell = trip(code, MEAN)
    assert outcome(cell) == "passed"
    assert cell["stdout"]["head"] == "héllo\n"
    assert cell["stderr"]["head"] == "oops\n"


def test_a_skipped_test_is_not_a_pass(trip: Trip) -> None:
    suite = (
        "import pytest\nfrom solution import f\n\n\ndef test_1():\n    f()\n\n\n@pytest.mark.skip\n"
        "def test_2():\n    pass\n\n\n@pytest.mark.xfail\ndef test_3():\n    assert False\n"
        "\n\n@pytest.mark.xfail\ndef test_4():\n    assert True\n"
    )
    cell = trip("import pytest\ndef f():\n    pytest.skip('no')\n", suite)
    assert outcome(cell, "test_1") != "passed"
    assert {outcome(cell, f"test_{n}") for n in range(2, 5)} == {"skipped"}


def test_no_collected_test_is_not_a_pass(trip: Trip) -> None:
    cell = trip("", "def test_1():\n    pass\n\n\ndel test_1\n")
    assert outcome(cell) == "missing"
    assert (cell["complete"], cell["why"]) == (False, "no test was collected")


def test_a_fixture_that_fails_is_an_error_not_a_failure(trip: Trip) -> None:
    suite = "import pytest\n\n\n@pytest.fixture\ndef x():\n    raise ValueError('no x')\n\n\ndef test_1(x):\n    pass\n"
    cell = trip("", suite)
    assert outcome(cell) == "error"
    assert "ValueError: no x" in message(cell)


def test_a_hanging_test_costs_only_itself(trip: Trip) -> None:
    code = (
        "import time\ndef f(n):\n    print('at', n, flush=True)\n    if n == 2:\n        time.sleep(60)\n    return n\n"
    )
    suite = "from solution import f\n" + "".join(
        f"\n\ndef test_{n}():\n    assert f({n}) == {n}\n" for n in (1, 2, 3, 4)
    )
    begun = time.monotonic()
    cell = trip(code, suite, cell_wall_s=1)
    assert time.monotonic() - begun < 4
    assert [outcome(cell, f"test_{n}") for n in (1, 2, 3, 4)] == ["passed", "error", "passed", "passed"]
    assert message(cell, "test_2") == "the process timed out while this test ran"
    assert (cell["status"], cell["complete"]) == ("timeout", False)
    assert cell["stdout"]["head"] == "at 1\nat 2\n"


def test_tests_are_run_again_at_most_three_times(trip: Trip) -> None:
    suite = "import time\n" + "".join(f"\n\ndef test_{n}():\n    time.sleep(60)\n" for n in range(6))
    begun = time.monotonic()
    cell = trip("", suite, cell_wall_s=0.6)
    assert time.monotonic() - begun < 4
    assert [outcome(cell, f"test_{n}") for n in range(6)] == ["error"] * 4 + ["missing"] * 2
    assert "not run" in message(cell, "test_5")


def test_a_test_that_crashes_the_interpreter_costs_only_itself(trip: Trip) -> None:
    suite = "import ctypes\n\n\ndef test_1():\n    ctypes.string_at(0)\n\n\ndef test_2():\n    pass\n"
    cell = trip("", suite)
    assert [outcome(cell, "test_1"), outcome(cell, "test_2")] == ["error", "passed"]
    assert "signal 11" in message(cell)


def test_the_time_of_the_whole_run_ends_what_is_left(runner: Runner) -> None:
    bundle = json.loads(SAMPLES[-1].read_text())["bundle"]
    slow = {"id": "slow", "files": {"solution.py": "import time\ntime.sleep(30)\n"}}
    bundle["candidates"] = [{**slow, "id": f"slow{n}"} for n in range(os.cpu_count() or 1)]
    bundle["candidates"].append({"id": "good", "files": {"solution.py": GOOD}})
    bundle["limits"] |= {"wall_s": 1, "cell_wall_s": 10}
    begun = time.monotonic()
    result = runner.trip(json.dumps(bundle).encode())
    assert time.monotonic() - begun < 3
    assert result["error"] is None
    assert {c["status"] for c in result["cells"]} == {"timeout"}
    assert "time of the whole run was up" in result["cells"][-1]["why"]
    assert result["cells"][-1]["cases"]["s1-1"]["outcome"] == "error"


def test_findings_have_a_place_and_a_severity(runner: Runner) -> None:
    bundle = json.loads(SAMPLES[-1].read_text())["bundle"]
    code = "import os\n\n\ndef mean(values):\n    return eval(str(missing))\n"
    bundle["candidates"] = [{"id": "a", "files": {"solution.py": code, "pkg/x.py": "def f(:\n"}}]
    found = runner.trip(json.dumps(bundle).encode())["findings"]
    assert {(f["candidate"], f["file"], f["line"], f["rule"], f["severity"]) for f in found} == {
        ("a", "solution.py", 1, "F401", "warning"),
        ("a", "solution.py", 5, "S307", "error"),
        ("a", "solution.py", 5, "F821", "error"),
        ("a", "pkg/x.py", 1, "invalid-syntax", "error"),
        ("a", "pkg/x.py", 2, "invalid-syntax", "error"),
    }
    assert all(f["message"] for f in found)


def test_a_linter_configuration_of_the_candidate_is_ignored(runner: Runner) -> None:
    bundle = json.loads(SAMPLES[-1].read_text())["bundle"]
    files = {"solution.py": GOOD + "\n\nx = eval('1')\n", "ruff.toml": "lint.ignore = ['S']\nexclude = ['*']\n"}
    bundle["candidates"] = [{"id": "a", "files": files}]
    rules = [f["rule"] for f in runner.trip(json.dumps(bundle).encode())["findings"]]
    assert rules == ["S307"]


@pytest.mark.parametrize("data", [b"", b"[]", b'{"schema": 1, "run_id": "r9"}'])
def test_a_bad_bundle_is_answered_with_an_error(runner: Runner, data: bytes) -> None:
    result = runner.trip(data)
    assert result["error"]["type"] == "sandbox_failed"
    assert result["error"]["detail"]
    assert result["cells"] == []


def test_a_language_without_an_image_is_an_error_that_names_it(runner: Runner) -> None:
    bundle = json.loads(SAMPLES[-1].read_text())["bundle"] | {"language": "cobol"}
    assert "cobol" in runner.trip(json.dumps(bundle).encode())["error"]["detail"]


def test_files_of_both_sides_that_clash_end_the_cell_not_the_run(trip: Trip) -> None:
    cell = trip({"solution.py": GOOD, "test_s1.py/x.py": ""}, MEAN)
    assert cell["status"] == "spawn_error"
    assert "test_s1.py" in message(cell)
