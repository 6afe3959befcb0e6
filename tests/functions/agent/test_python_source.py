"""Reading Python without running it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import python_source as p


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[-1]


@pytest.mark.parametrize(
    "text", ["(", "a\0b", "\ud800", "(" * 500, "-" * 200_000 + "1", "1" * 6000, "if x:", "def f(:"]
)
def test_what_does_not_parse_is_none_and_has_no_names(text: str) -> None:
    assert p.tree(text) is None
    assert p.names(text) == ()
    assert p.signatures(text) == ()


def test_odd_but_legal_text_does_not_warn() -> None:
    assert p.tree("x = 1if 2 else 3\ny = '\\d'\nz = 1 is 1") is not None


@pytest.mark.parametrize(
    "text", ["[1, ...]", "{[]: 1}", "f(1)", "x", "1 +", "1; 2", "", "1/2", "{**a}", "(" * 300, "f'{1}'"]
)
def test_what_is_no_whole_literal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="literal"):
        p.literal(text)


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text() | st.binary(),
        lambda v: st.lists(v, max_size=3) | st.tuples(v, v) | st.dictionaries(st.text(max_size=3), v, max_size=3),
        max_leaves=8,
    )
)  # fmt: skip
def test_a_literal_is_read_as_it_was_written_and_does_not_differ_from_itself(value: object) -> None:
    assert p.literal(repr(value)) == value
    assert not p.differ(repr(value), f" {value!r}")
    assert p.differ(repr([value]), repr([value, 1]))


def test_only_literals_differ() -> None:
    assert p.differ("1", "2")
    assert not p.differ("1", "1.0")
    assert not p.differ("[1, 2]", "[x for x in (1, 2)]")
    assert not p.differ("f(1)", "2")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("assert f(1)==2", ("f(1)", "2")),
        ("assert 2 == f( 1 )", ("f(1)", "2")),
        ("assert f(1) is None", ("f(1)", "None")),
        ("assert f(1) != 2", ("", "")),
        ("assert f(1) == 2 == 3", ("", "")),
        ("assert f(1)", ("", "")),
        ("assert len([1]) == 1", ("", "")),
        ("x = 1", ("", "")),
    ],
)
def test_claims(text: str, claim: tuple[str, str]) -> None:
    assert p.claim(statement(text)) == claim


def test_a_claim_sees_through_variables_given_once_and_through_nothing_else() -> None:
    check = statement("assert f(x) == y")
    assert p.claim(check, ast.parse("a = 1\nx = [a]\ny = 2").body) == ("f([1])", "2")
    assert p.claim(check, ast.parse("x = 1\nx = 2").body) == ("", "")
    assert p.claim(check, ast.parse("x = []\nx.append(1)").body) == ("", "")
    assert p.claim(check, ast.parse("x, y = 1, 2").body) == ("", "")
    assert ast.unparse(check) == "assert f(x) == y", "the statement itself stays as it was"


def test_free_and_bound_names() -> None:
    nodes = ast.parse("import os.path as o\nfor i in xs:\n    y = [j for j in z]\ndef g(a): return len(a)").body
    assert p.bound(nodes) == {"o", "i", "y", "j", "g", "a"}
    assert p.free(nodes) == {"xs", "z"}


def test_signatures_and_names() -> None:
    text = "X = 1\ndef f(a, *, b: int = 2) -> str: pass\nasync def g(): pass\n"
    text += "class C:\n    def __init__(self): pass\n    def _p(self): pass\n"
    assert p.signatures(text) == (
        "def f(a, *, b: int=2) -> str: ...",
        "async def g(): ...",
        "class C:\n    def __init__(self): ...",
    )
    assert p.names(text) == ("f", "g", "C", "X")
