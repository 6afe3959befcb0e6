// Package testing takes the place of the standard library's in the sandbox. It offers what tests use of it, and
// differs in three ways: results go to the runner's pipe instead of standard output, a panic ends only its own test,
// and it brings fewer packages to the linker, which is half of the time of a run.
package testing

import (
	"os"
	"runtime/debug"
	"time"

	"assay/runtime/report"
)

const (
	exitFailed = 1
	maxStack   = 256 << 20
)

// M is what a TestMain gets.
type M struct {
	ids, dirs []string
	tests     []func(*T)
	code      int
	done      bool
}

// run is called by the generated main: test i is `tests[i]`, known as `ids[i]`, and runs in the folder `dirs[i]`.
// `work` holds what the build left and is removed; `code` is the exit code when all pass. `main` is the user's TestMain,
// or nil. It does not return.
func run(work string, code int, ids, dirs []string, tests []func(*T), main func(*M)) {
	if err := os.RemoveAll(work); err != nil {
		os.Exit(report.ExitBroken)
	}
	debug.SetMaxStack(maxStack) // endless recursion ends with a word on it, before the memory does
	m := &M{ids: ids, dirs: dirs, tests: tests, code: code}
	if main == nil {
		os.Exit(m.Run())
	}
	main(m)
	if !m.done {
		os.Exit(report.ExitBroken) // TestMain ran no test: the report stays incomplete
	}
	os.Exit(m.code)
}

// Run runs the tests one after the other and returns the exit code.
func (m *M) Run() int {
	if m.done {
		return m.code
	}
	root, err := os.Getwd()
	if err != nil {
		return report.ExitBroken
	}
	for index, test := range m.tests {
		if err := os.Chdir(root + "/" + m.dirs[index]); err != nil {
			return report.ExitBroken
		}
		if state := one(m.ids[index], test); state == failed || state == errored {
			m.code = exitFailed
		}
	}
	m.done = true
	report.Finish(m.code)
	return m.code
}

func one(id string, test func(*T)) outcome {
	report.Start(id)
	begun := time.Now()
	t := &T{common{name: id[lastColon(id)+1:], state: passed}}
	t.do(func() { test(t) })
	took := time.Since(begun)
	message := ""
	if t.state != passed {
		message = t.message()
	}
	report.Case(id, string(t.state), message, took)
	return t.state
}

func lastColon(id string) int {
	for index := len(id) - 1; index >= 0; index-- {
		if id[index] == ':' {
			return index
		}
	}
	return -1
}
