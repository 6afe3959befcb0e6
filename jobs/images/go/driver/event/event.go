// Package event writes the report: one JSON object a line on descriptor 3.
package event

import (
	"encoding/json"
	"os"
)

const (
	descriptor   = 3
	messageLimit = 2000
)

// Broken is why the code under test or its tests can't be run; its text is for the person who wrote them.
type Broken string

func (b Broken) Error() string { return string(b) }

// Message says that nothing can be run, and why.
func Message(text string) error {
	return write(map[string]any{"ev": "broken", "message": Cut(text)})
}

// Collected names all tests that there are.
func Collected(ids []string) error {
	return write(map[string]any{"ev": "collected", "ids": append([]string{}, ids...)})
}

// Error says of a test that it could not be run, and why.
func Error(id, message string) error {
	if err := write(map[string]any{"ev": "start", "id": id}); err != nil {
		return err
	}
	return write(map[string]any{"ev": "case", "id": id, "outcome": "error", "message": Cut(message), "ms": 0})
}

// Supported names the calls that can be made, before any of them is made, and those that the code under test has made
// impossible with plain data.
func Supported(ids, refused []string) error {
	return write(map[string]any{"ev": "supported", "ids": append([]string{}, ids...),
		"refused": append([]string{}, refused...)})
}

// Finish is the last line of a report that no program of the code under test takes over.
func Finish(code int) error {
	return write(map[string]any{"ev": "finish", "code": code})
}

// Cut shortens a text to what a message may hold, in characters.
func Cut(text string) string {
	runes := []rune(text)
	if len(runes) <= messageLimit {
		return text
	}
	return string(runes[:messageLimit-1]) + "…"
}

func write(value map[string]any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = os.NewFile(descriptor, "report").Write(append(line, '\n'))
	return err
}
