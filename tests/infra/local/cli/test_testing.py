from infra.local.cli.testing import AGAIN, FULL, Step, environment, plan, verdict


def names(steps):
    return [step.name for step in steps]


def test_the_checks_come_first_and_those_that_need_the_machine_alone_and_last():
    steps = plan(None, cores=2)
    assert names(steps) == ["ruff check", "ruff format", "mypy", "mypy assay", "images", "pytest", "pytest -m alone"]
    assert steps[-2].command == ("pytest", "-n", "2", "--dist", "worksteal", "-m", "not alone", *AGAIN)
    assert steps[-1].command == ("pytest", "-n", "0", "-m", "alone", *AGAIN)


def test_an_expression_runs_the_tests_alone():
    steps = plan("view", cores=8)
    assert names(steps) == ["images", "pytest", "pytest -m alone"]
    assert all(step.command[-2:] == ("-k", "view") for step in steps[1:])
    assert "8" in steps[1].command


def test_there_are_at_least_two_workers():
    assert plan("x", cores=1)[1].command[2] == "2"


def test_any_failed_step_fails_all_and_is_named():
    steps = plan(None, cores=2)
    assert verdict([(step, 0) for step in steps]) == []
    for failing in steps:
        assert verdict([(step, int(step is failing)) for step in steps]) == [failing.name]


def test_an_empty_selection_is_excused_only_where_something_else_ran():
    images, tests, alone = plan("x", cores=2)
    assert verdict([(images, 0), (tests, 0), (alone, 5)]) == []
    assert verdict([(images, 0), (tests, 5), (alone, 0)]) == []
    assert verdict([(images, 0), (tests, 5), (alone, 5)]) == ["no test matches"]
    assert verdict([(Step("pytest", ("pytest",)), 5), (alone, 0)]) == ["pytest"]


def test_full_is_said_by_the_environment():
    assert environment(True, {"A": "b"}) == {"A": "b", FULL: "1"}
    assert environment(False, {"A": "b", FULL: "1"}) == {"A": "b"}
