package testing

import (
	"runtime"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// T is what a test gets.
type T struct {
	common
}

// Parallel has no effect: one test runs at a time, so that each result is its own.
func (t *T) Parallel() {}

// Deadline says that there is none: who runs the tests watches the time.
func (t *T) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }

// Run runs a part of a test. The case is the whole test; what its parts say becomes part of its message.
func (t *T) Run(name string, f func(t *T)) bool {
	part := &T{common{name: t.name + "/" + t.unique(name), state: passed, parent: &t.common}}
	part.do(func() { f(part) })
	if t.absorb(part) {
		runtime.Goexit() // the part called FailNow or SkipNow of the whole
	}
	return part.state != failed && part.state != errored
}

// absorb counts a part that is over and takes what it said; true when the part has ended the whole test.
func (t *T) absorb(part *T) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.children++
	if part.state == skipped {
		t.skips++
	}
	for _, line := range part.said {
		if part.state != passed {
			t.said = append(t.said, strings.TrimPrefix(part.name, t.name+"/")+": "+line)
		}
	}
	return t.ended
}

// unique makes a part's name as `go test` does: no blanks, and a number when it was there before.
func (t *T) unique(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, name)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names == nil {
		t.names = map[string]int{}
	}
	before := t.names[name]
	t.names[name] = before + 1
	if before > 0 || name == "" {
		number := strconv.Itoa(before)
		return name + "#" + strings.Repeat("0", max(0, 2-len(number))) + number
	}
	return name
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}
