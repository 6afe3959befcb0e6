"""Calls from outside: which are supported, and what arguments and results become on their way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

Drive = Callable[..., Any]
CODE = """package main

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"
	"unsafe"
)

type Celsius float64
type point struct{ X, Y int }
type oops struct{ error }
type signed interface{ ~int | ~int8 }
type number int
type numeric interface{ number }
type fraction interface{ ~float64 }
type waits interface{ time.Duration }
type calculator struct{ Twice func(int) int }

func any1(v any) any                            { return v }
func floats(v []float64) []float64              { return v }
func celsius(c Celsius) Celsius                 { return c + 0.5 }
func small(n int8) int8                         { return n }
func unsigned(n uint64) uint64                  { return n }
func letter(r rune, b byte) string              { return string(r) + string(rune(b)) }
func bytes(b []byte) []byte                     { return append(b, 1) }
func array(a [2]int) [2]int                     { return [2]int{a[1], a[0]} }
func set(s map[int]bool) int                    { return len(s) }
func nested(m map[string][]map[int]string) any  { return m }
func pointer(n *int) *int                       { return n }
func sum(first int, rest ...int) int            { return first + len(rest) }
func pair() (int, string)                       { return 1, "x" }
func nothing()                                  {}
func mark() map[string]struct{}                 { return map[string]struct{}{"b": {}, "a": {}} }
func maybe(bad bool) (int, error) {
	if bad {
		return 0, fmt.Errorf("so: %w", oops{errors.New("x")})
	}
	return 3, nil
}
func only(bad bool) error                       { if bad { return errors.New("bad") }; return nil }
func middle() (error, int)                      { return nil, 1 }
func structs() point                            { return point{1, 2} }
func structured(p point) int                    { return p.X }
func callback(f func()) int                     { return 1 }
func crash()                                    { panic("crashed") }
func far(n *big.Int) *big.Int                   { return n.Add(n, big.NewInt(1)) }
func strange() []float64 {
	return []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e21, 1234567, 1e-5}
}
func invalid() string                           { return "\\xff" }
func empty() ([]int, map[string]int)            { return nil, nil }
func large() string                             { return string(make([]byte, 900000)) }
func same[T any](v T) T                         { return v }
func keys[K comparable, V any](m map[K]V) int   { return len(m) }
func minus[S ~[]E, E signed](s S) E             { return -s[0] }
func absolute[T signed](v T) T                  { return v }
func double(n int) int                          { return 2 * n }
func complicated(a, b complex128) complex128    { return a + b }
func address(n uintptr) uintptr                 { return n + 1 }
func unsafely(p unsafe.Pointer) bool            { return p == nil }
func channel(c chan point, e error, s fmt.Stringer) bool { return c == nil && e == nil && s == nil }
func counted(v any) int                         { return len(v.(map[any]struct{})) }
func keyed(v any) any                           { return v.(map[any]any)[[2]any{1, 2}] }
func named[T numeric](a, b T) T                 { return a + b }
func halved[T fraction](v []T) T                { return v[0] / 2 }
func waited[T waits](a T) string                { return fmt.Sprint(time.Duration(a)) }
func odd[T fmt.Stringer](a T) string            { return a.String() }
func (calculator) Add(a, b int) int             { return a + b }
func main()                                     {}

var variable = func(n int) int { return n + 1 }
var operation op = double
var calc = calculator{double}
var dynamic any = double
var unset func() int

type op func(int) int
"""


def F(text: str) -> dict[str, str]:
    return {"t": "f", "v": text}


def B(text: str) -> dict[str, str]:
    return {"t": "b", "v": text}


def D(*pairs: Any) -> dict[str, Any]:
    return {"t": "d", "v": [list(pair) for pair in pairs]}


GOOD: list[tuple[list[Any], Any]] = [
    (["any1", None], None),
    (
        ["any1", [True, "é\n", 5, F("1.5"), {"t": "b", "v": "00ff"}]],
        [True, "é\n", 5, F("1.5"), {"t": "b", "v": "00ff"}],
    ),
    (["any1", D(["a", 1])], D(["a", 1])),
    (["any1", D([1, "a"])], D([1, "a"])),
    (["floats", [1, F("2.5"), F("NaN"), F("-Infinity")]], [F("1.0"), F("2.5"), F("NaN"), F("-Infinity")]),
    (["celsius", 1], F("1.5")),
    (["small", -128], -128),
    (["unsigned", 2**64 - 1], 2**64 - 1),
    (["letter", "é", "z"], "éz"),
    (["letter", 233, 122], "éz"),
    (["bytes", {"t": "b", "v": "0a"}], {"t": "b", "v": "0a01"}),
    (["bytes", [10]], {"t": "b", "v": "0a01"}),
    (["array", [1, 2]], [2, 1]),
    (["set", {"t": "s", "v": [1, 2]}], 2),
    (["nested", D(["k", [D([1, "x"])]])], D(["k", [D([1, "x"])]])),
    (["pointer", None], None),
    (["pointer", 4], 4),
    (["sum", 1], 1),
    (["sum", 1, 5, 5], 3),
    (["pair"], [1, "x"]),
    (["nothing"], None),
    (["mark"], {"t": "s", "v": ["a", "b"]}),
    (["maybe", False], 3),
    (["only", False], None),
    (["middle"], [None, 1]),
    (["structs"], {"t": "o", "v": "main.point: {X:1 Y:2}"}),
    (["far", 10**30], 10**30 + 1),
    (["strange"], [F(v) for v in ("NaN", "Infinity", "-Infinity", "-0.0", "1e+21", "1234567.0", "1e-05")]),
    (["invalid"], {"t": "o", "v": "string: \ufffd"}),
    (["empty"], [[], D()]),
    (["same", "x"], "x"),
    (["same", [1, F("2.5")]], [F("1.0"), F("2.5")]),
    (["keys", D(["a", 1], ["b", 2])], 2),
    (["minus", [3]], -3),
    (["main.double", 4], 8),
    (["solution.double", 4], 8),
    *[(["variable", 4], 5), (["operation", 4], 8), (["calc.Twice", 4], 8), (["calc.Add", 4, 5], 9)],
    *[(["complicated", 1, F("2.5")], F("3.5")), (["address", 1], 2), (["unsafely", None], True)],
    *[(["channel", None, None, None], True), (["callback", None], 1), (["double", F("2.0")], 4)],
    *[
        (["any1", 2**64 - 1], 2**64 - 1),
        (["counted", {"t": "s", "v": ["a", 1]}], 2),
        (["keyed", D([[1, 2], "x"])], "x"),
    ],
    *[
        (["named", 1, 2], 3),
        (["halved", [3]], F("1.5")),
        (["waited", 5], "5ns"),
        (["same", []], []),
        (["keys", D()], 0),
    ],
]
REFUSED: list[list[Any]] = [
    *(["absent"], ["calc.Absent"], ["calc"], ["dynamic", 1], ["double"], ["double", 1, 2], ["structured", D(["X", 1])]),
    *(["absolute", F("1.5")], ["minus", ["a"]], ["keys", 5], ["odd", 1], ["main.absent"]),
]
BAD: list[list[Any]] = [
    *(["point"], ["double", "a"], ["double", F("1.5")], ["double", F("NaN")], ["double", None], ["fmt.Println"]),
    *(["double", 2**63], ["small", 128], ["unsigned", -1], ["letter", "ab", "c"], ["letter", "a", "é"]),
    *(["array", [1]], ["callback", 1], ["pointer", "x"], ["any1", 2**64], ["any1", D([D(), 2])]),
    *(["double", {"t": "u"}], ["any1", {"t": "o", "v": "x"}], ["floats", [None]], ["set", {"t": "s", "v": ["a"]}]),
]


def test_supported_calls_and_their_values(ask: Drive) -> None:
    run = ask(CODE, *(call for call, _ in GOOD))
    assert run.events[0] == {"ev": "supported", "ids": [str(i) for i in range(len(GOOD))], "refused": []}
    assert [(GOOD[int(e["id"])][0], e["value"]) for e in run.of("value")] == [(call, want) for call, want in GOOD]
    assert [e["ev"] for e in run.events[1:]] == ["start", "value"] * len(GOOD) + ["finish"]
    assert (run.code, run.events[-1]["code"], run.left) == (0, 0, ())


def test_calls_that_do_not_fit_are_not_made_and_what_the_code_made_impossible_is_refused(ask: Drive) -> None:
    run = ask(CODE, *REFUSED, *BAD, ["double", 1])
    ids = [str(i) for i in range(len(REFUSED) + len(BAD) + 1)]
    assert run.events[0] == {"ev": "supported", "ids": ids[-1:], "refused": ids[: len(REFUSED)]}
    assert [e["value"] for e in run.of("value")] == [2]


def test_errors_and_panics_are_raised(ask: Drive) -> None:
    run = ask(CODE, ["maybe", True], ["only", True], ["crash"], ["minus", []], ["unset"], ["double", 1])
    raised = {e["id"]: (e["errors"], e["message"]) for e in run.of("raised")}
    assert raised["0"] == (["error", "fmt.wrapError", "oops"], "so: x")
    assert raised["1"] == (["error", "errors.errorString"], "bad")
    assert raised["2"] == (["panic", "string"], "crashed")
    assert raised["3"][0] == ["panic", "runtime.boundsError"]
    assert raised["4"][0][0] == "panic"
    assert [e["id"] for e in run.of("value")] == ["5"]


def test_no_type_of_the_codes_own_passes_for_another(ask: Drive) -> None:
    code = """package solution

type NumError struct{ error }

func Own() error { return NumError{} }

func Local() error {
	type panic struct{ error }
	return panic{NumError{}}
}
"""
    run = ask(code, ["Own"], ["Local"])
    assert [e["errors"] for e in run.of("raised")] == [["error", "NumError"], ["error"]]


def test_what_is_too_large_is_said_to_be(ask: Drive) -> None:
    run = ask(CODE, ["large"], ["double", 1])
    assert [e["value"] for e in run.of("value")] == [{"t": "o", "v": "too large"}, 2]
    assert len(run.report) < 1 << 20


def test_broken_code_answers_nothing(ask: Drive) -> None:
    run = ask("package solution\n\nfunc F() int { return nil }\n", ["F"])
    assert run.broken.startswith("solution.go:3:23: cannot use nil as int value")


def test_a_call_that_leaves_ends_the_report_there(ask: Drive) -> None:
    code = 'package solution\n\nimport "os"\n\nfunc F(n int) int { if n > 0 { os.Exit(0) }; return n }\n'
    run = ask(code, ["F", 0], ["F", 1], ["F", 0])
    assert [e["ev"] for e in run.events] == ["supported", "start", "value", "start"]


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False).map(lambda x: F({"inf": "Infinity", "-inf": "-Infinity"}.get(repr(x), repr(x))))
    | st.binary().map(lambda b: {"t": "b", "v": b.hex()}),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner).map(
            lambda d: D(*sorted(d.items(), key=lambda item: json.dumps(item[0])))
        )
    ),
    max_leaves=6,
)


@given(st.lists(plain, min_size=1, max_size=20))
@settings(max_examples=5, deadline=None)
def test_plain_data_comes_back_as_it_went(ask: Drive, values: list[Any]) -> None:
    code = "package solution\n\nfunc Same(v any) any { return v }\n"
    run = ask(code, *(["Same", value] for value in values))
    assert [_sorted(e["value"]) for e in run.of("value")] == [_sorted(value) for value in values]


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, dict) and value["t"] == "d":
        return D(*sorted(([key, _sorted(item)] for key, item in value["v"]), key=lambda pair: repr(pair[0])))
    return value
