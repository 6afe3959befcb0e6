"""Calls that a signature can't take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.agent import suites
from functions.agent.arity import fits
from functions.agent.words import Origin

INTERFACE = "def median(numbers): ...\ndef f(a, b=1, *, c, d=2): ...\ndef g(*args, **rest): ...\nclass Stack: ..."


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("median([3, 1, 2])", True),
        ("median(3, 1, 2)", False),
        ("median()", False),
        ("median(numbers=[1])", True),
        ("median(values=[1])", False),
        ("median([1], numbers=[2])", False),
        ("median(*[1, 2])", True),
        ("median(**{'x': 1})", True),
        ("f(1, c=2)", True),
        ("f(1, 2, c=3, d=4)", True),
        ("f(1)", False),
        ("f(1, 2, 3, c=4)", False),
        ("g(1, 2, x=3)", True),
        ("Stack(1, 2)", True),
        ("unknown(1, 2)", True),
        ("median([1]).real", True),
        ("not a call (", True),
        ("", True),
    ],
)
def test_only_what_can_not_be_called_so_does_not_fit(call: str, expected: bool) -> None:
    assert fits(call, INTERFACE) is expected


@given(st.text(), st.text())
def test_any_text_is_judged_without_an_error(call: str, interface: str) -> None:
    assert fits(call, interface) in (True, False)


def test_a_bare_name_is_no_call() -> None:
    split = suites.split("assert median([1]) == 1\nassert median\n", "s11", Origin.GENERATED, ["median"])
    assert [c.name for c in split.suite.cases] == ["median([1]) == 1"]
    assert split.dropped == ("never calls the code: median",)


def test_what_python_takes_fits() -> None:
    def f(a: int, b: int = 1, *, c: int, d: int = 2) -> int:
        return a + b + c + d

    for call in ("f(1, c=2)", "f(a=1, c=2, b=3)", "f(1)", "f(c=1)", "f(1, 2, 3, c=1)", "f(1, a=1, c=2)"):
        try:
            eval(call, {"f": f})
            taken = True
        except TypeError:
            taken = False
        assert fits(call, "def f(a, b=1, *, c, d=2): ...") is taken, call


def test_cases_that_can_not_be_called_are_left_out_one_by_one() -> None:
    text = (
        "assert median([1]) == 1\nassert median(3, 1, 2) == 2\nwith pytest.raises(TypeError):\n    median(1, 2)\n"
        "with pytest.raises(ValueError):\n    median(1, 2)\n"
    )
    suite = suites.split(text, "s11", Origin.GENERATED, ["median"]).suite
    assert len(suite.cases) == 4
    kept, why = suites.callable_cases(suite, INTERFACE, "python")
    assert [c.id for c in kept.cases][:2] == ["s11-1", "s11-3"]
    assert why[0] == "its call does not fit the signature: median(3, 1, 2) == 2"
    assert suites.callable_cases(suite, INTERFACE, "go") == (suite, ())
