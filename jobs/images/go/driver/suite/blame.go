package suite

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"assay/driver/event"
)

// told is a line of the compiler's: file, line, what is wrong.
var told = regexp.MustCompile(`^([^\s:][^:]*):(\d+)(?::\d+)?: (.*)`)

// mistake is an error of the compiler's with all of its lines.
type mistake struct {
	line    int
	message string
}

// mistakes sorts the errors by file; false when one of them is about no file.
func mistakes(broken event.Broken) (map[string][]mistake, bool) {
	found := map[string][]mistake{}
	file := ""
	for _, line := range strings.Split(string(broken), "\n") {
		if parts := told.FindStringSubmatch(line); parts != nil {
			file = parts[1]
			number, err := strconv.Atoi(parts[2])
			if err != nil {
				return nil, false
			}
			found[file] = append(found[file], mistake{number, line})
			continue
		}
		if file == "" {
			return nil, false
		}
		last := &found[file][len(found[file])-1]
		last.message += "\n" + line
	}
	return found, true
}

// blame finds the functions that the mistakes of a file lie in, each with its first; nil when one lies elsewhere.
func blame(name string, text []byte, all []mistake) map[function]string {
	functions := cut(text)
	if bad := misread(name, text, functions); len(bad) > 0 {
		return bad
	}
	bad := map[function]string{}
	for _, one := range all {
		of := at(text, functions, one.line)
		if of == nil {
			return nil
		}
		if _, known := bad[*of]; !known {
			bad[*of] = one.message
		}
	}
	return bad
}

func at(text []byte, functions []function, line int) *function {
	for index, one := range functions {
		if lineOf(text, one.start) <= line && line <= lineOf(text, one.end-1) {
			return &functions[index]
		}
	}
	return nil
}

func lineOf(text []byte, offset int) int {
	return 1 + bytes.Count(text[:offset], []byte("\n"))
}

// misread finds the functions that cannot be read alone: a syntax error may show anywhere behind its place.
func misread(name string, text []byte, functions []function) map[function]string {
	bad := map[function]string{}
	for _, one := range functions {
		own := append([]byte("package p;"), text[one.start:one.end]...)
		_, err := parser.ParseFile(token.NewFileSet(), name, own, parser.SkipObjectResolution)
		if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
			line := lineOf(text, one.start) + list[0].Pos.Line - 1
			bad[one] = fmt.Sprintf("%s:%d: syntax error: %s", name, line, list[0].Msg)
		}
	}
	return bad
}
