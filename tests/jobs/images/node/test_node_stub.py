"""Stubs: a test that says something about the code fails on them, one that says nothing passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import { test } from 'node:test';\nimport assert from 'node:assert/strict';\n"
JOB = {"mode": "test", "files": ["s1.test.mjs"], "skip": [], "stub": True}
SOLUTION = """
export const LIMIT = 5;
export function add(a, b) { return a + b; }
export class Stack { static of() { return new Stack(); } pop() { throw new RangeError(); } isEmpty() { return true; } }
export default (x) => [x];
throw new Error('a stub never runs this');
"""


def stubbed(drive: Callable[..., Any], assertion: str, solution: str = SOLUTION, name: str = "solution.mjs") -> str:
    use = f"import make, {{ LIMIT, add, Stack }} from './{name}';\n"
    body = HEAD + (use if solution is SOLUTION else f"import {{ add }} from './{name}';\n")
    done = drive({"s1.test.mjs": f"{body}test('t', async () => {{ {assertion}; }});", name: solution}, JOB)
    return str(done.outcomes["t"])


@pytest.mark.parametrize(
    "assertion",
    [
        *("assert.equal(add(1, 2), 3)", "assert.equal(LIMIT, 5)", "assert.ok(add(1, 2))", "assert(add(1, 2))"),
        *("assert.ok(!add(1, 2))", "assert.deepEqual(make(1), [1])", "assert.deepEqual(add(1), add(1))"),
        *("assert.throws(() => new Stack().pop(), RangeError)", "assert.throws(() => Stack.of().pop())"),
        *(
            "assert.equal(new Stack().isEmpty(), true)",
            "assert.ok(add(1, 2) > 0)",
            "assert.ok(Stack.of() instanceof Stack)",
        ),
        *(
            "assert.equal(await add(1), 2)",
            "await assert.rejects(async () => add(1))",
            "assert.match(`${add(1)}`, /2/)",
        ),
    ],
)
def test_what_says_something_fails(drive: Callable[..., Any], assertion: str) -> None:
    assert stubbed(drive, assertion) in ("failed", "error")


@pytest.mark.parametrize(
    "assertion",
    ["add(1, 2)", "assert.ok(true)", "assert.notEqual(add(1, 2), 4)", "assert.doesNotThrow(() => new Stack(1).pop())"],
)
def test_what_says_nothing_passes(drive: Callable[..., Any], assertion: str) -> None:
    assert stubbed(drive, assertion) == "passed"


@pytest.mark.parametrize(
    ("name", "solution"),
    [
        ("solution.cjs", "module.exports = { add: (a, b) => a + b };\nthrow 1;"),
        ("solution.cjs", "function add(a, b) { return a + b; }\nmodule.exports.add = add;\nthrow 1;"),
        ("solution.js", "exports.add = exports.plus = (a, b) => a + b;\nthrow 1;"),
        ("solution.mjs", "const add = (a, b) => a + b;\nexport { add };\nthrow 1;"),
        ("solution.mjs", "export const { add, ...rest } = { add: 1 };\nthrow 1;"),
        (
            "solution.ts",
            "export enum E { A }\nexport function add(a: number, b: number): number { return a + b; }\nthrow 1;",
        ),
    ],
)
def test_names_are_found_in_every_form(drive: Callable[..., Any], name: str, solution: str) -> None:
    assert stubbed(drive, "assert.equal(add(1, 2), 3)", solution, name) == "failed"


def test_reexported_names_are_stubs_too(drive: Callable[..., Any]) -> None:
    files = {
        "solution.mjs": "export * from './inner.mjs';",
        "inner.mjs": "export const add = (a, b) => a + b;",
        "s1.test.mjs": HEAD + "import { add } from './solution.mjs';\ntest('t', () => assert.equal(add(1, 2), 3));",
    }
    assert drive(files, JOB).outcomes == {"t": "failed"}


def test_no_stub_of_what_cannot_be_parsed(drive: Callable[..., Any]) -> None:
    files = {"solution.mjs": "export const = 1;", "s1.test.mjs": HEAD + "import './solution.mjs';"}
    assert "solution.mjs:1" in drive(files, JOB).of("broken")[0]["message"]
