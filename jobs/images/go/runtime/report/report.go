// Package report writes what the runner reads: one JSON object a line on descriptor 3. Only the packages that are part
// of the image may import it, never the code under test.
package report

import (
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const descriptor = 3

// ExitBroken is the exit code of a program that could not do its work.
const ExitBroken = 2

// MessageLimit is the most characters of a message.
const MessageLimit = 2000

// The state is set up before any package that imports this one, so nothing that the code under test replaces
// (os.Stdout, variables of the environment) can lead the lines elsewhere.
var (
	mu   sync.Mutex
	left = sizeLimit
)

func init() { syscall.CloseOnExec(descriptor) }

// Start says that a test or a call begins.
func Start(id string) {
	line(`{"ev":"start","id":` + Quote(id) + "}")
}

// Case says how a test ended: passed, failed, error or skipped.
func Case(id, outcome, message string, took time.Duration) {
	line(`{"ev":"case","id":` + Quote(id) + `,"outcome":` + Quote(outcome) + `,"message":` +
		Quote(Cut(message, MessageLimit)) + `,"ms":` + ms(took) + "}")
}

// Value says what a call returned; `wire` is JSON.
func Value(id, wire string, took time.Duration) {
	line(`{"ev":"value","id":` + Quote(id) + `,"value":` + wire + `,"ms":` + ms(took) + "}")
}

// Raised says that a call returned an error or panicked.
func Raised(id string, errors []string, message string) {
	list := ""
	for _, one := range errors {
		if list != "" {
			list += ","
		}
		list += Quote(one)
	}
	line(`{"ev":"raised","id":` + Quote(id) + `,"errors":[` + list + `],"message":` +
		Quote(Cut(message, MessageLimit)) + "}")
}

// Finish is the last line.
func Finish(code int) {
	line(`{"ev":"finish","code":` + strconv.Itoa(code) + "}")
}

func ms(took time.Duration) string {
	return strconv.FormatFloat(float64(took)/float64(time.Millisecond), 'f', 3, 64)
}

func line(text string) {
	mu.Lock()
	defer mu.Unlock()
	left -= len(text) + 1
	for rest := []byte(text + "\n"); len(rest) > 0; {
		n, err := syscall.Write(descriptor, rest)
		if err == syscall.EINTR || err == syscall.EAGAIN {
			continue
		}
		if err != nil {
			os.Exit(ExitBroken) // nobody listens; the report stays incomplete
		}
		rest = rest[n:]
	}
}
