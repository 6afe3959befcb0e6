"""The driver of the node image: what it collects, runs, tells and refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Drive = Callable[..., Any]
HEAD = "import { test, it, describe, before, beforeEach } from 'node:test';\nimport assert from 'node:assert/strict';\n"
JOB = {"mode": "test", "files": ["s1.test.mjs"], "skip": [], "stub": False}
TYPED = {**JOB, "files": ["s1.test.ts"]}

SLEEP = "const sleep = new Promise((go) => setTimeout(go, 30));\n"


def suite(body: str, **files: str) -> dict[str, str]:
    return {"s1.test.mjs": HEAD + body, **{name.replace("_", "."): text for name, text in files.items()}}


def test_tests_are_collected_before_the_first_runs_and_reported_one_by_one(drive: Drive) -> None:
    body = "test('a', () => {});\ndescribe('g', () => {\n  it('b', () => assert.equal(1, 2));\n});\n"
    body += "test('c', () => null.x);"
    done = drive(suite(body), JOB, spare=True)
    file = "s1.test.mjs::"
    assert [(e["ev"], e.get("id", "").removeprefix(file)) for e in done.events] == [
        *(("ready", ""), ("collected", ""), ("start", "a"), ("case", "a"), ("start", "g > b"), ("case", "g > b")),
        *(("start", "c"), ("case", "c"), ("finish", "")),
    ]
    assert done.of("collected")[0]["ids"] == [file + "a", file + "g > b", file + "c"]
    assert done.outcomes == {"a": "passed", "g > b": "failed", "c": "error"}
    assert (done.code, done.of("finish")[0]["code"]) == (1, 1)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_failure_says_what_and_where(drive: Drive) -> None:
    solution = "export function half(n) {\n  if (n === 0) throw new RangeError('zero');\n  return n / 3;\n}\n"
    head = HEAD + "import { half } from './lib/solution.mjs';\n"
    body = head + "test('a', () => assert.equal(half(3), 2));\ntest('b', () => half(0));\n"
    done = drive({"s1.test.mjs": body, "lib/solution.mjs": solution}, JOB)
    assert "1 !== 2" in done.message("a")
    assert "s1.test.mjs:4" in done.message("a")
    assert done.message("b").splitlines()[:2] == ["RangeError: zero", "lib/solution.mjs:2 in half"]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("test('t', (t, done) => setTimeout(done, 5));", "passed"),
        ("test('t', (t, done) => done(new Error('no')));", "error"),
        ("test('t', async () => { await assert.rejects(Promise.reject(new Error('x'))); });", "passed"),
        ("test('t', () => new Promise(() => {}));", "error"),
        ("test('t', { timeout: 20 }, () => new Promise((go) => setTimeout(go, 5000)));", "error"),
        (
            "test('t', () => { setTimeout(() => { throw new Error('late'); }); return sleep; });",
            "error",
        ),
        (
            "test('t', () => { Promise.reject(new Error('lost')); return sleep; });",
            "error",
        ),
        ("test('t', async (t) => { await t.test('inner', () => assert.ok(false)); });", "failed"),
        ("test('t', async () => { await test('inner', () => assert.ok(false)); });", "failed"),
        ("test('t', (t) => { t.plan(2); t.assert.ok(true); });", "error"),
        ("test('t', (t) => { t.mock.method(Math, 'random', () => 7); assert.equal(Math.random(), 7); });", "passed"),
        ("test('t', (t) => { assert.equal(t.name, 't'); });", "passed"),
        ("test('t', { skip: 'why' }, () => {});", "skipped"),
        ("test.skip('t', () => {});", "skipped"),
        ("test.todo('t', () => assert.ok(false));", "skipped"),
        ("test('t', (t) => t.skip());", "skipped"),
        ("test('t');", "passed"),
        ("let n = 0;\nbeforeEach(() => { n += 1; });\ntest('t', () => assert.equal(n, 1));", "passed"),
        ("before(() => { throw new Error('hook'); });\ntest('t', () => {});", "error"),
        ("test('t', () => { throw 'a text'; });", "error"),
    ],
)
def test_outcomes_are_those_of_nodes_own_runner(drive: Drive, body: str, outcome: str) -> None:
    done = drive(suite(SLEEP + body + "\ntest('next', () => {});"), JOB)
    assert done.outcomes["t"] == outcome
    assert done.of("finish")
    if "hook" not in body:
        assert done.outcomes["next"] == "passed"


def test_a_promise_that_never_settles_costs_only_its_own_test(drive: Drive) -> None:
    body = "test('a', () => new Promise(() => {}));\ntest('b', () => new Promise(() => {}));\ntest('c', () => {});"
    done = drive(suite(body), JOB)
    assert done.outcomes == {"a": "error", "b": "error", "c": "passed"}
    assert "never comes" in done.message("b")


def test_the_same_name_twice_shows_as_a_variant(drive: Drive) -> None:
    done = drive(suite("for (const n of [1, 2]) test('t', () => assert.equal(n, 1));"), JOB)
    assert done.outcomes == {"t": "passed", "t[2]": "failed"}


def test_skipped_ids_are_collected_but_not_run(drive: Drive) -> None:
    body = (
        "test('a', () => process.exit(0));\ndescribe('g', () => it('b', () => process.exit(0)));\ntest('c', () => {});"
    )
    done = drive(suite(body), {**JOB, "skip": ["s1.test.mjs::a", "s1.test.mjs::g > b"]})
    assert len(done.of("collected")[0]["ids"]) == 3
    assert done.outcomes == {"c": "passed"}


def test_hooks_of_one_file_do_not_reach_another(drive: Drive) -> None:
    files = suite(
        "before(() => { throw new Error('mine'); });\ntest('a', () => {});", s2_test_mjs=HEAD + "test('b', () => {});"
    )
    done = drive(files, {**JOB, "files": ["s1.test.mjs", "s2.test.mjs"]})
    assert done.outcomes == {"a": "error", "b": "passed"}
    assert "mine" in done.message("a")


def test_nothing_collected_is_code_5_and_no_job_is_code_0(drive: Drive) -> None:
    done = drive(suite(""), JOB)
    assert (done.code, done.of("collected"), done.of("finish")) == (
        *(5, [{"ev": "collected", "ids": []}]),
        [{"ev": "finish", "code": 5}],
    )


@pytest.mark.parametrize(
    ("solution", "said"),
    [
        ("export const a = ;", "SyntaxError: solution.mjs:1: "),
        ("export const b = 1;", "does not provide an export named 'a'"),
        ("export const a = 1;\nthrow new Error('at load');", "Error: at load\nsolution.mjs:2"),
        ("import './nowhere.mjs';\nexport const a = 1;", "nowhere.mjs"),
        ("import 'express';\nexport const a = 1;", "express"),
        ("await new Promise(() => {});\nexport const a = 1;", "never comes"),
    ],
)
def test_what_cannot_be_imported_is_broken(drive: Drive, solution: str, said: str) -> None:
    done = drive(suite("import { a } from './solution.mjs';\ntest('t', () => a);", solution_mjs=solution), JOB)
    assert done.code == 2
    assert said in done.of("broken")[0]["message"]
    assert not done.of("collected")


def test_a_process_that_leaves_has_no_finish(drive: Drive) -> None:
    done = drive(suite("test('t', () => process.exit(0));"), JOB)
    assert (done.code, done.of("finish"), done.of("case")) == (0, [], [])


def test_output_is_the_codes_own(drive: Drive) -> None:
    done = drive(suite("test('t', () => { console.log('out'); console.error('err'); });"), JOB)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


@pytest.mark.parametrize(
    ("name", "solution", "use"),
    [
        (
            "solution.cjs",
            "const add = (a, b) => a + b;\nmodule.exports = { add };",
            "import { add } from './solution.cjs';",
        ),
        (
            "solution.cjs",
            "exports.add = (a, b) => a + b;",
            "const { add } = createRequire(import.meta.url)('./solution');",
        ),
        ("solution.js", "export const add = (a, b) => a + b;", "import { add } from './solution.js';"),
        ("solution.js", "module.exports.add = (a, b) => a + b;", "import { add } from './solution.js';"),
        ("solution.mjs", "export default (a, b) => a + b;", "import add from './solution.mjs';"),
        ("solution.mjs", "import _ from 'lodash';\nexport const add = _.add;", "import { add } from './solution.mjs';"),
    ],
)
def test_every_kind_of_javascript_is_found(drive: Drive, name: str, solution: str, use: str) -> None:
    use = use.replace("./solution'", f"./{name}'")
    body = f"import {{ createRequire }} from 'node:module';\n{use}\ntest('t', () => assert.equal(add(1, 2), 3));"
    done = drive({**suite(body), name: solution}, JOB)
    assert done.outcomes == {"t": "passed"}
    assert done.stderr == ""


def test_a_test_file_may_be_commonjs(drive: Drive) -> None:
    body = "const test = require('node:test');\nconst assert = require('node:assert');\n"
    body += "const { add } = require('./solution.js');\ntest('t', () => assert.equal(add(1, 2), 3));\n"
    files = {"s1.test.cjs": body, "solution.js": "exports.add = (a, b) => a + b;"}
    assert drive(files, {**JOB, "files": ["s1.test.cjs"]}).outcomes == {"t": "passed"}


@pytest.mark.parametrize("specifier", ["./solution.ts", "./solution", "./solution.js"])
def test_typescript_is_found_as_its_compiler_finds_it(drive: Drive, specifier: str) -> None:
    solution = "export enum Color { Red, Blue }\nexport class Box {\n  constructor(private readonly of: number) {}\n"
    solution += "  get(): number {\n    if (this.of < 0) throw new RangeError('less');\n    return this.of;\n  }\n}\n"
    body = HEAD + f"import {{ Box, Color }} from '{specifier}';\n"
    body += "test('a', () => { assert.equal(new Box(Color.Blue).get(), 1 as number); });\n"
    body += "test('b', () => { new Box(-1).get(); });\n"
    done = drive({"solution.ts": solution, "s1.test.ts": body}, TYPED, spare=True)
    assert done.outcomes == {"a": "passed", "b": "error"}
    assert "solution.ts:5 in " in done.message("b")


def test_typescript_that_is_none_names_its_line(drive: Drive) -> None:
    files = {"solution.ts": "const a = 1;\nexport const b: = 2;\n", "s1.test.ts": HEAD + "import './solution';\n"}
    assert drive(files, TYPED).of("broken")[0]["message"].startswith("solution.ts:2: SyntaxError")


@pytest.mark.parametrize("name", ["zod", "date-fns", "uuid", "lodash"])
def test_the_packages_that_are_promised_are_there(drive: Drive, name: str) -> None:
    done = drive(
        suite(
            f"import * as lib from '{name}';\ntest('t', () => assert.ok(Object.keys(lib.default ?? lib).length > 3));"
        ),
        JOB,
    )
    assert done.outcomes == {"t": "passed"}


def test_the_drivers_modules_are_closed(drive: Drive) -> None:
    body = "const folder = process.argv[1].replace(/[^/]*$/, '');\n"
    body += "for (const name of ['report', 'session', 'facade', 'main'])\n"
    body += "  test(name, () => assert.rejects(import(folder + name + '.mjs'), { code: 'ERR_MODULE_NOT_FOUND' }));"
    done = drive(suite(body), JOB)
    assert done.outcomes == dict.fromkeys(["report", "session", "facade", "main"], "passed")


def test_assertions_cannot_be_patched(drive: Drive) -> None:
    solution = "import assert from 'node:assert';\ntry { assert.strict.equal = () => {}; } catch {}\nexport {};"
    done = drive(suite("import './solution.mjs';\ntest('t', () => assert.equal(1, 2));", solution_mjs=solution), JOB)
    assert done.outcomes == {"t": "failed"}
