"""Vectors: plain data in, plain data out, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import language

Drive = Callable[..., Any]


def job(*calls: tuple[str, list[Any]]) -> dict[str, Any]:
    return {"mode": "vectors", "calls": [{"id": f"c{n}", "call": call, "args": a} for n, (call, a) in enumerate(calls)]}


def f(text: str) -> dict[str, Any]:
    return {"t": "f", "v": text}


@pytest.mark.parametrize(
    ("expression", "wire"),
    [
        *(("1", 1), ("-0", f("-0.0")), ("1.5", f("1.5")), ("NaN", f("NaN")), ("-Infinity", f("-Infinity"))),
        *(("2n ** 70n", 2**70), ("1e21", f("1e+21")), ("undefined", {"t": "u"}), ("null", None), ("'é😀'", "é😀")),
        *(
            ("[1, [true]]", [1, [True]]),
            ("new Set([1])", {"t": "s", "v": [1]}),
            ("Buffer.from('ab')", {"t": "b", "v": "6162"}),
        ),
        *(
            ("({ b: 1, a: 2 })", {"t": "d", "v": [["b", 1], ["a", 2]]}),
            ("new Map([[1, 'x']])", {"t": "d", "v": [[1, "x"]]}),
        ),
        ("Object.create(null)", {"t": "d", "v": []}),
        ("JSON.parse('{\"__proto__\": 1}')", {"t": "d", "v": [["__proto__", 1]]}),
    ],
)
def test_plain_data_comes_out_exactly(drive: Drive, expression: str, wire: Any) -> None:
    assert drive({"solution.mjs": f"export const f = () => {expression};"}, job(("f", []))).answers == {"c0": wire}


@pytest.mark.parametrize(
    "expression",
    [
        *("() => 1", "Symbol('x')", "new Date(0)", "/x/", "new (class A {})()", "new Proxy([1], {})", "new Error('x')"),
        *(
            "{ get a() { return 1; } }",
            "Object.assign([1], { a: 1 })",
            "new Number(5)",
            "new (class extends Array {})()",
        ),
        *(
            "{ [Symbol.toPrimitive]: () => 5 }",
            "(() => { const a = []; a.push(a); return a; })()",
            "'x'.repeat(1 << 20)",
        ),
    ],
)
def test_anything_else_equals_nothing(drive: Drive, expression: str) -> None:
    (answer,) = drive({"solution.mjs": f"export const f = () => ({expression});"}, job(("f", []))).answers.values()
    while isinstance(answer, list):
        (answer,) = answer
    assert answer["t"] == "o"


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8"))
    | st.binary().map(lambda b: {"t": "b", "v": b.hex()}),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda k: not k.isdigit()), inner, max_size=3
        ).map(lambda d: {"t": "d", "v": [[k, v] for k, v in d.items()]})
    ),
    max_leaves=10,
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(DATA, min_size=20, max_size=20))
def test_what_goes_in_comes_out(drive: Drive, values: list[Any]) -> None:
    done = drive({"solution.mjs": "export const same = (x) => x;"}, job(*(("same", [value]) for value in values)))
    assert [done.answers[f"c{n}"] for n in range(len(values))] == values


SOLUTION = """
import { helper } from './other.ts';
export { helper };
export * from './more.ts';
export class Sums { static of(a: number, b: number = 1): number { return a + b; }
  half(x: number): number { return x / 2; } }
export class Needs { constructor(private of: number) {} get(): number { return this.of; } }
export const tools = { twice: (x: number) => x * 2 };
export const made = ((x: number) => () => x)(3);
export const LIMIT = 5;
export const sequence = (0, (x: number) => x + 1);
const hidden = (x: number): number => -x;
export { hidden as shown, hidden as 'with quotes' };
export interface Shape { of(x: number): number }
export namespace Space { export function inner(x: number): number { return x; } }
class Base { static inherited(x: number): string { return `b${x}`; } own(x: number): number { return x * 3; } }
export class Heir extends Base {
  static ['computed'](x: number): number { return x; }
  static made = (0, (x: number) => x);
}
class OwnError extends RangeError {}
export function fail(): never { throw new OwnError('no'); }
export async function later(x: number): Promise<number> { await null; return x; }
export const never = (): Promise<void> => new Promise(() => {});
export default function main(): string { return 'main'; }
"""


def test_calls_are_found_without_running_the_code(drive: Drive) -> None:
    files = {
        "solution.ts": SOLUTION,
        "other.ts": "export const helper = (x: number) => x;",
        "more.ts": "export function extra(): number[] { return [1]; }",
    }
    wanted = ["Sums.of", "Sums.half", "Needs.get", "tools.twice", "made", "LIMIT", "fail", "later", "helper", "extra"]
    wanted += ["main", "never", "Sums.nope", "sequence", "shown", "Space.inner", "Heir.inherited", "Heir.own"]
    wanted += ["Heir.computed", "Heir.made", "anyNameOfTheDefault", "all.extra"]
    done = drive(files, job(*((name, [4]) for name in wanted)), spare=True)
    assert done.of("supported") == [{"ev": "supported", "ids": [f"c{n}" for n in range(len(wanted))], "refused": []}]
    values = {wanted[int(id[1:])]: value for id, value in done.answers.items()}
    none = ["TypeError", "Error"]
    assert values == {
        **{"Sums.of": 5, "Sums.half": 2, "tools.twice": 8, "made": 3, "later": 4, "helper": 4, "extra": [1]},
        **{"main": "main", "fail": ["OwnError", "RangeError", "Error"], "never": ["Error"], "Needs.get": {"t": "u"}},
        **{"LIMIT": none, "Sums.nope": none, "sequence": 5, "shown": -4, "Space.inner": 4, "Heir.inherited": "b4"},
        **{"Heir.own": 12, "Heir.computed": 4, "Heir.made": 4, "anyNameOfTheDefault": "main", "all.extra": [1]},
    }
    assert done.of("finish") == [{"ev": "finish", "code": 0}]


CALLS = [("f", [1, 2]), ("g", [1, 2]), ("all.f", [1, 2])]


@pytest.mark.parametrize(
    ("files", "refused"),
    [
        ({"solution.mjs": "export const f = (0, (a, b) => a + b);"}, ["g"]),
        ({"solution.mjs": "export const { f } = { f: (a, b) => a + b };"}, ["g"]),
        ({"solution.mjs": "const g = (a, b) => a + b;\nexport { g as f };"}, ["g"]),
        ({"solution.mjs": "export * from './b.mjs';", "b.mjs": "export function f(a, b) { return a + b; }"}, ["g"]),
        ({"solution.mjs": "export { g as f } from './b.mjs';", "b.mjs": "export let g = (a, b) => a + b;"}, []),
        ({"solution.mjs": "export * from 'uuid';\nexport const f = (a, b) => a + b;"}, []),
        (
            {
                "solution.mjs": "import * as all from './b.mjs';\nexport const { f } = all;",
                "b.mjs": "export let f = (a, b) => a + b;",
            },
            ["g"],
        ),
        ({"solution.mjs": "export * from './solution.mjs';\nexport const f = (a, b) => a + b;"}, ["g"]),
        ({"solution.ts": "export type g = number;\nexport const f = (a: number, b: number): number => a + b;"}, ["g"]),
        ({"solution.cjs": "module.exports = { f: (a, b) => a + b };"}, []),
        ({"solution.cjs": "for (const name of ['f']) exports[name] = (a, b) => a + b;"}, []),
        ({"solution.cjs": "module.exports = Object.assign({}, { f: (a, b) => a + b });"}, []),
        ({"solution.cjs": "module.exports = new (class { f(a, b) { return a + b; } })();"}, []),
        ({"solution.js": "Object.defineProperty(exports, 'f', { get: () => (a, b) => a + b });"}, []),
    ],
)
def test_what_has_the_name_may_be_made_in_any_way(drive: Drive, files: dict[str, str], refused: list[str]) -> None:
    done = drive(files, job(*CALLS))
    answers = {CALLS[int(id[1:])][0]: answer for id, answer in done.answers.items()}
    assert [CALLS[int(id[1:])][0] for id in done.of("supported")[0]["refused"]] == refused
    assert answers["f"] == answers["all.f"] == 3
    assert ("g" in answers) == (not refused)


def test_properties_of_a_default_export_are_no_names(drive: Drive) -> None:
    done = drive({"solution.mjs": "export default { f: () => 1 };"}, job(("f", []), ("solution.f", [])))
    assert done.answers == {"c0": ["TypeError", "Error"], "c1": 1}
    done = drive({"solution.mjs": "export const a = { f: () => 1 };"}, job(("f", []), ("b.f", []), ("a.f", [])))
    assert done.of("supported") == [{"ev": "supported", "ids": ["c2"], "refused": ["c0", "c1"]}]
    assert done.answers == {"c2": 1}


ERRORS = """
const raise = (it) => { throw it; };
let All = Error;
for (const name of ['RangeError', 'SyntaxError', 'TypeError']) All = { [name]: class extends All {} }[name];
class Mine extends RangeError {}
const named = (error, name) => Object.assign(error, { name });
const masked = (name) => Object.defineProperty(new Error('x'), 'constructor', { value: { name } });
class Getter extends Error { get name() { return 'TypeError'; } static get name() { return 'TypeError'; } }
export const chain = () => raise(new All('x'));
export const mine = () => raise(new Mine('x'));
export const json = () => JSON.parse('{');
export const assigned = () => raise(named(new Error('x'), 'RangeError'));
export const called = () => raise(named(new Error('x'), 'OwnName'));
export const mask = () => raise(masked('RangeError'));
export const getter = () => raise(new Getter('x'));
export const proxy = () => raise(new Proxy(new RangeError('x'), {}));
export const bare = () => raise({ name: 'RangeError' });
export const text = () => raise('x');
export const renamed = () => {
  Object.defineProperty(Error, 'name', { value: 'RangeError' });
  Object.defineProperty(Error, Symbol.hasInstance, { value: () => true });
  globalThis.Error = RangeError;
  raise(new SyntaxError('x'));
};
"""


def test_only_standard_classes_give_standard_names(drive: Drive) -> None:
    expected = {
        **{"chain": ["Error"], "mine": ["Mine", "RangeError", "Error"], "json": ["SyntaxError", "Error"]},
        **{"assigned": ["Error"], "called": ["OwnName", "Error"], "mask": ["Error"], "getter": ["Error"]},
        **{"proxy": ["object"], "bare": ["object"], "text": ["string"], "renamed": ["SyntaxError", "Error"]},
    }
    done = drive({"solution.mjs": ERRORS}, job(*((name, []) for name in expected)))
    assert {name: done.answers[f"c{n}"] for n, name in enumerate(expected)} == expected


def test_the_language_knows_the_standard_errors(image_of: Callable[[str], Path], drive: Drive) -> None:
    """What the driver tells of them is what the judge takes for possible."""
    kin = language.load("javascript", image_of("javascript")).errors
    assert kin == language.load("typescript", image_of("typescript")).errors
    solution = """
import { AssertionError } from 'node:assert';
const { CompileError, LinkError, RuntimeError } = WebAssembly;
const others = { AssertionError, CompileError, LinkError, RuntimeError };
export const f = (name) => { throw Object.create((others[name] ?? globalThis[name]).prototype); };
"""
    done = drive({"solution.mjs": solution}, job(*(("f", [name]) for name in kin)))
    chains = {name: [name, kin[name]] if kin[name] else [name] for name in kin}
    assert {name: done.answers[f"c{n}"] for n, name in enumerate(kin)} == chains


def test_nothing_of_the_code_runs_before_what_is_supported_is_said(drive: Drive) -> None:
    done = drive({"solution.mjs": "process.exit(0);\nexport const f = () => 1;"}, job(("f", [])))
    assert [event["ev"] for event in done.events] == ["supported"]
    done = drive({"solution.mjs": "export const f = ("}, job(("f", [])))
    assert [event["ev"] for event in done.events] == ["broken", "finish"]
    assert "solution.mjs:1" in done.of("broken")[0]["message"]


def test_arguments_keep_their_kinds(drive: Drive) -> None:
    solution = "export const kinds = (...all) => all.map((it) => it?.constructor?.name ?? `${it}`);"
    args = [
        1,
        2**60,
        f("1.0"),
        "x",
        {"t": "d", "v": [["a", 1]]},
        {"t": "d", "v": [[1, 1]]},
        {"t": "s", "v": []},
        {"t": "u"},
    ]
    kinds = ["Number", "BigInt", "Number", "String", "Object", "Map", "Set", "undefined"]
    assert drive({"solution.mjs": solution}, job(("kinds", args))).answers == {"c0": kinds}
