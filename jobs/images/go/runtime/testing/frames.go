package testing

import (
	"runtime"
	"strconv"
	"strings"
)

// own marks the files of the user: the driver compiles them under paths that begin so.
const own = "./"

const deepest = 64

// caller is the frame `skip` above the one that asks.
func caller(skip int) runtime.Frame {
	var at [1]uintptr
	if runtime.Callers(skip+2, at[:]) == 0 {
		return runtime.Frame{}
	}
	frame, _ := runtime.CallersFrames(at[:]).Next()
	return frame
}

// place is "file:line: " of the innermost of the user's functions that did not call Helper, or nothing.
func (c *common) place() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := ""
	for _, frame := range stack() {
		where := strings.TrimPrefix(frame.File, own) + ":" + strconv.Itoa(frame.Line) + ": "
		if first == "" {
			first = where
		}
		if !c.helping(frame.Function) {
			return where
		}
	}
	return first
}

func (c *common) helping(function string) bool {
	for one := c; one != nil; one = one.parent {
		if one.marked[function] {
			return true
		}
	}
	return false
}

// stack lists the user's frames, innermost first.
func stack() []runtime.Frame {
	var counters [deepest]uintptr
	var found []runtime.Frame
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.File, own) {
			found = append(found, frame)
		}
		if !more {
			return found
		}
	}
}

// trace names the innermost three of the user's functions, one a line.
func trace() string {
	var lines []string
	for _, frame := range stack() {
		_, function, _ := strings.Cut(frame.Function[strings.LastIndexByte(frame.Function, '/')+1:], ".")
		lines = append(lines, strings.TrimPrefix(frame.File, own)+":"+strconv.Itoa(frame.Line)+" in "+function)
		if len(lines) == 3 {
			break
		}
	}
	return strings.Join(lines, "\n")
}
