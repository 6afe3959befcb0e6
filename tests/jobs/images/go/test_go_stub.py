"""The stub: nothing of the code under test is left but its names, and no sensible test passes on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Drive = Callable[..., Any]
CODE = """// Package solution has a bit of everything.
package solution

import (
	"errors"
	"fmt"
	. "math"
	"os"
	str "strings"
	"sync"
	_ "embed"
)

const Limit, size = 3, 1 << 2

var (
	// ErrBad is bad.
	ErrBad = errors.New("bad")
	a, b   = pair()
	table  = map[string]func(int) int{"x": func(n int) int { return n }}
	lock   sync.Mutex
	_      fmt.Stringer = (*Thing)(nil)
	_      = Pi
	file   = os.Stdout
	inner  = struct{ n int }{1}
)

type Thing struct {
	Names [size]string
	open  *str.Builder
}

type Box[T any] struct{ value T }

func init() { fmt.Println("init"); a++ }

func pair() (int, str.Builder) { fmt.Println("pair"); return len(table) + 2, str.Builder{} }

func (t *Thing) String() string { lock.Lock(); defer lock.Unlock(); return str.Join(t.Names[:], ",") }

func (b Box[T]) Get() T { return b.value }

func Double(n int) int { return table["x"](n) * 2 }

func Boom() { panic("boom") }
"""
SUITE = """package solution

import "testing"

func Test1(t *testing.T) { if Double(2) != 4 { t.Fatal() } }

func Test2(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Boom()
}

func Test3(t *testing.T) { if (&Thing{}).String() != ",,," { t.Fatal() } }

func Test4(t *testing.T) { if ErrBad == nil || b.Len() != 0 || a != 4 { t.Fatal() } }

func Test5(t *testing.T) { if (Box[int]{5}).Get() != 5 { t.Fatal() } }

func Test6(t *testing.T) {}

func Test7(t *testing.T) { if Limit != 3 { t.Fatal() } }
"""
ALL = [f"Test{i}" for i in range(1, 8)]


def test_only_what_tests_nothing_passes_on_the_stub(test: Drive) -> None:
    honest = test(CODE, SUITE)
    assert honest.outcomes == dict.fromkeys(ALL, "passed")
    assert honest.stdout == "pair\ninit\n"
    run = test(CODE, SUITE, stub=True)
    assert [name for name, outcome in run.outcomes.items() if outcome == "passed"] == ["Test6", "Test7"]
    assert run.stdout == ""
    assert run.code == 1
    assert run.left == ()


def test_every_package_of_a_module_is_hollow(test: Drive) -> None:
    code = {
        "go.mod": "module m\n",
        "x.go": 'package x\n\nimport "m/y"\n\nvar z = y.New()\n\nfunc F() int { return z.N() }\n',
        "y/y.go": "package y\n\ntype hidden int\n\nfunc New() hidden { return 4 }\n\n"
        "func (h hidden) N() int { return int(h) }\n",
    }
    suite = 'package x\n\nimport (\n\t"testing"\n\n\t"m/y"\n)\n\n'
    suite += "func Test1(t *testing.T) { if y.New().N() != 4 { t.Fatal() } }\n"
    assert test(code, suite).outcomes == {"Test1": "passed"}
    assert test(code, suite, stub=True).outcomes == {"Test1": "error"}


def test_code_that_cannot_be_compiled_has_no_stub(test: Drive) -> None:
    wrong = "package solution\n\nfunc F() int { return x }\n"
    assert test(wrong, SUITE, stub=True).broken.startswith("solution.go:3:23: undefined: x")
    assert "no code" in test({}, SUITE, stub=True).broken
