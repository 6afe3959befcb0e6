"""The vacuity run: with stand-ins for the code, tests that look at it fail and tests that assert nothing pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Drive = Callable[..., dict[str, Any]]

CODE = """
import enum, sys
from dataclasses import dataclass
from json import JSONDecodeError
print("never run")
sys.exit(3)
LIMIT = 3
LIMITS: dict = {"a": 1}
try:
    import fast
except ImportError:
    fast = None
if LIMIT:
    def hidden(): return 1
def f(x): return x
async def later(): return 1
class MyError(ValueError): pass
class Sub(MyError): pass
class Far(JSONDecodeError): pass
class Color(enum.Enum):
    RED = 1
@dataclass
class Point:
    x: int = 0
    def far(self): return True
"""
FAILING = """
import pytest, solution
from solution import *
from solution import LIMIT, LIMITS, f, hidden, later, MyError, Sub, Color, Point
def test_equal(): assert f(1) == 1
def test_unequal(): assert f(1) != 2
def test_none(): assert f(1) is None
def test_true(): assert f(1)
def test_false(): assert not f(1)
def test_type(): assert isinstance(f(1), int)
def test_order(): assert f(1) < 2
def test_approx(): assert f(1) == pytest.approx(1)
def test_items(): assert [x for x in f(1)] == []
def test_length(): assert len(f(1)) == 0
def test_in(): assert 1 in f(1)
def test_text(): assert "1" == str(f(1))
def test_raises():
    with pytest.raises(MyError): f(1)
def test_raises_any():
    with pytest.raises(Exception): f(1) == 2
def test_sub():
    with pytest.raises(Sub): raise MyError
def test_constant(): assert LIMIT == 3
def test_constant_item(): assert LIMITS["a"] == 1
def test_method(): assert Point(1).far() is True
def test_attribute(): assert Point(x=1).x == 1
def test_record(): assert Point() == Point()
def test_member(): assert Color.RED.value == 1
def test_same(): assert f(1) is f(1)
def test_hidden(): assert hidden() == 1
def test_printed(capsys):
    f(1); assert capsys.readouterr().out == "x"
async def test_later(): assert await later() == 1
def test_mutated():
    items = [2, 1]; f(items); assert items == [1, 2]
def test_sum(): assert f(1) + 1 == 2
"""
PASSING = """
import pytest, solution
from pkg.sub import g, there
from solution import f, later, MyError, Sub, Far, Point, Color
def test_nothing(): f(1)
def test_fake(): assert True
def test_callable(): assert callable(f)
def test_made(): Point(1, 2, 3).anything(4).more[0] if False else Point().x
def test_instance(): assert isinstance(Point(), Point)
def test_error(): assert issubclass(Sub, MyError) and issubclass(MyError, ValueError) and issubclass(Far, Exception)
def test_own_raise():
    with pytest.raises(MyError, match="x"): raise Sub("x")
async def test_later(): await later()
def test_context():
    with Point() as p: p.x = 3
def test_package(): g(); assert there is g
"""


def test_tests_that_look_at_the_code_fail_with_a_stub(drive: Drive) -> None:
    outcome = drive(CODE, FAILING, mode="test", stub=True)
    assert outcome["broken"] == ""
    assert {id for id, case in outcome["cases"].items() if case["outcome"] == "passed"} == set()
    assert len(outcome["cases"]) == FAILING.count("def test_")
    assert outcome["out"] == ""
    assert outcome["code"] == 1


def test_tests_that_assert_nothing_pass_with_a_stub(drive: Drive) -> None:
    package = {
        "pkg/__init__.py": "",
        "pkg/core.py": "def g(): 1 / 0\n",
        "pkg/sub.py": "from .core import g\nthere = g\n",
    }
    package["pkg/sub.py"] = "from . import core\nfrom .core import *\nfrom .core import g as there\n"
    outcome = drive({"solution.py": CODE, **package}, PASSING, mode="test", stub=True)
    assert outcome["broken"] == ""
    assert {case["outcome"] for case in outcome["cases"].values()} == {"passed"}, outcome["cases"]
    assert len(outcome["cases"]) == PASSING.count("def test_")
    assert outcome["code"] == 0


def test_code_that_cannot_be_parsed_has_no_stub(drive: Drive) -> None:
    outcome = drive("def f(:\n", "from solution import f\ndef test_1(): f()\n", mode="test", stub=True)
    assert "SyntaxError" in outcome["broken"]
    assert outcome["code"] == 2


def test_a_missing_name_breaks_the_suite_with_a_stub_too(drive: Drive) -> None:
    outcome = drive("def g(): ...\n", "from solution import f\ndef test_1(): f()\n", mode="test", stub=True)
    assert "cannot import name 'f'" in outcome["broken"]
