"""vet over the code of several candidates."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs import language
from jobs.lint import parse

Drive = Callable[..., Any]
BAD = """package main

import "fmt"

type T struct {
	A int `json:"a" json:"b`
}

func F(n int) {
	fmt.Printf("%s\\n", n)
	return
	fmt.Println()
}

func main() {}
"""
GOOD = """package solution

import "image"

func P() image.Point { return image.Point{1, 2} }
"""


def test_findings_name_candidate_file_line_and_rule(drive: Drive, folder: Path) -> None:
    files = {
        "a1/solution.go": BAD,
        "a2/solution.go": GOOD,
        "a3/solution.go": "package solution\n\nfunc F() int { return x }\n",
        "a4/solution.go": "package (",
        "a5/go.mod": "module m\n",
        "a5/x.go": 'package x\n\nimport "m/y"\n\nvar _ = y.N\n',
        "a5/y/y.go": "package y\n\nvar N = 1\n\nfunc F() {\n\tN = N\n}\n",
        "a6/readme.txt": "no code",
        "tmp/solution.go": "package x\n\n//line y.go:1\n\nvar n = 1\n\n/*line z.go:1*/ func F() {\n\tn = n\n}\n",
    }
    run = drive(files, None, ["lint"])
    assert (run.code, run.stderr, run.left) == (0, "", ())
    rules = language.load("go", folder).lint
    assert rules is not None
    places = {name: (name.partition("/")[0], name.partition("/")[2]) for name in files}
    found = [(f["candidate"], f["file"], f["line"], f["rule"]) for f in parse(run.stdout.encode(), rules, places)]
    assert found == [
        ("a1", "solution.go", 6, "structtag"),
        ("a1", "solution.go", 10, "printf"),
        ("a1", "solution.go", 12, "unreachable"),
        ("a5", "y/y.go", 6, "assign"),
        ("tmp", "solution.go", 8, "assign"),
    ]
    assert {f["severity"] for f in parse(run.stdout.encode(), rules, places)} == {"warning"}
    assert len(run.stdout.splitlines()) == len(found)


def test_a_candidate_has_so_many_findings_at_most(drive: Drive) -> None:
    code = "package x\n\nvar n = 1\n\nfunc F() {\n" + "\tn = n\n" * 2100 + "}\n"
    run = drive({"a1/x.go": code, "a2/x.go": BAD}, None, ["lint"])
    files = [json.loads(line)["file"] for line in run.stdout.splitlines()]
    assert files == ["a1/x.go"] * 2000 + ["a2/x.go"] * 3
