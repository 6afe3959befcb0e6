"""What goes to the sandbox."""

from __future__ import annotations

from dataclasses import replace

from functions.agent import bundle
from functions.agent.records import Execution
from functions.agent.words import Origin, RunStatus
from jobs.protocol import parse_bundle
from making import candidate, case, execution, suite

RUN = "e-a1-r0"
ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"))


def asked() -> Execution:
    return execution([ANCHORS, FIRST], [candidate("a1c1")], limits={"wall_s": 30.0})


def test_the_bundle_is_one_that_the_sandbox_accepts() -> None:
    made = asked()
    parsed = parse_bundle(bundle.pack(made, RUN, made.candidates))
    assert (parsed.run_id, parsed.execution_id, parsed.limits.wall_s) == (RUN, "e", 30.0)
    assert [c.id for c in parsed.candidates] == ["a1c1"]
    assert parsed.suites[1].cases == {"s11-1": "test_s11.py::test_1", "s11-2": "test_s11.py::test_2"}
    assert "from solution import f\n" in parsed.suites[1].files["test_s11.py"]


def test_what_a_model_wrote_and_nobody_ran_is_run_twice() -> None:
    theirs = suite("repo", case("repo-1", "f(5)", "25"), origin=Origin.REPOSITORY)
    made = execution([ANCHORS, FIRST, suite("s12", case("s12-1", "f(4)", "16")), theirs],
                     [candidate("a1c1", {"s11-2": False, "anchors-1": True}), candidate("a2c1")])  # fmt: skip
    parsed = parse_bundle(bundle.pack(made, RUN, made.candidates[1:]))
    assert {s.id: s.fresh for s in parsed.suites} == {"anchors": False, "s11": False, "s12": True, "repo": False}


def test_a_suite_that_was_never_run_brings_the_older_candidates_back_into_the_race() -> None:
    older = [candidate("a1c1", {"s11-1": True}), candidate("a1c2", {"s11-1": False}, status=RunStatus.TIMEOUT)]
    made = execution([FIRST], [*older, candidate("a2c1")])
    assert [c.id for c in bundle.racing(made)] == ["a2c1"]
    late = replace(made, suites=(FIRST, suite("s29", case("s29-1", "f(4)", "16"))))
    assert [c.id for c in bundle.racing(late)] == ["a2c1", "a1c1"], "one that met a limit would meet it again"


def test_tests_import_also_what_the_examples_call_besides_the_stated_name() -> None:
    pair = suite("anchors", case("anchors-1", "decode('b')", "'a'"))
    made = execution([pair, FIRST], interface="def encode(s): ...\ndef decode(s): ...\ndef other(): ...",
                     prompt="Write a function `encode` and its inverse. decode('b') -> 'a'")  # fmt: skip
    assert "from solution import encode, decode\n" in bundle.test_file(made, pair)[1]
    assert "from solution import encode\n" in bundle.test_file(made, FIRST)[1]


def test_result_names_lead_back_and_no_other_name_does() -> None:
    assert bundle.parse_result_name(bundle.result_name("e", RUN)) == ("e", RUN)
    for name in ("", "executions/e/bundles/x.json", "executions/e/results/x", "a/executions/e/results/x.json", "x" * 9):
        assert bundle.parse_result_name(name) is None
