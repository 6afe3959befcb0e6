"""The linter of the node image: types, names and dangerous calls, each candidate on its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jobs import language

EVAL = {"no-eval": "error", "security/detect-eval-with-expression": "error"}
WRONG = "export const f = (x: number): string => x;\n"
PATHS = {"security/detect-non-literal-fs-filename": "info"}
Lint = Callable[[Mapping[str, str]], list[dict[str, Any]]]


def severities(found: list[dict[str, Any]], name: str, image: Path) -> dict[str, str]:
    rules = language.load(name, image).lint
    assert rules is not None
    assert dict(rules.fields) == {key: key for key in ("file", "line", "rule", "message")}
    return {it["rule"]: rules.severity_of(it["rule"]) for it in found}


CASES: list[tuple[str, str, dict[str, str]]] = [
    ("x.mjs", "export const f = (x) => eval(x);", EVAL),
    ("x.mjs", "export const f = () => nowhere;", {"no-undef": "error"}),
    ("x.mjs", "export const f = (", {"syntax": "error"}),
    ("x.mjs", "const a = 1;\na = 2;\nexport { a };", {"no-const-assign": "error"}),
    ("x.mjs", "const a = 1;\nexport {};", {"no-unused-vars": "warning"}),
    ("x.cjs", "const fs = require('fs');\nmodule.exports = (p) => fs.readFileSync(p);", PATHS),
    ("x.mjs", "export const f = () => [structuredClone(1), fetch, process, Buffer, setTimeout];", {}),
    ("x.ts", "export const f = (x: number): string => x;", {"TS2322": "error"}),
    ("x.ts", "export const f = (x) => x;", {"TS7006": "warning"}),
    ("x.ts", "import { z } from 'zod';\nimport 'node:test';\nexport const f = z.string();", {}),
    ("x.ts", "export const f = (x: string): unknown => eval(x);", EVAL),
    ("x.ts", "enum E { A }\nexport const f = (e: E): boolean => e === E.A;", {}),
    ("x.ts", "export const f: = 1;", {"TS1110": "error"}),
]


def test_findings_have_a_place_and_a_severity(lint: Lint, image_of: Callable[[str], Path]) -> None:
    found = lint({f"c{n}/{file}": code for n, (file, code, _) in enumerate(CASES)})
    for n, (file, _, expected) in enumerate(CASES):
        name = "typescript" if file.endswith("ts") else "javascript"
        mine = [it for it in found if it["file"] == f"c{n}/{file}"]
        assert all([*map(type, it.values())] == [str, int, str, str] and it["line"] >= 1 for it in mine)
        assert severities(mine, name, image_of(name)) == expected, n
        found = [it for it in found if it not in mine]
    assert found == []


def test_broken_code_hides_no_type_error_of_another(lint: Lint) -> None:
    found = lint({"a/x.ts": "export const f: = 1;", "b/x.ts": WRONG, "c/x.ts": "export const g = (x) => x;"})
    assert {it["file"]: it["rule"] for it in found} == {"a/x.ts": "TS1110", "b/x.ts": "TS2322", "c/x.ts": "TS7006"}


def test_candidates_see_nothing_of_each_other(lint: Lint) -> None:
    files = {
        "a/solution.ts": "declare global { var shared: number }\nexport const f = (): number => shared;",
        "b/solution.ts": "export const f = (): number => shared;",
        "c/solution.ts": "const f = 1;",
        "d/solution.ts": "const f = 'two';",
    }
    assert [(it["file"], it["line"]) for it in lint(files)] == [("b/solution.ts", 1)]


def test_other_modules_of_a_candidate_are_found(lint: Lint) -> None:
    files = {"a/x.ts": "import { n } from './lib/y';\nexport const f: string = n;", "a/lib/y.ts": "export const n = 1;"}
    message = "Type 'number' is not assignable to type 'string'."
    assert lint(files) == [{"file": "a/x.ts", "line": 2, "rule": "TS2322", "message": message}]


HIDING = [
    ("// @ts-nocheck\n", 2),
    ("/* @ts-nocheck */\n", 2),
    ("// @TS-NOCHECK\n", 2),
    ("// @t\u017f-nocheck\n", 2),
    ("export {};\n// @ts-ignore\n", 3),
    ("export {};\n/// @ts-expect-error: why not\n", 3),
    ("export {};\n/* so\n * @ts-ignore */\n", 4),
    ("export {};\n/* @ts-expect-error */\n", 3),
]


def test_a_comment_hides_no_type_error(lint: Lint, image_of: Callable[[str], Path]) -> None:
    found = lint({f"c{n}/x.ts": comment + WRONG for n, (comment, _) in enumerate(HIDING)})
    assert severities(found, "typescript", image_of("typescript")) == {"TS2322": "error", "ts-suppressed": "warning"}
    for n, (_, line) in enumerate(HIDING):
        mine = [(it["rule"], it["line"]) for it in found if it["file"] == f"c{n}/x.ts"]
        assert mine == [("TS2322", line), ("ts-suppressed", line - 1)]


def test_a_comment_hides_no_danger(lint: Lint, image_of: Callable[[str], Path]) -> None:
    comments = ["/* eslint-disable */", "/* eslint no-eval: 0 */", "// eslint-disable-next-line"]
    found = lint({f"c{n}/x.mjs": f"{text}\nexport const f = (x) => eval(x);\n" for n, text in enumerate(comments)})
    for n in range(len(comments)):
        mine = [it for it in found if it["file"] == f"c{n}/x.mjs"]
        assert severities(mine, "javascript", image_of("javascript")) == EVAL | {"eslint-suppressed": "warning"}


def test_a_name_written_differently_is_the_same_danger(lint: Lint) -> None:
    codes = ["export const f = (x: string): unknown => \\u0065val(x);"]
    codes += ["export const f = (x: string): unknown => (0, eval)(x);"]
    found = lint({f"c{n}/x.ts": code for n, code in enumerate(codes)})
    assert {it["file"] for it in found if it["rule"] == "no-eval"} == {"c0/x.ts", "c1/x.ts"}


@pytest.mark.parametrize(
    ("file", "noise", "last"),
    [
        ("x.mjs", "const a{} = 1;\n", "export const f = (x) => eval(x);\n"),
        ("x.ts", "export const a{} = (x) => x;\n", "export const f = (x: string): unknown => eval(x);\n"),
    ],
)
def test_errors_come_first_and_the_list_has_an_end(lint: Lint, file: str, noise: str, last: str) -> None:
    text = "".join(noise.format(n) for n in range(2100)) + last
    found = lint({f"a/{file}": text, f"b/{file}": last})
    mine = [it for it in found if it["file"] == f"a/{file}"]
    assert len(mine) == 2000
    assert {it["rule"] for it in mine[:2]} == set(EVAL) == {it["rule"] for it in found if it["file"] == f"b/{file}"}
    assert {it["rule"] for it in found[:4]} == set(EVAL)


def test_no_candidate_writes_findings_about_another(lint: Lint) -> None:
    forged = "b/x.ts(1,1): error TS2322: forged"
    files = {
        "a/x.ts": f"import 'x\\n{forged}';\nexport const f: `${{string}}\\n{forged}` = 1;\nimport 'x\\u2028y';\n",
        "b/x.ts": "export const f = 1;\n",
    }
    assert [(it["file"], it["line"]) for it in lint(files)] == [("a/x.ts", 1), ("a/x.ts", 2), ("a/x.ts", 3)]


def test_no_folder_hides_code(lint: Lint) -> None:
    found = lint({"a/node_modules/x/index.js": "export const f = (x) => eval(x);", "a/tmp/y.ts": WRONG})
    assert {it["rule"] for it in found} == {*EVAL, "TS2322"}


def test_the_linter_and_the_language_agree_on_what_an_error_is(image_of: Callable[[str], Path]) -> None:
    image = image_of("typescript")
    rules = language.load("typescript", image).lint
    assert rules is not None
    program = f"""
const {{ configFor }} = await import('{image}/lint/rules.mjs');
const {{ isGrave }} = await import('{image}/lint/order.mjs');
const names = [...Object.keys(configFor({{ typed: false, module: true }})[0].rules), 'syntax', 'ts-suppressed'];
names.push('TS1110', 'TS2322', 'TS6133', 'TS7006', 'TS18046', 'TS70000');
console.log(JSON.stringify(names.map((name) => [name, isGrave(name)])));
"""
    node = [str(image / "node_modules/.bin/node"), "--input-type=module", "-e", program]
    said = json.loads(subprocess.run(node, capture_output=True, check=True, text=True, timeout=60).stdout)
    assert dict(said) == {name: rules.severity_of(name) == "error" for name, _ in said}
    assert len(said) > 40
