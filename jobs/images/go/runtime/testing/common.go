package testing

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

type outcome string

const (
	passed  outcome = "passed"
	failed  outcome = "failed"
	errored outcome = "error"
	skipped outcome = "skipped"
)

// common is what T, B and F share: what was said, how it stands, what is to be done at the end.
type common struct {
	mu       sync.Mutex
	name     string
	state    outcome
	ended    bool // the function has returned or left through FailNow or SkipNow
	over     bool // its cleanups are done too: nothing can be said any more
	said     []string
	marked   map[string]bool
	cleanups []func()
	parent   *common
	children int
	skips    int
	names    map[string]int
}

func (c *common) private() {}

func (c *common) Name() string { return c.name }

func (c *common) Fail() { c.stand(failed) }

// stand worsens the state of the test and of those that it is part of.
func (c *common) stand(at outcome) {
	if c.parent != nil && at != skipped {
		c.parent.stand(at)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over && at != skipped {
		panic("Fail in goroutine after " + c.name + " has completed")
	}
	if at == errored || c.state != errored && (at == failed || c.state == passed) {
		c.state = at
	}
}

func (c *common) Failed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == failed || c.state == errored
}

func (c *common) Skipped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == skipped
}

func (c *common) end() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	runtime.Goexit()
}

func (c *common) FailNow() {
	c.Fail()
	c.end()
}

func (c *common) SkipNow() {
	c.stand(skipped)
	c.end()
}

func (c *common) Log(args ...any)                 { c.say(fmt.Sprintln(args...)) }
func (c *common) Logf(format string, args ...any) { c.say(fmt.Sprintf(format, args...)) }

func (c *common) Error(args ...any) {
	c.say(fmt.Sprintln(args...))
	c.Fail()
}

func (c *common) Errorf(format string, args ...any) {
	c.say(fmt.Sprintf(format, args...))
	c.Fail()
}

func (c *common) Fatal(args ...any) {
	c.say(fmt.Sprintln(args...))
	c.FailNow()
}

func (c *common) Fatalf(format string, args ...any) {
	c.say(fmt.Sprintf(format, args...))
	c.FailNow()
}

func (c *common) Skip(args ...any) {
	c.say(fmt.Sprintln(args...))
	c.SkipNow()
}

func (c *common) Skipf(format string, args ...any) {
	c.say(fmt.Sprintf(format, args...))
	c.SkipNow()
}

// say keeps a line under the place in the user's code that said it.
func (c *common) say(text string) {
	where := c.place()
	c.keep(where + strings.TrimRight(text, "\n"))
}

func (c *common) keep(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		panic("Log in goroutine after " + c.name + " has completed: " + line)
	}
	c.said = append(c.said, line)
}

func (c *common) message() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.said, "\n")
}

func (c *common) Cleanup(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cleanups = append(c.cleanups, f)
}

func (c *common) Helper() {
	if name := caller(1).Function; name != "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.marked == nil {
			c.marked = map[string]bool{}
		}
		c.marked[name] = true
	}
}

func (c *common) TempDir() string {
	dir, err := os.MkdirTemp("", strings.Map(plain, c.name))
	if err != nil {
		c.Fatalf("TempDir: %v", err)
	}
	c.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			c.Errorf("TempDir RemoveAll cleanup: %v", err)
		}
	})
	return dir
}

func plain(r rune) rune {
	if r == '/' || r == os.PathSeparator || r == '*' {
		return '_'
	}
	return r
}

func (c *common) Setenv(key, value string) {
	before, was := os.LookupEnv(key)
	if err := os.Setenv(key, value); err != nil {
		c.Fatalf("cannot set environment variable: %v", err)
	}
	c.Cleanup(func() {
		if was {
			os.Setenv(key, before)
		} else {
			os.Unsetenv(key)
		}
	})
}
