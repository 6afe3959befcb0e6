"""A bundle from anybody: read within limits, refused in one sentence, and never believed beyond its hashes."""

from __future__ import annotations

import io
import json
import struct
import time
import warnings
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import delivery, proof, unpacking
from functions.agent.errors import BadInput
from functions.agent.words import CaseOutcome, Level
from jobs.protocol import parse_bundle
from making import candidate, case, execution, suite

VECTOR = {"call": "f", "args": [2], "expect": {"value": 4}}
SUITES = [suite("anchors", case("anchors-1", "f(1)", "1")), suite("s11", case("s11-1", "f(2)", "4", vector=VECTOR))]
MADE = execution(SUITES, [candidate("a1c1", {"anchors-1": True, "s11-1": True})], limits={"wall_s": 30.0})
PARCEL = delivery.files(MADE)
DATA = delivery.archive(PARCEL)


def packed(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name), text, compress_type=method)
    return buffer.getvalue()


def claiming(**changes: Any) -> bytes:
    return packed({**PARCEL, "VALIDATION.json": json.dumps({**json.loads(PARCEL["VALIDATION.json"]), **changes})})


def refused(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        proof.bundle(proof.read(data))
    assert caught.value.field == "bundle"
    assert len(caught.value.detail) < 400
    assert "\n" not in caught.value.detail
    return caught.value.detail


def outcome(id: str, word: str, level: str = "R3") -> dict[str, Any]:
    return {"cases": {id: {"outcome": word, "level": level if word == "passed" else ""}}}


def found(level: str) -> dict[str, Any]:
    """A result in which everything passes at that level."""
    return {"cells": [outcome("anchors-1", "passed", level), outcome("s11-1", "passed", level)]}


def test_a_delivered_bundle_is_read_and_its_run_is_one_that_the_sandbox_accepts() -> None:
    read = proof.read(DATA)
    assert (read.execution_id, read.language, read.status, read.changed) == ("e", "python", "passed", ())
    passed, r3 = CaseOutcome.PASSED, Level.R3
    assert read.cases == {
        "anchors-1": proof.Claim("f(1) == 1", passed, r3),
        "s11-1": proof.Claim("f(2) == 4", passed, r3),
    }
    run = parse_bundle(proof.bundle(read))
    assert run.run_id == proof.RUN_ID
    assert run.candidates[0].files == {"solution.py": PARCEL["solution.py"]}
    assert run.suites[1].cases == {"s11-1": "test_s11.py::test_1"}


def test_it_holds_while_files_and_outcomes_are_what_it_says() -> None:
    read = proof.read(DATA)
    same = proof.compare(read, found("R3"))
    assert same.holds
    assert same.level is Level.R3
    assert same.detail == "It holds: all 2 tests came out as the bundle says."
    other = proof.compare(read, {"cells": [outcome("anchors-1", "failed")]})
    assert not other.holds
    assert other.differs == (("f(1) == 1", "passed (R3)", "failed"), ("f(2) == 4", "passed (R3)", "missing"))


def test_vectors_are_delivered_and_go_into_the_second_run() -> None:
    run = json.loads(proof.bundle(proof.read(DATA)))
    assert [c.get("vector") for s in run["suites"] for c in s["cases"]] == [None, VECTOR]


@pytest.mark.parametrize(("level", "holds"), [("R2", False), ("R3", True), ("R4", True), ("vectors", True)])
def test_a_pass_that_is_judged_at_a_lower_level_than_claimed_does_not_hold(level: str, holds: bool) -> None:
    now = proof.compare(proof.read(DATA), found(level))
    assert now.holds is holds
    assert now.level == level
    if not holds:
        assert now.differs[0] == ("f(1) == 1", "passed (R3)", "passed (R2)")
        assert now.detail == "It no longer holds: 2 of 2 tests were judged at a lower level than it says."


def test_the_level_found_now_is_of_those_cases_that_the_verdict_counted() -> None:
    suites = json.loads(json.dumps(CLAIMS["suites"]))
    suites[1]["cases"][0]["level"] = "R4"
    read = proof.read(claiming(suites=suites, verdict={**CLAIMS["verdict"], "level": "R4"}))
    cells = [outcome("anchors-1", "passed", "R3"), outcome("s11-1", "passed", "vectors")]
    now = proof.compare(read, {"cells": cells})
    assert (now.holds, now.level) == (True, Level.VECTORS)


def test_levels_that_no_test_of_the_bundle_reached_are_a_contradiction() -> None:
    verdict = CLAIMS["verdict"]
    higher = proof.compare(proof.read(claiming(verdict={**verdict, "level": "R4"})), found("vectors"))
    assert higher.detail == "It does not hold: by the bundle's own word no test was judged at R4."
    verified = proof.compare(proof.read(claiming(verdict={**verdict, "confidence": "verified"})), found("vectors"))
    assert verified.detail.startswith("It does not hold: the verdict is verified, and")
    assert not higher.holds
    assert not verified.holds


def test_a_bundle_of_the_time_before_levels_holds_by_its_outcomes() -> None:
    suites = [
        {**s, "cases": [{k: v for k, v in c.items() if k not in ("level", "vector")} for c in s["cases"]]}
        for s in CLAIMS["suites"]
    ]
    read = proof.read(claiming(schema=1, suites=suites, verdict={**CLAIMS["verdict"], "level": "R2"}))
    assert proof.compare(read, found("R3")).holds
    assert not proof.compare(read, {"cells": [outcome("anchors-1", "passed")]}).holds


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"solution.py": "def f(n): return 1"}, "solution.py"),
        ({"tests/test_s11.py": "def test_1(): pass"}, "tests/test_s11.py"),
        ({"README.md": "better"}, "README.md"),
        ({"conftest.py": "everything = 'fine'"}, "conftest.py"),
        ({"solution/__init__.py": ""}, "solution/__init__.py"),
    ],
)
def test_a_file_that_was_changed_or_added_is_named_and_nothing_holds(change: dict[str, str], name: str) -> None:
    read = proof.read(packed({**PARCEL, **change}))
    assert read.changed == (name,)
    result = proof.compare(read, found("R3"))
    assert not result.holds
    assert name in result.detail


def test_a_file_that_is_gone_is_named() -> None:
    without = {n: t for n, t in PARCEL.items() if n != "README.md"}
    assert proof.read(packed(without)).changed == ("README.md",)
    assert "solution.py is missing" in refused(packed({n: t for n, t in PARCEL.items() if n != "solution.py"}))


def test_a_bundle_without_tests_holds_nothing() -> None:
    read = proof.read(claiming(suites=[]))
    assert not proof.compare(read, {"cells": []}).holds


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "./a",
        "C:\\a.py",
        "C:a.py",
        "a\\b",
        "a\nb",
        "a\x1b[31m",
        "a/./b",
    ],
)
def test_an_unsafe_name_is_refused(name: str) -> None:
    assert "unsafe name" in refused(packed({**PARCEL, name: "x"}))


def test_a_name_cut_by_a_null_is_refused() -> None:
    data = packed({**PARCEL, "evilXpy": "x"}).replace(b"evilXpy", b"evil\0py")
    assert "unsafe name" in refused(data)


def test_two_files_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(DATA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr("solution.py", "def f(n): return 1")
    assert "two files named solution.py" in refused(buffer.getvalue())


def test_bombs_are_refused_before_they_are_read() -> None:
    began = time.perf_counter()
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        assert "50 MiB" in refused(packed({**PARCEL, "big.txt": b"\0" * (51 * 1024 * 1024)}, method))
    assert "200 files" in refused(packed({f"f{n}.txt": "" for n in range(201)}))
    assert "200 files" in refused(packed({f"f{n}.txt": "" for n in range(5000)}))
    assert "50 MiB" in refused(b"\0" * (unpacking.MAX_BYTES + 1))
    assert time.perf_counter() - began < 20


def test_a_size_that_lies_is_refused() -> None:
    data = bytearray(packed({"a.txt": b"\0" * 100_000}))
    central = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 10)
    assert refused(bytes(data))
    struct.pack_into("<I", data, central + 24, 200_000)
    assert refused(bytes(data))


def test_what_is_no_zip_encrypted_damaged_or_not_text_is_refused() -> None:
    for data in (
        b"",
        b"PK",
        b"not a zip",
        DATA[: len(DATA) // 2],
        DATA[len(DATA) // 2 :],
        b"PK\x05\x06" + b"\xff" * 18,
    ):
        assert refused(data)
    encrypted = bytearray(DATA)
    at = encrypted.find(b"PK\x03\x04")
    while at >= 0:
        encrypted[at + 6] |= 1
        at = encrypted.find(b"PK\x03\x04", at + 4)
    at = encrypted.find(b"PK\x01\x02")
    while at >= 0:
        encrypted[at + 8] |= 1
        at = encrypted.find(b"PK\x01\x02", at + 4)
    assert refused(bytes(encrypted))
    assert refused(packed({**PARCEL, "image.png": b"\x89PNG\xff"}))
    assert "has no VALIDATION.json" in refused(packed({"solution.py": "x"}))


CLAIMS = json.loads(PARCEL["VALIDATION.json"])
CASE = CLAIMS["suites"][0]["cases"][0]


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "3", '"x"', "[" * 200_000, '{"schema": 1}', '{"schema": 3}', "{}" * 2),
        json.dumps({**CLAIMS, "limits": {"wall_s": 30}}).replace("30", "9" * 400),
    ],
)
def test_claims_that_are_none_are_refused(text: str) -> None:
    assert "VALIDATION.json" in refused(packed({**PARCEL, "VALIDATION.json": text}))


@pytest.mark.parametrize(
    "changes",
    [
        *({"suites": s} for s in (None, 3, "ab", [1], [{}], {"a": 1}, [{**CLAIMS["suites"][0], "file": 5}])),
        *({"suites": [{**CLAIMS["suites"][0], "id": i}]} for i in (None, 5, "", "a b", "../x", "x" * 101)),
        *({"suites": [{**CLAIMS["suites"][0], "cases": c}]} for c in (None, 3, [1], [{}], [{**CASE, "id": 4}], "x")),
        {"suites": [{**CLAIMS["suites"][0], "cases": [CASE, CASE]}]},
        {"suites": [CLAIMS["suites"][0], {**CLAIMS["suites"][0], "id": "other"}]},
        {"suites": [{**CLAIMS["suites"][0], "cases": [{"id": "a", "name": "n", "outcome": "passed"}]}]},
        {"suites": [{**CLAIMS["suites"][0], "cases": [{**CASE, "outcome": "great"}]}]},
        *({"suites": [{**CLAIMS["suites"][0], "cases": [{**CASE, "level": v}]}]} for v in ("R9", None, 3, ["R3"])),
        {"suites": [{**CLAIMS["suites"][0], "cases": [{**CASE, "outcome": "failed"}]}]},
        *(
            {"suites": [{**CLAIMS["suites"][0], "cases": [{**CASE, "vector": v}]}]}
            for v in (3, "x", [], {}, {**VECTOR, "args": 3}, {**VECTOR, "call": 3}, {**VECTOR, "expect": [4]})
        ),
        *({"code": c} for c in (None, 3, ["gone.py"], [["solution.py"]])),
        *({"sha256": h} for h in (None, 3, [], "x")),
        *({"verdict": v} for v in (None, 3, {}, [], {**CLAIMS["verdict"], "level": "R9"})),
        *({"limits": v} for v in (None, 3, [], {"wall_s": "soon"}, {"wall_s": None}, {"wall_s": -1}, {"wall_s": 0})),
        *({"limits": {"wall_s": v}} for v in (float("nan"), float("inf"))),
        *({"language": v} for v in (None, "klingon", ["python"], {})),
        *({"execution_id": v} for v in (None, 5, "", "a/b", "a\nb")),
    ],
)
def test_claims_of_wrong_types_are_refused(changes: dict[str, Any]) -> None:
    assert refused(claiming(**changes))


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] + [p for k, v in children for p in paths(v, (*at, k))]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(paths(CLAIMS)[1:]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just([]) | st.just({}),
)
def test_any_damage_to_the_claims_is_refused_or_read(path: tuple[Any, ...], junk: Any) -> None:
    claims = json.loads(json.dumps(CLAIMS))
    inside = claims
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = junk
    try:
        read = proof.read(packed({**PARCEL, "VALIDATION.json": json.dumps(claims)}))
    except BadInput:
        return
    proof.bundle(read)
    assert not proof.compare(read, {"cells": []}).holds


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_to_the_bytes_is_refused_or_seen(damage: list[tuple[int, int]]) -> None:
    data = bytearray(DATA)
    for place, byte in damage:
        data[place] = byte
    try:
        read = proof.read(bytes(data))
    except BadInput:
        return
    assert dict(read.files) == PARCEL or read.changed or set(read.files) != set(PARCEL)
