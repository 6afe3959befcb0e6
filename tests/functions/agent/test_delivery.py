"""The parcel: the same bytes for the same execution, and a proof in it that can be read back."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import delivery, proof
from functions.agent.records import Execution, Finding
from making import candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))
FIRST = suite("s11", case("s11-1", "f(2)", "4"), case("s11-2", "f(3)", "9"), case("s11-3", "f(4)", "9"))


def delivered(**changes: object) -> Execution:
    loser = candidate("a1c1", {"anchors-1": False, "s11-1": True, "s11-2": True, "s11-3": False})
    winner = candidate("a2c1", {"anchors-1": True, "s11-1": True, "s11-2": True, "s11-3": False}, **changes)
    return execution([ANCHORS, FIRST], [loser, winner], limits={"wall_s": 30.0})


def test_the_winner_its_tests_a_readme_and_the_proof_are_in_it() -> None:
    parcel = delivery.files(delivered())
    assert set(parcel) == {
        "solution.py", "tests/test_anchors.py", "tests/test_s11.py", "pytest.ini", "README.md", "VALIDATION.json",
    }  # fmt: skip
    assert parcel["solution.py"].endswith("# a2c1\n")
    claims = json.loads(parcel["VALIDATION.json"])
    assert claims["winner"] == "a2c1"
    assert [c["level"] for s in claims["suites"] for c in s["cases"]] == ["R3", "R3", "R3"]
    assert [a["attempt_number"] for a in claims["attempts"]] == [1, 2]
    assert "files" not in claims["attempts"][0]["candidates"][0]


def test_doubtful_tests_that_the_winner_fails_are_told_but_not_delivered() -> None:
    parcel = delivery.files(delivered())
    assert "f(4) == 9" not in parcel["tests/test_s11.py"]
    assert "| FAIL | doubtful | generated | `f(4) == 9` |" in parcel["README.md"]


def test_without_a_winner_there_is_no_parcel() -> None:
    assert delivery.files(execution([ANCHORS])) == {}
    assert delivery.summary(execution([ANCHORS])) == {}


def test_the_summary_copies_what_the_winner_did() -> None:
    made = delivery.summary(delivered(stdout="out", findings=(Finding("solution.py", 1, "E1", "m"),)))
    assert made["stdout"] == "out"
    assert made["generated_code"].endswith("# a2c1\n")
    assert "def test_1" in made["generated_tests"]
    assert [r["outcome"] for r in made["test_results"]] == ["passed", "passed", "passed", "failed"]
    assert [r["level"] for r in made["test_results"]] == ["R3", "R3", "R3", ""]
    assert made["lint_results"][0]["rule"] == "E1"


def test_equal_executions_give_equal_bytes_in_sorted_order_with_one_date() -> None:
    parcel = delivery.files(delivered())
    data = delivery.archive(parcel)
    assert data == delivery.archive(dict(reversed(parcel.items()))) == delivery.archive(delivery.files(delivered()))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.namelist() == sorted(parcel)
        assert {e.date_time for e in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {e.external_attr >> 16 for e in packed.infolist()} == {0o644}


def test_files_of_the_code_named_like_ours_do_not_break_the_proof() -> None:
    files = dict.fromkeys(("README.md", "VALIDATION.json", "pytest.ini", "tests/test_anchors.py"), "mine")
    parcel = delivery.files(delivered(files={"solution.py": "def f(n): return n", **files}))
    assert all(parcel[n] != "mine" for n in files)
    read = proof.read(delivery.archive(parcel))
    assert read.changed == ()
    assert read.code == ("solution.py",)


@pytest.mark.parametrize("name", ["a | b", "a `b` c", "two\nlines", "``x``", "$code ${x}"])
def test_any_name_stays_in_its_cell(name: str) -> None:
    made = delivered()
    ledger = tuple(replace(e, name=name) for e in made.ledger)
    rows = [r for r in delivery.files(replace(made, ledger=ledger))["README.md"].splitlines() if r.startswith("| pass")]
    assert len(rows) == 3
    assert all(r.replace("\\|", "").count("|") == 5 for r in rows)


TEXT = st.text(max_size=60)


@settings(max_examples=40, deadline=None)
@given(
    TEXT,
    TEXT,
    st.dictionaries(st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6})?\.py", fullmatch=True), TEXT, max_size=3),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_any_parcel_comes_back_as_it_went_out(  # type: ignore[no-untyped-def]
    prompt: str, code: str, more: dict[str, str], passes
) -> None:
    ids = ["anchors-1", "s11-1", "s11-2", "s11-3"]
    made = candidate("a1c1", dict(zip(ids, passes, strict=True)), files={**more, "solution.py": code})
    parcel = delivery.files(execution([ANCHORS, FIRST], [made], prompt=prompt))
    data = delivery.archive(parcel)
    assert data == delivery.archive(parcel)
    read = proof.read(data)
    assert read.changed == ()
    assert set(read.files) == set(parcel)
    kept = {i for s in delivery.kept(execution([ANCHORS, FIRST], [made])) for i in (c.id for c in s.cases)}
    assert set(read.cases) == kept
